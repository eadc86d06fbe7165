"""What an agent sees, in headless Chromium on a real server with its real bus."""

import pytest


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all tests here: its first page takes the longest."""
    with open_shop() as running:
        yield running


def test_a_new_message_and_a_changed_order_show_up_on_the_open_ticket(shop, agent):
    ref = shop.new_order()
    shop.ticket(shop.deliver(ref, "Where is my parcel?"))
    agent.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    agent.click(".o_data_row td[name=name]", ref)
    agent.wait(".o_marketplace_order", ref)
    agent.wait(".o_marketplace_lines tbody tr")
    agent.wait(".o-mail-Message", "Where is my parcel?")
    shop.deliver(ref, "It is still not here.")
    agent.wait(".o-mail-Message", "It is still not here.")
    agent.wait(".o_marketplace_order .badge", "Unshipped")
    shop.sandbox.orders.change(ref, "ship")
    agent.click(".o_marketplace_refresh")
    agent.wait(".o_marketplace_order .badge", "Shipped")
    assert agent.errors == []


def test_a_question_before_buying_says_that_there_is_no_order(shop, agent):
    shop.sandbox.write("Is it blue?", site="DE", asin="B0EXAMPL01")
    agent.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    shop.sandbox.wait()
    shop.finish()
    agent.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    agent.click(".o_data_row td[name=name]", "Question before buying")
    agent.wait(".o_marketplace_order", "No order yet.")
    agent.wait(".o_marketplace_order a", "B0EXAMPL01")
    assert agent.errors == []
