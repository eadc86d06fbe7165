"""Mailboxes that hang, break, refuse or hold a mail that ends the connection: nothing is lost and nobody else waits."""

import socket
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.proxy import Proxy
from odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.mailbox_reader import MailboxReader

from .mailbox_common import MailboxCase, private_mail

SERVER = "odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.fetchmail_server"
WALK = "odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.mailbox_reader"
LIMIT = 0.6


@contextmanager
def short_limits():
    """Have mail servers answer within the blink of an eye."""
    with (
        patch(f"{SERVER}.SECONDS", LIMIT),
        patch(
            "odoo.addons.helpdesk_mgmt_marketplace.marketplaces.mailbox.imap.ImapBox.__init__.__defaults__", (LIMIT,)
        ),
    ):
        yield


class TestMailboxTrouble(MailboxCase):
    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(Proxy(self.mail_server.imap_port))
        self.server.port = self.proxy.port

    def test_connections_that_break_in_the_middle_lose_and_double_nothing(self):
        self.connect_mailbox()
        for number in range(8):
            self.deliver(*self.buyer_mails(f"Number {number}"))
        self.proxy.cut_after(5000, 1500, 9000, 40, 20000)
        self.read_mailboxes()
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 8)
        self.settle()
        self.assertEqual(self.all_messages().mapped("state"), ["done"] * 8)

    def test_a_mail_built_to_trip_up_its_reader_holds_up_no_other(self):
        self.connect_mailbox()
        for number, address in enumerate(
            ("<" + "(" * 9000 + "@x.example>", "<" + "a:" * 5000 + "@x.example>", "(" * 9000)
        ):
            self.deliver(private_mail(number, to=address))
        self.deliver(private_mail(4, to="<a\0b@x.example>"), private_mail(5, X_Marketplace_Test="a\0b"))
        self.deliver(*self.buyer_mails("Where is it?"))
        self.read_mailboxes()
        self.settle()
        self.assertEqual(self.all_messages().mapped("state"), ["done"])

    def test_a_mail_that_can_not_be_judged_is_told_and_holds_up_no_other(self):
        self.connect_mailbox()
        self.deliver(private_mail(1, X_Marketplace_Test="trip"), *self.buyer_mails("Where is it?"))

        def trip(_sites, ref, _head):
            raise RecursionError(ref)

        with patch.object(type(self.env["marketplace.site"]), "_note_test_mail", trip), mute_logger(WALK):
            self.read_mailboxes()
        self.settle()
        self.assertEqual(self.all_messages().mapped("state"), ["done"])
        failed = self.env["marketplace.mailbox.mail"].search([("state", "=", "failed")])
        self.assertEqual(failed.error, "trip")

    def test_a_mail_that_is_moved_at_the_very_moment_is_not_taken_for_an_empty_one(self):
        self.connect_mailbox()
        self.deliver(*self.buyer_mails("Where is it?"))
        self.proxy.meanwhile(b"BODY.PEEK[])", lambda: self.mail_server.move(["1:*"], "Junk", user=self.user))
        self.read_mailboxes()
        self.read_mailboxes()
        self.settle()
        self.assertEqual(self.all_messages().mapped("state"), ["done"])
        self.assertIn("Where is it?", self.all_messages().mail_message_id.body)

    def test_a_server_that_falls_silent_pauses_its_mailbox_and_no_other(self):
        silent = self.connect_mailbox()
        other = self.make_server(user=f"{self.user}-other")
        fine = self.connect_mailbox(self.get_site("FR"), other, "boutique@myshop.example")
        self.deliver(*self.buyer_mails(order_ref=None, site="FR", asin="B0EXAMPL01"), user=other.user)
        self.proxy.is_silent = True
        with short_limits():
            self.read_mailboxes()
        self.assertEqual(silent.status, "waiting")
        self.assertIn("does not answer within", silent.error)
        self.assertGreater(silent.next_read_at, fields.Datetime.now() + timedelta(seconds=30))
        self.assertEqual(fine.status, "reading")
        self.assertEqual(fine.taken_count, 1)
        self.proxy.is_silent = False
        self.read_mailboxes()
        self.assertEqual(silent.status, "reading")
        self.assertFalse(silent.error)

    def test_waits_grow_with_each_failure_and_end_with_success(self):
        mailbox = self.connect_mailbox()
        self.server.password = "wrong"
        waits = []
        for _time in range(3):
            self.read_mailboxes()
            waits.append((mailbox.next_read_at - mailbox.error_date).total_seconds())
        self.assertEqual(waits, [60, 120, 300])
        self.assertIn("refuses the login", mailbox.error)
        self.server.password = "box"
        self.read_mailboxes()
        self.assertEqual((mailbox.failure_count, mailbox.error), (0, False))

    def test_what_is_wrong_is_said_in_words(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            free = closed.getsockname()[1]
        wrong = {
            "can't be reached on port": {"port": free},
            "refuses the login of": {"password": "mistaken"},
            "offers no encryption": {"is_ssl": True},
            "is archived": {"active": False},
        }
        mailbox = self.connect_mailbox()
        usual = {"port": self.server.port, "password": "box", "is_ssl": False, "active": True}
        for words, values in wrong.items():
            self.server.write(values)
            notice = self.press(mailbox, "action_test_reading")["params"]
            self.assertEqual(notice["type"], "danger")
            self.assertIn(words, notice["message"])
            self.assertNotIn("mistaken", notice["message"])
            self.server.write(usual)

    def test_a_mail_that_ends_every_connection_is_stepped_over_and_tried_again_later(self):
        mailbox = self.connect_mailbox()
        for number in range(6):
            self.deliver(*self.buyer_mails(f"Number {number}"))
        self.read_mailboxes()
        mailbox.position_ids.write({"last_uid": 0})
        self.env["marketplace.message"].search([]).unlink()
        mailbox.mail_ids.unlink()
        self.mail_server.corrupt(3, user=self.user)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 5)
        [failed] = mailbox.mail_ids.filtered(lambda one: one.state == "failed")
        self.assertEqual(failed.uid, "3")
        self.assertEqual(mailbox.status, "reading")
        self.assertTrue(failed.next_attempt)
        self.deliver(*self.buyer_mails("A new one"))
        failed.next_attempt = fields.Datetime.now()
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 6)
        self.assertEqual(failed.state, "failed")

    def test_a_mailbox_whose_reader_died_is_taken_over_one_by_one(self):
        mailbox = self.connect_mailbox()
        self.deliver(*self.buyer_mails(), private_mail())
        mailbox.lease_until = fields.Datetime.now() + timedelta(seconds=5)
        self.read_mailboxes()
        self.assertFalse(self.all_messages())
        mailbox.lease_until = fields.Datetime.now() - timedelta(seconds=5)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
        self.assertFalse(mailbox.failed_count)

    def test_a_fault_of_ours_pauses_the_mailbox_and_is_shown(self):
        mailbox = self.connect_mailbox()
        self.deliver(*self.buyer_mails())
        with (
            patch.object(MailboxReader, "_judge", side_effect=ZeroDivisionError("oops")),
            mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.mailbox_reader"),
        ):
            self.read_mailboxes()
        self.assertIn("ZeroDivisionError", mailbox.error)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
