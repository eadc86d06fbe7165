from datetime import timedelta

from odoo import api, fields, models

from .marketplace_account_watch import SECRET


class MarketplaceCredential(models.Model):
    """A seller's own API registration with a marketplace; several accounts may share one."""

    _name = "marketplace.credential"
    _inherit = ["marketplace.secret.mixin"]
    _description = "Marketplace Credential"
    _order = "name, id"

    name = fields.Char(required=True)
    app_id = fields.Many2one("marketplace.app", string="Marketplace", required=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    client_id = fields.Char(string="Client ID", required=True)
    client_secret = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_client_secret",
        groups="base.group_system",
        copy=False,
        exportable=False,
    )
    client_secret_encrypted = fields.Char(groups="base.group_system", copy=False, exportable=False)
    application_ref = fields.Char(
        string="Application ID", help="The marketplace's own id of your application, if it gives one."
    )
    is_draft = fields.Boolean(
        string="Draft Application", help="The application is not published at the marketplace yet."
    )
    valid_until = fields.Date(
        string="Secret Valid Until",
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        help="Rotate the client secret before this day.",
    )
    account_ids = fields.One2many("marketplace.account", "credential_id")

    @api.depends("client_secret_encrypted")
    def _compute_valid_until(self):
        for credential in self:
            days = credential.client_secret_encrypted and credential.app_id._get_class_or_gone().secret_days
            credential.valid_until = days and fields.Date.context_today(self) + timedelta(days=days)

    def write(self, vals):
        others = self.filtered(lambda one: vals.get("client_id", one.client_id) != one.client_id)
        result = super().write(vals)
        if vals.keys() & {"client_id", "client_secret"}:
            # Another key may be another seller's: what the old one opened is not to be used any more.
            self.sudo().account_ids._forget_access_token()
        others.sudo().account_ids._wait_for_connection()
        return result

    def _secret_names(self):
        return ("client_secret",)

    def _inverse_client_secret(self):
        self._set_secret("client_secret")
        # A new secret is a reason to try again at once.
        self.account_ids._resume()
        self.account_ids._forget_reminders(SECRET)
