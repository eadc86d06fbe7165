import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from odoo.addons.helpdesk_mgmt_marketplace.models.marketplace_secret_mixin import FINGERPRINT, MASK

from .common import MarketplaceCase

ENV = "MARKETPLACE_SECRET_KEYS"


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
        with TemporaryDirectory() as folder, patch.dict(config.options, {"data_dir": folder}):
            with self.assertRaisesRegex(UserError, "missing on this server"):
                self.account._get_secret("refresh_token")
            with self.assertRaises(UserError):
                self.account.refresh_token = "Atzr|new"
            self.assertFalse(list(Path(folder).iterdir()))

    def test_keys_rotate_and_the_newest_encrypts(self):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        with patch.dict(os.environ, {ENV: old}):
            self.account.refresh_token = "Atzr|rotate"
        with patch.dict(os.environ, {ENV: f"{new},{old}"}):
            self.assertEqual(self.account._get_secret("refresh_token"), "Atzr|rotate")
            self.account.refresh_token = "Atzr|rotated"
        with patch.dict(os.environ, {ENV: new}):
            self.assertEqual(self.account._get_secret("refresh_token"), "Atzr|rotated")

    def test_a_key_that_is_none_is_said_so(self):
        with patch.dict(os.environ, {ENV: "abc"}), self.assertRaisesRegex(UserError, "not a Fernet key"):
            self.account._get_secret("refresh_token")
