"""What mail may do of which nobody knows where it comes from: be shown, and start a clock."""

import secrets
from base64 import b64encode
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.mails import notice
from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.received import stamp_mail

from ...models.reply.answering import Answering
from ..common import AUTHSERV_ID, DE_ORDER
from .proof_common import ProofCase, change, unproved


class TestUnprovedBuyerMail(ProofCase):
    """A4, and the column "unproved" of trust.md."""

    def forge(self, text="Send it to me", **headers):
        """Return an unproved mail that is the victim's own but for the address that an answer would go to."""
        forger = "forgeraliasxyz@marketplace.amazon.de"
        return unproved(self.victims_mail(text), **{"From": f"Victim <{forger}>", "Reply_To": forger} | headers)

    def test_one_that_names_the_victims_order_opens_a_conversation_of_its_own(self):
        message = self.arrive(self.forge())
        self.assertEqual(message.mail_message_id.marketplace_kind, "unverified")
        self.assert_apart(message.ticket_id, "sender")
        self.assert_untouched()

    def test_its_ticket_is_marked_from_the_first_moment_for_rules_to_see(self):
        made = []
        ticket_class = type(self.env["helpdesk.ticket"])
        create = ticket_class.create

        def watched(tickets, vals_list):
            new = create(tickets, vals_list)
            made.extend(new.mapped("marketplace_doubt"))
            return new

        with patch.object(ticket_class, "create", watched):
            self.arrive(self.forge())
            self.arrive(self.write_as(buyer=DE_ORDER))
        self.assertEqual(made, ["sender", "order"])

    def test_an_address_longer_than_an_index_takes_is_no_failure_that_is_tried_again_and_again(self):
        long = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _position in range(5000))
        for headers in (
            {"From": f"Jo <{long}@marketplace.amazon.de>", "Reply_To": None},
            {"Reply_To": f"{long}@amazon.de"},
        ):
            message = self.arrive(self.forge(**headers))
            self.assertEqual((message.state, message.authentication), ("done", "none"))

    def test_its_address_gets_no_answer_before_a_person_confirmed_it(self):
        message = self.arrive(self.forge())
        codes, result = self.findings(message.ticket_id)
        self.assertEqual((codes[0], result["reply_id"]), ("unproved_recipient", False))
        self.assertIn(message.reply_to, result["findings"][0]["text"])
        self.assertIn(self.victim_message.reply_to, result["findings"][0]["text"])
        self.by_agent(message.ticket_id).action_marketplace_confirm_buyer()
        codes, result = self.findings(message.ticket_id)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.assertEqual((codes, reply.recipient), ([], message.reply_to))
        correction = self.env["marketplace.correction"].search([("kind", "=", "confirm")])
        self.assertEqual((correction.user_id, correction.message_ids), (self.agent, message))

    def test_joining_it_shows_it_but_the_answer_goes_to_the_proved_buyer_and_both_addresses_are_told(self):
        message = self.arrive(self.forge())
        self.by_agent(message.ticket_id).action_marketplace_join()
        self.assertEqual(message.ticket_id, self.ticket.sudo(False))
        self.assertEqual(self.answer().sudo().recipient, self.victim_message.reply_to)

    def test_on_an_order_that_nobody_else_wrote_about_both_addresses_are_told_and_nothing_is_filled_in(self):
        ref = self.new_order("302-6666666-0000001", buyer="Quiet Buyer", status="SHIPPED")
        message = self.arrive(self.forge(Subject=f"Inquiry (Order: {ref})"))
        message.ticket_id.marketplace_named_ref = ref
        self.by_agent(message.ticket_id).action_marketplace_join()
        self.settle()
        ticket = self.by_agent(message.ticket_id)
        order = ticket.sudo().marketplace_order_id
        self.assertEqual((order.order_ref, order.state, ticket.marketplace_doubt), (ref, "known", "sender"))
        self.assertEqual(ticket.marketplace_reply_data["placeholders"], {})
        codes, result = self.findings(ticket, "<p>It is {order}</p>")
        self.assertEqual(codes[0], "unproved_recipient")
        self.assertIn(message.reply_to, result["findings"][0]["text"])
        self.assertIn(order.relay, result["findings"][0]["text"])

    def test_address_and_thread_that_are_known_bring_it_into_the_conversation_marked(self):
        message = self.arrive(unproved(self.victims_mail("It is really me")))
        self.assertEqual(message.ticket_id, self.ticket.sudo(False))
        self.assertEqual(message.mail_message_id.marketplace_kind, "unverified")
        self.assertFalse(self.ticket.marketplace_doubt)
        self.assertEqual(Answering(self.ticket).get_answerable(), self.victim_message)

    def test_the_address_without_the_thread_does_not(self):
        sender = self.victim_message.reply_to.partition("+")[0] + "@marketplace.amazon.de"
        lines = [
            f"From: {sender}",
            f"To: {self.site_de.address}",
            f"Subject: Re: {DE_ORDER}",
            "Message-ID: <x@y.example>",
        ]
        message = self.arrive("\n".join([*lines, "", "It is really me"]).encode())
        self.assert_apart(message.ticket_id, "sender")

    def test_several_of_one_claim_share_a_ticket(self):
        first, second = self.arrive(self.forge("One")), self.arrive(self.forge("Two"))
        self.assertEqual(first.ticket_id, second.ticket_id)

    def test_it_opens_no_closed_ticket_but_one_beside_it_that_says_so(self):
        self.ticket.sudo().stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        message = self.arrive(unproved(self.victims_mail("Hello?")))
        self.assertTrue(self.ticket.stage_id.closed)
        self.assert_apart(message.ticket_id, "sender")
        self.assertIn(self.ticket.number, self.bodies(message.ticket_id))
        self.assertIn(message.ticket_id.number, self.bodies(self.ticket))
        again = self.arrive(unproved(self.victims_mail("Hello again?")))
        self.assertEqual(again.ticket_id, message.ticket_id)

    def test_it_ties_nothing_of_the_victims_to_itself(self):
        ticket = self.arrive(self.forge()).ticket_id
        genuine = self.arrive(self.victims_mail("And now?"))
        bare = self.arrive(self.victims_mail("Hello?", name_order=False))
        self.assertEqual(genuine.ticket_id | bare.ticket_id, self.ticket.sudo(False))
        self.assertNotEqual(ticket, self.ticket.sudo(False))

    def test_no_order_is_asked_for_before_the_join(self):
        orders = self.env["marketplace.order"].search_count([])
        self.arrive(self.forge(Subject="Inquiry (Order: 302-1212121-2121212)"))
        self.assertEqual(self.env["marketplace.order"].search_count([]), orders)

    def test_one_that_an_admin_took_for_genuine_counts(self):
        self.env["ir.config_parameter"].set_param("helpdesk_mgmt_marketplace.unverified", "quarantine")
        message = self.arrive(unproved(self.victims_mail("It is me")))
        self.assertEqual(message.state, "quarantined")
        message.action_accept()
        self.settle()
        self.assertEqual(message.ticket_id, self.ticket.sudo(False))
        self.assertEqual(Answering(self.ticket).get_answerable(), message)


class TestClock(ProofCase):
    """A7."""

    def test_a_date_long_ago_starts_the_clock_a_day_before_receipt_at_most(self):
        message = self.arrive(change(self.write_as(), Date="Mon, 1 Jan 2001 00:00:00 +0000"))
        self.assertEqual(message.date, message.create_date - timedelta(hours=24))
        turn = message.ticket_id.marketplace_response_id
        self.assertEqual(turn.asked_at, message.date)

    def test_a_date_to_come_starts_it_at_receipt(self):
        message = self.arrive(change(self.write_as(), Date="Fri, 1 Jan 2100 00:00:00 +0000"))
        self.assertEqual(message.date, message.create_date)

    def test_an_unproved_mails_clock_starts_at_receipt(self):
        sent = fields.Datetime.now() - timedelta(hours=20)
        raw = unproved(self.write_as(), Date=sent.strftime("%a, %d %b %Y %H:%M:%S +0000"))
        message = self.arrive(raw)
        self.assertEqual(message.ticket_id.marketplace_response_id.asked_at, message.create_date)


class TestNotices(ProofCase):
    """A6, and what other notices do of which nobody knows where they come from."""

    def notice(self, kind, text="It is on its way.", **headers):
        [raw] = self.buyer_mails(text, order_ref=DE_ORDER, notice=kind)
        return unproved(raw, **headers)

    def test_a_forged_copy_stops_no_clock_and_accepts_no_answer(self):
        deadline = self.ticket.marketplace_deadline
        message = self.arrive(self.notice("reply_copy"))
        self.assertEqual((message.notice, message.state), ("reply_copy", "done"))
        self.assertEqual(self.ticket.marketplace_deadline, deadline)
        self.assertIn("Not verified", message.mail_message_id.body)
        self.assertEqual(message.mail_message_id.marketplace_kind, "notice")
        reply = self.answer()
        self.send()
        self.arrive(self.notice("reply_copy", "Guten Tag,\nIhr Paket ist unterwegs."))
        self.assertEqual(reply.state, "handed_over")

    def test_a_forged_refusal_marks_no_answer_and_opens_no_ticket(self):
        reply = self.answer(then="close")
        self.send()
        message = self.arrive(self.notice("opt_out"))
        self.assertEqual((reply.state, self.ticket.stage_id.closed), ("handed_over", True))
        self.assertIn("Not verified", message.mail_message_id.body)

    def test_a_forged_bounce_that_does_not_know_our_answers_number_marks_none(self):
        reply = self.answer(then="close")
        [sent] = self.send()
        relay, number = sent["To"], reply.message_ref
        for known in (f"<{'0' * 20}@shop.example>", number):
            report = (
                f"From: MAILER-DAEMON@mx.example\nTo: {sent['From']}\nSubject: Undelivered\n"
                f"Message-ID: <{len(known)}@mx.example>\nX-Failed-Recipients: {relay}\n\n"
                f"Message-ID: {known}\n550 5.1.1 No such user\n"
            )
            self.arrive(report.replace("To: ", f"Delivered-To: {self.site_de.address}\nTo: ", 1).encode())
            self.assertEqual(reply.state, "refused" if known == number else "handed_over")

    def test_a_forged_return_is_a_marked_note_that_no_rule_sees(self):
        message = self.arrive(self.notice("return_request", "Broken"))
        self.assertEqual(message.ticket_id, self.ticket.sudo(False))
        self.assertIn("Not verified", message.mail_message_id.body)
        self.assertFalse(self.ticket.marketplace_last_notice)

    def test_a_forged_claim_stands_beside_the_victims_ticket(self):
        priority = self.ticket.priority
        message = self.arrive(self.notice("atoz_claim", "I want my money back"))
        self.assert_apart(message.ticket_id, "sender")
        self.assertEqual(self.ticket.priority, priority)
        self.assertFalse(self.ticket.marketplace_claim_deadline)

    def test_a_proved_copy_still_stops_the_clock(self):
        self.arrive(*self.buyer_mails("It is on its way.", order_ref=DE_ORDER, notice="reply_copy"))
        self.assertFalse(self.ticket.marketplace_deadline)

    def test_a_copy_of_an_answer_to_a_buyer_who_bears_the_victims_number_stops_nothing(self):
        order = {"orderId": "", "salesChannel": {"marketplaceId": self.site_de.site_ref}}
        raw = notice("reply_copy", order, to=self.site_de.address, buyer=DE_ORDER, text="Yes, it is blue.")
        deadline = self.ticket.marketplace_deadline
        message = self.arrive(stamp_mail(raw, "a@bounces.amazon.com", [self.site_de.address], "pass", AUTHSERV_ID))
        self.assertEqual((message.authentication, message.order_ref), ("pass", DE_ORDER))
        self.assertEqual(self.ticket.marketplace_deadline, deadline)


class TestProofArrives(ProofCase):
    """A verdict that was not known yet when the ticket was made."""

    def prove(self, message, raw):
        message.write({"raw": b64encode(raw), "authentication": "pass"})
        self.env["marketplace.intake"]._proof_arrived(message)

    def test_the_ticket_joins_its_conversation_by_itself(self):
        raw = self.victims_mail("Hello?")
        self.ticket.sudo().stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        message = self.arrive(unproved(raw))
        apart = message.ticket_id
        self.assert_apart(apart, "sender")
        self.prove(message, raw)
        self.assertEqual((message.ticket_id, apart.duplicate_id), (self.ticket.sudo(False), self.ticket.sudo(False)))
        self.assertEqual(message.mail_message_id.marketplace_kind, "buyer")
        self.assertEqual(Answering(self.ticket).get_answerable(), message)
        self.assertFalse(self.ticket.stage_id.closed)

    def test_a_ticket_of_nobody_elses_order_becomes_that_orders(self):
        ref = self.new_order("302-3131313-0000001", buyer="Late Proof")
        raw = self.buyer_mails("Where is it?", order_ref=ref)[0]
        message = self.arrive(unproved(raw))
        self.assertEqual(message.ticket_id.marketplace_doubt, "sender")
        self.prove(message, raw)
        self.settle()
        self.assertEqual((message.ticket_id.marketplace_order_ref, message.ticket_id.marketplace_doubt), (ref, False))
