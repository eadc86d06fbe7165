from odoo import api, fields, models


class MailCannedResponse(models.Model):
    """Canned responses are the templates of answers to buyers: what stands in braces comes from the order."""

    _inherit = "mail.canned.response"

    marketplace_placeholders = fields.Char(
        string="Placeholders",
        compute="_compute_marketplace_placeholders",
        help="On a marketplace's ticket these are filled with what the order says.",
    )

    @api.depends("substitution")
    def _compute_marketplace_placeholders(self):
        marketplaces = self.env["marketplace.app"]._get_marketplaces().values()
        names = dict.fromkeys(one.name for known in marketplaces for one in known.offered_placeholders())
        self.marketplace_placeholders = " ".join(f"{{{name}}}" for name in names)
