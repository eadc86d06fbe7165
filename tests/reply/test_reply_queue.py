import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from ...marketplaces.mail.handover import (
    MailRefused,
    MailTrouble,
    OutcomeUnknown,
    ServerTrouble,
    explain_connecting,
    explain_sending,
)
from ...models.reply.answering import as_text
from ...models.reply.marketplace_reply_sender import ReplySender
from ...models.reply.outcome import Outcome
from ..common import DE_ORDER, US_ORDER, MarketplaceCase

SMTP_LOG = "odoo.addons.base.models.ir_mail_server"


class QueueCase(MarketplaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].create({"name": "Out", "smtp_host": "127.0.0.1", "from_filter": "shop.example"})

    def setUp(self):
        super().setUp()
        self.ticket = self.ask(DE_ORDER)

    def ask(self, order_ref, text="Where is it?"):
        """Let a buyer ask; returns the ticket as the agent has it."""
        self.buyer_writes(text, order_ref)
        self.settle()
        return self.ticket_of(order_ref).with_user(self.agent)

    def answer(self, text, ticket=None):
        result = (ticket or self.ticket).action_marketplace_reply(f"<p>{text}</p>", confirmed=True)
        return self.env["marketplace.reply"].browse(result["reply_id"])

    def send(self, error=None):
        """Let the scheduled action send; returns how often it connected."""
        server = type(self.env["ir.mail_server"])
        with patch.object(server, "_connect__", side_effect=error, return_value=None) as connect:
            self.run_cron("send_replies")
        return connect.call_count

    def copy_arrives(self, text):
        """Let the marketplace send a copy of an answer."""
        for raw in self.buyer_mails(text, notice="reply_copy"):
            self.receive(raw)
        self.settle()


class TestQueue(QueueCase):
    def test_the_answers_on_a_ticket_go_in_the_order_in_which_they_were_given(self):
        first, second = self.answer("We look for it."), self.answer("We have found it.")
        with mute_logger(SMTP_LOG):
            self.assertEqual(self.send(smtplib.SMTPConnectError(451, b"Later")), 1)
        self.assertEqual(self.send(), 0)
        first.next_attempt = "2026-01-01"
        self.send()
        self.assertEqual((first + second).mapped("state"), ["handed_over", "handed_over"])
        self.assertLessEqual(first.handed_over_at, second.handed_over_at)

    def test_a_server_that_is_away_is_tried_with_one_reply_of_each_sender(self):
        ticket = self.ask("302-8441651-0000003")
        mine, other = self.answer("On its way."), self.answer("It is coming.", ticket)
        foreign = self.answer("It left.", self.ask(US_ORDER))
        self.assertEqual(self.send(ConnectionRefusedError("Nobody there")), 2)
        self.assertEqual((mine + other + foreign).mapped("attempts"), [1, 0, 1])
        mine.next_attempt = "2026-01-01"
        self.send()
        self.assertEqual((mine + other + foreign).mapped("state"), ["handed_over", "handed_over", "queued"])

    def test_what_waits_for_a_server_goes_as_soon_as_it_takes_one(self):
        ticket = self.ask("302-8441651-0000003")
        mine, other = self.answer("On its way."), self.answer("It is coming.", ticket)
        waits = {"attempts": 1, "is_server_busy": True}
        mine.write(dict(waits, next_attempt=fields.Datetime.now() - timedelta(minutes=1)))
        other.write(dict(waits, next_attempt=fields.Datetime.now() - timedelta(seconds=1), attempts=3))
        self.send(TimeoutError())
        self.assertGreater(mine.next_attempt, fields.Datetime.now() + timedelta(seconds=30))
        mine.next_attempt = "2026-01-01"
        self.send()
        self.assertEqual((mine + other).mapped("state"), ["handed_over", "handed_over"])

    def test_an_answer_that_does_not_leave_for_a_day_comes_back_to_the_agent(self):
        reply = self.answer("On its way.")
        reply.queued_at -= timedelta(hours=25)
        self.send(ConnectionRefusedError("Nobody there"))
        self.assertEqual(reply.state, "failed")
        self.assertEqual(self.ticket.activity_ids.user_id, self.agent)

    @mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.reply.marketplace_reply_sender", "odoo.sql_db")
    def test_a_ticket_that_can_not_follow_does_not_make_a_sent_answer_forgotten(self):
        self.env.cr.execute(
            """
            CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE 'No'; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER refuse BEFORE UPDATE ON marketplace_response FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        )
        reply = self.answer("On its way.")
        self.send()
        self.assertEqual(reply.state, "handed_over")

    def test_a_worker_that_comes_late_changes_nothing_but_that_it_was_sent(self):
        reply, sender = self.answer("On its way."), ReplySender(self.env)
        lease = fields.Datetime.now()
        reply.state = "unknown"
        sender._conclude(reply, lease, Outcome("queued", "Later"))
        self.assertEqual(reply.state, "unknown")
        reply.write({"state": "sending", "lease_until": lease + timedelta(minutes=3)})
        sender._conclude(reply, lease, Outcome("failed", "No"))
        self.assertEqual(reply.state, "sending")
        reply.state = "queued"
        sender._conclude(reply, lease, Outcome("handed_over"))
        self.assertEqual(reply.state, "handed_over")

    def test_the_lines_of_an_answer_are_kept_whatever_composer_it_comes_from(self):
        lines = "Hello,\n\nit left <today> & comes\nsoon."
        small = "Hello,<br/><br/>it left &lt;today&gt; &amp; comes<br/>soon."
        blocks = "Hello,", "<br>", "it left &lt;today&gt; &amp; comes", "soon."
        rich = "".join(f'<div class="o-paragraph">{block}</div>' for block in blocks)
        plain = "Hello,\n\nit left &lt;today> & comes\nsoon."
        self.assertEqual({as_text(body) for body in (small, rich, plain)}, {lines})


class TestMeanwhile(QueueCase):
    def test_what_the_buyer_writes_before_an_answer_leaves_is_not_answered_by_it(self):
        reply = self.answer("On its way.")
        hour = timedelta(hours=1)
        self.ticket.marketplace_response_id.sudo().asked_at -= hour
        for row in (reply.answers_id, *self.ticket.sudo().message_ids):
            row.date -= hour
        reply.queued_at -= hour
        self.buyer_writes("And another thing.")
        self.settle()
        self.send()
        self.assertEqual(reply.state, "handed_over")
        self.assertEqual(reply.response_id.answered_at, reply.queued_at)
        self.assertTrue(self.ticket.marketplace_response_id)

    def test_a_copy_that_comes_before_the_outcome_is_stored_counts_and_stops_the_clock(self):
        reply = self.answer("On its way.")
        lease = fields.Datetime.now() + timedelta(minutes=3)
        reply.write({"state": "sending", "lease_until": lease})
        self.copy_arrives("On its way.")
        self.assertEqual(reply.state, "accepted")
        self.assertFalse(self.ticket.marketplace_deadline)
        ReplySender(self.env)._conclude(reply, lease, Outcome("unknown", "Gone"))
        self.assertEqual(reply.state, "accepted")

    def test_a_copy_belongs_to_the_answer_that_is_most_like_it(self):
        words = "Your parcel left our warehouse on Monday and should reach you by the end of this week at the latest"
        first, second = self.answer(words), self.answer(words.replace("week at the latest", "week"))
        self.send()
        self.copy_arrives(words.replace("week at the latest", "week"))
        self.assertEqual((first.state, second.state), ("handed_over", "accepted"))


class TestMeanings(MarketplaceCase):
    """What a mail server's answers mean."""

    def check(self, meaning, error, has_left=False):
        self.assertIsInstance(explain_sending(error, has_left), meaning)

    def test_an_answer_decides_whatever_was_sent(self):
        self.check(MailTrouble, smtplib.SMTPDataError(451, b"Later"), has_left=True)
        self.check(MailRefused, smtplib.SMTPDataError(554, b"No"), has_left=True)
        self.check(MailTrouble, smtplib.SMTPRecipientsRefused({"a@b.example": (450, b"Later")}))
        self.check(MailRefused, smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"No")}))

    def test_the_sender_and_the_service_concern_all_mail(self):
        self.check(ServerTrouble, smtplib.SMTPSenderRefused(451, b"Later", "a@b.example"))
        self.check(ServerTrouble, smtplib.SMTPDataError(421, b"Closing"))

    def test_without_an_answer_it_counts_whether_the_mail_had_left(self):
        self.check(MailTrouble, smtplib.SMTPServerDisconnected("Gone"))
        self.check(OutcomeUnknown, smtplib.SMTPServerDisconnected("Gone"), has_left=True)
        self.check(OutcomeUnknown, smtplib.SMTPDataError(-1, b""), has_left=True)
        self.assertIsNone(explain_sending(ValueError("No mail"), False))

    def test_a_connection_is_refused_for_good_or_for_now(self):
        self.assertIsInstance(explain_connecting(smtplib.SMTPAuthenticationError(535, b"No")), MailRefused)
        for error in (smtplib.SMTPConnectError(421, b"Busy"), TimeoutError(), ConnectionRefusedError()):
            self.assertIsInstance(explain_connecting(error), ServerTrouble)
