import ssl
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ...marketplaces.errors import Unavailable
from .mailbox_common import ADDRESS, MailboxCase, private_mail

SERVER = "odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.fetchmail_server"
READER = "odoo.addons.helpdesk_mgmt_marketplace.models.mailbox.mailbox_reader"


class TestCertificates(MailboxCase):
    """Dovecot's certificate here was issued by nobody, for another name."""

    def setUp(self):
        super().setUp()
        self.secure = self.make_server(is_ssl=True, port=self.mail_server.imaps_port)

    def open_wizard(self):
        return self.env["marketplace.mailbox.connect"].create(
            {"site_ids": self.site_de.ids, "server_id": self.secure.id, "address": ADDRESS}
        )

    @mute_logger(SERVER)
    def accept(self):
        wizard = self.open_wizard()
        self.press(wizard, "action_test")
        self.press(wizard, "action_accept_certificate")
        return wizard

    @mute_logger(READER)
    def look(self):
        self.read_mailboxes()

    def count_log_ins(self):
        return (self.mail_server.folder / "log").read_text().count(f"user=<{self.user}>")

    def test_a_server_that_does_not_prove_who_it_is_gets_no_password(self):
        wizard = self.open_wizard()
        with self.assertRaisesRegex(UserError, "Nobody that this server trusts"):
            self.press(wizard, "action_start")
        self.press(wizard, "action_test")
        for words in ("127.0.0.1", "mail.sandbox.example", "SHA-256", "password was not sent", "may accept"):
            self.assertIn(words, wizard.finding)
        self.assertFalse(wizard.is_readable)
        self.assertTrue(wizard.certificate_seen)
        self.assertEqual(self.count_log_ins(), 0)

    def test_a_person_accepts_this_one_certificate_by_name(self):
        wizard = self.accept()
        self.assertTrue(wizard.is_readable, wizard.finding)
        self.press(wizard, "action_start")
        mailbox = self.secure.marketplace_mailbox_ids
        self.deliver(private_mail())
        self.look()
        self.assertFalse(mailbox.error)
        self.assertTrue(mailbox.read_at)
        [(level, text)] = mailbox._get_findings()
        self.assertEqual(level, "warning")
        self.assertIn(self.secure.marketplace_certificate_by.name, text)
        self.secure.sudo().marketplace_certificate = "0" * 64  # the server's is another one now
        self.look()
        self.assertIn("password was not sent", mailbox.error)
        self.assertEqual(mailbox._get_findings()[0][0], "danger")
        with mute_logger(SERVER):
            mailbox.action_accept_certificate()
        self.look()
        self.assertFalse(mailbox.error)
        mailbox.action_verify_certificate()
        self.look()
        self.assertTrue(mailbox.error)

    def test_only_an_administrator_accepts(self):
        wizard = self.open_wizard()
        self.press(wizard, "action_test")
        with self.assertRaises(AccessError):
            self.secure.with_user(self.agent).action_marketplace_accept_certificate()
        admin = self.env["res.users"].create(
            {"name": "Ada", "login": "ada", "group_ids": [(4, self.env.ref("base.group_system").id)]}
        )
        with self.assertRaises(AccessError):
            self.secure.with_user(admin).marketplace_certificate = "0" * 64
        with self.assertLogs(SERVER, "WARNING") as logs:
            self.secure.with_user(admin).action_marketplace_accept_certificate()
        self.assertIn(f"User {admin.id} accepted", logs.output[0])
        self.assertEqual(self.secure.marketplace_certificate_by, admin)

    def test_a_mailbox_of_before_is_read_on_and_red_until_a_person_decides(self):
        self.press(self.accept(), "action_start")
        mailbox = self.secure.marketplace_mailbox_ids
        self.secure.sudo().write({"marketplace_certificate": False, "marketplace_is_undecided": True})
        self.look()
        self.assertFalse(mailbox.error)
        [(level, text)] = mailbox._get_findings()
        self.assertEqual(level, "danger")
        self.assertIn("as before", text)
        self.assertEqual(self.site_de._get_findings()[0][0], "danger")
        with mute_logger(SERVER):
            mailbox.action_accept_certificate()
        self.assertEqual([level for level, _text in mailbox._get_findings()], ["warning"])

    def test_a_mailbox_of_before_whose_certificate_is_good_needs_no_decision(self):
        self.press(self.accept(), "action_start")
        self.secure.sudo().write(
            {"marketplace_certificate": False, "marketplace_is_undecided": True, "server": "mail.sandbox.example"}
        )
        context = ssl.create_default_context(cafile=self.mail_server.folder / "cert.pem")
        context.check_hostname = False  # nobody resolves that name here
        self.secure.server = "127.0.0.1"
        with patch.object(ssl, "create_default_context", return_value=context):
            self.look()
        self.assertFalse(self.secure.marketplace_is_undecided)
        self.assertEqual(self.secure.marketplace_mailbox_ids._get_findings(), [])
        self.look()
        self.assertTrue(self.secure.marketplace_mailbox_ids.error)

    def test_plain_text_beyond_this_machine_is_amber(self):
        mailbox = self.connect_mailbox()
        self.assertEqual(mailbox._get_findings(), [])
        mailbox.server_id.server = "mail.example.com"
        [(level, text)] = mailbox._get_findings()
        self.assertEqual(level, "warning")
        self.assertIn("without encryption", text)

    def test_an_archived_server_is_not_connected_to(self):
        self.secure.active = False
        with self.assertRaisesRegex(Unavailable, "archived"):
            self.secure._marketplace_open()
