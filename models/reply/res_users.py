from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    # Those who may not are kept, so that a marketplace that comes later is allowed to all.
    marketplace_barred_app_ids = fields.Many2many(
        "marketplace.app", "marketplace_app_barred_users_rel", "user_id", "app_id", groups="base.group_system"
    )
    marketplace_app_ids = fields.Many2many(
        "marketplace.app",
        string="May Answer On",
        compute="_compute_marketplace_app_ids",
        compute_sudo=True,
        groups="base.group_system",
        inverse="_inverse_marketplace_app_ids",
        help="Marketplaces on which this user may answer buyers.",
    )

    @api.depends("marketplace_barred_app_ids")
    def _compute_marketplace_app_ids(self):
        apps = self.env["marketplace.app"].search([("code", "!=", False)])
        for user in self:
            user.marketplace_app_ids = apps - user.marketplace_barred_app_ids

    def _inverse_marketplace_app_ids(self):
        apps = self.env["marketplace.app"].search([("code", "!=", False)])
        for user in self:
            user.marketplace_barred_app_ids = apps - user.marketplace_app_ids
