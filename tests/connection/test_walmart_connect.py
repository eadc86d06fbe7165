from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from ..walmart_common import WalmartCase


class TestWalmartConnect(WalmartCase):
    """The way of an account that nothing but its own keys open."""

    def setUp(self):
        super().setUp()
        self.other = self.sandbox.add_walmart_seller("NEW-WMT", name="New Trading")

    def connect_new(self, **names):
        dialog = self.open_keys(self.other)
        self.press(dialog, "action_next")
        dialog.write(names)
        return self.env["marketplace.account"].browse(dialog.action_finish()["res_id"])

    def test_the_form_offers_one_region_and_says_why_not_the_others(self):
        form = Form(self.env["marketplace.connect"].with_context(default_app_id=self.walmart_app.id))
        self.assertEqual((form.region, form.only_region), ("na", "North America"))
        self.assertIn("Mexico", form.other_regions)
        chosen = [form.line_ids.edit(number) for number in range(len(form.line_ids))]
        self.assertEqual(
            [(line.name, line.is_chosen) for line in chosen], [("walmart.com", True), ("walmart.ca", False)]
        )

    def test_an_admin_connects_with_the_keys_and_names_the_account(self):
        dialog = self.open_keys(self.other)
        self.press(dialog, "action_next")
        self.assertEqual((dialog.step, dialog.error), ("names", False))
        self.assertEqual((dialog.name, dialog.seller_name), ("Walmart US", "New Trading"))
        self.assertIn("Orders: full access", dialog.scopes)
        self.assertFalse(dialog.scope_findings)
        dialog.write({"name": "Our Walmart", "seller_name": "New Trading Co."})
        account = self.env["marketplace.account"].browse(dialog.action_finish()["res_id"])
        self.assertEqual((account.name, account.state), ("Our Walmart", "connected"))
        self.assertEqual(account.seller_ref, self.other.partner_id)
        self.assertEqual(account.site_ids.mapped("site_ref"), ["walmart.com"])
        self.assertEqual(account.site_ids.seller_name, "New Trading Co.")
        self.assertEqual(account.site_ids.reply_hours, 48)
        places = [place["code"] for place in account.onboarding["places"]]
        self.assertEqual(places, ["customer_service_contact"])

    def test_wrong_keys_are_told_in_the_dialog_and_nothing_is_lost(self):
        dialog = self.open_keys(self.other)
        dialog.client_secret = "mistaken"
        self.press(dialog, "action_next")
        self.assertEqual(dialog.step, "keys")
        self.assertIn("Client Secret", dialog.error)
        self.assertEqual(dialog.account_id.state, "draft")
        dialog.client_secret = self.other.client_secret
        self.press(dialog, "action_next")
        self.assertEqual((dialog.step, dialog.account_id.state), ("names", "connected"))

    def test_missing_scopes_are_named(self):
        self.other = self.sandbox.walmart.sellers["DEMO-WMT-2"]
        account = self.connect_new()
        self.assertIn("Returns: no access", account.scopes)
        self.assertIn("Returns", account.health_message)

    def test_each_storefront_has_keys_of_its_own(self):
        dialog = self.env["marketplace.connect"].create({"app_id": self.walmart_app.id})
        dialog.action_choose_all()
        with self.assertRaisesRegex(UserError, "choose one"):
            dialog.action_next()
        with self.assertRaisesRegex(ValidationError, "account of its own"):
            self.env["marketplace.site"].create({"account_id": self.walmart.id, "site_ref": "walmart.ca"})
        with self.assertRaisesRegex(ValidationError, "keys of its own"):
            self.connect_new().credential_id = self.walmart.credential_id

    def test_the_same_seller_again_updates_the_account_that_is_here(self):
        account = self.connect_new()
        self.sandbox.walmart.rotate("NEW-WMT", "a new secret")
        self.other = self.sandbox.walmart.sellers["NEW-WMT"]
        again = self.connect_new(name="Renamed")
        self.assertEqual((again, account.name), (account, "Renamed"))
        self.assertEqual(account.credential_id._get_secret("client_secret"), "a new secret")

    def test_new_keys_of_another_seller_are_refused(self):
        account = self.connect_new()
        dialog = self.open_keys(self.seller, account=account)
        self.press(dialog, "action_next")
        self.assertIn("another seller", dialog.error)
        self.assertEqual(account.seller_ref, self.other.partner_id)
        self.assert_keeps_its_keys(account)

    def test_a_working_account_keeps_its_keys_when_new_ones_are_mistaken(self):
        account = self.connect_new()
        dialog = self.open_keys(self.other, account=account)
        dialog.client_secret = "mistaken"
        self.press(dialog, "action_next")
        self.assertIn("Client Secret", dialog.error)
        self.assert_keeps_its_keys(account)

    def assert_keeps_its_keys(self, account):
        credential = account.credential_id
        kept = (credential.client_id, credential._get_secret("client_secret"))
        self.assertEqual(kept, (self.other.client_id, self.other.client_secret))
        action = self.press(account, "action_test_connection")
        self.assertEqual((action["params"]["type"], account.state), ("success", "connected"))

    def test_another_company_gets_a_neutral_refusal(self):
        self.connect_new()
        company = self.env["res.company"].create({"name": "Others"})
        self.env.ref("base.user_admin").company_ids |= company
        dialog = self.open_keys(self.other)
        dialog.company_id = company
        self.press(dialog, "action_next")
        self.assertEqual(dialog.error, "This seller account can't be connected here.")

    def test_disconnecting_forgets_the_secret(self):
        account = self.connect_new()
        account.action_disconnect()
        self.assertEqual(account.state, "draft")
        self.assertFalse(account.credential_id._get_secret("client_secret"))
        self.assertFalse(account._get_stored_token())
        dialog = self.open_keys(self.other, account=account)
        self.assertEqual(dialog.step, "keys")
        self.press(dialog, "action_next")
        self.assertEqual(account.state, "connected")

    def test_another_key_on_the_credential_is_not_used_before_it_was_tried(self):
        account = self.connect_new()
        keys = {"client_id": self.seller.client_id, "client_secret": self.seller.client_secret}
        for name, value in keys.items():
            account.credential_id.write({name: value})
        self.assertEqual(account.state, "draft")
        self.assertIn("Connect", account.health_message)
        self.assertFalse(account._is_fetchable())
        self.assertEqual(self.press(account, "action_test_connection")["params"]["type"], "danger")
        self.assertEqual(account.state, "credentials")
        dialog = self.open_keys(self.seller, account=account)
        self.press(dialog, "action_next")
        self.assertIn("another seller", dialog.error)

    def test_the_former_keys_of_a_seller_go(self):
        account = self.connect_new()
        former = account.credential_id
        self.assertEqual(self.connect_new(), account)
        self.assertNotEqual(account.credential_id, former)
        self.assertFalse(former.exists())

    def test_a_deleted_account_is_revived_by_its_seller(self):
        account = self.connect_new()
        self.env["marketplace.deletion"]._delete(account, account.site_ids.browse())
        self.assertEqual(account.state, "deleted")
        self.assertEqual(self.connect_new(), account)
        self.assertEqual((account.state, account.site_ids.state), ("connected", "active"))

    def test_a_refused_key_asks_for_new_ones(self):
        account = self.connect_new()
        self.sandbox.walmart.rotate("NEW-WMT")
        account._forget_access_token()
        action = self.press(account, "action_test_connection")
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(account.state, "credentials")

    def test_a_test_of_the_connection_tells_the_scopes(self):
        action = self.press(self.walmart, "action_test_connection")
        self.assertIn("walmart.com. Orders: full access", action["params"]["message"])
