"""An answer goes only to an address that is proved to be this conversation's buyer, whichever way it is given."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from ...models.reply.answering import Answering
from ..common import DE_ORDER
from ..proof.proof_common import MALLORY, ProofCase, change, unproved

FORGER = "forgeraliasxyz@marketplace.amazon.de"


class TestRecipients(ProofCase):
    def setUp(self):
        super().setUp()
        raw = unproved(self.victims_mail("Send it to me"), From=f"Victim <{FORGER}>", Reply_To=FORGER)
        self.message = self.arrive(raw)
        self.apart = self.by_agent(self.message.ticket_id)

    def assert_refused(self, function):
        with self.assertRaisesRegex(UserError, f"would go to {FORGER}"):
            function()

    def test_the_composer_names_who_would_really_get_it(self):
        self.assertIn(f"<{FORGER}>, not verified", self.apart.marketplace_reply_data["to"])
        self.assertFalse(self.apart.marketplace_reply_data["why_not"])

    def test_after_a_merge_it_names_the_writer_of_the_message_that_is_answered(self):
        other = self.arrive(change(self.write_as(), Subject="Re: hello")).ticket_id
        self.ticket.sudo().partner_name = "Somebody Else"
        self.by_agent(other).action_marketplace_merge(self.ticket.id, "The same person")
        self.assertIn(MALLORY, self.ticket.marketplace_reply_data["to"])
        self.assertNotIn("Somebody Else", self.ticket.marketplace_reply_data["to"])

    def test_a_message_from_a_mail_program_is_not_sent_on(self):
        posted = self.apart.sudo().message_post(body="Hello", message_type="email", subtype_xmlid="mail.mt_comment")
        result = self.apart.action_marketplace_send_message(posted.id, confirmed=True)
        self.assertEqual([one["code"] for one in result["findings"]][:1], ["unproved_recipient"])

    def test_the_full_composer_and_a_scheduled_message_are_refused(self):
        composer = self.env["mail.compose.message"].with_user(self.agent)
        values = {"model": "helpdesk.ticket", "res_ids": [self.apart.id], "composition_mode": "comment"}
        wizard = composer.create({**values, "body": "<p>Hello</p>", "subtype_id": self.env.ref("mail.mt_comment").id})
        self.assertTrue(wizard.marketplace_is_blocked)
        self.assert_refused(wizard._action_send_mail)
        later = self.env["mail.scheduled.message"].create(
            {
                "model": "helpdesk.ticket",
                "res_id": self.apart.id,
                "author_id": self.agent.partner_id.id,
                "body": "<p>Hello</p>",
                "scheduled_date": fields.Datetime.now() + timedelta(hours=1),
                "send_context": {"marketplace_reply": True},
            }
        )
        self.assertFalse(self.env["marketplace.reply"].search([("ticket_id", "=", self.apart.id)]))
        self.assert_refused(lambda: self.apart.with_context(marketplace_reply=True).message_post(
            body="Hello", subtype_xmlid="mail.mt_comment"
        ))  # fmt: skip
        later.unlink()

    def test_an_answer_of_before_is_neither_sent_nor_sent_again(self):
        self.apart.action_marketplace_confirm_buyer()
        reply = self.env["marketplace.reply"].browse(self.findings(self.apart)[1]["reply_id"])
        self.message.is_confirmed = False  # as answers were queued before this was checked
        self.assertFalse(self.send())
        self.assertEqual(reply.state, "failed")
        self.assertIn(FORGER, reply.reason)
        self.assert_refused(reply.with_user(self.agent).action_retry)
        self.message.is_confirmed = True
        reply.with_user(self.agent).action_retry()
        self.assertEqual(reply.state, "queued")

    def test_moving_the_message_by_hand_confirms_its_sender(self):
        posted = self.message.mail_message_id
        self.apart.action_marketplace_move([posted.id], "It is the buyer's other address", ticket_id=self.ticket.id)
        self.assertTrue(self.message.is_confirmed)
        self.assertEqual(Answering(self.ticket).get_answerable(), self.message)

    def test_messages_of_the_marketplace_need_the_join(self):
        with self.assertRaisesRegex(UserError, "There is no order yet"):
            self.apart.action_marketplace_messages()

    def test_nobody_in_doubt_needs_no_confirming(self):
        with self.assertRaisesRegex(UserError, "Nobody is in doubt"):
            self.ticket.action_marketplace_confirm_buyer()

    def test_writing_first_goes_to_the_address_of_the_order(self):
        ref = self.new_order("302-9090909-0000001", buyer="Quiet Buyer", status="SHIPPED")
        order = self.env["marketplace.order"]._find_or_create(self.site_de, ref)
        self.fetch()
        ticket = self.env["marketplace.conversation"].with_user(self.agent)._open_first(order)
        _codes, result = self.findings(ticket)
        self.assertEqual(self.env["marketplace.reply"].browse(result["reply_id"]).recipient, order.relay)
        self.assertNotEqual(ref, DE_ORDER)
