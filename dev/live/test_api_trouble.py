"""Amazon's API fails for one account: its tickets appear all the same, other accounts notice nothing."""

import contextlib
import socket
import threading
import time

import pytest
from common import PATIENCE, eventually

#: Name → (operation, kind of failure, further values of the fault).
FAULTS = {
    "hangs": ("getOrder", "hang", {"seconds": 60}),
    "html503": ("getOrder", "html503", {}),
    "refused-token": ("token", "401", {}),
    "404": ("getOrder", "404", {}),
    "slow": ("getOrder", "slow", {"seconds": 8}),
    "drips": ("getOrder", "drip", {"seconds": 60}),
    "cut": ("getOrder", "cut", {}),
    "500": ("getOrder", "500", {}),
    "429": ("getOrder", "429", {}),
    "403": ("getOrder", "403", {}),
    "malformed": ("getOrder", "malformed", {}),
    "empty": ("getOrder", "empty", {}),
    "wrong-shape": ("getOrder", "wrong_shape", {}),
    "dead-token": ("token", "hang", {"seconds": 60}),
}
SMALL = ("hangs", "html503", "refused-token", "404")
ACCOUNT_A, ACCOUNT_B = "DEMO-EU", "DEMO-NA"
WAIT = 4  # seconds a ticket waits for its order, in place of minutes


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all faults."""
    with open_shop() as running:
        running.set_param("order_wait", WAIT / 60)
        yield running


def forget_access_token(shop):
    """Make the next call ask for an access token first."""
    shop.sql("UPDATE marketplace_account SET access_token_encrypted = NULL, access_token_expires_at = NULL")


def pull_forward(shop):
    """Let the pauses after failures be over."""
    shop.sql("UPDATE marketplace_operation SET paused_until = NULL, lease_until = NULL")
    shop.sql("UPDATE marketplace_order SET lease_until = NULL, next_fetch_at = now() AT TIME ZONE 'utc' - interval '1 s'"
             " WHERE state != 'known'")
    for account in shop.rpc("marketplace.account", "search", [("state", "in", ["credentials", "reauthorize"])]):
        shop.rpc("marketplace.account", "action_test_connection", [account])
    shop.run_cron("ir_cron_fetch_orders")


def measure(shop, tokens, state, started):
    """Wait until each text is on a ticket with that order state; return the seconds each took."""
    query = """SELECT 1 FROM mail_message m JOIN helpdesk_ticket t ON t.id = m.res_id AND m.model = 'helpdesk.ticket'
                WHERE m.body LIKE %s AND t.marketplace_order_state = ANY(%s)"""
    took, left = [], list(tokens)

    def look():
        for token in tuple(left):
            if shop.sql(query, [f"%{token}%", state]):
                took.append(time.monotonic() - started)
                left.remove(token)
        return not left

    eventually(look, PATIENCE, pause=0.05)
    return took


@contextlib.contextmanager
def fault(shop, name):
    """Let account A's calls fail inside the block."""
    operation, kind, values = FAULTS[name]
    if operation == "token":
        forget_access_token(shop)
    shop.sandbox.faults.add(operation, kind, seller=ACCOUNT_A, **values)
    try:
        yield
    finally:
        shop.sandbox.faults.clear()


def fill_in(shop, tokens):
    """Wait until the orders of these texts are there after all; return the seconds it took."""
    started, done = time.monotonic(), threading.Event()
    while not done.is_set():
        pull_forward(shop)
        with contextlib.suppress(AssertionError):
            eventually(lambda: measure_now(shop, tokens), 3)
            done.set()
        assert time.monotonic() - started < PATIENCE, "the orders never came"
    return time.monotonic() - started


def measure_now(shop, tokens):
    return all(shop.rpc("helpdesk.ticket", "read", [shop.find_token(token)], ["marketplace_order_state"])[0]
               ["marketplace_order_state"] == "known" for token in tokens)  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_one_accounts_trouble_is_its_own(shop, full, figures, name):
    if not full and name not in SMALL:
        pytest.skip("at full size only")
    with fault(shop, name):
        started = time.monotonic()
        mine = [shop.deliver(shop.new_order("DE")) for _number in range(3 if full else 1)]
        eventually(lambda: shop.sandbox.faults.all() and _was_hit(shop), 30)
        others_started = time.monotonic()
        others = [shop.deliver(shop.new_order("US")) for _number in range(3 if full else 1)]
        other_seconds = measure(shop, others, ["known"], others_started)
        seconds = measure(shop, mine, ["pending", "unavailable"], started)
    filled = fill_in(shop, mine)
    shop.check_exactly_once([*mine, *others])
    shop.check_silence()
    figures(
        f"api {name}: tickets of A after {max(seconds):.1f} s (wait {WAIT} s), filled in {filled:.1f} s after the end; "
        f"B's ticket with its order after {max(other_seconds):.1f} s"
    )


def _was_hit(shop):
    return any(entry["fault"] for entry in shop.sandbox.world.requests.report()["requests"]) or shop.sandbox.world.requests.clear()


class Gate:
    """A port that leads to the sandbox while it's open and refuses while it's shut."""
