from odoo import api, fields, models
from odoo.exceptions import UserError

from ...marketplaces.errors import MarketplaceError


class MarketplaceConnect(models.TransientModel):
    """The way of an account that its own keys alone open: they are tried at once, then the account gets its names."""

    _inherit = "marketplace.connect"

    name = fields.Char(string="Account Name", compute="_compute_names", store=True, readonly=False)
    seller_name = fields.Char(
        string="Your Shop's Name", compute="_compute_names", store=True, readonly=False,
        help="As buyers see it on this storefront; never taken for a buyer's name.",
    )  # fmt: skip
    scopes = fields.Char(related="account_id.scopes")
    scope_findings = fields.Char(compute="_compute_scope_findings")

    @api.depends("account_id")
    def _compute_names(self):
        for wizard in self:
            wizard.name = wizard.account_id.name
            wizard.seller_name = wizard.account_id.site_ids[:1].seller_name

    @api.depends("account_id.participations")
    def _compute_scope_findings(self):
        for wizard in self:
            findings = wizard.account_id._get_scope_findings() if wizard.account_id else []
            wizard.scope_findings = " ".join(text for _level, text in findings)

    def _finish_own_keys(self):
        """Try the keys and keep them with their account; return whether the marketplace takes them."""
        keys = self._save_own_credential()
        self._save_account()
        try:
            self.account_id = self.account_id._connect_keys(keys)
        except (MarketplaceError, UserError) as error:
            self.error = str(error)
            return False
        self._compute_names()
        return True

    def _save_own_credential(self):
        """Choose the account's own credential, a new one if it has none; return what is to be changed in it."""
        credential = self.account_id.credential_id
        if not credential:
            self.credential_id = self._create_credential()
            return {}
        self.credential_id = credential
        entered = {}
        if self.client_id and self.client_id.strip() != credential.client_id:
            entered["client_id"] = self.client_id.strip()
        if self.client_secret_encrypted:
            entered["client_secret"] = self._get_secret("client_secret")
        if not entered.get("client_secret") and not credential.sudo().client_secret_encrypted:
            raise UserError(self.env._("Enter the client secret."))
        return entered

    def action_finish(self):
        """Name the account and its storefront, and show what is left to be set up."""
        self.ensure_one()
        if not (self.name or "").strip():
            raise UserError(self.env._("Enter a name for the account."))
        self.account_id.name = self.name.strip()
        self.account_id.site_ids[:1].seller_name = (self.seller_name or "").strip() or False
        return self.account_id._open()
