from odoo import api, models

from ..pretend import Pretend


class MarketplaceApp(models.Model):
    _inherit = "marketplace.app"

    @api.model
    def _get_marketplaces(self):
        return {**super()._get_marketplaces(), Pretend.code: Pretend}
