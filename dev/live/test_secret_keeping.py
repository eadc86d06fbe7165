"""Secrets and access tokens, with several Odoo servers on one database."""

import contextlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from common import eventually
from live import Odoo, RpcError
from postgres import HOME, settings

KEY_FILE = "marketplace_secret.key"
WORKERS = 8
#: Access token, refresh token, client secret; not what a form shows as an example.
LOOKS_SECRET = re.compile(r"Atz[ar]\|[\w-]{6,}|amzn1\.oa2-cs\.v1\.\w+")


@contextlib.contextmanager
def second_node(shop, **options):
    """Run another server on the shop's database inside the block."""
    with Odoo(shop.db, max_cron_threads=1, env=shop.odoo.env, **options) as node:
        yield node


@pytest.fixture
def strange_folder(tmp_path):
    """Return a data directory with the shop's files, but without its key."""
    (tmp_path / "filestore").symlink_to(HOME / "data/filestore")
    return tmp_path


def account_of(shop, region):
    return shop.rpc("marketplace.account", "search", [("region", "=", region)])[0]


def test_connection(node, account):
    """Press Test connection; return the kind of the answer and its text."""
    params = node.rpc("marketplace.account", "action_test_connection", [account])["params"]
    return params["type"], params["message"]


test_connection.__test__ = False


def get_fingerprint(shop):
    name = "helpdesk_mgmt_marketplace.secret_key_fingerprint"
    return shop.sql("SELECT value FROM ir_config_parameter WHERE key = %s", [name])[0][0]


def count_sign_ins(shop):
    return shop.sandbox.world.requests.report()["counts"].get("token", 0)


def test_a_token_is_renewed_once_however_many_workers_need_it(shop, figures):
    account = account_of(shop, "eu")
    with second_node(shop) as node:
        shop.sql("UPDATE marketplace_account SET access_token_encrypted = NULL WHERE id = %s", [account])
        shop.sandbox.world.requests.clear()
        shop.sandbox.faults.add("token", "slow", seconds=3)
        with ThreadPoolExecutor(WORKERS) as pool:
            nodes = [shop.odoo, node] * (WORKERS // 2)
            kinds = [kind for kind, _text in pool.map(lambda one: test_connection(one, account), nodes)]
        assert count_sign_ins(shop) == 1
        assert "success" in kinds
        assert test_connection(node, account)[0] == "success"
        assert count_sign_ins(shop) == 1
    figures(f"tokens: {WORKERS} workers of 2 servers need a token at once: 1 request at the sign-in")


def test_a_dump_reveals_no_secret(shop, figures):
    tokens = [shop.deliver(shop.new_order(site)) for site in ("DE", "US")]
    shop.finish()
    shop.check_exactly_once(tokens)
    for region in ("eu", "na"):
        assert test_connection(shop.odoo, account_of(shop, region))[0] == "success"
    secrets = [secret for one in shop.sandbox.sellers.values() for secret in (one.client_secret, one.refresh_token)]
    secrets += [*shop.sandbox.world.tokens._issued, *(HOME / "data" / KEY_FILE).read_text().split(",")]
    dump = dump_of(shop)
    # It is a dump of this database, with the secrets in it.
    assert get_fingerprint(shop) in dump
    assert shop.sql("SELECT count(*) FROM marketplace_account WHERE access_token_encrypted <> ''")[0][0] >= 2
    assert [secret for secret in secrets if secret in dump] == []
    assert LOOKS_SECRET.findall(dump) == []
    figures(f"secrets: none of {len(secrets)} in a dump of {len(dump) / 1e6:.0f} MB")


def dump_of(shop):
    """Return what pg_dump writes about the shop's database."""
    options = settings()
    where = ["--host", options["db_host"], "--port", options["db_port"], "--username", options["db_user"]]
    command = ["pg_dump", *where, "--no-password", str(shop.db)]
    env = shop.odoo.env | {"PGPASSWORD": options["db_password"]}
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout.decode(errors="replace")


def test_a_second_server_without_the_key_says_so_and_leaves_the_work_to_the_first(shop, strange_folder, figures):
    account, fingerprint = account_of(shop, "eu"), get_fingerprint(shop)
    with second_node(shop, config={"data_dir": strange_folder}) as node:
        with pytest.raises(RpcError, match=fingerprint):
            node.rpc("marketplace.account", "write", [account], {"refresh_token": "Atzr|typed here"})
        shop.sql("UPDATE marketplace_account SET access_token_encrypted = NULL WHERE id = %s", [account])
        with pytest.raises(RpcError, match=fingerprint):
            test_connection(node, account)
        form = node.rpc("marketplace.account", "web_read", [account], {"refresh_token": {}, "name": {}})
        assert form[0]["refresh_token"] and "Atzr" not in form[0]["refresh_token"]
        tokens = [shop.deliver(shop.new_order(site)) for site in ("DE", "US") for _number in range(3)]
        eventually(lambda: {shop.ticket(token)["marketplace_order_state"] for token in tokens} == {"known"})
        shop.check_exactly_once(tokens)
        assert not (strange_folder / KEY_FILE).exists()
    assert {state for (state,) in shop.sql("SELECT state FROM marketplace_account")} == {"connected"}
    assert "failed" not in shop.count_states()
    figures("secrets: a second server without the key names it, makes none, and all orders arrive through the first")


def test_a_server_with_the_key_in_its_configuration_file_needs_no_key_file(shop, strange_folder):
    config = {"data_dir": strange_folder, "marketplace_secret_keys": (HOME / "data" / KEY_FILE).read_text()}
    with second_node(shop, config=config) as node:
        assert test_connection(node, account_of(shop, "eu"))[0] == "success"
        assert not (strange_folder / KEY_FILE).exists()
