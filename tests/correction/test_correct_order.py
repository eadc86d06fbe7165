from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..reply.message_common import MessageCase


class TestCorrectOrder(MessageCase):
    """Agents find orders that have no ticket, and open one."""

    def find(self, ref=None, site=None, user=None):
        values = {"order_ref": ref or self.ref, "site_key": str(site.id) if site else False}
        dialog = self.env["marketplace.order.open"].with_user(user or self.agent).create(values)
        return dialog, dialog.action_open()

    def find_known(self, **values):
        """Have the order fetched; returns the dialog that found it."""
        dialog, _action = self.find(site=self.site_de, **values)
        self.fetch()
        self.assertEqual(dialog.action_look()["res_id"], dialog.id)
        self.assertTrue(dialog.is_found)
        return dialog

    def open(self, dialog):
        action = dialog.action_open_ticket()
        return self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])

    def test_an_order_is_fetched_and_shown_before_a_ticket_is_made(self):
        dialog = self.find_known()
        self.assertIn(self.ref, dialog.found_text)
        self.assertIn("amazon.de", dialog.found_text)
        self.assertFalse(dialog.ticket_text)
        self.assertFalse(self.ticket_of(self.ref))

    def test_its_ticket_is_the_agents_and_nobody_waits_there(self):
        ticket = self.open(self.find_known())
        self.assertEqual((ticket.marketplace_order_ref, ticket.user_id), (self.ref, self.agent))
        self.assertEqual((ticket.marketplace_site_id, ticket.marketplace_order_state), (self.site_de, "known"))
        self.assertFalse(ticket.marketplace_deadline)
        self.assertEqual(self.open_ticket(), ticket)

    def test_an_order_with_a_ticket_opens_that(self):
        ticket = self.open_ticket()
        dialog, _action = self.find(f"#{self.ref}")
        self.assertEqual(dialog.ticket_text, ticket.number)
        self.assertEqual(self.open(dialog), ticket)

    def test_an_order_on_a_ticket_that_an_agent_may_not_see_is_not_shown(self):
        ticket = self.open_ticket()
        own = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        user = self.env["res.users"].create({"name": "O", "login": "own", "group_ids": [Command.link(own.id)]})
        with self.assertRaisesRegex(UserError, f"{ticket.number} is about this order, but you may not see it"):
            self.find(user=user)

    def test_a_buyer_who_may_not_be_written_to_has_a_ticket_all_the_same(self):
        self.ref = self.make_order(status="CANCELLED")
        self.agent.marketplace_barred_app_ids = self.app
        self.assertEqual(self.open(self.find_known()).marketplace_order_ref, self.ref)

    def test_a_number_that_nobody_knows_is_said_so(self):
        dialog, _action = self.find("302-9999999-9999999", self.site_de)
        self.fetch()
        self.assertIs(dialog.action_look(), True)
        self.assertFalse(dialog.is_found)
        self.assertTrue(dialog.error)
        with self.assertRaisesRegex(UserError, "is no order number"):
            self.find("12345")

    def test_nothing_opens_before_it_was_found_nor_by_others(self):
        dialog, _action = self.find(site=self.site_de)
        with self.assertRaisesRegex(UserError, "Find the order first"):
            dialog.action_open_ticket()
        dialog = self.find_known()
        with self.assertRaises(AccessError):
            dialog.write({"order_id": 1})
        user = self.env["res.users"].create({"name": "O", "login": "outsider"})
        with self.assertRaises(AccessError):
            dialog.with_user(user).action_open_ticket()

    # === SALES ORDERS === #

    def test_without_the_sales_app_there_are_no_sales_orders(self):
        if "sale.order" in self.env:
            self.skipTest("Sales is installed.")
        ticket = self.open_ticket()
        self.assertEqual(ticket._marketplace_get_sale_orders(), [])
        self.assertEqual(ticket.marketplace_find_sale_orders(), [])
        self.assertFalse(ticket.marketplace_order_data["has_sale_orders"])
