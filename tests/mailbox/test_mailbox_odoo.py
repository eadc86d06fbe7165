"""Mail that is not a marketplace's: handed to Odoo once, as its own fetching would, or left alone."""

from odoo import fields
from odoo.tools import mute_logger

from .mailbox_common import MailboxCase, private_mail

WALK = "odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.mailbox_reader"


class TestMailboxOdoo(MailboxCase):
    def setUp(self):
        super().setUp()
        self.server.write(
            {
                "state": "done",
                "date": fields.Datetime.now(),
                "object_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )

    def tickets(self, number=1):
        return self.env["helpdesk.ticket"].search([("name", "=", f"Private {number}")])

    def test_a_server_that_odoo_fetched_so_far_goes_on_to_odoo(self):
        wizard = self.env["marketplace.mailbox.connect"].create({"server_id": self.server.id})
        self.assertEqual(wizard.other_mail, "odoo")
        self.server.write({"date": False, "object_id": False})
        wizard = self.env["marketplace.mailbox.connect"].create({"server_id": self.server.id})
        self.assertEqual(wizard.other_mail, "leave")

    def test_private_mail_is_handed_to_odoo_once_and_stays_unread(self):
        mailbox = self.connect_mailbox()
        self.deliver(private_mail(), *self.buyer_mails())
        self.read_mailboxes()
        self.assertEqual(len(self.tickets()), 1)
        self.assertFalse(self.tickets().marketplace_site_id)
        self.assertEqual(len(self.all_messages()), 1)
        self.assertEqual(mailbox.handed_count, 1)
        mailbox.position_ids.write({"last_uid": 0})
        self.mail_server.renumber(self.user)
        self.read_mailboxes()
        self.assertEqual(len(self.tickets()), 1)
        self.assertEqual(set(self.mail_server.flags(self.user).values()), {frozenset()})

    def test_mail_without_a_message_id_is_handed_over_once_too(self):
        mailbox = self.connect_mailbox()
        self.deliver(private_mail().replace(b"Message-ID", b"X-Old-ID"))
        self.read_mailboxes()
        mailbox.position_ids.write({"last_uid": 0})
        self.mail_server.renumber(self.user)
        self.read_mailboxes()
        self.assertEqual(len(self.tickets()), 1)

    def test_unread_mail_from_before_is_handed_over_and_read_mail_is_not(self):
        self.deliver(private_mail(1), private_mail(2), days=20)
        with self.mail_server.open(self.user, "INBOX") as person:
            person.store("1", "+FLAGS", "\\Seen")
        self.connect_mailbox()
        self.read_mailboxes()
        self.assertFalse(self.tickets(1))
        self.assertEqual(len(self.tickets(2)), 1)

    def test_the_same_private_mail_in_two_mailboxes_is_handed_over_once(self):
        self.connect_mailbox()
        other = self.make_server(user=f"{self.user}-other", object_id=self.server.object_id.id)
        self.connect_mailbox(self.get_site("FR"), other, "boutique@myshop.example", other_mail="odoo")
        self.deliver(private_mail())
        self.deliver(private_mail(), user=other.user)
        self.read_mailboxes()
        self.assertEqual(len(self.tickets()), 1)
        states = self.env["marketplace.mailbox.mail"].search([]).mapped("state")
        self.assertEqual(sorted(states), ["handed", "known"])

    def test_mail_in_other_folders_is_not_handed_over(self):
        self.connect_mailbox()
        self.read_mailboxes()
        self.deliver(private_mail(), folder="Archive")
        self.read_mailboxes()
        self.assertFalse(self.tickets())

    def test_mail_that_odoo_can_not_take_is_remembered_and_tried_again(self):
        self.server.object_id = False
        mailbox = self.connect_mailbox()
        self.deliver(private_mail(1), *self.buyer_mails())
        with mute_logger(WALK, "odoo.addons.mail.models.mail_thread"):
            self.read_mailboxes()
        self.assertEqual(mailbox.failed_count, 1)
        self.assertEqual(len(self.all_messages()), 1)
        self.server.object_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        mailbox.mail_ids.action_retry()
        self.read_mailboxes()
        self.assertEqual(len(self.tickets()), 1)
        self.assertEqual((mailbox.failed_count, mailbox.handed_count), (0, 1))

    def test_a_mail_to_a_site_and_to_another_alias_reaches_both(self):
        self.env["mail.alias"].create(
            {"alias_name": "help-desk", "alias_model_id": self.env["ir.model"]._get_id("helpdesk.ticket")}
        )
        self.connect_mailbox()
        to = f"help-desk@shop.example, {self.site_de.alias_address}"
        self.deliver(private_mail(to=to))
        self.read_mailboxes()
        self.assertEqual(len(self.tickets()), 1)
        self.assertEqual(len(self.all_messages()), 1)

    def test_odoos_own_fetching_leaves_the_server_alone_until_it_is_archived(self):
        mailbox = self.connect_mailbox()
        self.deliver(private_mail())
        cron = self.env.ref("mail.ir_cron_mail_gateway_action")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(self.tickets())
        self.assertEqual(set(self.mail_server.flags(self.user).values()), {frozenset()})
        self.server.fetch_mail()
        self.assertLessEqual(mailbox.next_read_at, fields.Datetime.now())
        mailbox.active = False
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self.tickets()), 1)

    def test_private_mail_is_left_alone_when_that_was_chosen(self):
        self.connect_mailbox(other_mail="leave")
        self.deliver(private_mail())
        self.read_mailboxes()
        self.assertFalse(self.tickets())
