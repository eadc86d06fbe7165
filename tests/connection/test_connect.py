from types import SimpleNamespace

from odoo.exceptions import UserError
from odoo.tests import Form

from .connect_common import ConnectCase


class TestConnect(ConnectCase):
    """The dialog, with a pasted refresh token: the usual way of a self-hosted Odoo."""

    def test_an_admin_connects_a_seller_by_pasting(self):
        account = self.paste(self.open_dialog())
        self.assertEqual(account.state, "connected")
        self.assertEqual(account.seller_ref, self.seller.merchant_id)
        self.assertEqual(account.site_ids.mapped("code"), ["DE", "FR"])
        self.assertEqual(account.user_id, self.env.ref("base.user_admin"))
        self.assertEqual(set(account.site_ids.mapped("seller_name")), {"New Trading"})
        self.assertTrue(all(account.site_ids.mapped("address")))
        self.assertEqual(account.renew_before.year, account.authorized_at.year + 1)
        self.assertTrue(account.credential_id.valid_until)

    def test_the_form_offers_the_regions_storefronts(self):
        form = Form(self.env["marketplace.connect"])
        form.region = "na"
        names = [form.line_ids.edit(number).name for number in range(len(form.line_ids))]
        self.assertIn("amazon.com.mx", names)
        self.assertNotIn("amazon.de", names)

    def test_the_dialog_asks_for_what_is_missing(self):
        dialog = self.env["marketplace.connect"].create({"credential_id": False})
        with self.assertRaisesRegex(UserError, "region"):
            dialog.action_next()
        dialog.region = "eu"
        with self.assertRaisesRegex(UserError, "storefront"):
            dialog.action_next()
        dialog.action_choose_all()
        dialog.action_next()
        dialog.credential_id = False
        with self.assertRaisesRegex(UserError, "client ID"):
            dialog.action_next()
        dialog.action_back()
        self.assertTrue(all(dialog.line_ids.mapped("is_chosen")))

    def test_a_wrong_merchant_id_is_named_and_nothing_is_lost(self):
        dialog = self.open_dialog()
        self.assertFalse(self.paste(dialog, seller_ref="A1PA6795UKMFR9"))
        self.assertIn("A1PA6795UKMFR9", dialog.error)
        self.assertIn("Merchant Token", dialog.error)
        self.assertEqual(dialog._get_secret("refresh_token"), self.seller.refresh_token)
        self.assertEqual(self.paste(dialog).state, "connected")

    def test_a_wrong_refresh_token_is_told_in_the_dialog(self):
        dialog = self.open_dialog()
        self.assertFalse(self.paste(dialog, refresh_token="Atzr|wrong"))
        self.assertIn("no longer accepts", dialog.error)
        self.assertEqual(dialog.account_id.state, "draft")
        self.assertFalse(dialog.account_id._get_secret("refresh_token"))

    def test_wrong_keys_are_told_in_the_dialog(self):
        dialog = self.open_dialog(keys=SimpleNamespace(client_id=self.seller.client_id, client_secret="mistaken"))
        self.assertFalse(self.paste(dialog))
        self.assertIn("client secret", dialog.error)

    def test_html_in_place_of_json_does_not_refuse_a_good_token(self):
        self.sandbox.faults.add("getMarketplaceParticipations", "html503")
        account = self.paste(self.open_dialog())
        self.assertEqual(account.state, "connected")
        self.assertFalse(account.participations)

    def test_a_chosen_storefront_in_which_the_account_takes_no_part_is_named(self):
        account = self.paste(self.open_dialog("DE", "PL"))
        self.assertIn("amazon.pl", account.health_message)
        self.assertEqual(account.missing_sites, "amazon.fr")
        strangers = [site["name"] for site in account.onboarding["sites"] if site["is_stranger"]]
        self.assertEqual(strangers, ["amazon.pl"])

    def test_the_keys_are_remembered_for_the_next_account(self):
        account = self.paste(self.open_dialog())
        (self.account | self.account_us).credential_id = account.credential_id
        (self.env["marketplace.credential"].search([]) - account.credential_id).unlink()
        dialog = self.env["marketplace.connect"].create({"region": "na"})
        self.assertEqual(dialog.credential_id, account.credential_id)

    def test_a_dialog_that_was_left_is_resumed(self):
        account = self.open_dialog().account_id
        self.assertEqual(account.state, "draft")
        dialog = self.open_dialog(account=account)
        self.assertEqual((dialog.step, dialog.account_id), ("authorize", account))
        self.assertEqual(self.paste(dialog), account)
        self.assertEqual(account.state, "connected")

    def test_connecting_the_same_seller_again_updates_the_account(self):
        account = self.paste(self.open_dialog("DE"))
        ticks = {"seller_profile": "2026-01-01"}
        account.site_ids.setup_done = ticks
        dialog = self.open_dialog("DE", "FR")
        draft = dialog.account_id
        self.assertEqual(self.paste(dialog), account)
        self.assertFalse(draft.exists())
        self.assertEqual(account.site_ids.mapped("code"), ["DE", "FR"])
        self.assertEqual(account.site_ids.filtered(lambda site: site.code == "DE").setup_done, ticks)

    def write_to(self, site):
        """Let a buyer write to a site's address."""
        [raw] = self.buyer_mails("To the draft")
        return self.receive(raw.replace(self.site_de.address.encode(), site.address.encode()))

    def test_the_address_of_a_draft_receives_after_its_seller_turned_out_to_be_known(self):
        account = self.paste(self.open_dialog("DE"))
        dialog = self.open_dialog("DE")
        draft, address = dialog.account_id, dialog.account_id.site_ids.address
        self.paste(dialog)
        self.assertFalse(draft.exists())
        self.assertIn(address, account.site_ids.old_addresses)
        self.assertNotEqual(account.site_ids.address, address)
        [raw] = self.buyer_mails("To the draft")
        message = self.receive(raw.replace(self.site_de.address.encode(), address.encode()))
        self.assertEqual(message.account_id, account)

    def test_a_draft_that_got_mail_already_joins_the_known_account_and_loses_none(self):
        account = self.paste(self.open_dialog("DE"))
        dialog = self.open_dialog("DE", "FR")
        draft = dialog.account_id
        early = self.write_to(draft.site_ids.filtered(lambda site: site.code == "DE"))
        addresses = draft.site_ids.mapped("address")
        self.assertEqual(self.paste(dialog), account)
        self.assertEqual((draft.state, draft.active), ("deleted", False))
        self.assertEqual(account.site_ids.mapped("code"), ["DE", "FR"])
        self.assertEqual(sum(site.old_addresses.count("@") for site in account.site_ids), len(addresses))
        self.settle()
        self.assertEqual((early.state, early.account_id), ("done", draft))
        self.assertTrue(early.ticket_id)

    def test_what_is_unticked_again_goes(self):
        dialog = self.open_dialog("DE", "FR")
        dialog.action_back()
        dialog.action_back()
        dialog.line_ids.filtered(lambda line: line.name == "amazon.fr").is_chosen = False
        dialog.action_next()
        dialog.action_next()
        self.assertEqual(dialog.account_id.site_ids.mapped("code"), ["DE"])

    def test_another_company_is_refused_in_neutral_words(self):
        self.paste(self.open_dialog())
        other = self.env["res.company"].create({"name": "Other"})
        self.env.ref("base.user_admin").company_ids += other
        dialog = self.open_dialog()
        dialog.account_id.site_ids.unlink()
        dialog.account_id.credential_id.company_id = other
        dialog.account_id.company_id = other
        self.assertFalse(self.paste(dialog))
        self.assertEqual(dialog.error, "This seller account can't be connected here.")

    def test_authorizing_another_seller_than_the_accounts_is_refused(self):
        account = self.paste(self.open_dialog())
        dialog = self.open_dialog(account=account)
        other = self.sandbox.sellers["DEMO-EU"]
        self.assertFalse(self.paste(dialog, seller_ref=other.merchant_id))
        self.assertIn(self.seller.merchant_id, dialog.error)
        self.assertEqual(account.state, "connected")

    def test_disconnecting_keeps_everything_but_the_authorization(self):
        account = self.paste(self.open_dialog())
        addresses = account.site_ids.mapped("address")
        account.action_disconnect()
        self.assertEqual(account.state, "draft")
        self.assertFalse(account._get_secret("refresh_token") or account._get_secret("access_token"))
        self.assertEqual(account.site_ids.mapped("address"), addresses)
        self.assertEqual(self.paste(self.open_dialog(account=account)), account)

    def test_a_test_order_is_fetched_by_any_spelling_of_its_number(self):
        self.new_order("302-1112223-0000001")
        find = self.env["marketplace.order.find"].create(
            {"account_id": self.account.id, "order_ref": " 302-1112223-0000001 "}
        )
        action = self.press(find, "action_find")
        order = self.env["marketplace.order"].browse(action["res_id"])
        self.assertEqual((order.order_ref, order.state), ("302-1112223-0000001", "known"))
        self.assertEqual(self.account.onboarding["order"], order.order_ref)

    def test_an_order_that_does_not_exist_and_no_order_number_at_all_say_so(self):
        find = self.env["marketplace.order.find"].create(
            {"account_id": self.account.id, "order_ref": "302-9999999-9999999"}
        )
        with self.assertRaises(UserError):
            self.press(find, "action_find")
        find.order_ref = "hello"
        with self.assertRaisesRegex(UserError, "hello"):
            self.press(find, "action_find")
