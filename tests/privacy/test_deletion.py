from datetime import timedelta

from odoo.exceptions import AccessError

from ..common import DE_ORDER, US_ORDER, MarketplaceCase


class TestDeletion(MarketplaceCase):
    """The way out: what goes, what stays, and what happens to mail that still comes."""

    def delete(self, account, sites=None, purge=False):
        """Go through the dialog as an admin does."""
        action = (sites or account).action_delete()
        dialog = self.env["marketplace.delete"].with_context(**action["context"]).create({"purge": purge})
        dialog.action_delete()
        return dialog

    def ticket_text(self, ticket):
        return " ".join(str(one) for one in [ticket.name, ticket.description, *ticket.message_ids.mapped("body")])

    def test_the_dialog_says_what_goes_and_what_stays(self):
        self.buyer_writes()
        self.settle()
        dialog = self.env["marketplace.delete"].create({"account_id": self.account.id})
        self.assertEqual((dialog.ticket_count, dialog.order_count, dialog.message_count), (1, 1, 1))
        self.assertTrue(dialog.has_own_credential)
        self.assertIn("+", dialog.addresses)
        only = self.env["marketplace.delete"].create({"account_id": self.account.id, "site_ids": self.site_de.ids})
        self.assertEqual((only.title, only.addresses), ("amazon.de", self.site_de.address))
        self.assertFalse(only.has_own_credential)

    def test_a_deleted_accounts_secrets_are_gone_and_it_asks_nobody(self):
        self.buyer_writes()
        credential = self.account.credential_id
        self.delete(self.account_us)
        self.delete(self.account)
        self.assertEqual((self.account.state, self.account.active), ("deleted", False))
        self.assertFalse(credential.exists())
        for name in ("refresh_token_encrypted", "access_token_encrypted"):
            self.assertFalse(self.account[name])
        before = self.sandbox.world.requests.report()["counts"].copy()
        self.settle()
        self.run_cron("refresh_orders")
        self.assertEqual(self.sandbox.world.requests.report()["counts"], before)

    def test_keys_that_another_account_uses_stay(self):
        self.account_us.write({"credential_id": self.account.credential_id.id, "active": False})
        dialog = self.delete(self.account)
        self.assertFalse(dialog.has_own_credential)
        self.assertTrue(self.account_us.credential_id.exists())

    def test_reminders_end_with_the_account_and_a_persons_own_activities_do_not(self):
        self.account.authorized_at = "2020-01-01"
        self.run_cron("watch")
        own = self.account.activity_schedule("mail.mail_activity_data_todo", summary="My own")
        self.assertEqual(len(self.account.activity_ids), 2)
        self.delete(self.account)
        self.assertEqual(self.account.activity_ids, own)
        self.assertFalse(self.account.reminders)

    def test_later_mail_is_counted_and_dropped_and_nobody_gets_a_bounce(self):
        self.delete(self.account)
        sent = self.env["mail.mail"].search_count([])
        for raw in self.buyer_mails("Are you there?"):
            self.assertFalse(self.receive(raw))
        self.assertEqual(self.site_de.swallowed_count, 1)
        self.assertFalse(self.env["marketplace.message"].search([]))
        self.assertFalse(self.ticket_of(DE_ORDER))
        self.assertEqual(self.env["mail.mail"].search_count([]), sent)

    def test_tickets_and_orders_stay_readable(self):
        self.buyer_writes("Where is my parcel?")
        self.settle()
        ticket = self.ticket_of(DE_ORDER)
        self.delete(self.account)
        seen = ticket.with_user(self.agent)
        self.assertIn("Where is my parcel?", self.ticket_text(seen))
        self.assertEqual(seen.marketplace_order_data["order"]["state"], "known")
        self.assertEqual(seen.marketplace_site_id.name, "amazon.de")

    def test_what_was_not_worked_off_when_the_account_was_deleted_is_not_lost(self):
        messages = self.buyer_writes()
        self.delete(self.account)
        self.env["ir.config_parameter"].set_param("helpdesk_mgmt_marketplace.order_wait", "0")
        self.settle()
        self.assertIn(messages.state, ("done", "waiting_order"))

    def test_one_site_is_deleted_and_the_others_go_on(self):
        self.delete(self.account, self.site_de)
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.site_de.state, "deleted")
        self.assertFalse(self.buyer_writes())
        self.assertTrue(self.buyer_writes("Bonjour", "404-9344910-0000010"))

    def test_connecting_the_same_seller_again_revives_it(self):
        seller = self.sandbox.sellers["DEMO-EU"]
        address = self.site_de.address
        self.delete(self.account)
        credential = self.env["marketplace.credential"].create(
            {"name": "New", "app_id": self.app.id, "client_id": seller.client_id, "client_secret": seller.client_secret}
        )
        draft = self.env["marketplace.account"].create(
            {"name": "Again", "app_id": self.app.id, "region": "eu", "credential_id": credential.id}
        )
        self.env["marketplace.site"].create({"account_id": draft.id, "site_ref": self.site_de.site_ref})
        admin = self.env.ref("base.user_admin")
        revived = self.press(draft, "_connect_pasted", seller.merchant_id, seller.refresh_token, user=admin)
        self.assertEqual(revived.id, self.account.id)
        self.assertEqual((self.account.state, self.account.active), ("connected", True))
        self.assertEqual((self.site_de.state, self.site_de.address), ("active", address))
        self.assertTrue(self.buyer_writes())
        self.assertEqual(self.account.site_ids, self.site_de)

    def test_buyers_data_go_from_everywhere_when_asked(self):
        self.site_de.create_contacts = True
        self.buyer_writes("My secret is Zwetschgenmus, call Ms. Krug")
        self.buyer_writes("Another buyer", US_ORDER)
        self.settle()
        ticket, other = self.ticket_of(DE_ORDER), self.ticket_of(US_ORDER)
        order = ticket.marketplace_order_id
        name = order.buyer_name
        self.assertTrue(name)
        self.delete(self.account, purge=True)
        self.run_cron("purge")
        self.assertNotIn("Zwetschgenmus", self.ticket_text(ticket))
        self.assertFalse(ticket.partner_name)
        self.assertFalse(order.buyer_name or order.recipient or order.relay)
        self.assertTrue(order.order_ref and order.amount_total)
        messages = self.env["marketplace.message"].search([("site_id", "=", self.site_de.id)])
        self.assertFalse(any(messages.mapped("raw")))
        self.assertIn("Another buyer", self.ticket_text(other))
        tables = (
            "helpdesk_ticket",
            "marketplace_order",
            "marketplace_message",
            "marketplace_conversation",
            "mail_message",
        )
        tables += ("res_partner", "mail_tracking_value")
        for table in tables:
            self.env.cr.execute(f"SELECT * FROM {table}")
            text = str(self.env.cr.fetchall())
            for word in ("Zwetschgenmus", name):
                self.assertNotIn(word, text, table)

    def test_what_comes_after_a_revival_stays(self):
        self.buyer_writes("The first")
        self.settle()
        self.delete(self.account, self.site_de, purge=True)
        self.site_de.purge_requested_at -= timedelta(hours=1)
        for table in ("marketplace_message", "mail_message"):
            self.env.cr.execute(f"UPDATE {table} SET create_date = create_date - interval '2 h'")
        self.site_de._revive()
        self.buyer_writes("The second")
        self.settle()
        self.run_cron("purge")
        text = self.ticket_text(self.ticket_of(DE_ORDER))
        messages = self.env["marketplace.message"].search([("site_id", "=", self.site_de.id)])
        self.assertEqual(messages.sorted("id").mapped(lambda one: bool(one.raw)), [False, True])
        self.assertNotIn("The first", text)
        self.assertIn("The second", text)
        self.assertFalse(self.site_de.purge_requested_at)

    def test_what_waits_is_not_worked_off_after_buyers_data_were_deleted(self):
        messages = self.buyer_writes()
        self.delete(self.account, purge=True)
        self.run_cron("purge")
        self.settle()
        self.assertEqual(messages.state, "ignored")
        self.assertFalse(self.ticket_of(DE_ORDER))

    def test_only_admins_delete(self):
        for model, values in (
            ("marketplace.delete", {"account_id": self.account.id}),
            ("marketplace.connect", {"app_id": self.app.id}),
            ("marketplace.order.find", {"account_id": self.account.id, "order_ref": DE_ORDER}),
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.agent).create(values)
