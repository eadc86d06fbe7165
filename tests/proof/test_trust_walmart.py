"""The same at Walmart: what a buyer types decides nothing, and In-Reply-To only from the address that we wrote to."""

from ..walmart_common import SENT, SPLIT, WalmartReplyCase
from .proof_common import change

RELAY = "c-" + "AB" * 16


class TestWalmartTrust(WalmartReplyCase):
    def setUp(self):
        super().setUp()
        self.victim_message = self.ask()

    def other_buyer(self, subject=None, **values):
        """Let another buyer's mail arrive, proved to be Walmart's, with another subject; returns the ledger's row."""
        values = {"order_ref": None, "site": "walmart.com", "asin": "987654321", "relay": RELAY} | values
        [raw] = self.buyer_mails("Is it blue?", **values)
        message = self.receive(change(raw, **({"Subject": subject} if subject else {})))
        self.settle()
        return message

    def assert_apart(self, message):
        ticket = message.ticket_id
        self.assertEqual((message.authentication, message.order_ref), ("pass", SENT))
        self.assertNotEqual(ticket, self.ticket.sudo(False))
        self.assertEqual((ticket.marketplace_doubt, ticket.marketplace_named_ref), ("order", SENT))
        self.assertFalse(ticket.marketplace_order_id or ticket.marketplace_order_ref)
        self.assertEqual(self.answer().sudo().recipient, self.victim_message.reply_to)

    def test_an_order_in_the_subject_of_an_answer_joins_nothing(self):
        self.assert_apart(self.other_buyer(f"Re: Message from Walmart.com Customer:  Cancel Order, {SENT}"))

    def test_an_order_behind_a_question_about_an_item_joins_nothing(self):
        self.assert_apart(self.other_buyer(f"Message from Walmart.com Customer:  Product Question, {SENT}"))

    def test_an_order_in_the_name_joins_nothing(self):
        message = self.other_buyer(buyer=f"Sales Order ID: {SENT}", relay=RELAY)
        self.assertNotEqual(message.ticket_id, self.ticket.sudo(False))
        self.assertEqual(self.answer().sudo().recipient, self.victim_message.reply_to)

    def test_the_number_of_our_answer_counts_from_the_address_only_that_it_went_to(self):
        reply, _copies = self.answer_and_hand_over()
        stranger = self.other_buyer("Re: our answer", relay=RELAY)
        raw = self.buyer_mails("And?", order_ref=None, site="walmart.com", asin="1", relay="c-" + "CD" * 16)[0]
        forged = self.receive(change(raw, Subject="Re: our answer", In_Reply_To=reply.message_ref))
        self.settle()
        self.assertNotIn(self.ticket.sudo(False), stranger.ticket_id | forged.ticket_id)
        [own] = self.buyer_asks("Thanks!", name_order=False, answer=True)
        self.assertEqual(own.ticket_id, self.ticket.sudo(False))

    def test_a_typed_order_links_where_the_api_tells_the_same_address(self):
        order = self.sandbox.walmart.orders.find(SPLIT)[1][0]
        relay = order["customerEmailId"].partition("@")[0]
        [raw] = self.buyer_mails("Hello", order_ref=None, site="walmart.com", asin="1", relay=f"c-{relay}")
        message = self.receive(change(raw, Subject=f"Re: Message from Walmart.com Customer:  X, {SPLIT}"))
        self.settle()
        self.assertEqual(message.ticket_id, self.ticket_of(SPLIT))

    def test_one_click_joins_it_and_later_mail_follows(self):
        apart = self.other_buyer(f"Re: Message from Walmart.com Customer:  X, {SENT}").ticket_id
        apart.with_user(self.agent).action_marketplace_join()
        again = self.other_buyer(f"Re: Message from Walmart.com Customer:  X, {SENT}")
        self.assertEqual(again.ticket_id, self.ticket.sudo(False))
