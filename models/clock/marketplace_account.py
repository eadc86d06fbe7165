from odoo import models


class MarketplaceAccount(models.Model):
    _name = "marketplace.account"
    _inherit = ["marketplace.account", "marketplace.figures.mixin"]
