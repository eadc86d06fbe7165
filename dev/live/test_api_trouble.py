"""Amazon's API fails for one account: its tickets appear all the same, other accounts notice nothing."""

import contextlib
import threading
import time

import pytest
from common import PATIENCE, eventually
from ports import free_port
from sandbox.web import serve

#: Name → (operation, kind of failure, seconds of it).
FAULTS = {
    "hangs": ("getOrder", "hang", 60),
    "html503": ("getOrder", "html503", 0),
    "refused-token": ("token", "401", 0),
    "404": ("getOrder", "404", 0),
    "slow": ("getOrder", "slow", 8),
    "drips": ("getOrder", "drip", 60),
    "cut": ("getOrder", "cut", 0),
    "500": ("getOrder", "500", 0),
    "429": ("getOrder", "429", 0),
    "403": ("getOrder", "403", 0),
    "malformed": ("getOrder", "malformed", 0),
    "empty": ("getOrder", "empty", 0),
    "wrong-shape": ("getOrder", "wrong_shape", 0),
    "token-hangs": ("token", "hang", 60),
}
ALWAYS = ("hangs", "html503", "refused-token", "404")
ACCOUNT_A = "DEMO-EU"
WAIT = 4  # seconds for which a new ticket waits for its order, in place of minutes


def cases(faults, always):
    """Return failures as parameters of a test: all of them in long runs, some in each."""
    return [pytest.param(name, marks=[] if name in always else pytest.mark.full) for name in faults]


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all faults."""
    with open_shop() as running:
        running.set_param("order_wait", WAIT / 60)
        yield running


@contextlib.contextmanager
def fault(shop, name):
    """Let account A's calls fail inside the block."""
    operation, kind, seconds = FAULTS[name]
    if operation == "token":
        shop.sql("UPDATE marketplace_account SET access_token_encrypted = NULL, access_token_expires_at = NULL")
    shop.sandbox.world.requests.clear()
    shop.sandbox.faults.add(operation, kind, seconds=seconds, seller=ACCOUNT_A)
    try:
        yield
    finally:
        shop.sandbox.faults.clear()


def was_hit(shop):
    """Tell whether a call failed since the fault is on."""
    return any(entry["fault"] for entry in shop.sandbox.world.requests.report()["requests"])


def has_state(shop, token, states):
    """Tell whether a text is on a ticket whose order is in one of these states."""
    query = """SELECT 1 FROM mail_message m JOIN helpdesk_ticket t ON t.id = m.res_id AND m.model = 'helpdesk.ticket'
                WHERE m.body LIKE %s AND t.marketplace_order_state = ANY(%s)"""
    return bool(shop.sql(query, [f"%{token}%", list(states)]))


def seconds_until(shop, tokens, *states, timeout=PATIENCE):
    """Wait until all texts are on tickets whose order is in one of these states; return how long it took."""
    started = time.monotonic()
    eventually(lambda: all(has_state(shop, token, states) for token in tokens), timeout, pause=0.05)
    return time.monotonic() - started


def seconds_until_without(shop, tokens, started, *states):
    """Wait until all texts are on tickets without their order; return when that was.

    Odoo looks once a minute for scheduled actions whose time has come; the test looks for itself.
    """

    def look():
        shop.run_cron("ir_cron_process_messages")
        return all(has_state(shop, token, states) for token in tokens)

    eventually(look, pause=0.3)
    return time.monotonic() - started


def pull_forward(shop):
    """Let the pauses after failures be over, and an admin mend what only a person can."""
    due = "now() AT TIME ZONE 'utc' - interval '1 s'"
    shop.sql("UPDATE marketplace_operation SET paused_until = NULL, lease_until = NULL")
    shop.sql(f"UPDATE marketplace_order SET lease_until = NULL, next_fetch_at = {due} WHERE state != 'known'")
    for account in shop.rpc("marketplace.account", "search", [("state", "in", ["credentials", "reauthorize"])]):
        shop.rpc("marketplace.account", "action_test_connection", [account])
    shop.run_cron("ir_cron_fetch_orders")


def seconds_to_fill_in(shop, tokens):
    """Wait until the tickets have their orders after all."""
    started = time.monotonic()
    while True:
        pull_forward(shop)
        with contextlib.suppress(AssertionError):
            seconds_until(shop, tokens, "known", timeout=3)
            return time.monotonic() - started
        assert time.monotonic() - started < PATIENCE, "the orders never came"


def write_about_new_orders(shop, count, site):
    """Let that many buyers write about an order of their own; returns the tokens."""
    return [shop.deliver(shop.new_order(site)) for _number in range(count)]


@pytest.mark.parametrize("name", cases(FAULTS, ALWAYS))
def test_one_accounts_trouble_is_its_own(shop, full, figures, name):
    count = 3 if full else 1
    with fault(shop, name):
        mine = write_about_new_orders(shop, count, "DE")
        started = time.monotonic()
        eventually(lambda: was_hit(shop))
        others = write_about_new_orders(shop, count, "US")
        other = seconds_until(shop, others, "known")
        late = ["known"] if name == "slow" else []
        took = seconds_until_without(shop, mine, started, "pending", "unavailable", *late)
    filled = seconds_to_fill_in(shop, mine)
    shop.finish()
    shop.check_exactly_once([*mine, *others])
    shop.check_nothing_failed()
    figures(
        f"api {name}: A's tickets after {took:.1f} s (they wait {WAIT} s for their orders), filled in {filled:.1f} s "
        f"after the trouble's end; B's with their orders after {other:.1f} s"
    )


def test_tickets_appear_while_nobody_answers_at_all(open_shop, figures):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with open_shop(amazon_urls={"api": url, "lwa": f"{url}/auth/o2/token"}) as shop:
        shop.set_param("order_wait", WAIT / 60)
        started = time.monotonic()
        tokens = write_about_new_orders(shop, 2, "DE") + write_about_new_orders(shop, 2, "US")
        took = seconds_until_without(shop, tokens, started, "pending")
        with serving(shop.sandbox._server.app, port):
            filled = seconds_to_fill_in(shop, tokens)
        shop.check_exactly_once(tokens)
        shop.check_silence()
    figures(f"api refuses connections: tickets after {took:.1f} s, filled in {filled:.1f} s after it was back")


@contextlib.contextmanager
def serving(application, port):
    """Let the pretend Amazon answer on a port inside the block."""
    server = serve(application, port)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
