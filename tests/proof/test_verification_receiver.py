from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...models.proof.marketplace_receiver import LOOKED_AT
from ..common import AUTHSERV_ID, PARAM
from .verification_common import VerificationCase


@tagged("post_install", "-at_install")
class TestLearning(VerificationCase):
    def get_test_mail(self):
        """Press the button; returns the raw mail as it left."""
        sent = []
        self.env["ir.mail_server"].create(
            {"name": "Out", "smtp_host": "127.0.0.1", "smtp_port": 1, "from_filter": "shop.example"}
        )
        server = type(self.env["ir.mail_server"])
        with patch.object(server, "send_email", lambda _self, message, **_values: sent.append(message.as_bytes())):
            self.press(self.site_de, "action_send_test_mail")
        return sent[0]

    def stamp(self, raw, told="dkim=none; dmarc=none"):
        results = f"Authentication-Results: {AUTHSERV_ID}; {told}\r\n"
        return (results + f"Received: from out.example by {AUTHSERV_ID}\r\n").encode() + raw

    def get_receiver(self):
        return self.env["marketplace.receiver"].search([])

    def test_the_test_mail_teaches_whose_verdict_is_believed(self):
        self.receive(self.stamp(self.get_test_mail()))
        receiver = self.get_receiver()
        self.assertEqual((receiver.domain, receiver.learnt_name), ("shop.example", AUTHSERV_ID))
        self.assertIn(AUTHSERV_ID, receiver.message_ids[0].body)
        message = self.mail_in(signed=False, stamped=True)
        self.settle()
        self.assertEqual((message.authentication, message.proof), ("pass", "header"))

    def test_a_mailboxs_test_mail_teaches_the_server_of_the_mailbox(self):
        raw = self.stamp(self.get_test_mail())
        server = self.env["fetchmail.server"].create({"name": "Box", "server_type": "imap", "server": "x", "user": "x"})
        mailbox = self.env["marketplace.mailbox"].create({"server_id": server.id})
        address = self.site_de.address
        self.site_de.write({"mailbox_id": mailbox.id, "mailbox_address": address})
        self.assertTrue(self.env["marketplace.site"].sudo()._note_test_mail(self.site_de.test_ref, raw))
        self.assertEqual(self.get_receiver().mailbox_id, mailbox)
        [raw] = self.buyer_mails("In the mailbox")
        message = self.env["marketplace.message"]._receive(raw, self.site_de, address, "<one@x>", mailbox)
        self.settle()
        self.assertEqual((message.authentication, message.proof), ("pass", "header"))

    def test_no_other_mail_teaches_anything(self):
        self.get_test_mail()
        [raw] = self.buyer_mails("Hello")
        self.receive(b"X-Marketplace-Test: guess\r\n" + raw)
        self.assertFalse(self.get_receiver())

    def test_only_the_first_arrival_of_a_test_mail_teaches(self):
        raw = self.get_test_mail()
        self.receive(self.stamp(raw))
        other = self.stamp(raw).replace(AUTHSERV_ID.encode(), b"mx.evil.example")
        self.assertFalse(self.receive(other.replace(b"Message-Id: <", b"Message-Id: <x")))
        self.assertEqual(self.get_receiver().learnt_name, AUTHSERV_ID)

    def test_a_server_without_verdict_is_known_to_have_none(self):
        self.receive(b"Received: from out.example by mx.sandbox.example\r\n" + self.get_test_mail())
        self.assertFalse(self.get_receiver().learnt_name)
        message = self.mail_in(signed=False, stamped=True)
        self.settle()
        self.assertEqual(message.authentication, "none")

    def test_a_name_in_the_settings_is_used_in_place_of_the_learnt_one(self):
        self.receive(self.stamp(self.get_test_mail()))
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", "mx.other.example")
        message = self.mail_in(signed=False, stamped=True)
        self.settle()
        self.assertEqual(message.authentication, "none")

    def test_mail_that_waited_unproved_is_proved_by_what_is_learnt(self):
        message = self.mail_in(signed=False, stamped=True)
        self.settle()
        self.assertEqual(message.authentication, "none")
        self.receive(self.stamp(self.get_test_mail()))
        self.settle()
        self.assertEqual((message.authentication, message.proof), ("pass", "header"))


@tagged("post_install", "-at_install")
class TestDecision(VerificationCase):
    def setUp(self):
        super().setUp()
        self.admin = new_test_user(self.env, "boss", "base.group_system,helpdesk_mgmt.group_helpdesk_manager")

    def write_unproved(self, count=3):
        messages = self.env["marketplace.message"]
        for number in range(count):
            messages |= self.mail_in(f"Unproved {number}", signed=False)
        self.settle()
        return messages

    def decide(self):
        """Open the dialog as an administrator; returns it."""
        action = self.site_de.with_user(self.admin).action_decide_trust()
        return self.env[action["res_model"]].with_user(self.admin).browse(action["res_id"])

    def get_findings(self):
        return [text for level, text in self.site_de._get_findings() if level == "warning"]

    def test_an_administrator_decides_after_seeing_three_mails(self):
        messages = self.write_unproved()
        self.assertEqual(set(messages.mapped("authentication")), {"none"})
        dialog = self.decide()
        self.assertTrue(dialog.is_enough)
        self.assertEqual(len(dialog.with_context(bin_size=True).mails), 3)
        self.assertIn("marketplace.amazon.de", dialog.mails_text)
        dialog.action_trust()
        message = self.mail_in("After the decision", signed=False)
        self.settle()
        self.assertEqual((message.authentication, message.proof), ("pass", "decision"))
        self.assertEqual(set(messages.mapped("proof")), {"decision"})

    def test_two_mails_are_too_few_to_decide(self):
        self.write_unproved(2)
        with self.assertRaises(UserError):
            self.decide().action_trust()

    def test_who_decided_is_kept_and_stands_amber(self):
        self.write_unproved()
        self.decide().action_trust()
        receiver = self.env["marketplace.receiver"].search([])
        self.assertEqual(receiver.trusted_by_id, self.admin)
        self.assertEqual(receiver.message_ids[0].author_id, self.admin.partner_id)
        self.assertTrue([text for text in self.get_findings() if self.admin.name in text])
        self.assertIn(self.admin.name, self.account.health_message)

    def test_the_decision_can_be_taken_back(self):
        self.write_unproved()
        self.decide().action_trust()
        self.decide().action_distrust()
        self.assertFalse([text for text in self.get_findings() if self.admin.name in text])
        message = self.mail_in("Afterwards", signed=False)
        self.settle()
        self.assertEqual(message.authentication, "none")

    def test_a_decision_makes_no_forgery_genuine(self):
        self.write_unproved()
        self.decide().action_trust()
        for forgery in ("forged", "lookalike"):
            message = self.mail_in("Pay me", signed=False, stamped=True, forgery=forgery)
            self.settle()
            self.assertEqual(message.state, "quarantined", forgery)

    def test_nobody_but_an_administrator_decides(self):
        self.write_unproved()
        manager = new_test_user(self.env, "manager", "helpdesk_mgmt.group_helpdesk_manager")
        receiver = self.env["marketplace.receiver"].search([])
        receiver |= self.env["marketplace.receiver"]._find_or_create(self.site_de)
        for user in (self.agent, manager):
            with self.assertRaises(AccessError):
                self.site_de.with_user(user).action_decide_trust()
            with self.assertRaises(AccessError):
                self.env["marketplace.trust"].with_user(user).create({"receiver_id": receiver.id})
            for name in ("action_decide", "action_distrust"):
                with self.assertRaises(AccessError):
                    getattr(receiver.with_user(user), name)()

    def test_the_dialog_names_all_sites_that_it_concerns_and_each_companys_log_tells_of_it(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.write_unproved()
        self.site_us.sudo().write({"company_id": other.id, "team_id": False})
        dialog = self.decide()
        self.assertIn(self.site_de.name, dialog.question)
        self.assertIn(self.site_us.name, dialog.question)
        dialog.action_trust()
        logged = self.env["marketplace.log"].search([("name", "like", "without proof")])
        self.assertEqual(logged.company_id, other | self.company)

    def test_an_administrator_of_another_company_sees_none_of_it(self):
        self.write_unproved()
        self.decide().action_trust()
        other = self.env["res.company"].create({"name": "Other"})
        boss = new_test_user(
            self.env, "other", "base.group_system", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        self.assertFalse(self.env["marketplace.receiver"].with_user(boss).search([]))

    # === WHAT THE SET-UP SAYS === #

    def get_proof(self):
        sites = self.account._describe_onboarding()["sites"]
        return next(site["proof"] for site in sites if site["id"] == self.site_de.id)

    def test_the_setup_says_how_mail_is_verified(self):
        self.assertEqual(self.get_proof()["state"], "unknown")
        messages = self.write_unproved()
        self.assertEqual(self.get_proof()["state"], "unproved")
        self.assertTrue(self.get_proof()["receiver"])
        self.mail_in("Signed")
        self.settle()
        self.assertEqual(self.get_proof()["state"], "dkim")
        self.assertTrue(messages)
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", AUTHSERV_ID)
        self.mail_in("Stamped", stamped=True)
        self.settle()
        self.assertEqual(self.get_proof()["state"], "header")
        self.decide().action_trust()
        self.assertEqual(self.get_proof()["state"], "decision")

    def test_the_settings_keep_forwarders_and_the_limit_of_a_flood(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.marketplace_arc_sealers = "google.com"
            settings.marketplace_flood_limit = 7
        settings.record.execute()
        self.assertEqual(self.env["marketplace.intake"]._get_param("flood_limit"), "7")
        self.assertEqual(self.env["marketplace.intake"]._get_param("arc_sealers"), "google.com")

    def test_forged_mails_ask_for_no_decision_where_mail_is_proved(self):
        self.mail_in("Signed")
        self.settle()
        self.write_unproved(LOOKED_AT + 1)
        self.assertEqual((self.get_proof()["state"], self.get_proof()["receiver"]), ("dkim", False))
        self.assertIn("1 messages or more were", self.decide().proved)

    def test_the_dialog_says_nothing_of_verified_mail_where_there_is_none(self):
        self.write_unproved()
        self.assertFalse(self.decide().proved)

    def test_the_decision_can_be_taken_back_when_all_mail_counts_as_genuine_by_it(self):
        self.write_unproved()
        self.decide().action_trust()
        self.settle()
        dialog = self.decide()
        self.assertFalse(dialog.mails_text)
        self.assertFalse(dialog.proved)
        dialog.action_distrust()
        self.assertEqual((self.get_proof()["state"], self.get_proof()["receiver"]), ("unproved", False))

    def test_a_site_without_address_has_nothing_to_decide(self):
        self.assertLess(self.site_de.create_date, fields.Datetime.now() + timedelta(days=1))
        self.site_de.alias_id = False
        self.assertFalse(self.env["marketplace.receiver"]._find_or_create(self.site_de))
