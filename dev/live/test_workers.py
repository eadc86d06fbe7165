"""Eight processes work off the ledger at once: every message is on its ticket once, however they come."""

import random
from secrets import token_hex

import pytest
from common import stamped, unique_text

WORKERS = 8


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one shop whose server runs no scheduled actions: the crew does."""
    with open_shop(crons=0) as running:
        yield running


def tickets_of(shop, tokens):
    """Return the ids of the tickets on which these texts stand, after checking that each stands once."""
    shop.check_nothing_failed()
    shop.check_exactly_once(tokens)
    return {shop.find_token(token) for token in tokens}


def make_letters(shop, count, ref=None, **values):
    """Return (raw mails, tokens) of that many messages."""
    pairs = [unique_text() for _number in range(count)]
    return [shop.make_mail(ref, text, **values) for text, _token in pairs], [token for _text, token in pairs]


def test_workers_make_one_ticket_an_order_and_post_each_message_once(shop, full, figures):
    orders, messages = (20, 200) if full else (8, 80)
    refs, raws, tokens = [shop.new_order() for _number in range(orders)], [], []
    for number in range(messages):
        text, token = unique_text()
        message = f"A{token_hex(6).upper()}"
        for copy in range(2 if number % 4 == 0 else 1):
            raws.append(shop.make_mail(refs[number % orders], text, message=message, copy=bool(copy)))
        tokens.append(token)
    random.shuffle(raws)
    shop.send(*raws)
    reports = shop.crew(WORKERS)
    states = shop.count_states()
    assert states == {"done": messages, "ignored": len(raws) - messages}
    assert len(tickets_of(shop, tokens)) == orders
    assert shop.sql("SELECT count(*) FROM helpdesk_ticket WHERE marketplace_order_ref = ANY(%s)", [refs]) == [(orders,)]
    seconds = max(report["seconds"] for report in reports if report["number"] < WORKERS)
    figures(
        f"workers: {WORKERS} processes, {len(raws)} mails ({messages} messages of {orders} orders) in {seconds:.1f} s: "
        f"{orders} tickets, {states['ignored']} copies ignored, 0 doubled, 0 failed"
    )


@pytest.mark.parametrize("values", [
    pytest.param({"known": True}, id="known-order"),
    pytest.param({"known": False}, id="unknown-order", marks=pytest.mark.full),
    pytest.param({"thread": True}, id="thread-token-only"),
    pytest.param({"alias": True}, id="alias-only", marks=pytest.mark.full),
])  # fmt: skip
def test_eight_messages_at_once_make_one_ticket(shop, full, figures, values):
    rounds = 6 if full else 1
    for _round in range(rounds):
        raws, tokens = make_letters(shop, WORKERS, **_prepare(shop, values))
        shop.send(*(_without_thread(raw) for raw in raws) if values.get("alias") else raws)
        shop.crew(WORKERS)
        assert len(tickets_of(shop, tokens)) == 1
    figures(f"workers: {rounds} × 8 messages at once ({next(iter(values.items()))}): 1 ticket each time")


def _prepare(shop, values):
    buyer = f"Buyer {token_hex(4)}"
    if "known" in values:
        ref = shop.new_order(buyer=buyer)
        if values["known"]:
            shop.send(shop.make_mail(ref, unique_text()[0]))
            shop.work_off()
        return {"ref": ref}
    return {"buyer": buyer, "case": False}


def _without_thread(raw):
    """Return a mail whose links name no thread: only the buyer's address ties it to others."""
    text = raw.replace(b"=\r\n", b"").replace(b"=\n", b"")
    return text.replace(b"?t=3D", b"?x=3D").replace(b"?t=", b"?x=")


def test_one_mail_received_by_eight_processes_at_once_is_one_row(shop):
    raws, tokens = make_letters(shop, 5, shop.new_order())
    reports = shop.crew(WORKERS, [stamped(raw, shop.address()) for raw in raws])
    assert sum(report["taken"] for report in reports) == len(raws)
    assert len(tickets_of(shop, tokens)) == 1
