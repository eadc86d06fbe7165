"""What an admin does with mailboxes: connect, test, pause, read now, switch on again."""

from email import message_from_bytes
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .mailbox_common import ADDRESS, MailboxCase, private_mail


class TestMailboxAdmin(MailboxCase):
    def test_the_dialog_asks_for_address_and_start_and_proposes_them(self):
        self.server.user = "Shop@MyShop.example"
        with Form(self.env["marketplace.mailbox.connect"].with_context(default_site_ids=self.site_de.ids)) as form:
            form.server_id = self.server
            self.assertEqual(form.address, "shop@myshop.example")
            self.assertEqual(form.start, "now")
            self.assertEqual(form.other_mail, "leave")

    def test_the_dialog_tests_reading_and_stays_open(self):
        self.deliver(*self.buyer_mails(), private_mail())
        wizard = self.env["marketplace.mailbox.connect"].create(
            {"site_ids": self.site_de.ids, "server_id": self.server.id, "address": ADDRESS}
        )
        action = self.press(wizard, "action_test")
        self.assertEqual(action["res_id"], wizard.id)
        self.assertTrue(wizard.is_readable)
        self.assertEqual(wizard.finding, "2 mails in the inbox. Of the newest 2, 1 come from a marketplace.")
        self.server.password = "mistaken"
        self.press(wizard, "action_test")
        self.assertFalse(wizard.is_readable)
        self.assertIn("refuses the login", wizard.finding)

    def test_a_mailbox_that_can_not_be_read_is_not_connected(self):
        self.server.password = "mistaken"
        with self.assertRaises(UserError):
            self.connect_mailbox()
        self.assertFalse(self.server.marketplace_mailbox_ids)
        self.assertFalse(self.site_de.mailbox_id)

    def test_a_site_goes_back_to_the_address_of_this_odoo(self):
        alias_address = self.site_de.address
        self.connect_mailbox()
        self.assertEqual(self.site_de.address, ADDRESS)
        self.site_de.action_use_alias()
        self.assertEqual(self.site_de.address, alias_address)

    def test_mail_to_the_alias_still_arrives_after_a_mailbox_was_chosen(self):
        alias_address = self.site_de.address
        self.connect_mailbox()
        self.tell_buyers(self.site_de, alias_address)
        [raw] = self.buyer_mails()
        self.assertEqual(self.receive(raw).site_id, self.site_de)

    def test_private_mail_to_a_mailboxs_address_through_the_gateway_goes_on_as_before(self):
        self.connect_mailbox()
        before = self.all_messages()
        team = self.env["mail.alias"].create(
            {"alias_name": "team", "alias_model_id": self.env["ir.model"]._get_id("helpdesk.ticket")}
        )
        self.env["mail.thread"].message_process(False, private_mail(to=f"{team.alias_full_name}, {ADDRESS}"))
        self.assertEqual(self.all_messages(), before)

    def test_read_now_reads_at_once_and_tells_what_came(self):
        mailbox = self.connect_mailbox()
        self.deliver(*self.buyer_mails(), private_mail())
        notice = self.press(mailbox, "action_read_now")["params"]
        self.assertEqual(notice["type"], "success")
        self.assertIn("1 messages taken, 1 mails left alone", notice["message"])

    def test_a_paused_mailbox_is_read_by_nobody_until_it_is_resumed(self):
        mailbox = self.connect_mailbox()
        mailbox.action_pause()
        self.deliver(*self.buyer_mails())
        self.read_mailboxes()
        self.assertFalse(self.all_messages())
        self.assertEqual(mailbox.status, "paused")
        mailbox.action_resume()
        self.read_mailboxes()
        self.assertEqual(len(self.all_messages()), 1)

    def test_what_was_switched_off_is_shown_and_switched_on_with_one_click(self):
        mailbox = self.connect_mailbox()
        crons = self.env["ir.cron"]._marketplace_get_parallel("ir_cron_read_mailboxes")
        self.assertEqual(len(crons), 2)
        crons.active = False
        self.server.active = False
        mailbox.invalidate_recordset()
        self.assertEqual(mailbox.status, "off")
        self.assertIn("archived", mailbox.off_reason)
        mailbox.action_switch_on()
        mailbox.invalidate_recordset()
        self.assertEqual(mailbox.status, "reading")
        self.assertTrue(all(crons.mapped("active")) and self.server.active)
        crons.active = False
        mailbox.invalidate_recordset()
        self.assertIn("Read Mailboxes", mailbox.off_reason)

    def test_a_mailbox_in_use_is_archived_and_not_deleted(self):
        mailbox = self.connect_mailbox()
        with self.assertRaises(UserError):
            mailbox.unlink()
        mailbox.active = False
        self.deliver(*self.buyer_mails())
        self.read_mailboxes()
        self.assertFalse(self.all_messages())

    def test_only_admins_see_mailboxes_and_only_of_their_companies(self):
        mailbox = self.connect_mailbox()
        for model in ("mailbox", "mailbox.position", "mailbox.mail", "mailbox.connect"):
            with self.assertRaises(AccessError):
                self.env[f"marketplace.{model}"].with_user(self.agent).search([])
        for name in ("action_read_now", "action_pause", "action_test_reading", "action_switch_on"):
            with self.assertRaises(AccessError):
                getattr(mailbox.with_user(self.agent), name)()
        company = self.env["res.company"].create({"name": "Other"})
        boss = self.env["res.users"].create(
            {
                "name": "boss",
                "login": "boss",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.link(self.env.ref("base.group_system").id)],
            }
        )
        self.assertFalse(self.env["marketplace.mailbox"].with_user(boss).search([]))

    # === THE TEST MAIL === #

    def send_test_mail(self):
        """Press the button and return (notice, raw mail or None)."""
        sent = []
        server = type(self.env["ir.mail_server"])
        with patch.object(server, "send_email", lambda _self, message, **_values: sent.append(message.as_bytes())):
            notice = self.press(self.site_de, "action_send_test_mail")["params"]
        return notice, sent[0] if sent else None

    def make_outgoing(self, **values):
        return self.env["ir.mail_server"].create({"name": "Out", "smtp_host": "127.0.0.1", "smtp_port": 1, **values})

    def test_the_test_mail_ticks_itself_off_when_it_arrives_in_the_mailbox(self):
        mailbox = self.connect_mailbox()
        self.make_outgoing(from_filter=ADDRESS)
        notice, raw = self.send_test_mail()
        self.assertEqual(notice["type"], "success")
        headers = message_from_bytes(raw)
        self.assertEqual((headers["From"], headers["To"], headers["Return-Path"]), (ADDRESS,) * 3)
        self.assertTrue(self.site_de.test_sent_at)
        self.assertFalse(self.site_de.test_received_at)
        self.deliver(raw)
        self.read_mailboxes()
        self.assertTrue(self.site_de.test_received_at)
        self.assertEqual(mailbox.mail_ids.state, "known")
        self.assertFalse(self.all_messages())

    def test_the_test_mail_to_an_alias_ticks_itself_off_at_the_gateway(self):
        self.make_outgoing(from_filter="shop.example")
        _notice, raw = self.send_test_mail()
        self.assertFalse(self.receive(raw))
        self.assertTrue(self.site_de.test_received_at)
        self.assertFalse(self.all_messages())

    def test_without_a_server_that_may_send_as_the_address_it_says_so(self):
        self.env["ir.mail_server"].search([]).active = False
        self.make_outgoing(from_filter="elsewhere.example")
        self.make_outgoing(from_filter="alex@shop.example", owner_user_id=self.agent.id)
        notice, raw = self.send_test_mail()
        self.assertEqual(notice["type"], "danger")
        self.assertIn("FROM Filtering", notice["message"])
        self.assertFalse(raw)

    def test_a_server_that_names_the_address_comes_before_one_for_anybody(self):
        anybody, named = self.make_outgoing(sequence=1), self.make_outgoing(sequence=9, from_filter="shop.example")
        found = self.env["marketplace.site"]._find_outgoing_server(self.site_de.address)
        self.assertEqual(found, named)
        named.active = False
        self.env["ir.mail_server"].search([("id", "!=", anybody.id)]).active = False
        self.assertEqual(self.env["marketplace.site"]._find_outgoing_server(self.site_de.address), anybody)

    def test_a_forged_test_mail_is_no_test_mail(self):
        self.connect_mailbox()
        self.site_de.write({"test_ref": "secret", "test_sent_at": fields.Datetime.now()})
        self.deliver(private_mail(X_Marketplace_Test="guess"))
        self.read_mailboxes()
        self.assertFalse(self.site_de.test_received_at)
