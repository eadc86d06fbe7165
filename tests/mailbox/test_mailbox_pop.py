"""A mailbox over POP3, which knows neither folders nor flags."""

from odoo import fields

from .mailbox_common import MailboxCase, private_mail


class TestMailboxPop(MailboxCase):
    def setUp(self):
        super().setUp()
        self.server.unlink()
        self.server = self.make_server(kind="pop")

    def count(self):
        return len(self.mail_server.flags(self.user))

    def test_buyers_mail_is_taken_once_and_a_shared_box_keeps_all(self):
        mailbox = self.connect_mailbox()
        self.deliver(*self.buyer_mails(), private_mail())
        self.read_mailboxes()
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
        self.assertEqual((mailbox.taken_count, mailbox.left_count), (1, 1))
        self.assertEqual(self.count(), 2)

    def test_what_is_safe_is_deleted_from_a_box_that_nobody_else_reads(self):
        self.connect_mailbox(is_shared=False)
        self.deliver(*self.buyer_mails(), private_mail())
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
        self.assertEqual(self.count(), 1)

    def test_a_mail_that_was_stored_but_not_deleted_goes_the_next_time(self):
        mailbox = self.connect_mailbox()
        self.deliver(*self.buyer_mails())
        self.read_mailboxes()
        mailbox.is_shared = False
        self.read_mailboxes()
        self.assertEqual(self.count(), 0)
        self.assertEqual(len(self.all_messages()), 1)

    def test_reading_starts_now_or_some_days_ago(self):
        old = [raw.replace(b"\r\nDate:", b"\r\nX-Date:").replace(b"for <", b"for <") for raw in self.buyer_mails("Old")]
        aged = b"Received: from a by b; Mon, 2 Nov 2026 08:00:00 +0000\r\n"
        fresh = b"Received: from a by b; " + fields.Datetime.now().strftime("%a, %d %b %Y 00:00:00 +0000\r\n").encode()
        self.deliver(aged + old[0], *[fresh + raw for raw in self.buyer_mails("Fresh")])
        self.connect_mailbox(start="days", days=2)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)

    def test_from_now_on_leaves_what_is_there(self):
        for number in range(60):
            self.deliver(b"Received: from a by b; Mon, 2 Nov 2026 08:00:00 +0000\r\n" + private_mail(number))
        mailbox = self.connect_mailbox()
        self.read_mailboxes()
        self.assertEqual(mailbox.left_count, 60)
        self.deliver(*self.buyer_mails())
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)

    def test_private_mail_is_handed_to_odoo_and_deleted_as_before(self):
        self.server.write({"state": "done", "object_id": self.env["ir.model"]._get_id("helpdesk.ticket")})
        self.connect_mailbox(is_shared=False)
        self.deliver(private_mail())
        self.read_mailboxes()
        self.read_mailboxes()
        self.assertEqual(len(self.env["helpdesk.ticket"].search([("name", "=", "Private 1")])), 1)
        self.assertEqual(self.count(), 0)
