from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form

from ..common import DE_ORDER, US_ORDER
from .reply_common import ANSWER, TEXT, ReplyCase

WARNED = "<p>Bitte schreiben Sie an kontakt@shop.example, danke.</p>"


class TestReplyWays(ReplyCase):
    """Every way of answering: the full composer, later, from a mail program; and going on with the next ticket."""

    def compose(self, body=ANSWER, **values):
        """Open the full composer as the agent does, with this text."""
        context = {
            "default_model": "helpdesk.ticket",
            "default_res_ids": self.ticket.ids,
            "default_subtype_xmlid": "mail.mt_comment",
            "clicked_on_full_composer": True,
        }
        wizard = self.env["mail.compose.message"].with_user(self.agent).with_context(**context)
        return wizard.create({"body": body, **values})

    @property
    def replies(self):
        return self.env["marketplace.reply"].search([("ticket_id", "=", self.ticket.id)])

    # === FULL COMPOSER === #

    def test_the_full_composer_answers_the_buyer_and_nobody_else(self):
        composer = self.compose()
        self.assertIn(DE_ORDER, composer.marketplace_to)
        self.assertEqual(composer.marketplace_sender, self.site_de.address)
        composer.action_send_mail()
        self.assertEqual(self.replies.text, TEXT)
        [mail] = self.send()
        self.assertEqual(mail["To"], self.replies.recipient)

    def test_the_full_composer_shows_findings_and_asks_once_more(self):
        composer = self.compose(WARNED)
        self.assertIn("kontakt@shop.example", composer.marketplace_findings)
        self.assertFalse(composer.marketplace_is_blocked)
        with self.assertRaisesRegex(UserError, "e-mail addresses"):
            composer.action_send_mail()
        composer.marketplace_confirmed = True
        composer.action_send_mail()
        self.assertEqual(len(self.replies), 1)

    def test_the_full_composer_of_a_note_stays_inside(self):
        composer = self.compose(subtype_id=self.env.ref("mail.mt_note").id)
        self.assertFalse(composer.marketplace_to)
        composer.action_send_mail()
        self.assertFalse(self.replies)
        self.assertFalse(self.ticket.message_ids[0].marketplace_kind)

    def test_the_full_composer_of_an_ordinary_ticket_is_as_ever(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "-", "team_id": self.team.id})
        composer = self.compose(res_ids=str(ticket.ids))
        self.assertFalse(composer.marketplace_to)
        composer.action_send_mail()
        self.assertIn("unterwegs", ticket.message_ids[0].body)

    def test_files_of_the_full_composer_go_along(self):
        values = {"name": "invoice.pdf", "raw": b"%PDF-1.4", "res_model": "mail.compose.message", "res_id": 0}
        file = self.env["ir.attachment"].with_user(self.agent).create(values)
        self.compose(attachment_ids=file.ids).action_send_mail()
        [mail] = self.send()
        self.assertEqual([part.get_filename() for part in mail.iter_attachments()], ["invoice.pdf"])

    # === LATER === #

    def test_a_scheduled_message_answers_the_buyer_when_its_time_has_come(self):
        later = fields.Datetime.now() + timedelta(hours=3)
        self.compose(scheduled_date=fields.Datetime.to_string(later)).action_schedule_message()
        self.assertFalse(self.replies)
        with freeze_time(later + timedelta(minutes=1)):
            self.env["mail.scheduled.message"]._post_messages_cron()
            self.assertEqual(self.replies.text, TEXT)
            self.assertEqual(self.replies.user_id, self.agent)
            self.assertEqual(len(self.send()), 1)

    def test_a_message_is_scheduled_only_without_findings_or_in_spite_of_them(self):
        later = fields.Datetime.to_string(fields.Datetime.now() + timedelta(hours=3))
        composer = self.compose(WARNED, scheduled_date=later)
        with self.assertRaisesRegex(UserError, "e-mail addresses"):
            composer.action_schedule_message()
        composer.marketplace_confirmed = True
        composer.action_schedule_message()
        self.assertEqual(self.env["mail.scheduled.message"].search_count([("res_id", "=", self.ticket.id)]), 1)

    def test_a_scheduled_note_stays_inside(self):
        later = fields.Datetime.now() + timedelta(hours=3)
        note = self.env.ref("mail.mt_note").id
        self.compose(scheduled_date=fields.Datetime.to_string(later), subtype_id=note).action_schedule_message()
        with freeze_time(later + timedelta(minutes=1)):
            self.env["mail.scheduled.message"]._post_messages_cron()
        self.assertFalse(self.replies)

    # === FROM ELSEWHERE === #

    def test_an_answer_from_a_mail_program_is_sent_with_one_click_without_what_it_quotes(self):
        body = f'{ANSWER}<blockquote data-o-mail-quote="1"><p>Wo ist mein Paket?</p></blockquote>'
        message = self.ticket.message_post(body="-")
        message.sudo().write({"body": body, "marketplace_kind": "not_sent"})
        self.ticket.action_marketplace_send_message(message.id)
        self.assertEqual(self.replies.text, TEXT)
        self.assertFalse(message.marketplace_kind)

    def test_what_speaks_against_an_answer_from_a_mail_program_is_asked_about(self):
        message = self.ticket.message_post(body="-")
        message.sudo().write({"body": WARNED, "marketplace_kind": "not_sent"})
        result = self.ticket.action_marketplace_send_message(message.id)
        self.assertEqual([one["level"] for one in result["findings"]], ["warn"])
        self.ticket.action_marketplace_send_message(message.id, confirmed=True)
        self.assertEqual(len(self.replies), 1)

    # === TEMPLATES === #

    def test_placeholders_are_filled_with_what_the_order_says(self):
        values = self.ticket.marketplace_reply_data["placeholders"]
        self.assertEqual(values["order_number"], DE_ORDER)
        self.assertNotIn("buyer_name", values)
        self.answer("<p>Zu Ihrer Bestellung {order_number}: sie ist unterwegs.</p>")
        self.assertIn(f"Bestellung {DE_ORDER}:", self.replies.text)

    def test_a_placeholder_without_a_value_is_shown_before_sending(self):
        self.answer("<p>Ihre Nummer ist {purchase_order}, danke.</p>")
        self.assertIn("{purchase_order}", self.result["findings"][0]["text"])
        self.answer("<p>Guten Tag {buyer_name}, danke.</p>")
        self.assertIn("{buyer_name}", self.result["findings"][0]["text"])

    def test_who_writes_a_canned_response_sees_which_placeholders_there_are(self):
        with Form(self.env["mail.canned.response"].with_user(self.agent)) as form:
            form.source = "where"
            form.substitution = "Your order {order_number}"
            self.assertIn("{tracking_number}", form.marketplace_placeholders)
            self.assertNotIn("{buyer_name}", form.marketplace_placeholders)

    # === CLOSE, NEXT, TWO AGENTS === #

    def test_send_and_close_closes_the_ticket(self):
        self.answer(then="close")
        self.assertTrue(self.ticket.stage_id.closed)
        self.send()
        self.assertFalse(self.ticket.marketplace_deadline)

    def test_send_and_next_names_the_ticket_that_is_due_first(self):
        self.buyer_writes("Hello?", US_ORDER)
        self.settle()
        other = self.ticket_of(US_ORDER)
        self.answer(then="next")
        self.assertEqual(self.result["next_id"], other.id)
        other.user_id = self.env.user
        self.answer("<p>Noch etwas dazu: morgen ist es da.</p>", then="next")
        self.assertFalse(self.result["next_id"])

    def test_who_answers_right_after_a_colleague_is_told_so(self):
        self.answer()
        colleague = self.agent.copy({"login": "second", "name": "Bo"})
        self.ticket = self.ticket.with_user(colleague)
        self.assertFalse(self.answer("<p>Ihr Paket kommt morgen an.</p>"))
        self.assertIn("Alex Agent has just answered", self.result["findings"][0]["text"])
        self.buyer_writes("Und wann?")
        self.settle()
        self.assertTrue(self.answer("<p>Ihr Paket kommt morgen an.</p>"))

    # === REFUSED === #

    def test_only_what_the_buyers_opt_out_stopped_can_be_marked_as_important(self):
        reply = self.answer()
        reply._fail("No", state="refused")
        with self.assertRaisesRegex(UserError, "opt-out"):
            reply.with_user(self.agent).action_send_important()
        reply.refusal = "opted_out"
        self.assertTrue(self.ticket.marketplace_get_reply_states()[str(reply.mail_message_id.id)]["can_mark"])
        before = reply.message_ref
        reply.with_user(self.agent).action_send_important()
        [mail] = self.send()
        self.assertIn("[Important]", mail["Subject"])
        self.assertNotEqual(reply.message_ref, before)
