"""Putting right by hand, in headless Chromium on a real server."""

import os
from pathlib import Path

import pytest

DIALOG = ".modal"
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return one running shop for all tests here: its first page takes the longest."""
    with open_shop() as running:
        yield running


def shoot(browser, name):
    """Keep a picture where a person asked for them."""
    if SHOTS:
        browser.screenshot(Path(SHOTS) / f"{name}.png")


def ask(shop, ref, words, **values):
    return shop.ticket(shop.deliver(ref, words, **values))


def url_of(shop, ticket):
    return f"{shop.odoo.url}/odoo/helpdesk.ticket/{ticket['id']}"


def open_actions(browser, name):
    """Choose one of the ticket's actions."""
    browser.click(".o_cp_action_menus .o-dropdown, .o_cp_action_menus button")
    browser.click(".o-dropdown--menu .o-dropdown-item", name)


def give_reason(browser, words):
    browser.fill(f"{DIALOG} [name=reason] input", words)


def test_a_question_before_buying_is_linked_to_its_order(shop, agent):
    ref = shop.new_order()
    ticket = ask(shop, None, "Is it blue?", site="DE", asin="B0EXAMPL01", buyer="Robin Curious")
    agent.open(url_of(shop, ticket))
    agent.click(".o_marketplace_link")
    agent.fill(f"{DIALOG} [name=order_ref] input", ref)
    give_reason(agent, "She wrote her number on the phone.")
    shoot(agent, "link")
    agent.click(f"{DIALOG} footer button", "Link")
    agent.wait_for(f"!document.querySelector('{DIALOG}')")
    agent.wait(".o_marketplace_lines tbody tr")
    agent.wait(".o-mail-Message", "She wrote her number on the phone.")
    shoot(agent, "linked")
    assert agent.errors == []


def test_an_order_with_a_ticket_is_merged_instead(shop, agent):
    ref = shop.new_order()
    there = ask(shop, ref, "Where is my parcel?")
    here = ask(shop, None, "Still nothing!", site="DE", asin="B0EXAMPL02", buyer="Robin Impatient")
    agent.open(url_of(shop, there))
    agent.wait(".o-mail-Message", "Where is my parcel?")
    agent.open(url_of(shop, here))
    agent.wait(".o-mail-Message", "Still nothing!")
    open_actions(agent, "Link to an Order")
    agent.fill(f"{DIALOG} [name=order_ref] input", ref)
    give_reason(agent, "The same buyer.")
    agent.click(f"{DIALOG} footer button", "Link")
    agent.wait(f"{DIALOG} .alert-warning:not(.d-none)", "The current ticket of this order is")
    shoot(agent, "link_merge")
    agent.click(f"{DIALOG} footer button", "Merge")
    agent.wait_for(f"!document.querySelector('{DIALOG}')")
    agent.wait(".o-mail-Message", "Where is my parcel?")
    agent.wait(".o-mail-Message", "Still nothing!")
    shoot(agent, "link_merged")
    assert agent.errors == []


def test_tickets_are_merged_from_the_list(shop, agent):
    refs = [shop.new_order(buyer=name) for name in ("Ann One", "Ben Two")]
    first, _second = (ask(shop, ref, "A question of mine.") for ref in refs)
    agent.open(f"{shop.odoo.url}/odoo/marketplace-to-answer")
    for ref in refs:
        agent.click(f".o_data_row:has(td[data-tooltip*='{ref}']) .o_list_record_selector input")
    open_actions(agent, "Merge with Another Ticket")
    agent.wait(f"{DIALOG} .alert-warning", "Different buyers")
    give_reason(agent, "They live in one house.")
    shoot(agent, "merge")
    agent.click(f"{DIALOG} footer button", "Merge")
    agent.wait(".o-mail-Message", "They live in one house.")
    agent.wait("body", first["name"])
    assert agent.errors == []


def test_a_message_is_moved_from_the_conversation(shop, agent):
    ref, other = shop.new_order(), shop.new_order()
    ticket = ask(shop, ref, "Where is my parcel?")
    ask(shop, ref, "And the one of last week?")
    agent.open(url_of(shop, ticket))
    agent.wait(".o-mail-Message", "And the one of last week?")
    message = ".o-mail-Message:has(.o_marketplace_kind)"
    agent.run(f"document.querySelector(`{message}`).dispatchEvent(new MouseEvent('mouseenter'))")
    agent.click(f"{message} .o-mail-Message-actions button[title='Move to another ticket']")
    agent.wait(f"{DIALOG} blockquote", "And the one of last week?")
    agent.fill(f"{DIALOG} [name=order_ref] input", other)
    give_reason(agent, "It is about the other parcel.")
    shoot(agent, "move")
    agent.click(f"{DIALOG} footer button", "Move")
    agent.wait_for(f"!document.querySelector('{DIALOG}')")
    agent.wait(".o_marketplace_order", other)
    agent.wait(".o-mail-Message", "And the one of last week?")
    shoot(agent, "moved")
    agent.click(".nav-link", "Corrections")
    agent.wait(".o_field_widget[name=marketplace_correction_ids] .o_data_row", "It is about the other parcel.")
    shoot(agent, "corrections")
    assert agent.errors == []


def test_an_order_is_found_and_its_ticket_opened(shop, agent):
    ref = shop.new_order()
    agent.open(f"{shop.odoo.url}/odoo/marketplace-to-answer")
    agent.click(".o_menu_sections button", "Marketplaces")
    agent.click(".o-dropdown-item", "Find an Order")
    agent.fill(f"{DIALOG} [name=order_ref] input", ref)
    agent.click(f"{DIALOG} footer button", "Find")
    agent.wait(f"{DIALOG} [name=site_key]")
    agent.click(f"{DIALOG} [name=site_key] input")
    agent.click(".o_select_menu_item", "amazon.de")
    agent.click(f"{DIALOG} footer button", "Find")
    agent.wait(f"{DIALOG} [name=found_text]", ref)
    shoot(agent, "find")
    agent.click(f"{DIALOG} footer button", "Open a Ticket")
    agent.wait(".o_marketplace_order", ref)
    shoot(agent, "found")
    assert agent.errors == []
