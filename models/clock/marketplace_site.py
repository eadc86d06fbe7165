from odoo import fields, models

from .marketplace_response import FIGURES_GROUPS


class MarketplaceSite(models.Model):
    """How fast the buyers of a site are answered."""

    _inherit = "marketplace.site"

    response_figures = fields.Json(compute="_compute_response_figures", groups=FIGURES_GROUPS)

    def _compute_response_figures(self):
        self.env["marketplace.response"]._fill_figures(self, "site_id")

    def action_open_responses(self):
        """Show the turns of these buyers."""
        self.ensure_one()
        self.check_access("read")
        self._check_field_access(self._fields["response_figures"], "read")
        return self.env["marketplace.response"]._open_counted("site_id", self.id)
