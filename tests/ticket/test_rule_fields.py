from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from ..common import DE_ORDER, MarketplaceCase
from ..correction.correct_common import OTHER_ORDER

MODELS = "odoo.addons.helpdesk_mgmt_marketplace.models."
FIELDS, ORDER = MODELS + "fields.marketplace_field_mapping", MODELS + "order.marketplace_order"


class TestRuleFields(MarketplaceCase):
    """What automation rules look at; rules themselves are tried in dev/live, where their add-on is installed."""

    def new_ticket(self, text="Hello", **values):
        message = self.buyer_writes(text, **values)
        self.settle()
        return message.ticket_id

    def test_whatever_rules_look_at_is_stored_and_can_be_searched(self):
        names = (
            "channel_id", "marketplace_site_id", "marketplace_app_id", "marketplace_order_state", "marketplace_check",
            "marketplace_order_status", "marketplace_last_notice", "marketplace_last_notice_at", "marketplace_deadline",
        )  # fmt: skip
        ticket = self.new_ticket()
        for name in names:
            field = ticket._fields[name]
            self.assertTrue(field.store and field._description_searchable, name)
            self.assertIn(
                ticket, ticket.search([(name, "=", ticket[name] if not field.relational else ticket[name].id)])
            )
        now = fields.Datetime.now()
        self.assertNotIn(ticket, ticket.search([("marketplace_deadline", "<", now)]))
        ticket.marketplace_response_id.deadline = "2026-01-01"
        self.assertIn(ticket, ticket.search([("marketplace_deadline", "<", now)]))

    def test_the_first_fill_writes_data_and_status_together(self):
        self.env["ir.config_parameter"].set_param("helpdesk_mgmt_marketplace.order_wait", "0.0001")
        self.buyer_writes()
        self.process()
        message = self.env["marketplace.message"].search([], limit=1)
        message.write({"wait_until": "2026-01-01", "next_attempt": "2026-01-01"})
        self.process()
        ticket = self.ticket_of(DE_ORDER)
        self.assertEqual((ticket.marketplace_order_state, ticket.marketplace_order_status), ("pending", False))
        written = []
        write = type(ticket).write

        def noted(tickets, vals):
            written.append(set(vals))
            return write(tickets, vals)

        with patch.object(type(ticket), "write", noted):
            self.fetch()
        self.assertEqual(ticket.marketplace_order_status, ticket.marketplace_order_id.status)
        self.assertNotIn(ticket.marketplace_order_status, (False, "unknown"))
        both = {"marketplace_order_state", "marketplace_order_status"}
        self.assertEqual(sum(both <= names for names in written), 1)

    def test_a_ticket_made_with_its_order_has_the_status_from_the_start(self):
        self.assertEqual(
            self.new_ticket().marketplace_order_status, self.ticket_of(DE_ORDER).marketplace_order_id.status
        )

    def test_a_ticket_knows_the_last_notice(self):
        ticket = self.new_ticket()
        self.assertFalse(ticket.marketplace_last_notice)
        self.new_ticket("", notice="return_request")
        self.assertEqual(ticket.marketplace_last_notice, "return_request")
        first = ticket.marketplace_last_notice_at
        self.assertTrue(first)
        self.new_ticket("", notice="atoz_claim")
        self.assertGreater(ticket.marketplace_last_notice_at, first)
        self.assertEqual(ticket.marketplace_last_notice, "atoz_claim")

    def test_a_kind_of_notice_that_nobody_knows_is_another_one(self):
        ticket = self.new_ticket()
        known = [("refund", "Refund"), ("other", "Other notice")]
        with patch.object(type(ticket), "_selection_marketplace_notice", lambda self: known):
            notice = self.buyer_writes("", notice="return_request")
            self.settle()
        self.assertEqual((notice.state, ticket.marketplace_last_notice), ("done", "other"))

    def test_without_the_add_on_there_is_no_example_rule_and_no_button(self):
        if "base.automation" in self.env:
            self.skipTest("Automation rules are installed.")
        self.assertFalse(self.app.has_automation)
        with self.assertRaisesRegex(Exception, "Install"):
            self.app.action_example_rule()

    # === RULES THAT REFUSE === #

    def refuse(self, ticket, name):
        """Have whatever writes this field of a ticket fail, as an automation rule or an add-on may."""
        ticket_class = type(self.env["helpdesk.ticket"])
        write = ticket_class.write

        def failing(tickets, vals):
            if name in vals and ticket in tickets:
                raise ValueError("A rule says no.")
            return write(tickets, vals)

        failing.origin = write
        self.startPatcher(patch.object(ticket_class, "write", failing))
        self.enterContext(mute_logger(FIELDS, ORDER))
        return failing

    def two_pending(self):
        """Return two tickets whose orders are still to be fetched."""
        self.env["ir.config_parameter"].set_param("helpdesk_mgmt_marketplace.order_wait", "0")
        self.new_order(OTHER_ORDER)
        self.buyer_writes()
        self.buyer_writes(order_ref=OTHER_ORDER)
        self.process()
        return self.ticket_of(DE_ORDER), self.ticket_of(OTHER_ORDER)

    def test_a_rule_that_refuses_the_order_does_not_cost_the_ticket_its_order(self):
        ticket, other = self.two_pending()
        self.refuse(ticket, "marketplace_order_state")
        self.fetch()
        self.assertEqual((ticket | other).mapped("marketplace_order_state"), ["known", "known"])
        self.assertIn("A rule says no.", " ".join(ticket.message_ids.mapped("body")))

    def test_a_ticket_that_can_not_be_written_at_all_keeps_no_other_waiting(self):
        ticket, other = self.two_pending()
        del self.refuse(ticket, "marketplace_order_state").origin
        self.fetch()
        self.run_cron("refresh_orders")
        self.assertEqual((ticket.marketplace_order_id | other.marketplace_order_id).mapped("state"), ["known", "known"])
        self.assertEqual((ticket.marketplace_order_state, other.marketplace_order_state), ("pending", "known"))

    def test_a_rule_that_refuses_a_status_does_not_cost_the_order(self):
        ticket = self.new_ticket()
        self.refuse(ticket, "marketplace_order_status")
        self.sandbox.orders.change(DE_ORDER, "deliver")
        ticket.action_marketplace_refresh()
        self.fetch()
        order = ticket.marketplace_order_id
        self.assertEqual((order.status, order.state, order.error), ("delivered", "known", False))
