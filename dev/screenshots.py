"""Make the README's pictures from the running demo."""

from browser import Browser
from demo import AGENT, ROOT, demo

PICTURES = ROOT / "static/description"
ORDER = "302-5669388-0000002"


def picture_tickets(browser, odoo):
    """Take pictures of the list, of a ticket on its order and of an answer with a finding."""
    browser.log_in(odoo, AGENT)
    browser.open(f"{odoo.url}/odoo/helpdesk-tickets")
    browser.wait(".o_data_row td[name=name]", ORDER)
    browser.screenshot(PICTURES / "tickets.png")
    browser.click(".o_data_row td[name=name]", ORDER)
    browser.wait(".o_marketplace_lines tbody tr")
    browser.wait(".o-mail-Message", "Hallo")
    browser.screenshot(PICTURES / "ticket.png")
    browser.click(".o-mail-Chatter-sendMessage:enabled")
    browser.fill(".o-mail-Composer-input", "Guten Tag, bitte schreiben Sie an service@shop.example, wir helfen Ihnen.")
    browser.click(".o-mail-Composer-send:not([disabled])")
    browser.wait(".o_marketplace_findings")
    browser.screenshot(PICTURES / "reply.png")


def picture_account(browser, odoo):
    """Take pictures of the marketplaces, of an account with its set-up, of the ledger and of a mailbox."""
    browser.log_in(odoo, "admin")
    browser.open(f"{odoo.url}/odoo/marketplaces")
    browser.wait(".o_kanban_record", "Sandbox Trading EU")
    browser.screenshot(PICTURES / "marketplaces.png")
    browser.open(f"{odoo.url}/odoo/marketplace-accounts")
    browser.click(".o_data_row td[name=name]", "Sandbox Trading EU")
    browser.wait(".o_marketplace_onboarding table")
    browser.wait(".o-mail-Message")
    browser.screenshot(PICTURES / "account.png")
    browser.open(f"{odoo.url}/odoo/marketplace-messages")
    browser.wait(".o_data_row")
    browser.screenshot(PICTURES / "messages.png")
    browser.open(f"{odoo.url}/odoo/marketplace-mailboxes")
    browser.click(".o_data_row td[name=name]")
    browser.wait(".o_field_widget[name=site_ids] .o_data_row")
    browser.screenshot(PICTURES / "mailbox.png")


def picture_buyer(browser, sandbox):
    """Take a picture of the pretend buyer's page."""
    browser.open(f"{sandbox.http_url}/buyer?order={ORDER}")
    browser.wait("body", "Hallo")
    browser.screenshot(PICTURES / "buyer.png")


def main():
    """Start the demo, take all pictures and end it."""
    with demo() as (odoo, sandbox):
        with Browser() as browser:
            picture_tickets(browser, odoo)
            picture_buyer(browser, sandbox)
        with Browser() as browser:
            picture_account(browser, odoo)


if __name__ == "__main__":
    main()
