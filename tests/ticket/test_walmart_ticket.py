from datetime import timedelta

from odoo import fields

from ..walmart_common import DOLORES, PLACEHOLDER, SENT, SPLIT, WalmartCase


class TestWalmartTicket(WalmartCase):
    """Buyers' messages at Walmart become tickets, one per order, also when they name none."""

    def search_orders(self):
        """Have the orders of the last months indexed, page by page."""
        for _page in range(20):
            self.run_cron("refresh_orders")
            if not self.walmart.search_token:
                return
        self.fail("The search does not end.")

    def relay_of(self, order_ref):
        return self.sandbox.walmart.orders.find(order_ref)[1][0]["customerEmailId"].partition("@")[0]

    def test_two_messages_from_two_addresses_share_the_orders_ticket(self):
        first, second = self.buyer_asks(), self.buyer_asks("Still nothing.")
        self.assertNotEqual(first.reply_to, second.reply_to)
        self.assertEqual(first.ticket_id, second.ticket_id)
        ticket = first.ticket_id
        self.assertEqual(ticket.channel_id.name, "Walmart")
        self.assertEqual((ticket.marketplace_order_ref, ticket.marketplace_order_state), (SENT, "known"))
        self.assertEqual(ticket.marketplace_deadline, first.date + timedelta(hours=48))

    def test_an_escalation_is_urgent(self):
        self.buyer_asks()
        [message] = self.buyer_asks(notice="escalation")
        self.assertEqual(message.kind, "buyer_message")
        self.assertEqual(message.ticket_id, self.ticket_of(SENT))
        self.assertEqual(message.ticket_id.priority, "3")

    def test_payment_notices_open_no_ticket(self):
        [message] = self.buyer_asks(order_ref=None, site="walmart.com", notice="payment")
        self.assertEqual((message.kind, message.notice, message.state), ("notice", "payment", "ignored"))

    def test_a_forged_message_goes_to_quarantine(self):
        for forgery in ("forged", "lookalike"):
            [message] = self.buyer_asks(forgery=forgery)
            self.assertEqual(message.state, "quarantined", forgery)

    def test_a_question_before_the_sale_has_a_ticket_without_an_order(self):
        [message] = self.buyer_asks("Is it dishwasher safe?", None, site="walmart.com", asin="987654321", buyer="Robin")
        self.assertTrue(message.is_presale)
        self.assertEqual(message.ticket_id.marketplace_item_ref, "987654321")
        self.assertEqual(message.ticket_id.marketplace_order_state, "none")

    def test_a_message_without_a_number_finds_its_order_by_the_buyers_address(self):
        self.search_orders()
        [message] = self.buyer_asks("Hello?", SPLIT, name_order=False, relay=f"c-{self.relay_of(SPLIT)}")
        self.assertEqual(message.order_id.order_ref, SPLIT)
        self.assertIn("by the buyer's address", message.reading)
        self.assertIn("names no order", "".join(message.ticket_id.message_ids.mapped("body")))

    def test_of_several_orders_of_a_buyer_the_one_with_an_open_ticket_is_meant_else_the_latest(self):
        self.search_orders()
        relay = self.relay_of(DOLORES[0])
        self.assertEqual(relay, self.relay_of(DOLORES[2]))
        [latest] = self.buyer_asks("Hello?", DOLORES[0], name_order=False, relay=relay)
        self.assertEqual(latest.order_id.order_ref, DOLORES[0])
        latest.ticket_id.stage_id = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
        older = self.buyer_asks(order_ref=DOLORES[1])
        [again] = self.buyer_asks("Hello again?", DOLORES[0], name_order=False, relay=relay)
        self.assertEqual(again.ticket_id, older.ticket_id)

    def test_the_index_holds_no_address(self):
        self.search_orders()
        rows = self.env["marketplace.order.relay"].search([("account_id", "=", self.walmart.id)])
        self.assertEqual(set(DOLORES) - set(rows.mapped("order_ref")), set())
        self.assertNotIn(self.relay_of(SENT).lower(), str(rows.mapped("digest")).lower())
        self.assertFalse(self.env["marketplace.order"].search([("account_id", "=", self.walmart.id)]))

    def test_the_index_forgets_what_walmart_forgets(self):
        self.search_orders()
        rows = self.env["marketplace.order.relay"].search([("account_id", "=", self.walmart.id)])
        rows[:1].ordered_at = fields.Datetime.now() - timedelta(days=181)
        rows._gc_relays()
        self.assertEqual(len(rows.exists()), len(rows) - 1)

    def test_a_change_that_the_search_tells_refreshes_the_order(self):
        self.buyer_asks()
        order = self.ticket_of(SENT).marketplace_order_id
        self.search_orders()
        self.walmart.searched_until = fields.Datetime.now() - timedelta(hours=1)
        self.sandbox.walmart.orders.change(SENT, "deliver")
        self.search_orders()
        self.fetch()
        self.assertEqual(order.status, "delivered")

    def test_a_second_message_without_a_number_from_the_same_address_joins(self):
        [first] = self.buyer_asks("Hello?", SENT, name_order=False, relay="c-" + "A" * 32)
        [second] = self.buyer_asks("Anybody there?", SENT, name_order=False, relay="c-" + "A" * 32)
        self.assertEqual(first.ticket_id, second.ticket_id)
        self.assertFalse(first.order_id)

    def test_an_unknown_form_from_walmarts_relay_is_to_be_checked(self):
        [message] = self.buyer_asks("Hello?", SENT, name_order=False, relay="vip-customer-77")
        self.assertTrue(message.ticket_id)

    def test_an_address_that_is_not_ready_yet_is_never_kept(self):
        self.buyer_asks(order_ref=PLACEHOLDER)
        order = self.ticket_of(PLACEHOLDER).marketplace_order_id
        self.assertEqual((order.state, order.relay), ("known", False))
