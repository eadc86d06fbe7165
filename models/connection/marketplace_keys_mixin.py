from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MarketplaceKeysMixin(models.AbstractModel):
    """An account that nothing but its own keys open, and what keys open at all."""

    _name = "marketplace.keys.mixin"
    _description = "Marketplace Keys"

    has_own_keys = fields.Boolean(compute="_compute_has_own_keys")
    scopes = fields.Char(string="Keys Allow", compute="_compute_scopes", help="What the account's keys open.")

    # === COMPUTE METHODS AND CONSTRAINTS === #

    @api.depends("app_id")
    def _compute_has_own_keys(self):
        for account in self:
            account.has_own_keys = bool(account.app_id) and account.app_id._get_class_or_gone().has_own_keys

    @api.depends("participations")
    def _compute_scopes(self):
        levels = {"full": self.env._("full access"), "view": self.env._("read only"), "none": self.env._("no access")}
        for account in self:
            told = [f"{one['label']}: {levels[one['level']]}" for one in account._get_scopes()]
            account.scopes = ", ".join(told) or False

    @api.constrains("credential_id")
    def _check_own_credential(self):
        for account in self.filtered("has_own_keys"):
            if account.sudo().credential_id.with_context(active_test=False).account_ids - account:
                raise ValidationError(
                    self.env._(
                        "Each account of %s has keys of its own: create a credential for this one.", account.app_id.name
                    )
                )

    # === CONNECTING === #

    def _connect_keys(self, keys=None):
        """Connect with nothing but the account's own keys, if the marketplace takes them; return the account.

        :param dict keys: ``client_id`` and ``client_secret``, where they are new: a working account keeps what it had
            until they are known to be its own.
        :raise MarketplaceError: it does not.
        :raise UserError: another company has this seller, or this account belongs to another seller.
        """
        self.ensure_one()
        self.env["ir.cron"]._commit_progress()
        token = self._marketplace(keys=keys).renew_token()
        found = self._marketplace(token.access_token, keys=keys).fetch_participations()
        with self.env.cr.savepoint():
            if keys:
                self.credential_id.write(keys)
            return self._connect(next((one.seller_ref for one in found if one.seller_ref), None), token, found)

    def _wait_for_connection(self):
        """Ask nothing with other keys before it is known whose they are: connecting tells."""
        text = self.env._("The key was changed. Press Connect: then it is tried.")
        self.filtered(lambda one: one.has_own_keys and one.state != "deleted").write(
            {"state": "draft", "state_message": text}
        )

    # === WHAT KEYS OPEN === #

    def _get_scopes(self):
        """Return what the keys open, as the marketplace told it last."""
        return [scope for one in self.participations or [] for scope in one.get("scopes", ())]

    def _get_scope_findings(self):
        """Return what is needed and not allowed to the account's keys."""
        return [
            (
                "warning",
                self.env._(
                    "The keys do not open “%(scope)s”, so there are no %(what)s. Allow it where the keys are made.",
                    scope=one["label"],
                    what=one["needed_for"],
                ),
            )
            for one in self._get_scopes()
            if one["level"] == "none" and one["needed_for"]
        ]
