from email.message import EmailMessage
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..common import DE_ORDER, MarketplaceCase

RELAY = "abcdefghij12345@marketplace.amazon.de"


class TestRelayGuard(MarketplaceCase):
    """Nothing but a reply ever goes to a buyer, whatever somebody does in Odoo."""

    def setUp(self):
        super().setUp()
        self.buyer_writes("Hello")
        self.settle()
        self.ticket = self.ticket_of(DE_ORDER)
        self.relay = self.env["marketplace.message"].search([("ticket_id", "=", self.ticket.id)]).reply_to
        self.assertTrue(self.relay)
        self.sent = []
        self.enterContext(patch.object(IrMail_Server, "send_email", autospec=True, side_effect=self._send))
        self.enterContext(patch.object(IrMail_Server, "_connect__", autospec=True))

    def _send(self, servers, message, *args, **kwargs):
        self.sent += [str(message[header]) for header in ("To", "Cc", "Bcc") if message[header]]
        return message["Message-Id"]

    def assert_nothing_reached_a_buyer(self):
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        self.assertFalse([one for one in self.sent if "marketplace.amazon" in one])

    def test_the_relay_address_stands_nowhere_on_the_ticket(self):
        self.assertFalse(self.ticket.partner_email)
        self.assertFalse(self.ticket.partner_id)
        self.assertFalse(
            self.ticket.message_partner_ids.filtered("email").filtered(lambda one: self.relay in one.email)
        )
        for message in self.ticket.message_ids:
            self.assertFalse(message.author_id and message.marketplace_kind == "buyer")
            self.assertNotIn("marketplace.amazon", message.email_from or "")
            self.assertNotIn("marketplace.amazon", message.reply_to or "")

    def test_nobody_is_suggested_as_recipient(self):
        for options in ({"reply_discussion": True}, {"reply_message": self.ticket.message_ids[:1]}, {}):
            self.assertFalse(self.ticket._message_get_suggested_recipients(**options))

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_no_stage_writes_to_the_buyer(self):
        self.ticket.partner_email = self.relay
        for name in ("done", "cancelled", "rejected"):
            self.ticket.stage_id = self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.assert_nothing_reached_a_buyer()
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "helpdesk.ticket"), ("state", "=", "exception")]))

    @mute_logger(
        "odoo.addons.mail.models.mail_mail", "odoo.addons.helpdesk_mgmt_marketplace.models.reply.ir_mail_server"
    )
    def test_no_follower_contact_composer_or_template_reaches_a_relay_address(self):
        buyer = self.env["res.partner"].create({"name": "Buyer", "email": RELAY})
        self.ticket.message_subscribe(buyer.ids)
        self.ticket.message_post(body="To a follower", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.ticket.message_post(body="To a partner", partner_ids=buyer.ids, message_type="comment")
        self.ticket.message_post(body="To an address", outgoing_email_to=RELAY, message_type="comment")
        self.env["mail.compose.message"].with_context(
            default_model="helpdesk.ticket", default_res_ids=self.ticket.ids, default_composition_mode="mass_mail"
        ).create({"body": "Composer", "partner_ids": [Command.set(buyer.ids)]})._action_send_mail()
        self.ticket.partner_id = buyer
        self.env.ref("helpdesk_mgmt.closed_ticket_template").send_mail(self.ticket.id)
        self.env["mail.mail"].create({"email_to": RELAY, "body_html": "Directly"})
        self.assert_nothing_reached_a_buyer()

    def test_an_activity_and_a_scheduled_message_stay_inside(self):
        self.ticket.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        scheduled = self.env["mail.scheduled.message"].create(
            {
                "model": "helpdesk.ticket",
                "res_id": self.ticket.id,
                "body": "Later",
                "author_id": self.env.user.partner_id.id,
                "scheduled_date": "2099-01-01 00:00:00",
            }
        )
        scheduled.post_message()
        self.assert_nothing_reached_a_buyer()

    @mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.reply.ir_mail_server")
    def test_the_last_door_lets_other_recipients_through(self):
        server = self.env["ir.mail_server"]
        message = EmailMessage()
        message["From"], message["To"], message["Cc"] = "a@shop.example", f"B <{RELAY}>, c@d.example", RELAY
        server.send_email(message)
        self.assertEqual(self.sent, ["c@d.example"])
        shown = EmailMessage()
        shown["From"], shown["To"], shown["Cc"] = "a@shop.example", RELAY, "c@d.example"
        shown["X-Msg-To-Add"] = f'"B" <{RELAY}>'
        server.send_email(shown)
        self.assertNotIn("marketplace.amazon", str(shown))
        self.sent.clear()
        only = EmailMessage()
        only["From"], only["To"] = "a@shop.example", RELAY.upper()
        with self.assertRaises(UserError):
            server.send_email(only)

    def test_what_an_agent_posts_is_marked_as_not_sent(self):
        ticket = self.ticket.with_user(self.agent)
        comment = ticket.message_post(body="Hello buyer", message_type="comment", subtype_xmlid="mail.mt_comment")
        claimed = ticket.message_post(
            body="x", message_type="comment", subtype_xmlid="mail.mt_comment", marketplace_kind="buyer"
        )
        note = ticket.message_post(body="Just us", message_type="comment")
        self.assertEqual(comment.marketplace_kind, "not_sent")
        self.assertEqual(claimed.marketplace_kind, "not_sent")
        self.assertFalse(note.marketplace_kind)
        self.assert_nothing_reached_a_buyer()

    def test_an_answer_to_the_notification_mail_is_marked_and_not_sent(self):
        self.ticket.message_subscribe(self.agent.partner_id.ids)
        question = self.env["marketplace.message"].search([("ticket_id", "=", self.ticket.id)]).mail_message_id
        raw = (
            f"From: {self.agent.email}\r\nTo: catchall@shop.example\r\nSubject: Re: question\r\n"
            f"Message-ID: <answer-1@agents.example>\r\nIn-Reply-To: {question.message_id}\r\n"
            f"References: {question.message_id}\r\n\r\nI answer from my own mail program.\r\n"
        )
        self.env["mail.thread"].message_process(False, raw)
        answer = self.ticket.message_ids[:1]
        self.assertIn("my own mail program", answer.body)
        self.assertEqual(answer.marketplace_kind, "not_sent")
        self.assert_nothing_reached_a_buyer()

    def test_agents_who_follow_are_told_from_a_valid_address(self):
        self.ticket.message_subscribe(self.agent.partner_id.ids)
        self.buyer_writes("Second")
        self.settle()
        mail = self.env["mail.mail"].search([("model", "=", "helpdesk.ticket")], order="id desc", limit=1)
        self.assertIn("@shop.example", mail.email_from)
        self.assertNotIn("marketplace.amazon", f"{mail.email_from} {mail.reply_to}")
