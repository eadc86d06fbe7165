"""Copies of a database: one is silent until an admin says otherwise, a neutralized one holds nothing of buyers."""

import contextlib
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from common import eventually, stamped
from live import Database, Odoo, RpcError
from postgres import HOME, disconnect
from replies import hire, settle
from sandbox.amazon.mails import File
from sandbox.odoo import Odoo as Gateway

NAME, WORDS, FILE, STREET = "Zqname Zqsurname", "zqwords", "zqfile.txt", "zqstreet 7"
CANARIES = ("Zqname", "Zqsurname", "zqwords", "zqfile", "zqcontent", "zqstreet", "zqmail@")
TEXTS = ("varchar", "text", "json", "jsonb", "bytea")
#: Each text of each row of each table of the database; what is binary as the letters that it holds.
COLUMNS = """
    SELECT table_name, column_name, udt_name FROM information_schema.columns JOIN information_schema.tables
     USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND udt_name = ANY(%s)
"""


@contextlib.contextmanager
def copy_of(shop, *options):
    """Duplicate a shop's database and its files by Odoo's own means while its server is stopped."""
    copy = Database(f"{shop.db}_copy")
    shop.odoo.stop()
    disconnect(shop.db)
    command = [HOME / "bin/odoo", "db", "-c", HOME / "odoo.cfg", "duplicate", *options, str(shop.db), str(copy)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    disconnect(shop.db)
    try:
        assert not done.returncode, done.stdout[-4000:]
        yield copy
    finally:
        copy.drop()


@pytest.fixture
def shop(open_shop):
    """Return a shop of this test's own."""
    with open_shop() as running:
        running.set_param("order_wait", 0.05)
        yield running


def new_order(shop):
    """Let the buyer buy something that goes to the street."""
    created = datetime.now(timezone.utc) - timedelta(days=3)
    ref = shop.new_order(buyer=NAME, created=created, status="SHIPPED")
    seller, order = shop.sandbox.orders.find(ref)
    order["recipient"]["deliveryAddress"] |= {"name": NAME, "addressLine1": STREET}
    shop.sandbox.orders.put(seller, order)
    return ref


def write(shop, url=None, db=None, ref=None):
    """Let the buyer write with a file; the mail goes to the shop or to a copy of it."""
    raw = shop.make_mail(ref or new_order(shop), WORDS, attachments=[File(FILE, "text/plain", b"zqcontent")])
    gateway = Gateway(url or shop.odoo.url, str(db or shop.db), "admin", "admin")
    gateway.deliver(stamped(raw, shop.address()))


def count_calls(shop):
    return sum(shop.sandbox.world.requests.report()["counts"].values())


def test_a_duplicate_is_silent_until_an_admin_says_that_it_is_the_new_home(shop, figures):
    write(shop)
    eventually(lambda: shop.sql("SELECT 1 FROM marketplace_order WHERE state = 'known'"))
    eventually(lambda: not shop.count_open())
    [ticket] = [one for (one,) in shop.sql("SELECT id FROM helpdesk_ticket WHERE marketplace_order_ref IS NOT NULL")]
    shop.restart(crons=0)
    [agent] = hire(shop, 1)
    reply = agent.answer(ticket, "waits")
    with copy_of(shop) as copy:
        shop.sandbox.world.requests.clear()
        copy.sql("UPDATE marketplace_order SET next_fetch_at = now() - interval '1 hour', fetched_at = NULL")
        copy.sql("UPDATE marketplace_account SET access_token_encrypted = NULL, searched_until = NULL")
        with Odoo(copy, max_cron_threads=2, env=shop.odoo.env) as odoo:
            write(shop, odoo.url, copy)
            for cron in odoo.rpc("ir.cron", "search", [("cron_name", "like", "Marketplaces:%")]):
                with contextlib.suppress(RpcError):  # it runs already
                    odoo.rpc("ir.cron", "method_direct_trigger", [cron])
            assert count_calls(shop) == 0
            assert shop.sandbox.inbox == []
            assert copy.sql("SELECT state FROM marketplace_reply WHERE id = %s", [reply]) == [("queued",)]
            states = copy.sql("SELECT state FROM marketplace_message ORDER BY id DESC LIMIT 1")
            assert states == [("received",)]
            account = odoo.rpc("marketplace.account", "search_read", [], ["health", "health_message"], limit=1)[0]
            assert account["health"] == "danger" and "copy of another database" in account["health_message"]
            odoo.rpc("marketplace.account", "action_claim_home", [account["id"]])
            query = "SELECT 1 FROM marketplace_message WHERE state IN ('received', 'waiting_order')"
            eventually(lambda: not copy.sql(query))
            eventually(lambda: count_calls(shop))
            assert copy.sql("SELECT state FROM marketplace_reply WHERE id = %s", [reply]) == [("unknown",)]
    shop.restart(crons=2)
    assert settle(shop, [reply]) == {reply: "handed_over"}
    figures(
        "copies: a duplicate made 0 calls and sent 0 answers; 1 click later it works, and what waited is left to people"
    )


def plant(shop, ticket):
    """Put what a buyer says also where agents and Odoo copy it to."""
    write_ = {"partner_name": NAME, "partner_email": "zqmail@relay.example", "description": WORDS, "name": WORDS}
    shop.rpc("helpdesk.ticket", "write", [ticket], write_)
    shop.rpc("helpdesk.ticket", "message_post", [ticket], body=f"<p>{WORDS} noted</p>", subject=WORDS)
    [user] = shop.rpc("res.users", "search", [("login", "=", "admin")])
    [model] = shop.rpc("ir.model", "search", [("model", "=", "helpdesk.ticket")])
    activity = {"res_model_id": model, "res_id": ticket, "user_id": user, "summary": WORDS, "note": WORDS}
    shop.rpc("mail.activity", "create", [activity])
    later = datetime.now(timezone.utc) + timedelta(days=1)
    scheduled = {"model": "helpdesk.ticket", "res_id": ticket, "body": WORDS, "subject": WORDS, "author_id": 3}
    shop.rpc("mail.scheduled.message", "create", [scheduled | {"scheduled_date": f"{later:%Y-%m-%d %H:%M:%S}"}])
    shop.rpc(
        "ir.attachment",
        "create",
        [{"name": FILE, "datas": "enFjb250ZW50", "res_model": "helpdesk.ticket", "res_id": ticket}],
    )


def scan(db):
    """Return {table.column: rows} in which something of the buyer's stands."""
    found = {}
    for table, column, kind in db.sql(COLUMNS, [list(TEXTS)]):
        text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        if (table, column) == ("marketplace_message", "raw"):
            text = f"encode(decode(encode({text.split('(')[1].split(',')[0]}, 'escape'), 'base64'), 'escape')"
        query = f'SELECT count(*) FROM "{table}" WHERE {text} LIKE ANY(%s)'
        [[count]] = db.sql(query, [[f"%{canary}%" for canary in CANARIES]])
        if count:
            found[f"{table}.{column}"] = count
    return found


def read_files(db):
    """Return the contents of all files of a database."""
    return [path.read_bytes() for path in db.filestore.rglob("*") if path.is_file() and "checklist" not in path.parts]


def test_a_neutralized_copy_holds_nothing_of_buyers(shop, figures):
    for model in shop.rpc("marketplace.app", "search", [("code", "=", "amazon")]):
        shop.rpc("marketplace.app", "action_set_up_fields", [model])
    sites = shop.rpc("marketplace.site", "search", [])
    shop.rpc("marketplace.site", "write", sites, {"create_contacts": True})
    write(shop)
    eventually(lambda: shop.sql("SELECT 1 FROM marketplace_order WHERE state = 'known'"))
    eventually(lambda: not shop.count_open())
    [ticket] = [one for (one,) in shop.sql("SELECT id FROM helpdesk_ticket WHERE marketplace_order_ref IS NOT NULL")]
    plant(shop, ticket)
    [agent] = hire(shop, 1)
    settle(shop, [agent.answer(ticket, f"{WORDS} answered")])
    relays = [one for (one,) in shop.sql("SELECT DISTINCT relay FROM marketplace_order WHERE relay IS NOT NULL")]
    before = scan(shop.db)
    places = {"marketplace_message.raw", "marketplace_order.recipient", "mail_message.body", "helpdesk_ticket.name",
              "marketplace_reply.text", "mail_activity.note", "ir_attachment.name", "res_partner.name",
              "mail_scheduled_message.body"}  # fmt: skip
    assert places <= set(before), places - set(before)
    assert any(b"zqcontent" in text for text in read_files(shop.db))
    with copy_of(shop, "--neutralize") as copy:
        assert scan(copy) == {}
        for relay in relays:
            [[count]] = copy.sql(
                "SELECT count(*) FROM marketplace_message WHERE reply_to = %s OR sender = %s", [relay] * 2
            )
            assert not count
        with Odoo(copy, env=shop.odoo.env) as odoo:
            [job] = odoo.rpc("ir.model.data", "search_read", [("name", "=", "autovacuum_job")], ["res_id"])
            for _time in range(2):  # files go after their records
                odoo.rpc("ir.cron", "method_direct_trigger", [job["res_id"]])
            assert odoo.rpc("helpdesk.ticket", "read", [ticket], ["name", "marketplace_order_ref"])
            assert odoo.rpc("marketplace.message", "search_count", [])
        assert [text for text in read_files(copy) if b"zqcontent" in text] == []
        assert copy.sql("SELECT count(*) FROM ir_attachment WHERE res_model = 'marketplace.deletion'") == [(0,)]
        kept = copy.sql("SELECT count(*) FROM marketplace_order")
    figures(
        f"copies: a neutralized one holds 0 of {sum(before.values())} places with buyers' data, {kept[0][0]} orders"
    )
