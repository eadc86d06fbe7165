"""Messages of the marketplace and writing first, in headless Chromium on a real server."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from common import eventually

DIALOG = ".modal"
COMPOSE = "marketplace.message.compose"
REPORT = "#marketplace_action_unexpectedProblem"


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all tests here: its first page takes the longest."""
    with open_shop() as running:
        yield running


@pytest.fixture
def ticket_url(shop):
    """Return the address of the ticket of an order that was delivered two weeks ago."""
    created = datetime.now(timezone.utc) - timedelta(days=20)
    ref = shop.new_order(status="SHIPPED", created=created)
    ticket = shop.ticket(shop.deliver(ref, "Where is my parcel?"))
    return f"{shop.odoo.url}/odoo/helpdesk.ticket/{ticket['id']}"


def test_a_message_is_chosen_filled_in_checked_and_sent(shop, agent, ticket_url):
    agent.open(ticket_url)
    agent.wait(".o-mail-Message", "Where is my parcel?")
    agent.click("button", "Other messages")
    agent.wait(f"{DIALOG} label", "Request a review")
    agent.click("#marketplace_action_warranty")
    agent.wait(f"{DIALOG} .o_marketplace_form", "Warranty until")
    agent.click(REPORT)
    agent.wait(f"{DIALOG} .o_marketplace_form", "The buyer reads German")
    agent.fill(f"{DIALOG} textarea", "Ein Teil fehlt leider. Rufen Sie uns bitte an: +49 30 1234567")
    agent.wait(".o_marketplace_counter", "61 of 2000")
    agent.click(f"{DIALOG} footer button", "Send")
    agent.wait(".o_marketplace_findings", "phone numbers")
    agent.click(f"{DIALOG} footer button", "Send anyway")
    agent.wait_for(f"!document.querySelector('{DIALOG}')")
    agent.wait(".o-mail-Message", "Report an unexpected problem")
    agent.wait(".o_marketplace_reply_state", "Accepted")
    assert agent.errors == []


def test_a_review_is_asked_for_and_not_offered_again(shop, agent, ticket_url):
    agent.open(ticket_url)
    agent.click("button", "Other messages")
    agent.click("#marketplace_action_review")
    agent.click(f"{DIALOG} footer button", "Send")
    agent.wait(".o-mail-Message", "Asked the buyer for a review")
    agent.wait(".o_marketplace_reply_state", "Accepted")
    agent.click("button", "Other messages")
    agent.wait(".o_marketplace_no_review", "not now")
    assert agent.errors == []


def test_what_goes_wrong_is_said_in_the_dialog_and_can_be_tried_again(shop, agent, ticket_url):
    shop.sandbox.faults.add("getMessagingActionsForOrder", "500")
    agent.open(ticket_url)
    agent.click("button", "Other messages")
    agent.wait(f"{DIALOG} .alert-danger", "has a fault")
    shop.sandbox.faults.clear()
    shop.sql("UPDATE marketplace_operation SET paused_until = NULL")
    agent.click(f"{DIALOG} button", "Try again")
    agent.wait(f"{DIALOG} label", "Send the invoice")
    assert agent.errors == []


def test_an_order_without_a_ticket_is_found_by_its_number(shop, agent):
    ref = shop.new_order()
    agent.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    agent.click("button", "Marketplaces")
    agent.click(".dropdown-item", "Write to a Buyer")
    agent.fill(f"{DIALOG} [name=order_ref] input", ref)
    agent.click(f"{DIALOG} footer button", "Open Ticket")
    agent.wait(f"{DIALOG} [name=site_key]")
    agent.click(f"{DIALOG} [name=site_key] input")
    agent.click(".o_select_menu_item", "amazon.de")
    agent.click(f"{DIALOG} footer button", "Open Ticket")
    agent.wait(".o_marketplace_lines tbody tr")
    agent.wait(".o-mail-Message", "Opened to write to the buyer.")
    assert agent.errors == []


def test_a_mistyped_number_is_said_in_the_dialog(shop, agent):
    agent.open(f"{shop.odoo.url}/odoo/action-helpdesk_mgmt_marketplace.marketplace_write_first_action")
    agent.fill(f"{DIALOG} [name=order_ref] input", "302-9999999-9999999")
    agent.click(f"{DIALOG} footer button", "Open Ticket")
    agent.click(f"{DIALOG} [name=site_key] input")
    agent.click(".o_select_menu_item", "amazon.de")
    agent.click(f"{DIALOG} footer button", "Open Ticket")
    agent.wait(f"{DIALOG} .o_marketplace_order_wait", "Asking the marketplace")
    agent.wait(f"{DIALOG} .alert-danger", "could not be fetched")
    assert agent.errors == []


def test_two_agents_at_once_get_one_ticket(shop):
    ref = shop.new_order()
    site = shop.rpc("marketplace.site", "search", [("code", "=", "DE")])[0]
    [first] = shop.rpc("marketplace.write.first", "create", [{"order_ref": ref, "site_key": str(site)}])
    shop.rpc("marketplace.write.first", "action_open", [first])
    eventually(lambda: shop.sql("SELECT 1 FROM marketplace_order WHERE order_ref = %s AND state = 'known'", [ref]))
    dialogs = shop.rpc("marketplace.write.first", "create", [{"order_ref": ref}] * 4)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: shop.rpc("marketplace.write.first", "action_open", [one]), dialogs))
    assert len({action["res_id"] for action in found}) == 1
    assert shop.sql("SELECT count(*) FROM helpdesk_ticket WHERE marketplace_order_ref = %s", [ref]) == [(1,)]


def test_clicks_at_once_are_one_message(shop):
    created = datetime.now(timezone.utc) - timedelta(days=20)
    ref = shop.new_order(status="SHIPPED", created=created)
    ticket = shop.ticket(shop.deliver(ref))["id"]
    dialog = shop.rpc("helpdesk.ticket", "action_marketplace_messages", [ticket])["res_id"]
    eventually(lambda: not shop.rpc(COMPOSE, "action_ask", [dialog]))
    shop.rpc(COMPOSE, "write", [dialog], {"action_code": "unexpectedProblem", "content": {"text": "Ein Teil fehlt."}})
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _number: shop.rpc(COMPOSE, "action_send", [dialog]), range(4)))
    query = "SELECT state FROM marketplace_reply WHERE ticket_id = %s"
    eventually(lambda: shop.sql(query, [ticket]) == [("accepted",)])
    assert sum(one["kind"] == "api" for one in shop.sandbox.read_conversation(ref) if one["side"] == "seller") == 1
