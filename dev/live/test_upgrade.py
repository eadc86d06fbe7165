"""A database of an earlier version goes on: it is upgraded, is like a new one then, and lives through a day.

The dumps in `databases/` are of the demo, played with that version: accounts of both marketplaces, orders, tickets
(open, closed, merged), answers, mapped fields, a template. Files lie in the database; one token is stored in the very
first form, without its key's fingerprint.
"""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from common import Shop, eventually
from demo import AGENT
from live import MODULE, Database, install
from replies import Agent

DUMPS = sorted(Path(__file__).with_name("databases").glob("*.sql.xz"))
ORDER = "302-8441651-0000003"
ANSWER = "<p>Guten Tag, der Rest kommt morgen.</p>"
#: Only what the module itself has: fields that a person mapped are one database's own.
COLUMNS = r"""
    SELECT table_name, column_name, udt_name, is_nullable FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name NOT LIKE 'x\_%'
       AND (table_name LIKE 'marketplace%' OR column_name LIKE 'marketplace%')
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE conrelid::regclass::text LIKE 'marketplace%' OR conname LIKE '%marketplace%'
"""
INDEXES = """
    SELECT tablename, regexp_replace(indexdef, '^.* ON ', '') FROM pg_indexes
     WHERE tablename LIKE 'marketplace%' OR indexname LIKE '%marketplace%'
"""
RECORDS = """
    SELECT model, name FROM ir_model_data
     WHERE module = 'helpdesk_mgmt_marketplace' AND name NOT LIKE 'field\\_%\\_\\_x\\_%'
"""


def secret_keys(version):
    """Return the environment with the key that the secrets of a dump are encrypted with: its name, hashed."""
    digest = hashlib.sha256(f"{MODULE}: a database of {version}".encode()).digest()
    return {"MARKETPLACE_SECRET_KEYS": base64.urlsafe_b64encode(digest).decode()}


def tell_addresses(shop):
    """Have the sandbox's buyers write to the addresses that the sites have."""
    accounts = shop.rpc("marketplace.account", "search_read", [], ["seller_ref", "site_ids"])
    sellers = {seller.merchant_id: seller for seller in shop.sandbox.sellers.values()}
    for account in accounts:
        for site in shop.rpc("marketplace.site", "read", account["site_ids"], ["code", "address"]):
            if account["seller_ref"] in sellers:
                shop.sandbox.world.set_address(sellers[account["seller_ref"]].code, site["code"], site["address"])


def plain(row):
    """Return a row as text without what PostgreSQL writes otherwise after a dump: casts and brackets."""
    return re.sub(r"::[a-z ]+(\[\])?|[()\s]", "", str(row))


@pytest.fixture(scope="module", params=DUMPS, ids=lambda path: path.name.removesuffix(".sql.xz"))
def upgraded(request):
    """Return a database of an earlier version after its upgrade, the log of that, and the keys of its secrets."""
    env = secret_keys(request.param.name.removesuffix(".sql.xz"))
    with Database.restore(request.param) as db:
        yield db, install(db, MODULE, upgrade=True, env=env), env


def test_an_upgrade_logs_no_warning(upgraded):
    _db, log, _env = upgraded
    assert "Modules loaded" in log
    assert [line for line in log.splitlines() if re.search(r" (WARNING|ERROR|CRITICAL) ", line)] == []


def test_an_upgraded_database_is_like_a_new_one(upgraded):
    db, _log, _env = upgraded
    with Database.create() as new:
        for query in (COLUMNS, CONSTRAINTS, INDEXES, RECORDS):
            assert sorted(set(map(plain, db.sql(query))) ^ set(map(plain, new.sql(query)))) == []


def test_an_upgraded_shop_lives_through_a_day(upgraded):
    db, _log, env = upgraded
    with Shop(template=db) as shop:
        shop.odoo.stop()
        shop.odoo.env |= env
        shop.odoo.start()
        tell_addresses(shop)
        [row] = shop.sql("SELECT id, partner_id FROM res_users WHERE login = %s", [AGENT])
        agent = Agent(shop, *row)
        check_a_known_order_goes_on(shop, agent)
        check_a_new_order_is_fetched(shop)
        check_it_is_at_home(shop)


def check_a_known_order_goes_on(shop, agent):
    """Let the buyer of an order of before write once more, and an agent answer."""
    [before] = shop.rpc("helpdesk.ticket", "search", [("marketplace_order_ref", "=", ORDER)])
    shop.sandbox.world.set_switches({"reply_copies": True})
    ticket = shop.ticket(shop.deliver(ORDER, "Was ist mit dem Rest?"))
    assert ticket["id"] == before
    [deadline] = shop.rpc("helpdesk.ticket", "read", [before], ["marketplace_deadline"])
    assert deadline["marketplace_deadline"]
    reply = agent.answer(before, ANSWER)
    eventually(lambda: shop.sql("SELECT 1 FROM marketplace_reply WHERE id = %s AND state = 'accepted'", [reply]))
    assert not shop.rpc("helpdesk.ticket", "read", [before], ["marketplace_deadline"])[0]["marketplace_deadline"]


def check_it_is_at_home(shop):
    """Check that the database of before is the home of its accounts: only a copy of it would be silent."""
    names = ["database.uuid", f"{MODULE}.home", f"{MODULE}.secret_key_fingerprint"]
    found = dict(shop.sql("SELECT key, value FROM ir_config_parameter WHERE key = ANY(%s)", [names]))
    assert found[names[1]] == f"{found[names[0]]}:{found[names[2]]}"


def check_a_new_order_is_fetched(shop):
    """Let a new buyer of each region write: fetching the order takes the secrets that were stored before."""
    for site in ("DE", "US"):
        ref = shop.new_order(site)
        token = shop.deliver(ref)
        eventually(lambda token=token: shop.ticket(token)["marketplace_order_state"] == "known")
