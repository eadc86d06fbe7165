import re

from ...models.reply.answering import buyer_words
from ..common import DE_ORDER, US_ORDER
from ..proof.proof_common import unproved
from ..reply.reply_common import ReplyCase

WORDS = "Where is my parcel?"


class TestSameWords(ReplyCase):
    """The same words sent once more, in a mail of its own: shown collapsed, never left out."""

    def write_twice(self, words, order_ref=US_ORDER, between=None):
        """Let a buyer send the same words as two messages of Amazon's; returns their rows in the ledger."""
        [raw] = self.buyer_mails(words, order_ref=order_ref)
        first = self.receive(raw)
        self.settle()
        if between:
            between()
        # Other numbers of the mail and of Amazon's message: without them it would be known as a copy.
        raw = re.sub(rb"(?im)^message-id:.*$", b"Message-ID: <another@email.amazon.example>", raw)
        second = self.receive(re.sub(rb"(?<=[?&;])m=(3D)?[\w-]+", rb"m=\1AnotherMessage1", raw))
        self.settle()
        return first, second

    def test_the_same_words_sent_again_are_shown_collapsed_with_the_time_of_the_first(self):
        first, second = self.write_twice(WORDS)
        self.assertEqual((second.state, second.ticket_id), ("done", first.ticket_id))
        posted = second.mail_message_id
        self.assertEqual(posted.marketplace_kind, "buyer")
        self.assertIn("The buyer sent the same words again (first on", posted.body)
        self.assertRegex(posted.body, rf'data-o-mail-quote="1">.*{re.escape(WORDS)}')
        self.assertNotIn("data-o-mail-quote", first.mail_message_id.body)

    def test_other_words_are_not_collapsed(self):
        self.buyer_writes(WORDS, order_ref=US_ORDER)
        self.settle()
        other = self.buyer_writes("And where is the other one?", order_ref=US_ORDER)
        self.settle()
        self.assertNotIn("data-o-mail-quote", other.mail_message_id.body)

    def test_they_start_a_clock_when_an_answer_lies_between(self):
        def answer():
            self.ticket = self.ticket_of(US_ORDER).with_user(self.agent)
            self.answer("<p>Hello,<br/>your parcel is on its way.</p>", confirmed=True)
            self.send()
            self.assertFalse(self.ticket.marketplace_deadline)

        _first, second = self.write_twice(WORDS, between=answer)
        self.assertIn("The buyer sent the same words again", second.mail_message_id.body)
        self.assertTrue(self.ticket.sudo().marketplace_deadline)

    def test_a_buyers_words_are_not_hidden_behind_those_that_somebody_else_may_have_sent(self):
        [raw] = self.buyer_mails("Yes please", order_ref=DE_ORDER)
        # As somebody who passes mail on could send it before the buyer's own.
        first = self.receive(unproved(raw))
        self.settle()
        self.assertEqual((first.authentication, first.ticket_id), ("none", self.ticket.sudo(False)))
        second = self.receive(raw)
        self.settle()
        self.assertEqual((second.authentication, second.ticket_id), ("pass", first.ticket_id))
        self.assertNotIn("data-o-mail-quote", second.mail_message_id.body)

    def test_an_answer_is_compared_with_the_words_without_our_line(self):
        _first, second = self.write_twice(WORDS, order_ref=DE_ORDER)
        self.assertEqual(buyer_words(second.mail_message_id.body), WORDS)
