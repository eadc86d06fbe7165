import smtplib
from datetime import timedelta
from email.message import EmailMessage

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.schema import InboundMail, ThreadRef

from ..walmart_common import SENT, TEXT, WalmartReplyCase


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
        self.assertTrue(got.text.replace("\r\n", "\n").startswith(TEXT))
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

    def test_an_answer_to_our_answer_finds_its_ticket_without_a_number_but_from_no_other_address(self):
        first = self.ask(name_order=False)
        self.ask(name_order=False, relay=first.reply_to.partition("@")[0])
        self.answer_and_hand_over()
        [again] = self.buyer_asks("Thank you.", name_order=False, answer=True)
        self.assertEqual((again.order_ref, again.ticket_id), (False, self.ticket))
        relay = "c-" + "B" * 32
        [other] = self.buyer_asks("Thank you.", name_order=False, answer=True, relay=relay)
        self.assertNotEqual(other.ticket_id, self.ticket)

    def test_an_answer_about_a_ticket_that_is_over_goes_where_it_goes_on(self):
        self.site.write({"reopen": "new", "reopen_days": 0})
        self.ask()
        reply, _copies = self.answer_and_hand_over()
        self.ticket.sudo().stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        moment = fields.Datetime.now() - timedelta(days=1)
        self.ticket.sudo().write({"closed_date": moment, "last_stage_update": moment})
        first, new = self.ticket, self.ask(text="Once more.").ticket_id
        self.assertEqual(new.marketplace_previous_ticket_id, first)
        alias = reply.recipient.lower().removeprefix("c-")
        refs = (ThreadRef("in_reply_to", reply.message_ref), ThreadRef("alias", alias))
        mail = InboundMail(app="walmart", kind="buyer_message", thread_refs=refs)
        self.assertEqual(self.env["marketplace.conversation"]._find_by_answer(self.walmart, mail).ticket_id, new)

    # === REFUSED === #

    def give_back(self):
        """Let the agent answer and close, and Walmart give the answer back; returns the ledger's row of its report."""
        self.switch(walmart_unapproved="bounce")
        self.register("elsewhere@shop.example")
        self.answer(then="close")
        [mail] = self.send()
        return mail, self.hand_over(mail)

    def check_returned(self, state):
        """Check that the agent has the ticket back, with the clock that ran; returns the reply."""
        reply = self.env["marketplace.reply"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(reply.state, state)
        self.assertFalse(self.ticket.stage_id.closed)
        self.assertTrue(self.ticket.marketplace_deadline)
        self.assertEqual(self.ticket.activity_ids.user_id, self.agent)
        return reply

    @mute_logger("odoo.addons.base.models.ir_mail_server")
    def test_an_address_that_is_not_registered_is_refused_and_the_ticket_comes_back(self):
        self.ask()
        self.register("elsewhere@shop.example")
        self.answer(then="close")
        with self.fail_with(self.get_refusal()):
            self.send()
        self.assertIn("550 5.7.1", self.check_returned("failed").reason)

    def get_refusal(self):
        """Return the error that a mail from our address meets at Walmart."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self.site.address, self.env["marketplace.reply"].search([], limit=1).recipient
        with self.assertRaises(smtplib.SMTPDataError) as caught:
            self.hand_over(mail)
        return caught.exception

    def test_an_answer_that_walmart_gives_back_is_refused_with_its_reason(self):
        self.ask()
        _mail, report = self.give_back()
        self.assertEqual((report.kind, report.order_ref), ("undelivered", SENT))
        reply = self.check_returned("refused")
        self.assertEqual(reply.refusal, "sender")
        self.assertIn("Manage Contacts › Customer Service", reply.reason)

    def test_a_delivery_report_that_names_no_order_finds_its_answer(self):
        self.ask(name_order=False)
        mail, report = self.give_back()
        self.assertNotIn(SENT, mail.as_string())
        self.assertFalse(report.order_ref)
        self.assertEqual(report.ticket_id, self.ticket.sudo(False))
        self.check_returned("refused")

    # === WHAT COMES BACK === #

    def test_walmarts_copy_proves_that_an_answer_was_accepted_and_is_not_posted(self):
        self.switch(reply_copies=True)
        self.ask()
        reply, copy = self.answer_and_hand_over()
        self.assertEqual((copy.notice, copy.ticket_id), ("reply_copy", self.ticket.sudo(False)))
        self.assertEqual(copy.mail_message_id, reply.mail_message_id)
        self.assertEqual((reply.state, self.count_posted(), self.count_posted("answered")), ("accepted", 1, 0))

    def test_a_copy_without_a_thread_is_recognised_by_its_words(self):
        self.ask()
        reply = self.answer()
        self.send()
        self.buyer_asks(TEXT, notice="reply_copy")
        self.assertEqual((reply.state, self.count_posted(), self.count_posted("answered")), ("accepted", 1, 0))

    def test_an_answer_in_seller_center_is_seen_by_its_copy(self):
        self.ask()
        copy = self.buyer_asks("We refunded you today.", notice="reply_copy")
        self.assertEqual((self.count_posted(), self.count_posted("answered")), (0, 1))
        self.assertIn("We refunded you today.", copy.mail_message_id.body)
        self.assertNotIn("RefID", copy.mail_message_id.body)
        self.assertFalse(self.ticket.marketplace_deadline)

    def test_our_own_answer_that_comes_back_as_it_went_is_ignored(self):
        self.ask()
        reply = self.answer()
        [mail] = self.send()
        posted = len(self.ticket.message_ids)
        own = self.receive(f"Delivered-To: {self.site.address}\r\n".encode() + mail.as_bytes())
        self.settle()
        self.assertEqual((own.state, own.reason), ("ignored", "Our own answer."))
        self.assertEqual((reply.state, len(self.ticket.message_ids)), ("handed_over", posted))

    def test_a_buyers_answer_by_mail_without_a_number_joins_the_ticket(self):
        first = self.ask(name_order=False)
        self.answer_and_hand_over()
        [answer] = self.buyer_asks("Thanks, but when?", name_order=False, answer=True)
        self.assertFalse(answer.order_ref)
        self.assertEqual(answer.reply_to, first.reply_to)
        self.assertEqual(answer.ticket_id, first.ticket_id)
        self.assertIn("Thanks, but when?", answer.mail_message_id.body)
        self.assertNotIn("warehouse", answer.mail_message_id.body)
        self.assertTrue(self.ticket.marketplace_deadline)

    def test_an_automatic_answer_makes_no_loop(self):
        self.ask()
        self.sandbox.set_habits(SENT, auto_reply="buyer")
        self.addCleanup(self.sandbox.set_habits, SENT, auto_reply="")
        reply, [away] = self.answer_and_hand_over()
        self.assertEqual((away.ticket_id, reply.state), (self.ticket.sudo(False), "handed_over"))
        self.assertFalse(self.send())
        self.assertEqual(self.count_posted(), 1)
        self.assertFalse(self.env["mail.mail"].search([("email_to", "ilike", "walmart")]))
