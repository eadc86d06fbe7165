from odoo import fields, models

#: Days that marketplaces judge their sellers over.
WINDOWS = (7, 30, 90)


class MarketplaceFiguresMixin(models.AbstractModel):
    """Shows how fast the buyers of a site or an account are answered."""

    _name = "marketplace.figures.mixin"
    _description = "Marketplace Response Figures"

    response_figures = fields.Json(
        compute="_compute_response_figures", groups="base.group_system,helpdesk_mgmt.group_helpdesk_manager"
    )

    def _compute_response_figures(self):
        Response = self.env["marketplace.response"]
        by = next(name for name, field in Response._fields.items() if field.comodel_name == self._name)
        figures = {days: Response.sudo()._get_figures(days, by, self.ids) for days in WINDOWS}
        for record in self:
            record.response_figures = [
                {"days": days, **figures[days].get(record.id, {"count": 0, "first": None, "share": None})}
                for days in WINDOWS
            ]

    def action_open_responses(self):
        """Show the turns of these buyers."""
        self.ensure_one()
        self.check_access("read")
        self._check_field_access(self._fields["response_figures"], "read")
        Response = self.env["marketplace.response"]
        by = next(name for name, field in Response._fields.items() if field.comodel_name == self._name)
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_response_action")
        return dict(action, domain=[(by, "=", self.id)], context={"search_default_counted": 1})
