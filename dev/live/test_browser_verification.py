"""What an admin sees of verification, in headless Chromium: the set-up's word, the decision, a flood."""

import pytest


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return a running shop whose mail nothing proves."""
    with open_shop() as running:
        running.set_param("authserv_id", "")
        running.set_param("flood_limit", 4)
        yield running


def open_setup(shop, admin):
    """Open the account of the German storefront."""
    [account] = shop.sql("SELECT account_id FROM marketplace_site WHERE code = 'DE' LIMIT 1")
    admin.open(f"{shop.odoo.url}/odoo/marketplace-accounts/{account[0]}")
    admin.wait(".o_marketplace_onboarding")


def test_an_admin_decides_after_seeing_three_mails_and_takes_it_back(shop, admin):
    open_setup(shop, admin)
    admin.wait(".o_marketplace_proof[data-proof=unknown]", "Not known yet")
    for _number in range(3):
        shop.deliver(shop.new_order())
    shop.finish()
    open_setup(shop, admin)
    admin.wait(".o_marketplace_proof[data-proof=unproved]", "Not verified")
    admin.click(".o_marketplace_proof[data-proof=unproved] a", "Decide")
    admin.wait(".modal .o_field_widget[name=mails_text]", "marketplace.amazon.de")
    admin.click(".modal button[name=action_trust]")
    admin.wait(".o_marketplace_proof[data-proof=decision]", "is taken for genuine without proof")
    shop.finish()
    admin.open(f"{shop.odoo.url}/odoo/marketplace-mail-servers")
    admin.click(".o_data_row td[name=name]")
    admin.wait(".o-mail-Message", "taken for genuine unless it is known to be forged")
    admin.click("button[name=action_distrust]")
    admin.click(".modal .btn-primary")
    admin.wait("button[name=action_decide]")
    assert shop.sql("SELECT count(*) FROM marketplace_receiver WHERE trusted_at IS NOT NULL") == [(0,)]
    assert admin.errors == []


def test_a_flood_is_one_line_that_is_looked_at_and_released(shop, admin):
    for _number in range(8):
        shop.deliver(shop.new_order())
    shop.finish()
    admin.open(f"{shop.odoo.url}/odoo/marketplace-parked")
    admin.wait(".o_data_row td[name=name]", "unverified messages came to")
    admin.click(".o_data_row button[name=action_look]")
    admin.wait(".o_data_row td[name=state]", "Quarantined")
    admin.open(f"{shop.odoo.url}/odoo/marketplace-parked")
    admin.click(".o_data_row button[name=action_release]")
    admin.click(".modal .btn-primary")
    admin.wait_for("!document.querySelector('.o_data_row')")
    shop.finish()
    assert shop.sql("SELECT count(*) FROM marketplace_message WHERE state = 'quarantined'") == [(0,)]
    assert admin.errors == []
