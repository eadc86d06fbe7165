from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    marketplace_barred_app_ids = fields.Many2many(
        "marketplace.app",
        "marketplace_app_barred_users_rel",
        "user_id",
        "app_id",
        string="No Replies On",
        help="Marketplaces on which this user may not answer buyers. All others are allowed, new ones too.",
    )
