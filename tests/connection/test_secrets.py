import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import config, mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.models.connection.marketplace_secret_mixin import MASK
from odoo.addons.helpdesk_mgmt_marketplace.models.parameters import FINGERPRINT

from ..common import DE_ORDER, US_ORDER, MarketplaceCase

ENV = "MARKETPLACE_SECRET_KEYS"
OPERATION = "odoo.addons.helpdesk_mgmt_marketplace.models.connection.marketplace_operation"


class TestSecrets(MarketplaceCase):
    def test_no_secret_is_readable_in_the_database(self):
        seller = self.sandbox.sellers["DEMO-EU"]
        self.press(self.account, "action_test_connection")
        self.env.flush_all()
        for table in ("marketplace_account", "marketplace_credential", "marketplace_operation"):
            self.env.cr.execute(f"SELECT row_to_json({table})::text FROM {table}")
            dump = " ".join(row[0] for row in self.env.cr.fetchall())
            for secret in (seller.client_secret, seller.refresh_token, "Atza|"):
                self.assertNotIn(secret, dump)

    def test_a_form_shows_a_mask_and_saving_it_changes_nothing(self):
        credential = self.account.credential_id
        before = credential.client_secret_encrypted
        credential.invalidate_recordset(["client_secret"])
        self.assertEqual(credential.client_secret, MASK)
        credential.client_secret = MASK
        self.assertEqual(credential.client_secret_encrypted, before)
        with self.assertRaises(UserError):
            credential.client_secret = MASK + "x"

    def test_secrets_are_for_admins_and_are_never_copied_or_exported(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.agent).read(["refresh_token"])
        self.assertFalse(self.account.copy({"seller_ref": "A5"}).refresh_token_encrypted)
        self.assertFalse(self.account._fields["refresh_token"].exportable)
        self.assertFalse(self.account._fields["refresh_token_encrypted"].exportable)

    def test_the_key_file_is_made_once_for_the_owner_only(self):
        self.env["ir.config_parameter"].set_param(FINGERPRINT, False)
        with TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            self.account.refresh_token = "Atzr|new"
            path = Path(folder, "marketplace_secret.key")
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            key = path.read_text()
            self.account.refresh_token = "Atzr|newer"
            self.assertEqual(path.read_text(), key)

    def test_a_lost_key_is_named_and_no_other_one_is_made(self):
        fingerprint = self.env["ir.config_parameter"].get_param(FINGERPRINT)
        with TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            with self.assertRaisesRegex(UserError, f"{fingerprint}.* missing on this server"):
                self.account._get_secret("refresh_token")
            with self.assertRaisesRegex(UserError, fingerprint):
                self.account.refresh_token = "Atzr|new"
            self.assertFalse(list(Path(folder).iterdir()))

    def test_a_key_file_that_is_anothers_is_not_encrypted_with(self):
        fingerprint = self.env["ir.config_parameter"].get_param(FINGERPRINT)
        with TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            Path(folder, "marketplace_secret.key").write_text(Fernet.generate_key().decode())
            with self.assertRaisesRegex(UserError, fingerprint):
                self.account.refresh_token = "Atzr|new"

    def test_two_workers_that_make_the_key_file_at_once_have_the_same_key(self):
        with TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            first = self.account._create_key_file()
            self.assertEqual(self.account._create_key_file(), first)
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["marketplace_secret.key"])

    def test_a_key_may_stand_in_the_configuration_file(self):
        with patch.dict(config.options, {"marketplace_secret_keys": Fernet.generate_key().decode()}):
            self.account.refresh_token = "Atzr|configured"
            self.assertEqual(self.account._get_secret("refresh_token"), "Atzr|configured")
        with self.assertRaisesRegex(UserError, "missing on this server"):
            self.account._get_secret("refresh_token")

    @mute_logger(OPERATION)
    def test_a_lost_key_stops_only_the_accounts_that_need_it(self):
        lost = self.account.refresh_token_encrypted.partition(":")[0]
        self.buyer_writes(order_ref=DE_ORDER)
        self.buyer_writes(order_ref=US_ORDER)
        self.process()
        self.claim_once()
        old, new = self.account._read_key_file(), Fernet.generate_key().decode()
        with patch.dict(os.environ, {ENV: new}):
            seller = self.sandbox.sellers["DEMO-NA"]
            self.account_us.refresh_token = seller.refresh_token
            self.account_us.credential_id.client_secret = seller.client_secret
            self.account.action_claim_home()
            for _number in range(2):
                self.fetch()
                self.run_cron("refresh_orders")
            orders = self.env["marketplace.order"].search([]).sorted("order_ref")
            self.assertEqual(orders.mapped("state"), ["known", "pending"])
            self.assertIn(lost, self.account.operation_ids.error)
            self.assertFalse(self.account.operation_ids.paused_until)
            with self.assertRaisesRegex(UserError, lost):
                self.claim_once()
            self.assertEqual(Form(self.account).health, "danger")
            self.assertEqual(self.account.refresh_token, MASK)
            with self.enter_registry_test_mode(), self.assertRaisesRegex(UserError, lost):
                self.account.action_test_connection()
        with patch.dict(os.environ, {ENV: f"{new},{old}"}):
            self.fetch()
        self.assertEqual(orders[1].state, "known")
        self.assertFalse(self.account.operation_ids.filtered(lambda one: one.name == "fetch_order").error)

    def claim_once(self):
        """Let the row be there in which the account's calls are noted."""
        operation, _wait = self.env["marketplace.operation"]._claim(self.account, self.app, "fetch_order")
        operation._release()

    def test_keys_rotate_and_the_newest_encrypts(self):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        with patch.dict(os.environ, {ENV: old}):
            self.account.refresh_token = "Atzr|rotate"
        with patch.dict(os.environ, {ENV: f"{new},{old}"}):
            self.assertEqual(self.account._get_secret("refresh_token"), "Atzr|rotate")
            self.account.refresh_token = "Atzr|rotated"
        with patch.dict(os.environ, {ENV: new}):
            self.assertEqual(self.account._get_secret("refresh_token"), "Atzr|rotated")

    def test_an_old_key_can_go_a_day_after_the_new_one_came(self):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        secret = self.account.credential_id._get_secret("client_secret")
        with patch.dict(os.environ, {ENV: old}):
            self.account.refresh_token = "Atzr|rotate"
            self.account.credential_id.client_secret = secret
        accounts, credentials = self.env["marketplace.account"], self.env["marketplace.credential"]
        with patch.dict(os.environ, {ENV: f"{new},{old}"}):
            self.account_us.refresh_token = False
            self.account_us.credential_id.client_secret = False
            accounts._renew_encryption()
            credentials._renew_encryption()
        with patch.dict(os.environ, {ENV: new}):
            self.assertEqual(self.account._get_secret("refresh_token"), "Atzr|rotate")
            self.assertEqual(self.account.credential_id._get_secret("client_secret"), secret)

    def test_a_secret_of_the_first_versions_is_read_and_encrypted_anew(self):
        stored = self.account.refresh_token_encrypted.partition(":")[2]
        self.account.refresh_token_encrypted = stored
        secret = self.sandbox.sellers["DEMO-EU"].refresh_token
        self.assertEqual(self.account._get_secret("refresh_token"), secret)
        old, new = self.account._read_key_file(), Fernet.generate_key().decode()
        with patch.dict(os.environ, {ENV: new}), self.assertRaisesRegex(UserError, "missing on this server"):
            self.account._get_secret("refresh_token")
        with patch.dict(os.environ, {ENV: f"{new},{old}"}):
            self.account._renew_encryption()
        with patch.dict(os.environ, {ENV: new}):
            self.assertEqual(self.account._get_secret("refresh_token"), secret)

    def test_a_key_that_is_none_is_said_so(self):
        with patch.dict(os.environ, {ENV: "abc"}), self.assertRaisesRegex(UserError, "not a Fernet key"):
            self.account._get_secret("refresh_token")
