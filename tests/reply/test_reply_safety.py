from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from ...marketplaces.schema import InboundMail, ThreadRef
from ..common import DE_ORDER, US_ORDER
from .reply_common import ANSWER, ReplyCase

WARNED = "<p>Bitte schreiben Sie an kontakt@shop.example, danke.</p>"


class TestReplySafety(ReplyCase):
    """Nothing is swallowed, sent twice, changed afterwards or kept too long."""

    def refuse(self, *refs):
        """Have a notice come that a mail was not delivered; it names mails of ours by their numbers."""
        refs = tuple(ThreadRef("in_reply_to", ref) for ref in refs)
        notice = InboundMail("amazon", "undelivered", thread_refs=refs, refusal="bounced", refusal_text="Nobody there")
        return self.env["marketplace.reply"]._note_undelivered(self.ticket.sudo(), notice)

    # === ANOTHER ANSWER === #

    def test_the_same_words_with_a_file_are_another_answer(self):
        first = self.answer()
        file = self.env["ir.attachment"].with_user(self.agent).create({"name": "a.pdf", "raw": b"%PDF-1.4"})
        second = self.answer(attachment_ids=file.ids)
        self.assertNotEqual(first, second)
        self.assertEqual(self.answer(attachment_ids=file.ids), second)

    def test_the_same_words_to_a_new_message_are_another_answer(self):
        first = self.answer()
        self.buyer_writes("Wirklich?")
        self.settle()
        self.assertNotEqual(self.answer(), first)

    def test_a_warning_that_nobody_saw_is_not_confirmed(self):
        self.answer(WARNED)
        seen = [one["text"] for one in self.result["findings"]]
        colleague = self.agent.copy({"login": "second", "name": "Bo"})
        self.ticket.with_user(colleague).action_marketplace_reply(ANSWER)
        self.assertFalse(self.answer(WARNED, confirmed=seen))
        self.assertIn("Bo has just answered", self.result["findings"][-1]["text"])
        self.assertTrue(self.answer(WARNED, confirmed=seen + [self.result["findings"][-1]["text"]]))

    def test_what_stands_behind_a_link_is_sent_and_checked(self):
        self.assertFalse(self.answer('<p>Siehe <a href="https://shop.example/x">hier</a>, danke sehr.</p>'))
        self.assertIn("shop.example", self.result["findings"][0]["text"])

    # === WHICH ONE === #

    def test_an_answer_that_is_refused_twice_leaves_the_others_alone(self):
        first, second = self.answer(), self.answer("<p>Noch etwas dazu: morgen ist es da.</p>")
        self.send()
        self.refuse(first.message_ref)
        self.assertEqual((first.state, second.state), ("refused", "handed_over"))
        self.refuse(first.message_ref)
        self.assertEqual((first.state, second.state), ("refused", "handed_over"))

    def test_a_notice_that_names_an_accepted_answer_is_believed(self):
        reply = self.answer()
        self.send()
        reply._accept()
        self.refuse(reply.message_ref)
        self.assertEqual(reply.state, "refused")
        self.assertTrue(self.ticket.marketplace_deadline)

    def test_a_copy_that_comes_after_retry_takes_the_answer_out_of_the_queue(self):
        self.sandbox.world.set_switches({"reply_copies": True})
        reply = self.answer()
        [mail] = self.send()
        reply._note("unknown")
        reply.with_user(self.agent).action_retry()
        for raw in self.marketplace_takes(mail):
            self.receive(raw)
        self.settle()
        self.assertEqual(reply.state, "accepted")
        self.assertFalse(self.send())
        self.assertFalse(self.ticket.message_ids.filtered(lambda one: one.marketplace_kind == "answered"))

    def test_a_message_that_came_after_the_answer_was_given_is_not_answered_by_it(self):
        self.answer()
        # Its own date says that it was written before.
        [late] = self.buyer_writes("Und noch etwas!")
        self.settle()
        late.mail_message_id.date = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        self.send()
        self.assertTrue(self.ticket.marketplace_deadline)

    def test_a_review_that_waits_does_not_hold_up_answers(self):
        reply = self.answer()
        values = {"kind": "review", "sender": False, "recipient": False, "message_ref": False}
        later = fields.Datetime.add(fields.Datetime.now(), hours=2)
        review = reply.copy({**values, "next_attempt": later})
        self.env.cr.execute("UPDATE marketplace_reply SET id = %s WHERE id = %s", [-review.id, review.id])
        self.env.invalidate_all()
        self.assertEqual(len(self.send()), 1)

    def test_what_waits_when_its_site_is_deleted_does_not_go(self):
        reply = self.answer()
        self.site_de.state = "deleted"
        self.assertFalse(self.send())
        self.assertEqual(reply.state, "failed")
        self.assertIn("was deleted", reply.reason)

    # === AFTERWARDS === #

    def test_nobody_changes_by_rpc_what_has_gone(self):
        file = self.env["ir.attachment"].with_user(self.agent).create({"name": "a.pdf", "raw": b"%PDF-1.4"})
        message = self.answer(attachment_ids=file.ids).mail_message_id.with_user(self.agent)
        for values in ({"body": "No"}, {"attachment_ids": [Command.clear()]}):
            with self.assertRaisesRegex(UserError, "has gone"):
                message.write(values)
        with self.assertRaises(AccessError):
            message.write({"marketplace_kind": False})
        with self.assertRaises(AccessError):
            message.create({"model": "helpdesk.ticket", "res_id": self.ticket.id, "marketplace_kind": "buyer"})
        with self.assertRaisesRegex(UserError, "belongs to an answer"):
            file.unlink()
        with self.assertRaisesRegex(UserError, "can't be deleted"):
            self.ticket.with_user(self.env.ref("base.user_admin")).unlink()

    def test_buyers_data_in_answers_goes_with_the_rest(self):
        reply = self.answer()
        self.send()
        self.site_de.purge_requested_at = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        self.run_cron("purge")
        self.assertTrue(reply.purged_at)
        self.assertFalse(reply.recipient or reply.text or reply.subject)
        self.assertNotIn("unterwegs", reply.mail_message_id.body)
        reply.state = "unknown"
        with self.assertRaisesRegex(UserError, "nothing left to send"):
            reply.with_user(self.agent).action_retry()

    def test_an_account_says_when_it_last_answered_and_what_went_wrong(self):
        self.assertFalse(self.account.reply_date or self.account.reply_error)
        reply = self.answer()
        self.send()
        self.account.invalidate_recordset()
        self.assertEqual(self.account.reply_date, reply.handed_over_at)
        reply._fail("Nobody there", state="refused")
        self.account.invalidate_recordset()
        self.assertEqual(self.account.reply_error, "Nobody there")

    # === WHO === #

    def test_who_manages_users_needs_no_right_to_marketplaces(self):
        manager = self.env["res.users"].create(
            {
                "name": "HR",
                "login": "hr",
                "group_ids": [
                    Command.link(self.env.ref(name).id)
                    for name in ("base.group_erp_manager", "base.group_partner_manager", "base.group_user")
                ],
            }
        )
        with Form(self.agent.with_user(manager)) as form:
            form.name = "Alexandra Agent"
        self.assertEqual(self.agent.name, "Alexandra Agent")

    def test_an_agent_reads_a_whole_ticket(self):
        self.answer()
        self.assertEqual(self.ticket.read()[0]["marketplace_order_ref"], DE_ORDER)

    def test_a_dialog_shows_nothing_of_a_ticket_that_one_may_not_see(self):
        self.buyer_writes("Hello?", US_ORDER)
        self.settle()
        hidden = self.ticket_of(US_ORDER)
        hidden.team_id = False
        self.agent.group_ids = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        with self.assertRaises(AccessError):
            self.env["marketplace.message.compose"].with_user(self.agent).create({"ticket_id": hidden.id})
