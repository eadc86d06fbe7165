from ..common import DE_ORDER, US_ORDER, MarketplaceCase


class TestConversation(MarketplaceCase):
    def test_a_follow_up_without_order_number_joins_by_its_thread(self):
        first = self.buyer_writes("First")
        self.settle()
        second = self.buyer_writes("Second, no number", name_order=False)
        self.settle()
        self.assertFalse(second.order_ref)
        self.assertEqual(second.ticket_id, first.ticket_id)

    def test_buyers_of_the_same_name_on_two_orders_get_two_tickets(self):
        self.new_order("302-0000001-0000001", buyer="Sam Same")
        self.new_order("302-0000001-0000002", buyer="Sam Same")
        first = self.buyer_writes("One", order_ref="302-0000001-0000001")
        second = self.buyer_writes("Two", order_ref="302-0000001-0000002")
        self.settle()
        self.assertNotEqual(first.ticket_id, second.ticket_id)

    def test_a_nameless_mail_of_a_buyer_with_two_open_tickets_decides_nothing(self):
        for number in (1, 2):
            self.new_order(f"302-0000003-000000{number}", buyer="Sam Same")
            self.buyer_writes("Question", order_ref=f"302-0000003-000000{number}")
        self.settle()
        message = self.buyer_writes("Which one?", order_ref=None, site="DE", buyer="Sam Same")
        self.settle()
        self.assertEqual(message.state, "done")
        self.assertFalse(message.ticket_id.marketplace_order_id)

    def test_a_nameless_mail_joins_the_buyers_only_open_ticket(self):
        first = self.buyer_writes("Question")
        self.settle()
        buyer = first.order_id.buyer_name
        message = self.buyer_writes("One more thing", order_ref=None, site="DE", buyer=buyer)
        self.settle()
        self.assertEqual(message.ticket_id, first.ticket_id)

    def test_the_same_order_number_in_two_accounts_is_two_conversations(self):
        self.new_order("702-0000001-0000001", site="US", buyer="Ann")
        self.buyer_writes("Here", order_ref="702-0000001-0000001")
        self.settle()
        conversation = self.env["marketplace.conversation"].search([("order_id.order_ref", "=", "702-0000001-0000001")])
        self.assertEqual(conversation.account_id, self.account_us)
        self.assertFalse(self.env["marketplace.order"]._find(self.account, "702-0000001-0000001"))

    def test_an_order_learnt_later_joins_the_conversation_of_its_thread(self):
        first = self.buyer_writes("No number yet", name_order=False)
        self.settle()
        self.assertFalse(first.ticket_id.marketplace_order_id)
        second = self.buyer_writes("Now with a number")
        self.settle()
        self.assertEqual(second.ticket_id, first.ticket_id)
        self.assertEqual(first.ticket_id.marketplace_order_ref, DE_ORDER)
        self.assertEqual(first.ticket_id.marketplace_order_state, "known")

    def test_the_pointer_moves_and_later_mail_follows(self):
        message = self.buyer_writes("First", order_ref=US_ORDER)
        self.settle()
        other = message.ticket_id.copy()
        message.conversation_id.ticket_id = other
        later = self.buyer_writes("Second", order_ref=US_ORDER)
        self.settle()
        self.assertEqual(later.ticket_id, other)

    def test_a_deleted_ticket_is_replaced_by_a_new_one(self):
        message = self.buyer_writes("First")
        self.settle()
        message.ticket_id.unlink()
        later = self.buyer_writes("Second")
        self.settle()
        self.assertEqual(later.state, "done")
        self.assertTrue(later.ticket_id.exists())
