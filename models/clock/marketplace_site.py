from odoo import models


class MarketplaceSite(models.Model):
    _name = "marketplace.site"
    _inherit = ["marketplace.site", "marketplace.figures.mixin"]
