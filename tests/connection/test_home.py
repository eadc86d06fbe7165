import os
from datetime import timedelta
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from odoo.addons.helpdesk_mgmt_marketplace.models.parameters import HOME

from ...marketplaces.errors import Unavailable
from ..common import DE_ORDER
from ..reply.reply_common import ReplyCase

ENV = "MARKETPLACE_SECRET_KEYS"
UUID = "database.uuid"


class TestHome(ReplyCase):
    def setUp(self):
        super().setUp()
        self.params = self.env["ir.config_parameter"]
        self.home = self.env["marketplace.home"]

    def duplicate(self):
        """Do to this database what Odoo does to a duplicate."""
        self.params.init(force=True)
        self.sandbox.world.requests.clear()

    def count_calls(self):
        return sum(self.sandbox.world.requests.report()["counts"].values())

    def test_the_database_in_which_the_first_account_was_made_is_the_home(self):
        uuid, fingerprint = self.home._get_home()
        self.assertEqual(uuid, self.params.get_param(UUID))
        self.assertTrue(fingerprint)
        self.assertFalse(self.home._why_silent())

    def test_a_duplicate_fetches_nothing(self):
        self.buyer_writes(order_ref=DE_ORDER)
        self.process()
        self.duplicate()
        self.env["marketplace.order"].search([]).next_fetch_at = fields.Datetime.now()
        self.account.access_token_encrypted = False
        for name in ("fetch_orders", "refresh_orders", "read_mailboxes", "send_replies", "watch", "process_messages"):
            self.run_cron(name)
        notice = self.press(self.account, "action_test_connection")
        self.assertIn("copy of another database", notice["params"]["message"])
        with self.assertRaisesRegex(UserError, "copy of another database"):
            self.env["marketplace.consent"]._start(self.account)
        self.assertEqual(self.count_calls(), 0)
        self.assertEqual(Form(self.account).health, "danger")
        self.assertIn("This is the new home", self.account.health_message)

    def test_a_duplicate_sends_no_test_mail_to_the_shops_address(self):
        self.duplicate()
        with patch.object(type(self.env["ir.mail_server"]), "send_email") as sending:
            notice = self.press(self.site_de, "action_send_test_mail")
        self.assertIn("copy of another database", notice["params"]["message"])
        self.assertFalse(sending.called)

    def test_mail_that_comes_to_a_duplicate_is_kept_and_waits(self):
        self.duplicate()
        self.buyer_writes(order_ref=DE_ORDER)
        self.run_cron("process_messages")
        message = self.env["marketplace.message"].search([], limit=1)
        self.assertEqual((message.state, bool(message.raw)), ("received", True))
        self.account.action_claim_home()
        self.run_cron("process_messages")
        self.assertNotEqual(message.state, "received")

    def test_a_duplicate_answers_nobody_and_leaves_to_people_what_waited_when_it_becomes_the_home(self):
        reply = self.answer()
        self.duplicate()
        self.assertEqual((self.send(), reply.state), ([], "queued"))
        with self.assertRaisesRegex(UserError, "copy of another database"):
            self.answer()
        self.account.action_claim_home()
        self.assertEqual((self.send(), reply.state), ([], "unknown"))
        self.assertIn("copy of", reply.reason)
        self.assertFalse(self.account.is_silent)
        self.assertIn("new home", self.account.message_ids[0].body)
        self.assertEqual(self.account.message_ids[0].author_id, self.env.user.partner_id)

    def test_only_an_admin_says_which_database_is_the_home(self):
        self.duplicate()
        with self.assertRaises(AccessError):
            self.account.with_user(self.agent).action_claim_home()
        with self.assertRaises(AccessError):
            self.home.with_user(self.agent)._move_here()
        self.assertTrue(self.home._is_copy())

    def test_a_server_without_the_key_neither_reads_mailboxes_nor_answers(self):
        reply = self.answer()
        with patch.dict(os.environ, {ENV: Fernet.generate_key().decode()}):
            self.assertEqual((self.send(), reply.state), ([], "queued"))
            self.assertIn(self.home._get_home()[1], self.home._why_silent())
            # New secrets under a key of one's own are not yet a word about the home.
            self.account.refresh_token = "Atzr|anew"
            self.assertTrue(self.home._why_silent())
            self.account.action_claim_home()
            self.assertFalse(self.home._why_silent())
        self.assertTrue(self.home._why_silent())

    def test_the_home_stays_when_keys_rotate_and_the_old_one_goes(self):
        old, new = self.account._read_key_file(), Fernet.generate_key().decode()
        with patch.dict(os.environ, {ENV: f"{new},{old}"}):
            self.account._renew_encryption()
        with patch.dict(os.environ, {ENV: new}):
            self.assertFalse(self.home._why_silent())

    def test_another_name_or_place_of_the_database_changes_nothing(self):
        with patch.object(type(self.env.cr), "dbname", "moved", create=True):
            self.assertFalse(self.home._why_silent())

    def test_a_database_of_before_settles_where_it_is(self):
        self.params.set_param(HOME, False)
        self.assertFalse(self.home._why_silent())
        self.home._settle()
        self.assertEqual(self.home._get_home()[0], self.params.get_param(UUID))
        self.duplicate()
        self.home._settle()
        self.assertTrue(self.home._is_copy())

    def test_a_token_is_not_renewed_by_a_duplicate(self):
        self.duplicate()
        self.account.access_token_expires_at = fields.Datetime.now() - timedelta(hours=1)
        with self.enter_registry_test_mode(), self.assertRaisesRegex(Unavailable, "copy of another database"):
            self.account._get_access_token()
        self.assertEqual(self.count_calls(), 0)
