import smtplib

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ...models.reply.answering import Answering
from ..common import US_ORDER
from .reply_common import ANSWER, TEXT, ReplyCase


class TestReply(ReplyCase):
    """Agents answer buyers from the ticket."""

    # === THE MAIL === #

    def test_an_answer_leaves_as_the_marketplace_expects_it(self):
        reply = self.answer()
        self.assertEqual(reply.state, "queued")
        [mail] = self.send()
        self.assertEqual(reply.state, "handed_over")
        self.assertEqual(reply.text, TEXT)
        self.assertEqual(mail["To"], Answering(self.ticket).get_answerable().reply_to)
        for header in ("From", "Return-Path", "Reply-To"):
            self.assertIn(self.site_de.address, mail[header])
        raw = mail.as_string()
        self.assertIn("Ihr Paket ist unterwegs.", mail.get_body(("plain",)).get_content())
        for word in ("X-Odoo", "helpdesk.ticket", "Powered by", "/web/", "Alex Agent", "base64 logo"):
            self.assertNotIn(word, raw)

    def test_an_answer_stands_in_the_conversation_with_its_state(self):
        reply = self.answer()
        message = reply.mail_message_id
        self.assertEqual((message.marketplace_kind, message.author_id), ("reply", self.agent.partner_id))
        self.assertEqual(message.marketplace_reply["label"], "Queued")
        self.send()
        self.assertEqual(self.ticket.marketplace_get_reply_states()[str(message.id)]["state"], "handed_over")

    def test_attachments_go_along(self):
        file = self.env["ir.attachment"].with_user(self.agent).create({"name": "invoice.pdf", "raw": b"%PDF-1.4"})
        self.answer(attachment_ids=file.ids)
        [mail] = self.send()
        self.assertEqual([part.get_filename() for part in mail.iter_attachments()], ["invoice.pdf"])

    # === WHO AND WHETHER === #

    def test_everybody_may_answer_until_somebody_takes_it_away(self):
        self.assertEqual(self.agent.marketplace_app_ids, self.env["marketplace.app"].search([]))
        later = self.env["marketplace.app"].create({"name": "Later", "code": "later"})
        self.agent.invalidate_recordset()
        self.assertIn(later, self.agent.marketplace_app_ids)

    def test_an_agent_who_may_not_can_not_answer(self):
        self.agent.marketplace_app_ids -= self.app
        self.assertIn("may not answer", self.ticket.marketplace_reply_data["why_not"])
        with self.assertRaisesRegex(UserError, "may not answer"):
            self.answer()

    def test_without_an_outgoing_server_the_composer_says_so(self):
        self.env["ir.mail_server"].search([]).active = False
        self.assertIn("No outgoing mail server", self.ticket.marketplace_reply_data["why_not"])

    def test_personal_outgoing_servers_are_never_used(self):
        self.env["ir.mail_server"].search([]).active = False
        server = {"name": "Mine", "smtp_host": "127.0.0.1", "owner_user_id": self.agent.id}
        self.env["ir.mail_server"].create(dict(server, from_filter=self.site_de.address, smtp_user="x@shop.example"))
        self.assertIn("No outgoing mail server", self.ticket.marketplace_reply_data["why_not"])

    def test_a_ticket_that_may_not_be_written_may_not_be_answered(self):
        outsider = self.env["res.users"].create(
            {"name": "O", "login": "o", "group_ids": [Command.link(self.env.ref("base.group_user").id)]}
        )
        with self.assertRaises(AccessError):
            self.ticket.with_user(outsider).action_marketplace_reply(ANSWER)

    # === FINDINGS === #

    def test_an_empty_answer_is_blocked_and_nothing_is_queued(self):
        self.assertFalse(self.answer("<p><br/></p>"))
        self.assertEqual([one["level"] for one in self.result["findings"]], ["block"])
        self.assertFalse(self.answer("<p><br/></p>", confirmed=True))

    def test_a_warning_is_passed_by_sending_once_more(self):
        body = "<p>Bitte schreiben Sie an kontakt@shop.example, danke.</p>"
        self.assertFalse(self.answer(body))
        self.assertEqual({one["level"] for one in self.result["findings"]}, {"warn"})
        self.assertTrue(self.answer(body, confirmed=True))

    # === EXACTLY ONCE === #

    def test_two_clicks_are_one_answer(self):
        self.assertEqual(self.answer(), self.answer())
        self.assertEqual(len(self.send()), 1)
        self.assertNotEqual(self.answer("<p>Noch etwas: morgen.</p>"), self.answer())

    @mute_logger("odoo.addons.base.models.ir_mail_server")
    def test_a_busy_mail_server_is_asked_again(self):
        reply = self.answer()
        with self.fail_with(smtplib.SMTPConnectError(421, b"Too busy")):
            self.send()
        self.assertEqual((reply.state, reply.attempts), ("queued", 1))
        self.assertIn("421", reply.reason)
        reply.next_attempt = "2026-01-01"
        self.send()
        self.assertEqual(reply.state, "handed_over")

    def test_what_is_refused_for_good_comes_back_to_the_agent(self):
        reply = self.answer()
        self.ticket._marketplace_close()
        with self.fail_with(smtplib.SMTPSenderRefused(550, b"Not allowed", "x")):
            self.send()
        self.assertEqual(reply.state, "failed")
        self.assertIn("Not allowed", reply.reason)
        self.assertFalse(self.ticket.stage_id.closed)
        self.assertEqual(self.ticket.activity_ids.user_id, self.agent)
        reply.with_user(self.agent).action_retry()
        self.assertFalse(self.ticket.activity_ids)
        self.assertEqual(len(self.send()), 1)

    def test_a_reply_whose_worker_was_killed_is_never_sent_again_by_itself(self):
        reply = self.answer()
        reply.write({"state": "sending", "lease_until": "2026-01-01"})
        self.assertFalse(self.send())
        self.assertEqual(reply.state, "unknown")
        self.assertFalse(self.send())

    def test_a_reply_that_is_under_way_can_not_be_sent_again(self):
        reply = self.answer()
        self.send()
        with self.assertRaises(UserError):
            reply.with_user(self.agent).action_retry()

    # === PROOF === #

    def test_the_marketplaces_copy_proves_that_an_answer_was_accepted(self):
        self.sandbox.world.set_switches({"reply_copies": True})
        reply = self.answer()
        [mail] = self.send()
        for raw in self.marketplace_takes(mail):
            self.receive(raw)
        self.settle()
        self.assertEqual(reply.state, "accepted")

    # === WHAT NEVER GOES === #

    def test_what_is_posted_otherwise_is_not_sent_and_can_be_with_one_click(self):
        message = self.ticket.message_post(body="By mail", message_type="email", subtype_xmlid="mail.mt_comment")
        self.assertEqual(message.marketplace_kind, "not_sent")
        self.assertFalse(self.send())
        self.ticket.action_marketplace_send_message(message.id)
        self.assertEqual(len(self.send()), 1)

    def test_an_answer_that_has_gone_is_neither_changed_nor_deleted(self):
        message = self.answer().mail_message_id
        with self.assertRaisesRegex(UserError, "has gone to the buyer"):
            self.ticket._message_update_content(message, body="Something else")
        with self.assertRaises(UserError):
            message.with_user(self.agent).unlink()

    def test_the_last_door_opens_for_a_reply_that_is_being_sent_only(self):
        reply = self.answer()
        server = self.env["ir.mail_server"].search([], limit=1).with_context(marketplace_reply_id=reply.id)
        message = server._build_email__(
            self.site_de.address, [reply.recipient], "Hi", "Hi", message_id=reply.message_ref
        )
        with self.assertRaisesRegex(UserError, "answering on their ticket"):
            server.send_email(message)

    def test_an_order_answers_only_on_its_own_ticket(self):
        self.buyer_writes("Where is it?", US_ORDER)
        self.settle()
        first, second = self.answer(), None
        self.ticket = self.ticket_of(US_ORDER).with_user(self.agent)
        second = self.answer("<p>It is on its way to you, please be patient.</p>")
        self.assertNotEqual(first.recipient, second.recipient)
        self.assertEqual(second.sender, self.site_us.address)
