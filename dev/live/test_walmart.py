"""Two marketplaces in one shop: Walmart's trouble is its own; its many numbers and addresses end in one ticket."""

import contextlib
import math
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from common import eventually
from replies import hire, ring, row, settle
from sandbox.walmart.data import make_order
from sandbox.walmart.sites import PLACEHOLDER
from test_api_trouble import WAIT, cases, seconds_to_fill_in, seconds_until, seconds_until_without, was_hit
from test_workers import WORKERS, tickets_of
from walmart import SELLER, connect, count_calls, end_token, letters, new_order, numbers_of

from marketplaces.walmart.const import ORDER_DAYS, PAGE_SIZE, SHIP_NODE_TYPES

#: Name → (operation, kind of failure, seconds of it).
FAULTS = {
    "hangs": ("walmart", "hang", 60),
    "html503": ("walmart", "html503", 0),
    "token-refused": ("walmart_token", "401", 0),
    "token-hangs": ("walmart_token", "hang", 60),
    "slow": ("walmart_orders", "slow", 2),
    "drips": ("walmart_orders", "drip", 60),
    "cut": ("walmart", "cut", 0),
    "429": ("walmart_orders", "429", 0),
    "404": ("walmart_orders", "404", 0),
    "malformed": ("walmart_orders", "malformed", 0),
    "empty": ("walmart_orders", "empty", 0),
    "wrong-shape": ("walmart_orders", "wrong_shape", 0),
}
ALWAYS = ("hangs",)


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop at both marketplaces; ``account`` is that at Walmart."""
    with open_shop() as running:
        running.account = connect(running)
        yield running


@pytest.fixture(scope="module")
def idle(open_shop):
    """Return one shop at both marketplaces whose server runs no scheduled actions: the crew does."""
    with open_shop(crons=0) as running:
        running.account = connect(running)
        yield running


# === TROUBLE === #


@contextlib.contextmanager
def fault(shop, name):
    """Let Walmart fail inside the block."""
    operation, kind, seconds = FAULTS[name]
    if operation == "walmart_token":
        end_token(shop, shop.account)
    shop.sandbox.world.requests.clear()
    shop.sandbox.faults.add(operation, kind, seconds=seconds)
    try:
        yield
    finally:
        shop.sandbox.faults.clear()


def at_amazon(shop, count):
    return [shop.write(shop.new_order("DE")) for _number in range(count)]


@pytest.mark.parametrize("name", cases(FAULTS, ALWAYS))
def test_walmarts_trouble_is_its_own(shop, full, figures, name):
    shop.set_param("order_wait", WAIT / 60)
    usual = seconds_until(shop, at_amazon(shop, 10), "known")
    with fault(shop, name):
        mine = [shop.write(new_order(shop)) for _number in range(10)]
        started = time.monotonic()
        eventually(lambda: was_hit(shop))
        others = at_amazon(shop, 10)
        amazon = seconds_until(shop, others, "known")
        late = ["known"] if name == "slow" else []
        took = seconds_until_without(shop, mine, started, "pending", "unavailable", *late)
    filled = seconds_to_fill_in(shop, mine)
    shop.finish()
    shop.check_exactly_once([*mine, *others])
    shop.check_nothing_failed()
    shop.check_silence()
    figures(
        f"walmart {name}: 10 tickets after {took:.1f} s (they wait {WAIT} s for their orders), filled in {filled:.1f} s"
        f" after the trouble's end; 10 of Amazon with their orders after {amazon:.1f} s (else {usual:.1f} s)"
    )


# === ANSWERS === #


def test_an_answer_leaves_from_the_registered_address_or_comes_back_to_the_agent(shop):
    shop.set_param("order_wait", 5)
    [agent], ref = hire(shop, 1), new_order(shop)
    ticket = shop.ticket(shop.write(ref))["id"]
    [[asked]] = shop.sql("SELECT reply_to FROM marketplace_message WHERE ticket_id = %s", [ticket])
    reply = agent.answer(ticket, "Hello,\nyour parcel left on Monday.")
    assert settle(shop, [reply]) == {reply: "handed_over"}
    address = shop.sandbox.world.addresses[SELLER, "US"]
    mail = shop.sandbox.inbox[-1]
    assert (mail.to, mail.sender, mail.fate, mail.approved) == (asked, address, "shown", True)
    shop.sandbox.world.set_address(SELLER, "US", "elsewhere@shop.example")
    try:
        refused = agent.answer(ticket, "Hello,\nit will reach you today.")
        assert settle(shop, [refused]) == {refused: "failed"}
    finally:
        shop.sandbox.world.set_address(SELLER, "US", address)
    assert "550 5.7.1" in row(shop, refused, "reason")[0]
    agent.rpc("marketplace.reply", "action_retry", [refused])
    assert settle(shop, [refused]) == {refused: "handed_over"}
    said = [one for one in shop.sandbox.read_conversation(ref) if one["side"] == "seller"]
    assert [one["fate"] for one in said] == ["shown", "shown"]


# === TOKENS === #


def test_one_token_is_asked_for_however_many_want_one(shop):
    shop.set_param("order_wait", 5)
    end_token(shop, shop.account)
    shop.sandbox.world.requests.clear()
    shop.sandbox.faults.add("walmart_token", "slow", seconds=1)
    test = ("marketplace.account", "action_test_connection", [shop.account])
    with ThreadPoolExecutor(4) as pool:
        tests = [pool.submit(shop.rpc, *test) for _number in range(3)]
        search = pool.submit(shop.run_cron, "ir_cron_refresh_orders")
        tokens = [shop.write(new_order(shop)) for _number in range(3)]
        for job in (*tests, search):
            with contextlib.suppress(RuntimeError):
                job.result()
    shop.sandbox.faults.clear()
    seconds_to_fill_in(shop, tokens)
    assert count_calls(shop, "walmart_token") == 1
    shop.check_exactly_once(tokens)


def test_a_token_is_renewed_before_it_ends_and_when_it_ended_early(shop):
    shop.sandbox.world.requests.clear()
    end_token(shop, shop.account, seconds=100)
    seconds_until(shop, [shop.deliver(new_order(shop))], "known")
    assert count_calls(shop, "walmart_token") == 1
    left = "extract(epoch FROM access_token_expires_at - now() AT TIME ZONE 'utc')"
    [[seconds]] = shop.sql(f"SELECT {left} FROM marketplace_account WHERE id = %s", [shop.account])
    assert 600 < seconds <= 900
    seconds_until(shop, [shop.deliver(new_order(shop))], "known")
    assert count_calls(shop, "walmart_token") == 1
    assert 401 not in {one["status"] for one in shop.sandbox.world.requests.report()["requests"]}
    shop.sandbox.walmart.keys.expire()
    seconds_until(shop, [shop.deliver(new_order(shop))], "known")
    assert count_calls(shop, "walmart_token") == 2


# === ONE TICKET === #


@pytest.mark.parametrize(
    "known", [pytest.param(True, id="known-order"), pytest.param(False, id="unknown-order", marks=pytest.mark.full)]
)
def test_eight_messages_from_eight_addresses_make_one_ticket(idle, full, figures, known):
    rounds = 6 if full else 1
    for _round in range(rounds):
        ref = new_order(idle)
        if known:
            letters(idle, [ref])
            idle.work_off()
        tokens = letters(idle, [ref] * WORKERS)
        idle.crew(WORKERS)
        assert len(tickets_of(idle, tokens)) == 1
        query = "SELECT count(DISTINCT reply_to) FROM marketplace_message WHERE order_ref = %s"
        assert idle.sql(query, [ref]) == [(WORKERS + known,)]
    figures(f"walmart: {rounds} × 8 messages from 8 addresses at once (known: {known}): 1 ticket each time")


def fetch_all(shop, numbers):
    """Have the orders of these numbers fetched until all are here."""
    query = "SELECT 1 FROM marketplace_order WHERE order_ref = ANY(%s) AND state != 'known'"
    eventually(lambda: shop.run_cron("ir_cron_fetch_orders") or not shop.sql(query, [numbers]))


@pytest.mark.parametrize(
    "minutes", [pytest.param(5, id="in-time"), pytest.param(0.0001, id="late", marks=pytest.mark.full)]
)
def test_any_number_of_an_order_leads_to_one_order(idle, full, figures, minutes):
    idle.set_param("order_wait", minutes)
    found = []
    for _round in range(6 if full else 1):
        ref = new_order(idle, parts=3)
        numbers = numbers_of(ref, 3)
        tokens = letters(idle, [*numbers, *numbers])
        idle.crew(WORKERS)
        fetch_all(idle, numbers)
        tickets = tickets_of(idle, tokens)
        assert idle.sql("SELECT order_ref FROM marketplace_order WHERE order_ref = ANY(%s)", [numbers]) == [(ref,)]
        states = (
            "SELECT DISTINCT marketplace_order_ref, marketplace_order_state FROM helpdesk_ticket WHERE id = ANY(%s)"
        )
        assert idle.sql(states, [list(tickets)]) == [(ref, "known")]
        later = letters(idle, numbers)
        idle.crew(WORKERS)
        assert len(tickets_of(idle, later)) == 1
        assert tickets_of(idle, later) <= tickets
        found.append(len(tickets))
    assert minutes < 1 or set(found) == {1}
    figures(
        f"walmart: 8 messages with 4 numbers of one order at once, orders waited for {minutes} min: {found} tickets"
    )


# === THE FIRST SEARCH === #


def fill(shop, count):
    """Let that many orders be there, of all kinds of places and of all the days that Walmart tells."""
    now, days = datetime.now(timezone.utc), timedelta(days=ORDER_DAYS - 2)
    nodes = [SHIP_NODE_TYPES[0]] * 7 + [SHIP_NODE_TYPES[1]] * 2 + [SHIP_NODE_TYPES[2]]
    for number in range(count):
        order = make_order(
            f"2009{number:011}", seller=SELLER, created=now - days * number / count, node=nodes[number % len(nodes)]
        )
        shop.sandbox.walmart.orders.put(SELLER, order)


def expected(shop):
    """Return (how many orders have a buyer's address, how many pages Walmart tells all orders in)."""
    since = datetime.now(timezone.utc) - timedelta(days=ORDER_DAYS - 1)
    told = [
        one for _code, one in shop.sandbox.walmart.orders.all(SELLER) if one["orderDate"] >= since.timestamp() * 1000
    ]
    nodes = Counter(one["shipNode"]["type"] for one in told)
    named = {one["customerOrderId"] for one in told if one["customerEmailId"] != PLACEHOLDER}
    return len(named), sum(math.ceil(number / PAGE_SIZE) for number in nodes.values())


def test_the_first_search_goes_on_after_a_restart_and_keeps_the_limits(open_shop, full, figures):
    with open_shop(crons=0) as shop:
        connect(shop)
        fill(shop, 30_000 if full else 1_200)
        shop.sandbox.world.set_switches({"rate_limits": True})
        orders, pages = expected(shop)
        rows = lambda: shop.sql("SELECT count(*) FROM marketplace_order_relay")[0][0]  # noqa: E731
        shop.sandbox.world.requests.clear()
        for number in range(1, 4):
            shop.run_cron("ir_cron_refresh_orders")
            assert (number - 1) * PAGE_SIZE < rows() <= number * PAGE_SIZE
        started = time.monotonic()
        shop.restart(crons=2)
        ring(shop)
        is_behind = "search_token IS NOT NULL OR searched_until < now() - interval '2 d'"
        eventually(lambda: not shop.sql(f"SELECT 1 FROM marketplace_account WHERE {is_behind}"), 600)
        seconds = time.monotonic() - started
        assert rows() == orders
        assert count_calls(shop, "walmart_orders") == pages
        assert [one for one in shop.sandbox.walmart.limits.report() if one["refused"]] == []
        assert shop.sql("SELECT count(*) FROM marketplace_order") == [(0,)]
    figures(
        f"walmart: first search of {orders} orders in {pages} pages, restarted after 3: the rest in {seconds:.1f} s"
    )
