"""A new admin's way from an empty database to tickets, in headless Chromium: both ways in, and out again."""

import time

import pytest
import requests
from common import Shop, eventually, stamped
from demo import DOMAIN, prepare_company

CONFIRM, DECLINE = "button[value=confirm]", "button[value=access_denied]"


@pytest.fixture(scope="module")
def shop():
    """Return a shop in which nothing is connected yet."""
    with Shop(alias_domains=[DOMAIN]) as running:
        prepare_company(running.odoo, running.sandbox)
        yield running


def start(shop, admin, region, *storefronts):
    """Press Connect and choose storefronts."""
    admin.open(f"{shop.odoo.url}/odoo/marketplaces")
    admin.click(".o_kanban_record button[name=action_connect], .o_kanban_record button", "Connect")
    admin.click(".modal .o_field_widget[name=region] label", region)
    for name in storefronts:
        admin.wait(".modal .o_data_row", name)
        row = f"[...document.querySelectorAll('.modal .o_data_row')].find(row => row.innerText.includes('{name}'))"
        admin.run(f"{row}.querySelector('input[type=checkbox]').click()")
        admin.wait_for(f"{row}.querySelector('input[type=checkbox]').checked")
    admin.click(".modal button[name=action_next]")


def enter_keys(admin, keys):
    """Enter the keys of an application that is not known yet."""
    admin.wait(".modal .o_field_widget[name=credential_id] input")
    if admin.run("Boolean(document.querySelector('.modal .o_field_widget[name=credential_id] input').value)"):
        admin.run("document.querySelector('.modal .o_field_widget[name=credential_id] input').select()")
        admin.press("Delete")
        admin.press("Tab")
    admin.fill(".modal .o_field_widget[name=client_id] input", keys.client_id)
    admin.fill(".modal .o_field_widget[name=client_secret] input", keys.client_secret)
    admin.click(".modal button[name=action_next]")


def go_to_authorize(admin, application=None):
    """Choose the way over Seller Central and go there."""
    admin.click(".modal .o_field_widget[name=way] label", "Authorize in the browser")
    if application:
        admin.fill(".modal .o_field_widget[name=application_ref] input", application.application_ref)
    admin.click(".modal button[name=action_authorize]")
    admin.wait(CONFIRM, "Confirm")


def is_connected(admin):
    """Wait for an account that is shown as connected."""
    admin.wait(".o_marketplace_steps li[data-step=authorized][data-done='1']")
    admin.wait(".o_statusbar_status .o_arrow_button_current", "Connected")


def ticket_from(shop, admin, site):
    """Let a buyer of a new storefront write; wait for the ticket."""
    ref = shop.new_order(site)
    [(address,)] = shop.sql("SELECT address FROM marketplace_site WHERE code = %s AND state = 'active'", [site])
    raw = stamped(shop.make_mail(ref, "Where is my parcel?", site=site, to=address), address)
    shop.sandbox.send(raw, address)
    eventually(lambda: shop.sql("SELECT 1 FROM helpdesk_ticket WHERE marketplace_order_ref = %s", [ref]))
    admin.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    admin.click(".o_data_row td[name=name]", ref)
    admin.wait(".o-mail-Message", "Where is my parcel?")
    admin.wait(".o_marketplace_lines tbody tr")


def test_1_who_declines_reads_why_and_goes_on_from_there_to_a_connected_account(shop, admin, figures):
    started = time.monotonic()
    application = shop.sandbox.add_application(shop.odoo.url, name="Our helpdesk")
    shop.sandbox.sign_in("DEMO-EU")
    start(shop, admin, "Europe", "amazon.de")
    enter_keys(admin, application)
    go_to_authorize(admin, application)
    admin.click(DECLINE)
    admin.wait(".o_marketplace_consent", "declined")
    admin.click(".o_marketplace_consent a")
    admin.click("button[name=action_connect]")
    go_to_authorize(admin)
    admin.click(CONFIRM)
    is_connected(admin)
    admin.click("tr[data-site='amazon.de'] .o_marketplace_test_mail")
    admin.wait("tr[data-site='amazon.de']", "Arrived")
    ticket_from(shop, admin, "DE")
    seconds = time.monotonic() - started
    figures(f"connect: from an empty database to a ticket over Seller Central, with a denial: {seconds:.0f} s")
    assert admin.errors == []


def test_2_another_account_is_connected_with_a_pasted_token(shop, admin, figures):
    started = time.monotonic()
    seller = shop.sandbox.sellers["DEMO-NA"]
    start(shop, admin, "North America", "amazon.com")
    enter_keys(admin, seller)
    admin.fill(".modal .o_field_widget[name=seller_ref] input", seller.merchant_id)
    admin.fill(".modal .o_field_widget[name=refresh_token] input", "Atzr|mistaken")
    admin.click(".modal button[name=action_paste]")
    admin.wait(".modal .alert-danger", "no longer accepts")
    admin.run("document.querySelector('.modal .o_field_widget[name=refresh_token] input').select()")
    admin.fill(".modal .o_field_widget[name=refresh_token] input", seller.refresh_token)
    admin.click(".modal button[name=action_paste]")
    is_connected(admin)
    admin.click(".o_marketplace_fetch_order")
    admin.fill(".modal .o_field_widget[name=order_ref] input", "114-1853564-0000022")
    admin.click(".modal button[name=action_find]")
    admin.wait(".o_form_view .oe_title, .o_form_view h1", "114-1853564-0000022")
    ticket_from(shop, admin, "US")
    figures(f"connect: a second account with a pasted token, a mistake included: {time.monotonic() - started:.0f} s")
    assert admin.errors == []


def test_3_a_revoked_authorization_is_given_again_with_everything_kept(shop, admin):
    [(address,)] = shop.sql("SELECT address FROM marketplace_site WHERE code = 'DE'")
    shop.sandbox.revoke("DEMO-EU")
    shop.sql("UPDATE marketplace_account SET access_token_expires_at = NULL")
    admin.open(f"{shop.odoo.url}/odoo/marketplace-accounts")
    admin.click(".o_data_row td[name=name]", "Amazon Europe")
    admin.click("button[name=action_test_connection]")
    admin.wait(".alert-danger", "revoked or expired")
    admin.open(f"{shop.odoo.url}/odoo/marketplaces")
    admin.wait(".o_marketplace_health", "Does Not Work")
    admin.click(".o_kanban_record a", "Amazon Europe")
    admin.click(".o_form_statusbar button[name=action_connect]", "Re-authorize")
    go_to_authorize(admin)
    admin.click(CONFIRM)
    is_connected(admin)
    assert shop.sql("SELECT address FROM marketplace_site WHERE code = 'DE'") == [(address,)]
    assert admin.errors == []


def test_4_the_appstore_leads_back_to_the_same_account(shop, admin):
    [(count,)] = shop.sql("SELECT count(*) FROM marketplace_account")
    [ref] = [ref for ref, one in shop.sandbox.applications.items() if one.name == "Our helpdesk"]
    admin.open(f"{shop.sandbox.http_url}/appstore/{ref}")
    admin.click("button", "Authorize now")
    is_connected(admin)
    assert shop.sql("SELECT count(*) FROM marketplace_account") == [(count,)]


def test_5_a_deleted_account_is_gone_and_its_ticket_is_not(shop, admin):
    admin.open(f"{shop.odoo.url}/odoo/marketplace-accounts")
    admin.click(".o_data_row td[name=name]", "Amazon Europe")
    admin.click("button[name=action_delete]")
    admin.wait(".modal", "What stays")
    admin.click(".modal button[name=action_delete]")
    admin.wait_for("![...document.querySelectorAll('.o_data_row')].some(e => e.innerText.includes('Amazon Europe'))")
    admin.open(f"{shop.odoo.url}/odoo/helpdesk-tickets")
    admin.wait(".o_data_row td[name=name]", "302-")
    assert shop.sql("SELECT state, refresh_token_encrypted FROM marketplace_account WHERE region = 'eu'") == [
        ("deleted", None)
    ]
    assert admin.errors == []


def test_6_no_code_and_no_state_was_logged(shop):
    for page in ("login", "callback"):
        query = {"state": "sEcrEt", "amazon_state": "sEcrEt", "spapi_oauth_code": "sEcrEt"}
        requests.get(f"{shop.odoo.url}/marketplace/amazon/{page}", params=query, timeout=30)
    log = shop.odoo.read_log()
    assert "/web/login?redirect=" in log and "sEcrEt" not in log
    assert "/marketplace/amazon/callback" in log
    assert "spapi_oauth_code=***" in log and "state=***" in log
    for mark in ("spapi_oauth_code=", "state="):
        assert log.count(mark) == log.count(f"{mark}***")
