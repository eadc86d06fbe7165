from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import AUTHSERV_ID, DE_ORDER, PARAM
from .verification_common import VerificationCase


@tagged("post_install", "-at_install")
class TestVerification(VerificationCase):
    def test_a_fresh_install_proves_a_genuine_mail_without_any_setting(self):
        message = self.mail_in()
        self.process()
        self.assertEqual(message.state, "received")
        self.settle()
        self.assertEqual((message.state, message.authentication, message.proof), ("done", "pass", "dkim"))
        self.assertEqual(message.ticket_id.marketplace_order_ref, DE_ORDER)
        self.assertEqual(message.mail_message_id.marketplace_kind, "buyer")

    def test_a_known_key_proves_the_next_mail_at_once(self):
        self.mail_in("First")
        self.settle()
        asked = len(self.nameserver.asked)
        message = self.mail_in("Second")
        self.process()
        self.assertEqual((message.state, message.proof), ("done", "dkim"))
        self.assertEqual(len(self.nameserver.asked), asked)

    def test_a_mail_that_our_server_proves_asks_nobody(self):
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", AUTHSERV_ID)
        asked = len(self.nameserver.asked)
        message = self.mail_in(stamped=True)
        self.process()
        self.assertEqual(message.proof, "header")
        self.assertFalse(message.signatures)
        self.assertEqual(len(self.nameserver.asked), asked)

    def test_a_changed_mail_is_not_proved(self):
        [raw] = self.buyer_mails("Where is my parcel?")
        message = self.receive(raw.replace(b"parcel", b"refund").replace(b"Authentication-Results", b"X-Was"))
        self.settle()
        self.assertEqual((message.authentication, message.proof), ("none", False))
        self.assertEqual(message.signatures["signatures"][0]["result"], "fail")

    def test_a_mail_without_signature_is_shown_at_once_and_unproved(self):
        message = self.mail_in(signed=False)
        self.process()
        self.assertNotEqual(message.state, "received")
        self.assertEqual(message.authentication, "none")

    def test_the_verdict_stays_when_the_key_is_gone(self):
        message = self.mail_in()
        self.settle()
        self.assertEqual(message.proof, "dkim")
        records = dict(self.nameserver.records)
        self.nameserver.records.clear()
        self.addCleanup(self.nameserver.records.update, records)
        self.forget_keys()
        mail = self.env["marketplace.intake"]._read(message)
        self.assertEqual((mail.authentication, mail.proof), ("pass", "dkim"))

    def test_a_failure_of_dmarc_is_a_forgery_though_no_name_is_set(self):
        message = self.mail_in("Send it to my new address", signed=False, stamped=True, forgery="forged")
        self.settle()
        self.assertEqual((message.state, message.authentication), ("quarantined", "fail"))

    def test_a_verdict_that_the_sender_wrote_below_our_servers_line_is_not_believed(self):
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", AUTHSERV_ID)
        [raw] = self.buyer_mails("Believe me", forgery="forged")
        head, _from, rest = raw.partition(b"From: ")
        head = b"\r\n".join(line for line in head.split(b"\r\n") if b"dmarc" not in line and b"dkim" not in line)
        told = f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass\r\n".encode()
        message = self.receive(b"Received: from x by %s\r\n" % AUTHSERV_ID.encode() + told + b"From: " + rest)
        self.settle()
        self.assertEqual(message.authentication, "none")
        self.assertTrue(head)

    # === NAME SERVERS THAT SAY NOTHING === #

    def test_without_an_answer_the_ticket_comes_after_five_minutes_unproved(self):
        self.nameserver.is_silent = True
        message = self.mail_in()
        with self.clock() as clock:
            self.settle()
            self.assertEqual(message.state, "received")
            self.pass_time(clock, delta=timedelta(minutes=4))
            self.settle()
            self.assertEqual(message.state, "received")
            self.pass_time(clock, delta=timedelta(minutes=2))
            self.settle()
            self.assertEqual(message.authentication, "none")
            self.assertTrue(message.ticket_id)
            self.assertTrue(message.check_next)

    def test_the_proof_that_comes_later_counts_by_itself(self):
        self.nameserver.is_silent = True
        message = self.mail_in()
        with self.clock() as clock:
            self.settle()
            self.pass_time(clock, delta=timedelta(minutes=6))
            self.settle()
            self.assertEqual(message.authentication, "none")
            self.nameserver.is_silent = False
            self.pass_time(clock, delta=timedelta(minutes=20))
            self.settle()
            self.assertEqual((message.authentication, message.proof, message.state), ("pass", "dkim", "done"))
            self.assertFalse(message.check_next)
            self.assertEqual(message.mail_message_id.marketplace_kind, "buyer")

    def test_after_an_hour_nobody_is_asked_any_more(self):
        self.nameserver.is_silent = True
        message = self.mail_in()
        with self.clock() as clock:
            self.settle()
            self.pass_time(clock, delta=timedelta(minutes=61))
            self.settle()
            self.assertFalse(message.check_next)
            self.assertEqual(message.authentication, "none")
            self.pass_time(clock, delta=timedelta(hours=2))
            asked = len(self.nameserver.asked)
            self.settle()
            self.assertEqual(len(self.nameserver.asked), asked)

    def test_a_worker_that_dies_while_it_asks_leaves_the_mail_to_another(self):
        message = self.mail_in()
        self.process()
        Message = self.env["marketplace.message"]
        self.assertEqual(Message._claim_check(), message)
        self.env.flush_all()
        self.assertFalse(Message._claim_check())
        message.check_next = fields.Datetime.now()
        self.settle()
        self.assertEqual(message.proof, "dkim")
