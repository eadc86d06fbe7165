"""A new admin's way from an empty database to an answered buyer of Walmart, in headless Chromium."""

import time

import pytest
from browser import Browser
from common import Shop, eventually
from demo import AGENT, DOMAIN, prepare_company
from postgres import HOME
from sandbox.mailserver import PASSWORD

USER = "walmart@myshop.example"
ORDER = "200000974400003"


@pytest.fixture(scope="module")
def shop(mail_server):
    """Return a shop with a mailbox, in which nothing is connected yet."""
    with Shop(alias_domains=[DOMAIN]) as running:
        prepare_company(running.odoo, running.sandbox)
        running.rpc("ir.mail_server", "write", running.rpc("ir.mail_server", "search", []), {"from_filter": USER})
        server = {"name": "Walmart mail", "server": mail_server.host, "port": mail_server.imap_port, "user": USER}
        running.rpc("fetchmail.server", "create", [server | {"password": PASSWORD}])
        running.sandbox.add_mailbox(USER, lambda raw: mail_server.deliver(raw, user=USER))
        running.sandbox.world.set_switches({"reply_copies": True})
        yield running


@pytest.fixture
def see():
    """Return a function that takes a picture to be looked at."""
    return lambda name, browser: browser.screenshot(HOME / f"log/walmart_{name}.png")


def read_mailbox(shop):
    """Read the mailbox now; by itself Odoo does so every minute."""
    shop.rpc("marketplace.mailbox", "action_read_now", shop.rpc("marketplace.mailbox", "search", []))


def enter_keys(admin, keys, secret):
    """Enter a key pair and go on."""
    admin.wait(".modal .o_field_widget[name=client_id] input")
    for name, value in (("client_id", keys.client_id), ("client_secret", secret)):
        admin.run(f"document.querySelector('.modal .o_field_widget[name={name}] input').select()")
        admin.fill(f".modal .o_field_widget[name={name}] input", value)
    admin.click(".modal button[name=action_next]")


def test_1_an_admin_connects_with_the_sellers_own_keys(shop, admin, see, figures):
    started = time.monotonic()
    seller = shop.sandbox.walmart.sellers["DEMO-WMT"]
    admin.open(f"{shop.odoo.url}/odoo/marketplaces")
    admin.wait(".o_kanban_record", "Walmart")
    admin.run(
        "[...document.querySelectorAll('.o_kanban_record')].find(card => card.innerText.includes('Walmart'))"
        ".querySelector('button').click()"
    )
    admin.wait(".modal .o_field_widget[name=only_region]", "North America")
    admin.wait(".modal .o_field_widget[name=other_regions]", "Mexico")
    admin.wait(".modal .o_data_row", "walmart.com")
    see("region", admin)
    admin.click(".modal button[name=action_next]")
    enter_keys(admin, seller, "mistaken")
    admin.wait(".modal .alert-danger", "Client Secret")
    see("keys", admin)
    enter_keys(admin, seller, seller.client_secret)
    admin.wait(".modal .alert-success", "Orders: full access")
    see("names", admin)
    admin.run("document.querySelector('.modal .o_field_widget[name=name] input').select()")
    admin.fill(".modal .o_field_widget[name=name] input", "Our Walmart")
    admin.click(".modal button[name=action_finish]")
    admin.wait(".o_marketplace_steps li[data-step=authorized][data-done='1']", "Connected")
    see("account", admin)
    figures(
        f"walmart: from the marketplaces to a connected account, a mistake included: {time.monotonic() - started:.0f} s"
    )
    assert admin.errors == []


def test_2_a_mailbox_is_chosen_tested_both_ways_and_entered_in_seller_center(shop, admin, see):
    admin.click("tr[data-site='walmart.com'] button, tr[data-site='walmart.com'] a", "Use a mailbox")
    admin.click(".modal .o_field_widget[name=server_id] input")
    admin.wait(".dropdown-item", "sends with")
    see("mailboxes", admin)
    admin.click(".dropdown-item", "Walmart mail")
    admin.wait_for(f"document.querySelector('.modal .o_field_widget[name=address] input').value === '{USER}'")
    admin.click(".modal button[name=action_test]")
    admin.wait(".modal .alert-success", "mails in the inbox")
    admin.click(".modal button[name=action_test_sending]")
    admin.wait(".modal .alert-success", f"sends as {USER}")
    see("tested", admin)
    admin.click(".modal button[name=action_start]")
    admin.wait("tr[data-site='walmart.com'] .o_marketplace_address", USER)
    shop.sandbox.world.set_address("DEMO-WMT", "US", USER)
    admin.click("tr[data-site='walmart.com'] input[name=customer_service_contact]")
    admin.wait(".o_marketplace_steps li[data-step=places][data-done='1']")
    admin.click("tr[data-site='walmart.com'] .o_marketplace_test_mail")
    admin.wait(".o_notification", "Test mail sent")
    eventually(lambda: shop.sandbox.wait())
    read_mailbox(shop)
    admin.wait("tr[data-site='walmart.com']", "Arrived")
    see("set_up", admin)
    assert admin.errors == []


def test_3_a_buyer_writes_and_is_answered(shop, see, figures):
    started = time.monotonic()
    text = "Two of my three items came. Where is the last one?"
    shop.sandbox.write(text, order_ref=ORDER)
    assert shop.sandbox.wait()
    read_mailbox(shop)
    eventually(lambda: shop.sql("SELECT 1 FROM helpdesk_ticket WHERE marketplace_order_ref = %s", [ORDER]))
    with Browser() as agent:
        agent.log_in(shop.odoo, AGENT)
        agent.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
        agent.click(".o_data_row td[name=name]", ORDER)
        agent.wait(".o_marketplace_lines tbody tr")
        agent.wait(".o-mail-Message", "Two of my three items")
        agent.wait(".o-mail-Chatter-sendMessage:enabled", "Walmart reply")
        see("ticket", agent)
        agent.click(".o-mail-Chatter-sendMessage:enabled")
        agent.fill(".o-mail-Composer-input", "The last one leaves today. See www.example.com for more.")
        agent.click(".o-mail-Composer-send:not([disabled])")
        agent.wait(".o_marketplace_findings", "www.example.com")
        see("finding", agent)
        agent.run("document.querySelector('.o-mail-Composer-input').focus(); document.execCommand('selectAll')")
        agent.fill(".o-mail-Composer-input", "The last one leaves today. We are sorry for the wait.")
        agent.click(".o-mail-Composer-send:not([disabled])")
        eventually(lambda: shop.sql("SELECT 1 FROM marketplace_reply WHERE state = 'handed_over'"))
        assert shop.sandbox.wait()
        read_mailbox(shop)
        agent.wait(".o-mail-Message", "Accepted")
        see("answered", agent)
        assert agent.errors == []
    fates = [entry["fate"] for entry in shop.sandbox.read_conversation(ORDER) if entry["side"] == "seller"]
    assert fates == ["shown"]
    figures(f"walmart: from a buyer's message to an accepted answer in the browser: {time.monotonic() - started:.0f} s")
