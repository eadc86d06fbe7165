from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import OperationalError
from psycopg2.errorcodes import SERIALIZATION_FAILURE

from odoo import fields
from odoo.tools import mute_logger

from ...models.intake.marketplace_message import CONFLICT_TRIES
from ..common import AUTHSERV_ID, DE_ORDER, PARAM, MarketplaceCase

INTAKE = "odoo.addons.helpdesk_mgmt_marketplace.models.intake.marketplace_message"
READ_MAIL = "odoo.addons.helpdesk_mgmt_marketplace.models.intake.marketplace_intake.read_mail"


class TestIntake(MarketplaceCase):
    def test_a_buyers_message_becomes_a_ticket_with_its_order(self):
        message = self.buyer_writes("Where is my parcel?")
        self.settle()
        self.assertEqual(message.state, "done")
        ticket = message.ticket_id
        self.assertEqual(ticket.marketplace_order_ref, DE_ORDER)
        self.assertEqual(ticket.marketplace_order_id.state, "known")
        self.assertEqual(ticket.channel_id, self.app.channel_id)
        self.assertEqual(ticket.team_id, self.team)
        self.assertIn("Where is my parcel?", message.mail_message_id.body)
        self.assertEqual(message.mail_message_id.marketplace_kind, "buyer")

    def test_two_messages_of_one_order_share_a_ticket(self):
        first = self.buyer_writes("First")
        self.settle()
        second = self.buyer_writes("Second")
        self.settle()
        self.assertEqual(first.ticket_id, second.ticket_id)
        self.assertEqual(len(self.ticket_of(DE_ORDER)), 1)

    def test_thirty_messages_in_an_hour_all_arrive(self):
        for number in range(30):
            self.buyer_writes(f"Message number {number}.")
        self.settle()
        bodies = " ".join(self.ticket_of(DE_ORDER).message_ids.mapped("body"))
        for number in range(30):
            self.assertIn(f"Message number {number}.", bodies)

    def test_a_copy_with_another_message_id_is_ignored(self):
        messages = self.buyer_writes("Once only", copies=1)
        self.assertEqual(len(messages), 2)
        self.settle()
        self.assertEqual(sorted(messages.mapped("state")), ["done", "ignored"])
        bodies = self.ticket_of(DE_ORDER).message_ids.mapped("body")
        self.assertEqual(sum("Once only" in body for body in bodies), 1)

    def test_a_copy_of_an_unverified_mail_is_ignored_too(self):
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", False)
        messages = self.buyer_writes("Once only", copies=1)
        self.settle()
        self.assertEqual(sorted(messages.mapped("state")), ["done", "ignored"])

    def test_a_forged_copy_does_not_suppress_the_real_message(self):
        [raw] = self.buyer_mails("The real words")
        forged = raw.replace(AUTHSERV_ID.encode(), b"mx.elsewhere.example").replace(
            b"The real words", b"The false ones"
        )
        self.receive(forged.replace(b"Message-ID: <", b"Message-ID: <x"))
        self.settle()
        real = self.receive(raw)
        self.settle()
        self.assertEqual(real.state, "done")

    def test_an_unverified_message_is_marked(self):
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", "mx.other.example")
        message = self.buyer_writes()
        self.settle()
        self.assertEqual(message.authentication, "none")
        self.assertEqual(message.mail_message_id.marketplace_kind, "unverified")

    def test_unverified_mail_can_be_kept_in_quarantine(self):
        params = self.env["ir.config_parameter"]
        params.set_param(PARAM + "authserv_id", "mx.other.example")
        params.set_param(PARAM + "unverified", "quarantine")
        message = self.buyer_writes()
        self.settle()
        self.assertEqual(message.state, "quarantined")

    def test_a_forged_mail_stays_in_quarantine_until_a_person_accepts_it(self):
        message = self.buyer_writes("Send the refund to my new account", forgery="forged")
        self.settle()
        self.assertEqual(message.state, "quarantined")
        self.assertIn("forged", message.reason)
        self.assertFalse(self.ticket_of(DE_ORDER))
        message.action_accept()
        self.settle()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.mail_message_id.marketplace_kind, "check")
        self.assertTrue(message.ticket_id.marketplace_check)

    def test_a_look_alike_never_joins_a_ticket(self):
        self.buyer_writes("Real")
        self.settle()
        message = self.buyer_writes("Fake", forgery="lookalike")
        self.settle()
        self.assertEqual(message.state, "quarantined")

    def test_mail_of_nobody_we_know_stays_in_quarantine(self):
        raw = b"From: a@b.example\nTo: " + self.site_de.address.encode() + b"\nSubject: Buy this\n\nCheap!\n"
        message = self.receive(raw)
        self.settle()
        self.assertEqual(message.state, "quarantined")
        self.assertFalse(message.ticket_id)

    def test_a_question_before_buying_says_so(self):
        message = self.buyer_writes("Is it blue?", order_ref=None, site="US", asin="B0EXAMPL01")
        self.settle()
        ticket = message.ticket_id
        self.assertIn("before buying", ticket.name)
        self.assertEqual(ticket.marketplace_order_state, "none")
        self.assertEqual(ticket.marketplace_item_ref, "B0EXAMPL01")

    def test_a_message_on_another_storefront_of_the_account_goes_to_that_site(self):
        order_ref = "404-2542875-0000014"
        message = self.buyer_writes("Ciao", order_ref=order_ref, to=self.site_de.address)
        self.settle()
        self.assertEqual(message.site_id.code, "IT")
        self.assertEqual(message.ticket_id.marketplace_site_id.code, "IT")

    def test_the_sent_date_is_never_in_the_future(self):
        [raw] = self.buyer_mails()
        message = self.receive(raw)
        with freeze_time(fields.Datetime.now() - timedelta(days=2)):
            self.assertGreater(message.create_date, fields.Datetime.now())
        self.settle()
        self.assertLessEqual(message.date, message.create_date)

    def test_a_return_is_a_note_on_the_orders_ticket(self):
        self.buyer_writes()
        self.settle()
        notice = self.buyer_writes("", notice="return_request")
        self.settle()
        self.assertEqual(notice.state, "done")
        self.assertEqual(notice.ticket_id, self.ticket_of(DE_ORDER))
        self.assertTrue(notice.mail_message_id.subtype_id.internal)

    def test_a_notice_without_a_ticket_is_kept_and_ignored(self):
        notice = self.buyer_writes("", notice="refund")
        self.settle()
        self.assertEqual((notice.state, notice.reason), ("ignored", "No ticket of this order."))

    def test_a_claim_opens_an_urgent_ticket(self):
        notice = self.buyer_writes("", notice="atoz_claim")
        self.settle()
        self.assertEqual(notice.ticket_id.marketplace_order_ref, DE_ORDER)
        self.assertEqual(notice.ticket_id.priority, "3")

    def test_amazons_automatic_answer_never_opens_a_ticket(self):
        message = self.buyer_writes("", notice="auto_reply")
        self.settle()
        self.assertEqual((message.kind, message.state), ("undelivered", "ignored"))

    @mute_logger(INTAKE)
    def test_a_fault_is_recorded_tried_again_and_mended_by_reprocessing(self):
        message = self.buyer_writes()
        with patch(READ_MAIL, side_effect=KeyError("x")):
            self.process()
        self.assertEqual(message.state, "failed")
        self.assertIn("KeyError", message.error)
        self.assertGreater(message.next_attempt, fields.Datetime.now())
        message.action_retry()
        self.settle()
        self.assertEqual(message.state, "done")
        self.assertFalse(message.error)

    @mute_logger(INTAKE)
    def test_a_message_that_others_always_overtake_goes_on_at_once(self):
        class Overtaken(OperationalError):
            pgcode = SERIALIZATION_FAILURE

        message = self.buyer_writes()
        intake = type(self.env["marketplace.intake"])
        process, turns = intake._process, iter(range(CONFLICT_TRIES))

        def overtaken(self, *args):
            if next(turns, None) is not None:
                raise Overtaken()
            return process(self, *args)

        with patch.object(intake, "_process", overtaken), patch(f"{INTAKE}.time.sleep"):
            self.settle()
        self.assertEqual(message.state, "done")
        self.assertFalse(message.attempts)

    def test_a_message_that_others_change_while_it_is_locked_again_stops_nothing(self):
        class Overtaken(OperationalError):
            pgcode = SERIALIZATION_FAILURE

        message = self.buyer_writes()
        intake = type(self.env["marketplace.intake"])
        process, lock = intake._process, type(message).try_lock_for_update
        faults = {"process", "lock"}

        def once(name, method):
            def faulty(self, *args, **kwargs):
                if name in faults:
                    faults.remove(name)
                    raise Overtaken()
                return method(self, *args, **kwargs)

            return faulty

        with (
            patch.object(intake, "_process", once("process", process)),
            patch.object(type(message), "try_lock_for_update", once("lock", lock)),
            patch(f"{INTAKE}.time.sleep"),
        ):
            self.settle()
        self.assertFalse(faults)
        self.assertEqual(message.state, "done")

    def test_a_message_that_can_not_go_on_does_not_keep_others_waiting_for_the_order(self):
        first, second = self.buyer_writes("First"), self.buyer_writes("Second")
        self.process()
        self.assertEqual((first | second).mapped("state"), ["waiting_order"] * 2)
        self.assertEqual(first._take_waiting(first.order_id), second)
        self.assertFalse((first | second)._take_waiting(first.order_id))

    def test_automatic_tries_end_and_leave_the_mail_to_a_person(self):
        message = self.buyer_writes()
        with patch(READ_MAIL, side_effect=KeyError("x")):
            for _try in range(7):
                message.next_attempt = fields.Datetime.now()
                self.process()
        self.assertEqual(message.state, "failed")
        self.assertFalse(message.next_attempt)

    def test_hostile_html_and_files_do_not_reach_the_browser_alive(self):
        files = [
            self.make_file("evil.html", "text/html", b"<script>alert(1)</script>"),
            self.make_file("evil.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"),
        ]
        message = self.buyer_writes("<script>alert(1)</script><img src=x onerror=alert(1)>", attachments=files)
        self.settle()
        body = message.mail_message_id.body
        self.assertNotIn("<script", body)
        self.assertNotIn("<img", body)
        self.assertEqual(set(message.mail_message_id.attachment_ids.mapped("mimetype")), {"text/plain"})

    def make_file(self, name, mimetype, content):
        from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.mails import File

        return File(name, mimetype, content)
