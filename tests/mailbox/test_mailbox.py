from odoo import Command
from odoo.tools import mute_logger

from ..common import DE_ORDER, US_ORDER
from ..proof.proof_common import change
from .mailbox_common import ADDRESS, MailboxCase, private_mail


class TestMailbox(MailboxCase):
    def test_a_buyers_mail_in_a_mailbox_becomes_a_ticket(self):
        mailbox = self.connect_mailbox()
        self.deliver(*self.buyer_mails("Where is my parcel?"))
        self.read_mailboxes()
        [message] = self.all_messages()
        self.assertEqual(message.mailbox_id, mailbox)
        self.assertEqual(message.site_id, self.site_de)
        self.settle()
        self.assertEqual(message.state, "done")
        self.assertIn("Where is my parcel?", message.mail_message_id.body)
        self.assertEqual(self.ticket_of(DE_ORDER), message.ticket_id)
        self.assertEqual(mailbox.taken_count, 1)
        self.assertTrue(mailbox.read_at)
        self.assertFalse(mailbox.error)

    def test_nothing_in_the_mailbox_changes(self):
        self.connect_mailbox()
        self.deliver(*self.buyer_mails(), private_mail())
        self.read_mailboxes()
        self.assertEqual(self.mail_server.flags(self.user), {1: frozenset(), 2: frozenset()})

    def test_a_mail_that_a_person_opened_first_is_read_all_the_same(self):
        self.connect_mailbox()
        self.deliver(*self.buyer_mails())
        with self.mail_server.open(self.user, "INBOX") as person:
            person.store("1", "+FLAGS", "\\Seen")
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
        self.assertEqual(self.mail_server.flags(self.user), {1: {b"\\Seen"}})

    def test_private_mail_leaves_a_number_and_a_hash_and_nothing_else(self):
        mailbox = self.connect_mailbox()
        self.deliver(private_mail())
        self.read_mailboxes()
        self.assertFalse(self.all_messages())
        [seen] = mailbox.mail_ids
        self.assertEqual(seen.state, "left")
        kept = " ".join(str(value) for value in seen.read()[0].values()).lower()
        for word in ("carla", "private", "shop", "myshop.example"):
            self.assertNotIn(word, kept.replace("shop's mail", ""))
        self.assertEqual(mailbox.left_count, 1)

    def test_who_only_calls_himself_like_a_marketplace_is_left_alone(self):
        mailbox = self.connect_mailbox()
        self.deliver(
            private_mail(1, From='"Amazon" <deals@cheap.example>'), private_mail(2, From="x@amazon-de.example")
        )
        self.read_mailboxes()
        self.assertEqual(mailbox.mail_ids.mapped("state"), ["left", "left"])

    def test_a_mail_is_taken_once_however_often_it_is_read(self):
        mailbox = self.connect_mailbox()
        [raw] = self.buyer_mails()
        self.deliver(raw)
        self.read_mailboxes()
        mailbox.position_ids.write({"last_uid": 0})
        self.read_mailboxes()
        self.deliver(raw)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
        self.assertEqual(mailbox.taken_count, 1)
        self.assertEqual(mailbox.mail_ids.sorted("id").mapped("state"), ["taken", "known"])

    def test_the_same_mail_in_two_mailboxes_stands_once_on_its_ticket(self):
        self.connect_mailbox()
        other = self.make_server(user=f"{self.user}-other")
        self.connect_mailbox(self.get_site("FR"), other, "boutique@myshop.example")
        [raw] = self.buyer_mails("Only once")
        self.deliver(raw)
        self.deliver(raw, user=other.user)
        self.read_mailboxes()
        self.settle()
        messages = self.all_messages()
        self.assertEqual(sorted(messages.mapped("state")), ["done", "ignored"])
        bodies = self.ticket_of(DE_ORDER).message_ids.mapped("body")
        self.assertEqual(sum("Only once" in body for body in bodies), 1)

    def test_sites_and_accounts_share_a_mailbox(self):
        self.connect_mailbox(self.site_de | self.get_site("FR") | self.site_us)
        self.deliver(*self.buyer_mails(order_ref=US_ORDER), *self.buyer_mails(order_ref=DE_ORDER))
        self.read_mailboxes()
        self.settle()
        american, german = self.all_messages()
        self.assertEqual((american.site_id, american.account_id), (self.site_us, self.account_us))
        self.assertEqual((german.site_id, german.account_id), (self.site_de, self.account))
        self.assertEqual(american.ticket_id.marketplace_order_id.state, "known")

    def test_two_sellers_on_one_storefront_are_told_apart_by_what_the_marketplace_wrote(self):
        rival = self.account.copy({"seller_ref": "A0RIVALSELLER"})
        values = {"account_id": rival.id, "site_ref": self.site_de.site_ref}
        self.connect_mailbox(self.env["marketplace.site"].create(values) | self.site_de)
        [raw] = self.buyer_mails("For the second seller")
        self.deliver(raw)
        self.read_mailboxes()
        self.process()
        self.assertEqual(self.all_messages().account_id, self.account)

    def test_an_order_that_a_buyer_types_takes_no_mail_to_another_seller(self):
        rival = self.account.copy({"seller_ref": "A0RIVALSELLER"})
        site = self.env["marketplace.site"].create({"account_id": rival.id, "site_ref": self.site_de.site_ref})
        self.env["marketplace.order"]._find_or_create(site, "302-7654321-7654321")
        self.connect_mailbox(self.site_de | site)
        self.deliver(*self.buyer_mails("Where is it?"))
        self.read_mailboxes()
        self.settle()
        [raw] = self.buyer_mails("An answer by mail")
        self.deliver(change(raw, Subject="Re: 302-7654321-7654321"))
        self.read_mailboxes()
        self.settle()
        first, second = self.all_messages()
        self.assertEqual((second.account_id, second.ticket_id), (self.account, first.ticket_id))

    def test_mail_to_an_address_of_ours_in_a_catch_all_box_is_taken_without_any_site(self):
        self.connect_mailbox(self.env["marketplace.site"], address=False)
        self.deliver(*self.buyer_mails(), private_mail())
        self.read_mailboxes()
        [message] = self.all_messages()
        self.assertEqual(message.address, self.site_de.alias_address)
        self.assertEqual(message.site_id, self.site_de)

    def test_a_mail_through_the_gateway_and_a_catch_all_box_is_one_message(self):
        self.connect_mailbox(self.env["marketplace.site"], address=False)
        [raw] = self.buyer_mails()
        self.deliver(raw)
        self.receive(raw)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)

    def test_a_deleted_sites_mail_in_a_catch_all_box_is_counted_only(self):
        self.connect_mailbox(self.env["marketplace.site"], address=False)
        self.site_de.state = "deleted"
        self.deliver(*self.buyer_mails())
        self.read_mailboxes()
        self.assertFalse(self.all_messages())
        self.assertEqual(self.site_de.swallowed_count, 1)

    def test_a_report_on_a_mail_to_a_buyer_is_ours_and_one_on_private_mail_is_not(self):
        mailbox = self.connect_mailbox()
        for number, recipient in enumerate(("abcdefghijklmno@marketplace.amazon.de", "carla@private.example"), 1):
            self.deliver(report_on(recipient, number))
        self.read_mailboxes()
        self.assertEqual(mailbox.mail_ids.sorted("id").mapped("state"), ["taken", "left"])
        self.process()
        self.assertEqual(self.all_messages().kind, "undelivered")

    def test_a_mail_that_a_person_moved_before_we_came_is_found(self):
        mailbox = self.connect_mailbox()
        self.read_mailboxes()
        self.deliver(*self.buyer_mails("Moved away"))
        self.mail_server.move([1], "Archive", user=self.user)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
        self.assertEqual(mailbox.mail_ids.filtered(lambda one: one.state == "taken").position_id.label, "Archive")

    def test_old_mails_that_a_person_moves_do_not_become_tickets(self):
        self.deliver(*self.buyer_mails(), days=40)
        mailbox = self.connect_mailbox()
        self.read_mailboxes()
        self.mail_server.move([1], "Archive", user=self.user)
        self.read_mailboxes()
        self.assertFalse(self.all_messages())
        self.assertEqual(set(mailbox.mail_ids.mapped("state")), {"left"})

    def test_reading_starts_now_or_some_days_ago(self):
        for days in (1, 3, 30):
            self.deliver(*self.buyer_mails(f"{days} days ago"), days=days)
        self.connect_mailbox()
        self.read_mailboxes()
        self.assertFalse(self.all_messages())
        other = self.make_server(user=f"{self.user}-days")
        for days in (1, 3, 30):
            self.deliver(*self.buyer_mails(f"{days} days ago"), days=days, user=other.user)
        self.connect_mailbox(self.get_site("FR"), other, start="days", days=7)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 2)

    def test_a_site_that_comes_later_may_ask_for_what_was_left_alone(self):
        mailbox = self.connect_mailbox(self.env["marketplace.site"], address=False)
        self.tell_buyers(self.site_de, ADDRESS)
        self.deliver(*self.buyer_mails())
        self.read_mailboxes()
        self.assertFalse(self.all_messages())
        self.connect_mailbox(self.site_de, start="days", days=2)
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)
        self.assertEqual(mailbox.mail_ids.mapped("state"), ["taken"])

    def test_a_mailbox_that_is_numbered_anew_loses_and_doubles_nothing(self):
        mailbox = self.connect_mailbox()
        self.deliver(*self.buyer_mails("First"))
        self.read_mailboxes()
        self.deliver(*self.buyer_mails("Second"))
        self.mail_server.renumber(self.user)
        self.read_mailboxes()
        self.deliver(*self.buyer_mails("Third"))
        self.read_mailboxes()
        self.settle()
        self.assertEqual(self.all_messages().mapped("state"), ["done"] * 3)
        inbox = mailbox.position_ids.filtered(lambda one: one.folder == "INBOX")
        self.assertEqual(inbox.last_uid, 3)

    def test_a_mailbox_without_any_alias_domain_works(self):
        company = self.env["res.company"].create({"name": "No domain"})
        company.alias_domain_id = False
        self.env.ref("base.user_admin").write({"company_ids": [Command.link(company.id)], "company_id": company.id})
        account = self.env["marketplace.account"].create(
            {"name": "Other", "app_id": self.app.id, "region": "eu", "seller_ref": "A9", "company_id": company.id}
        )
        site = self.env["marketplace.site"].create({"account_id": account.id, "site_ref": self.site_de.site_ref})
        self.assertFalse(site.address)
        self.connect_mailbox(site)
        self.tell_buyers(self.site_de, ADDRESS)
        self.assertEqual(site.address, ADDRESS)
        self.deliver(*self.buyer_mails())
        self.read_mailboxes()
        self.process()
        self.assertEqual(self.all_messages().site_id, site)

    def test_a_mail_that_can_not_be_stored_does_not_hold_up_the_others(self):
        mailbox = self.connect_mailbox()
        bad, good = self.buyer_mails("Bad")[0], self.buyer_mails("Good")[0]
        receive = type(self.env["marketplace.message"])._receive

        def receive_good(self, raw, *args):
            if b"Bad" in raw:
                raise ValueError("out of order")
            return receive(self, raw, *args)

        self.patch(type(self.env["marketplace.message"]), "_receive", receive_good)
        self.deliver(bad, good)
        with mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.mailbox_reader"):
            self.read_mailboxes()
        self.assertEqual(mailbox.mail_ids.sorted("id").mapped("state"), ["failed", "taken"])
        self.assertIn("out of order", mailbox.mail_ids.filtered("error").error)
        self.patch(type(self.env["marketplace.message"]), "_receive", receive)
        mailbox.mail_ids.filtered("error").action_retry()
        self.read_mailboxes()
        self.assertEqual(mailbox.mail_ids.mapped("state"), ["taken", "taken"])
        self.assertFalse(mailbox.failed_count)


def report_on(recipient, number):
    """Return a mail server's report that a mail could not be delivered."""
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.myshop.example>\r\nTo: {ADDRESS}\r\nSubject: Undelivered\r\n"
        f"Message-ID: <report-{number}@mx.myshop.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.myshop.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()
