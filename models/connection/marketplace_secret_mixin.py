import contextlib
import hashlib
import logging
import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import config

from ..parameters import FINGERPRINT

_logger = logging.getLogger(__name__)

KEYS_NAME = "marketplace_secret_keys"
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
        fingerprint, _colon, text = stored.rpartition(":")
        keys = self._get_keys(fingerprint)
        try:
            # The first versions stored no fingerprint: any key of this server may be the one.
            key = keys[fingerprint] if fingerprint else MultiFernet(keys.values())
            return key.decrypt(text.encode()).decode()
        except (KeyError, InvalidToken) as error:
            known = self.env["ir.config_parameter"].sudo().get_param(FINGERPRINT)
            raise UserError(self._missing_key_message(fingerprint or known)) from error

    @api.model
    def _encrypt(self, value):
        """Return ``value`` encrypted with the newest key, after that key's fingerprint and a colon."""
        fingerprint, key = next(iter(self._get_keys(create=True).items()))
        return f"{fingerprint}:{key.encrypt(value.encode()).decode()}"

    @api.autovacuum
    def _renew_encryption(self):
        """Encrypt with the newest key what an older one encrypted, so that the older one may go."""
        names = self._secret_names()
        if not names:
            return
        domain = Domain.OR(Domain(f"{name}_encrypted", "!=", False) for name in names)
        with contextlib.suppress(UserError):  # a missing key is told where it is needed
            newest = next(iter(self._get_keys()))
            for record_sudo in self.sudo().with_context(active_test=False).search(domain):
                for name in names:
                    stored = record_sudo[f"{name}_encrypted"]
                    if stored and not stored.startswith(f"{newest}:"):
                        record_sudo[f"{name}_encrypted"] = self._encrypt(record_sudo._get_secret(name))

    # === KEYS === #

    @api.model
    def _get_keys(self, wanted=None, create=False):
        """Return the keys as {fingerprint: Fernet}, newest first: environment, else configuration file, else key file.

        :param str wanted: fingerprint of the key that is needed, for the message.
        :param bool create: to encrypt with; the key file is made when nothing was ever encrypted in this database.
        :raise UserError: no key, or none that this database was encrypted with.
        """
        given = os.environ.get(KEYS_NAME.upper()) or config.get(KEYS_NAME)
        text = given or self._read_key_file()
        params_sudo = self.env["ir.config_parameter"].sudo()
        known = params_sudo.get_param(FINGERPRINT)
        if not text and create and not known:
            text = self._create_key_file()
        keys = self._parse_keys(text)
        if not keys:
            raise UserError(self._missing_key_message(wanted or known))
        newest = next(iter(keys))
        if create and newest != known:
            # A file that merely lies on this server is another one's; who gives keys on purpose may begin anew.
            if known and known not in keys and not given:
                raise UserError(self._missing_key_message(known))
            params_sudo.set_param(FINGERPRINT, newest)
            self.env["marketplace.home"]._follow_key(known, newest, keys)
        return keys

    @api.model
    def _parse_keys(self, text):
        keys = [key.strip() for key in text.split(",") if key.strip()]
        try:
            return {hashlib.sha256(key.encode()).hexdigest()[:16]: Fernet(key) for key in keys}
        except ValueError as error:
            raise UserError(self.env._("%s holds something that is not a Fernet key.", KEYS_NAME.upper())) from error

    @api.model
    def _key_path(self):
        return Path(config["data_dir"]) / "marketplace_secret.key"

    @api.model
    def _read_key_file(self):
        path = self._key_path()
        return path.read_text().strip() if path.exists() else ""

    @api.model
    def _create_key_file(self):
        """Make the key file and return its key, or that of another worker who was faster."""
        path = self._key_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        # A file that appears is complete: nobody reads half a key.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.") as file:
            file.write(Fernet.generate_key().decode())
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
                _logger.info("Made the key that encrypts marketplace secrets: %s", path)
        return self._read_key_file()

    @api.model
    def _missing_key_message(self, fingerprint):
        return self.env._(
            "The key that encrypts marketplace secrets (fingerprint %(fingerprint)s) is missing on this server. "
            "Put it back into %(variable)s or the key file in Odoo's data directory. If it is lost for good, "
            "put a new one into %(variable)s and enter the secrets anew.",
            fingerprint=fingerprint or "?",
            variable=KEYS_NAME.upper(),
        )
