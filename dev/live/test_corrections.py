"""What agents put right holds against mail that comes at the same moment, and finds sales orders."""

import random
import threading
import time

import pytest
from common import eventually, unique_text
from live import RpcError

WORKERS = 4
WHY = "The same buyer."
MODEL = "helpdesk.ticket"


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one shop whose server runs no scheduled actions: the crew does."""
    with open_shop(crons=0) as running:
        yield running


def work_beside(shop, task):
    """Do something while the crew works off what was sent; from when it has begun."""
    reports, before = [], shop.count_open()
    thread = threading.Thread(target=lambda: reports.extend(shop.crew(WORKERS)))
    thread.start()
    while thread.is_alive() and shop.count_open() == before:
        time.sleep(0.01)
    try:
        task()
    finally:
        thread.join()
    assert reports


def make_tickets(shop, refs, **values):
    """Let the buyers of these orders write; return their tickets."""
    letters = [unique_text() for _ref in refs]
    shop.send(*(shop.make_mail(ref, text, **values) for ref, (text, _token) in zip(refs, letters, strict=True)))
    shop.work_off()
    return [shop.find_token(token) for _text, token in letters]


def test_mail_that_comes_while_tickets_are_merged_is_on_the_one_that_goes_on(shop, full):
    count = 12 if full else 5
    refs = [shop.new_order(buyer=f"Buyer {number}") for number in range(2 * count)]
    tickets = make_tickets(shop, refs)
    pairs = list(zip(tickets[::2], tickets[1::2], strict=True))
    letters = [(ref, *unique_text()) for ref in refs for _number in range(5)]
    random.shuffle(letters)
    shop.send(*(shop.make_mail(ref, text) for ref, text, _token in letters))

    def merge():
        for source, target in pairs:
            shop.rpc(MODEL, "action_marketplace_merge", [source], target, WHY)

    work_beside(shop, merge)
    shop.check_nothing_failed()
    goes_on = {ref: pairs[number // 2][1] for number, ref in enumerate(refs)}
    counts = shop.count_tokens()
    assert {token: counts[token] for _ref, _text, token in letters if counts[token] != 1} == {}
    assert [ref for ref, _text, token in letters if shop.find_token(token) != goes_on[ref]] == []
    query = "SELECT count(*) FROM marketplace_message WHERE ticket_id = ANY(%s)"
    assert shop.sql(query, [[source for source, _target in pairs]]) == [(0,)]


def test_one_ticket_an_order_when_it_is_linked_while_its_buyer_writes(shop, full):
    for _round in range(6 if full else 2):
        text, token = unique_text("Is it blue?")
        shop.send(shop.make_mail(None, text, buyer=f"Robin {token}"))
        shop.work_off()
        asked, ref = shop.find_token(token), shop.new_order()
        letters = [unique_text() for _number in range(6)]
        shop.send(*(shop.make_mail(ref, text) for text, _token in letters))
        refused = []

        def link(asked=asked, ref=ref, refused=refused):
            try:
                shop.rpc(MODEL, "action_marketplace_link_order", [asked], ref, WHY)
            except RpcError as error:
                assert "goes on in ticket" in str(error)
                refused.append(error)

        work_beside(shop, link)
        found = {shop.find_token(token) for _text, token in letters}
        assert len(found) == 1
        assert (found == {asked}) == (not refused)
        query = "SELECT count(*) FROM helpdesk_ticket WHERE marketplace_order_ref = %s"
        assert shop.sql(query, [ref]) == [(1,)]


def test_an_orders_sales_orders_are_found_where_the_sales_app_is_installed(shop):
    ref = shop.new_order()
    [ticket] = make_tickets(shop, [ref])
    assert shop.rpc(MODEL, "marketplace_find_sale_orders", [ticket]) == []
    module = shop.rpc("ir.module.module", "search", [("name", "=", "sale")])
    shop.rpc("ir.module.module", "button_immediate_install", module)
    eventually(lambda: shop.sql("SELECT 1 FROM ir_module_module WHERE name = 'sale' AND state = 'installed'"))
    partner = shop.rpc("res.partner", "create", [{"name": "A buyer"}])[0]
    values = [
        {"partner_id": partner, "client_order_ref": ref},
        {"partner_id": partner, "origin": ref},
        {"partner_id": partner, "client_order_ref": "302-0000000-0000000"},
    ]
    sales = shop.rpc("sale.order", "create", values)
    found = shop.rpc(MODEL, "marketplace_find_sale_orders", [ticket])
    assert [one["id"] for one in found] == sales[1::-1]
    data = shop.rpc(MODEL, "read", [ticket], ["marketplace_order_data"])[0]["marketplace_order_data"]
    assert data["has_sale_orders"]
