import hashlib
import logging
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import config

_logger = logging.getLogger(__name__)

KEYS_NAME = "marketplace_secret_keys"
FINGERPRINT = "helpdesk_mgmt_marketplace.secret_key_fingerprint"
#: Shown in place of a stored secret; writing it back changes nothing.
MASK = "••••••••"


class MarketplaceSecretMixin(models.AbstractModel):
    """Secrets encrypted at rest with a key that never enters the database.

    For each secret ``x`` a model declares a stored ``x_encrypted`` and a computed ``x`` whose compute is
    ``_compute_secrets`` and whose inverse calls ``_set_secret``.
    """

    _name = "marketplace.secret.mixin"
    _description = "Marketplace Secrets"

    def _compute_secrets(self):
        for record in self:
            for name in self._secret_names():
                record[name] = MASK if record.sudo()[f"{name}_encrypted"] else False

    @api.model
    def _secret_names(self):
        """Return the names of the secret fields. Overridden by each model."""
        return ()

    def _set_secret(self, name):
        """Store what was typed into the secret field ``name``; the mask means "unchanged".

        :raise UserError: when somebody typed around the mask.
        """
        for record in self:
            value = (record[name] or "").strip()
            if value == MASK:
                continue
            if MASK[0] in value:
                label = self._fields[name].string
                raise UserError(self.env._("%s: clear the field before you enter a new value.", label))
            record.sudo()[f"{name}_encrypted"] = self._encrypt(value) if value else False

    def _get_secret(self, name):
        """Return the clear text of the secret ``name``, or an empty string.

        :raise UserError: when the key that encrypted it is missing on this server.
        """
        self.ensure_one()
        stored = self.sudo()[f"{name}_encrypted"]
        if not stored:
            return ""
        try:
            return MultiFernet(self._get_keys()).decrypt(stored.encode()).decode()
        except InvalidToken as error:
            raise UserError(self._missing_key_message()) from error

    @api.model
    def _encrypt(self, value):
        """Return ``value`` encrypted with the newest key."""
        keys = self._get_keys(create=True)
        return MultiFernet(keys).encrypt(value.encode()).decode()

    @api.model
    def _get_keys(self, create=False):
        """Return the Fernet keys, newest first: environment, else configuration file, else key file.

        :param bool create: make the key file when nothing was ever encrypted in this database.
        :raise UserError: no key, or none that this database was encrypted with.
        """
        text = os.environ.get(KEYS_NAME.upper()) or config.get(KEYS_NAME) or self._read_key_file()
        params_sudo = self.env["ir.config_parameter"].sudo()
        if not text and create and not params_sudo.get_param(FINGERPRINT):
            text = self._create_key_file()
        if not text:
            raise UserError(self._missing_key_message())
        try:
            keys = [Fernet(key.strip()) for key in text.split(",") if key.strip()]
        except ValueError as error:
            raise UserError(self.env._("%s holds something that is not a Fernet key.", KEYS_NAME.upper())) from error
        if create:
            fingerprint = hashlib.sha256(text.split(",")[0].strip().encode()).hexdigest()[:16]
            if params_sudo.get_param(FINGERPRINT) != fingerprint:
                params_sudo.set_param(FINGERPRINT, fingerprint)
        return keys

    @api.model
    def _key_path(self):
        return Path(config["data_dir"]) / "marketplace_secret.key"

    @api.model
    def _read_key_file(self):
        path = self._key_path()
        return path.read_text().strip() if path.exists() else ""

    @api.model
    def _create_key_file(self):
        path = self._key_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        key = Fernet.generate_key().decode()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self._read_key_file()
        with os.fdopen(descriptor, "w") as file:
            file.write(key)
        _logger.info("Made the key that encrypts marketplace secrets: %s", path)
        return key

    @api.model
    def _missing_key_message(self):
        fingerprint = self.env["ir.config_parameter"].sudo().get_param(FINGERPRINT) or "?"
        return self.env._(
            "The key that encrypts marketplace secrets (fingerprint %(fingerprint)s) is missing on this server. "
            "Put it back into %(variable)s or the key file in Odoo's data directory, "
            "or enter the secrets anew.",
            fingerprint=fingerprint,
            variable=KEYS_NAME.upper(),
        )
