from odoo import fields, models


class MarketplaceConnectSite(models.TransientModel):
    """A storefront that may be chosen in the dialog that connects an account."""

    _name = "marketplace.connect.site"
    _description = "Storefront to Connect"
    _order = "id"

    connect_id = fields.Many2one("marketplace.connect", required=True, ondelete="cascade")
    site_ref = fields.Char(required=True)
    name = fields.Char(string="Storefront")
    is_chosen = fields.Boolean(string="Chosen")
