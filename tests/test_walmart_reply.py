import smtplib
from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.schema import InboundMail, ThreadRef

from .reply_common import ReplyMixin
from .walmart_common import SENT, WalmartCase

ANSWER = "<p>Hello,<br/>your parcel left our warehouse on Monday.</p>"
TEXT = "Hello,\nyour parcel left our warehouse on Monday."
DOOR = "odoo.addons.helpdesk_mgmt_marketplace.models.ir_mail_server"


class WalmartReplyCase(ReplyMixin, WalmartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_outgoing()
        cls.site.team_id = cls.team

    def ask(self, order_ref=SENT, **values):
        """Let a buyer ask, and the agent open the ticket; returns the ledger's row."""
        message = self.buyer_asks(order_ref=order_ref, **values)
        self.ticket = message.ticket_id.with_user(self.agent)
        return message

    def hand_over(self, mail):
        """Hand a mail that left to the pretend Walmart, and to us what it sends for it; returns the ledger's new rows.

        :raise smtplib.SMTPDataError: it is refused.
        """
        before, messages = len(self.mails), self.env["marketplace.message"]
        with smtplib.SMTP("127.0.0.1", self.sandbox.smtp_port, timeout=10) as smtp:
            smtp.send_message(mail, from_addr=mail["Return-Path"])
        self.assertTrue(self.sandbox.wait())
        for raw in self.mails[before:]:
            messages |= self.receive(raw)
        self.settle()
        return messages

    def answer_and_hand_over(self, body=ANSWER):
        """Answer, and let it reach Walmart; returns the reply and what Walmart sent for it."""
        reply = self.answer(body)
        [mail] = self.send()
        return reply, self.hand_over(mail)

    def register(self, address):
        """Let this be the customer service contact that Walmart knows."""
        self.sandbox.world.set_address("DEMO-WMT", "US", address)
        self.addCleanup(self.sandbox.world.set_address, "DEMO-WMT", "US", self.site.address)

    def switch(self, **switches):
        before = {name: getattr(self.sandbox.world.switches, name) for name in switches}
        self.sandbox.world.set_switches(switches)
        self.addCleanup(self.sandbox.world.set_switches, before)

    def count_posted(self, kind="reply"):
        return len(self.ticket.sudo().message_ids.filtered(lambda one: one.marketplace_kind == kind))


class TestWalmartReply(WalmartReplyCase):
    """Agents answer buyers at Walmart from the ticket."""

    # === THE MAIL === #

    def test_the_composer_offers_an_answer_at_walmart(self):
        self.ask()
        data = self.ticket.marketplace_reply_data
        self.assertEqual((data["label"], data["sender"], data["why_not"]), ("Walmart reply", self.site.address, ""))
        self.assertIn(SENT, data["to"])

    def test_an_answer_leaves_from_the_registered_address_and_stays_in_the_thread(self):
        self.ask()
        last = self.ask(text="Still nothing.")
        reply, _copies = self.answer_and_hand_over()
        self.assertEqual((reply.state, reply.text, reply.recipient), ("handed_over", TEXT, last.reply_to))
        got = self.sandbox.inbox[-1]
        self.assertEqual((got.sender, got.fate, got.approved), (self.site.address, "shown", True))
        self.assertEqual((got.to, got.in_reply_to), (last.reply_to, last.message_key))
        self.assertTrue(got.text.startswith(TEXT))
        mail = reply._prepare_mail()
        self.assertIn(last.message_key, mail.references)
        for word in (b"X-Odoo", b"helpdesk.ticket", b"Alex Agent"):
            self.assertNotIn(word, got.raw)
        self.assertEqual(got.raw.count(f"Reply-To: {self.site.address}".encode()), 1)

    def test_an_answer_ends_the_turn_of_48_hours(self):
        message = self.ask()
        turn = self.ticket.marketplace_response_id
        self.assertEqual(turn.deadline, message.date + timedelta(hours=48))
        reply = self.answer()
        self.send()
        self.assertFalse(self.ticket.marketplace_deadline)
        self.assertEqual((turn.how, reply.response_id), ("reply", turn))
        self.assertEqual(self.site.response_figures[0]["count"], 1)
        self.assertEqual(self.walmart.response_figures[0]["share"], 1)

    # === FINDINGS === #

    def test_what_walmart_forbids_is_found(self):
        self.ask()
        for text, code in (
            ("Please see https://shop.example/parcel for more.", "link"),
            ("Please write to help@shop.example about it.", "email"),
            ("Please call us: (212) 555-0147.", "phone"),
            ("Use the coupon code SAVE20 for your next order.", "coupon"),
            ("Please leave us a 5-star review.", "review"),
            ("Please contact us directly on WhatsApp.", "elsewhere"),
            ("Guten Tag, Ihr Paket ist leider noch nicht da, wir schicken es heute noch einmal.", "language"),
            ("Hello [name], your parcel is on its way.", "placeholder"),
            ("", "empty"),
        ):
            self.assertFalse(self.answer(f"<p>{text}</p>"), text)
            self.assertIn(code, [one["code"] for one in self.result["findings"]], text)
        self.assertFalse(self.send())

    def test_limits_of_files_are_settings(self):
        self.ask()
        values = {"raw": b"%PDF-1.4" + b"x" * 600_000, "mimetype": "application/pdf"}
        files = self.env["ir.attachment"].with_user(self.agent)
        files = files.create([dict(values, name=f"{number}.pdf") for number in range(6)])
        self.answer(attachment_ids=files.ids)
        self.assertEqual([one["code"] for one in self.result["findings"]], ["file_count"])
        self.walmart_app.write({"file_count": 7, "file_megabytes": 0.5})
        self.answer(attachment_ids=files.ids)
        self.assertEqual([one["code"] for one in self.result["findings"]], ["file_size"] * 6)
        self.walmart_app.write({"file_megabytes": 1, "file_endings": "jpg"})
        self.answer(attachment_ids=files[:1].ids)
        self.assertEqual([one["code"] for one in self.result["findings"]], ["file_type"])
        self.walmart_app.file_endings = False
        self.assertTrue(self.answer(attachment_ids=files.ids))

    # === THE BUYER ANSWERS BY E-MAIL === #

    def test_an_answer_to_our_answer_finds_its_ticket_without_a_number(self):
        self.ask(name_order=False)
        self.answer_and_hand_over()
        relay = "c-" + "B" * 32
        [again] = self.buyer_asks("Thank you.", name_order=False, answer=True, relay=relay)
        self.assertEqual((again.order_ref, again.ticket_id), (False, self.ticket))

    def test_an_answer_about_a_ticket_that_is_over_goes_where_it_goes_on(self):
        self.site.write({"reopen": "new", "reopen_days": 0})
        self.ask()
        reply, _copies = self.answer_and_hand_over()
        self.ticket.sudo().stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        moment = fields.Datetime.now() - timedelta(days=1)
        self.ticket.sudo().write({"closed_date": moment, "last_stage_update": moment})
        first, new = self.ticket, self.ask(text="Once more.").ticket_id
        self.assertEqual(new.marketplace_previous_ticket_id, first)
        refs = (ThreadRef("in_reply_to", reply.message_ref),)
        mail = InboundMail(app="walmart", kind="buyer_message", thread_refs=refs)
        self.assertEqual(self.env["marketplace.conversation"]._find_by_answer(self.walmart, mail).ticket_id, new)

    # === REFUSED === #

    def test_an_address_that_is_not_registered_is_refused_and_the_ticket_comes_back(self):
        self.ask()
        self.register("elsewhere@shop.example")
        reply = self.answer(then="close")
        [mail] = self.send()
        with self.assertRaises(smtplib.SMTPDataError) as caught:
            self.hand_over(mail)
        self.assertEqual(caught.exception.smtp_code, 550)
        reply._note("queued", next_attempt=fields.Datetime.now(), handed_over_at=False)
        with self.fail_with(caught.exception), mute_logger("odoo.addons.base.models.ir_mail_server"):
            self.send()
        self.assertEqual(reply.state, "failed")
        self.assertIn("550", reply.reason)
        self.assertFalse(self.ticket.stage_id.closed)
        self.assertTrue(self.ticket.marketplace_deadline)
        self.assertEqual(self.ticket.activity_ids.user_id, self.agent)

    def test_an_answer_that_walmart_gives_back_is_refused_with_its_reason(self):
        self.ask()
        self.switch(walmart_unapproved="bounce")
        self.register("elsewhere@shop.example")
        [mail] = [self.answer(then="close") and self.send()[0]]
        self.give_back(mail)

    def test_a_delivery_report_that_names_no_order_finds_its_answer(self):
        self.ask(name_order=False)
        self.switch(walmart_unapproved="bounce")
        self.register("elsewhere@shop.example")
        self.answer()
        [mail] = self.send()
        self.assertNotIn(SENT, mail.as_string())
        report = self.give_back(mail)
        self.assertFalse(report.order_ref)

    def give_back(self, mail):
        """Let Walmart give an answer back to where it came from; returns the ledger's row of the report."""
        before = len(self.mails)
        with smtplib.SMTP("127.0.0.1", self.sandbox.smtp_port, timeout=10) as smtp:
            smtp.send_message(mail, from_addr=mail["Return-Path"])
        self.assertTrue(self.sandbox.wait())
        [raw] = self.mails[before:]
        report = self.receive(raw)
        self.settle()
        reply = self.env["marketplace.reply"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual((report.kind, report.ticket_id), ("undelivered", self.ticket.sudo(False)))
        self.assertEqual((reply.state, reply.refusal), ("refused", "sender"))
        self.assertIn("Manage Contacts › Customer Service", reply.reason)
        self.assertFalse(self.ticket.stage_id.closed)
        self.assertTrue(self.ticket.marketplace_deadline)
        self.assertEqual(self.ticket.activity_ids.user_id, self.agent)
        return report
