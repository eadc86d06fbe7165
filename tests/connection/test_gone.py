from odoo.exceptions import UserError

from ..common import DE_ORDER, MarketplaceCase

SCREENS = ("marketplace.app", "marketplace.account", "marketplace.site", "marketplace.credential", "helpdesk.ticket",
           "marketplace.order", "marketplace.message")  # fmt: skip


class TestGone(MarketplaceCase):
    """A marketplace whose add-on was uninstalled: its records stay, its class is gone."""

    def setUp(self):
        super().setUp()
        self.buyer_writes()
        self.settle()
        self.ticket = self.ticket_of(DE_ORDER)
        other = self.env["marketplace.app"].create({"name": "Former", "code": "former"})
        # The American account stays Amazon's.
        for table in ("site", "message", "order", "credential", "account"):
            which = "id = %s" if table == "account" else "account_id = %s"
            which = (
                "id = (SELECT credential_id FROM marketplace_account WHERE id = %s)" if table == "credential" else which
            )
            values = [other.id, self.account.id]
            self.env.cr.execute(f"UPDATE marketplace_{table} SET app_id = %s WHERE {which}", values)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET marketplace_app_id = %s WHERE id = %s", [other.id, self.ticket.id]
        )
        self.env.invalidate_all()
        self.former = other

    def test_all_that_is_stored_can_be_shown(self):
        for model in SCREENS:
            records = self.env[model].search([])
            self.assertEqual(len(records.read()), len(records))
        data = self.ticket.marketplace_order_data
        self.assertEqual(data["order"]["ref"], DE_ORDER)
        self.assertTrue(data["order"]["lines"])
        self.assertFalse(data["order"]["url"])

    def test_what_nobody_knows_any_more_is_still_a_choice_that_forms_can_show(self):
        for record, name in ((self.account, "region"), (self.site_de, "site_ref")):
            self.env.cr.execute(f"UPDATE {record._table} SET {name} = 'former' WHERE id = %s", [record.id])
            self.assertIn(("former", "former"), record.fields_get([name])[name]["selection"])

    def test_a_kind_of_notice_that_nobody_knows_any_more_is_still_a_choice(self):
        policy, ticket = self.site_de.notice_policy_ids[:1], self.ticket
        self.env.cr.execute("UPDATE marketplace_notice_policy SET code = 'former_kind' WHERE id = %s", policy.ids)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET marketplace_last_notice = 'former_kind' WHERE id = %s", ticket.ids
        )
        self.env.invalidate_all()
        choices = dict(ticket.fields_get(["marketplace_last_notice"])["marketplace_last_notice"]["selection"])
        self.assertIn(ticket.marketplace_last_notice, choices)

    def test_screens_say_that_it_is_gone(self):
        for record in (self.former, self.account):
            self.assertEqual(record.health, "danger")
            self.assertIn("Former is no longer supported here", record.health_message)
        self.assertIn("no longer supported", self.ticket.marketplace_reply_data["why_not"])

    def test_whatever_needs_its_class_is_refused_in_words(self):
        for call in (
            self.former.action_connect,
            self.account.action_connect,
            lambda: self.ticket.action_marketplace_reply("<p>Hello</p>"),
        ):
            with self.assertRaisesRegex(UserError, "Former is no longer supported here"):
                call()

    def test_its_mail_is_kept_with_the_reason(self):
        message = self.buyer_writes("And now?")
        self.process()
        self.assertEqual(message.state, "quarantined")
        self.assertIn("Former is no longer supported here", message.reason)

    def test_other_accounts_orders_are_still_looked_at(self):
        accounts = self.account | self.account_us
        accounts.searched_until = False
        self.run_cron("refresh_orders")
        self.assertEqual(accounts.filtered("searched_until"), self.account_us)
        self.env["marketplace.order.relay"]._gc_relays()
