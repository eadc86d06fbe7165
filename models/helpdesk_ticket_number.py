from odoo import api, fields, models
from odoo.fields import Domain


# Beside helpdesk_ticket.py, which would get too long: an order's numbers are a subject of their own.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """Tickets found by any number of their order, in any form in which people write it."""

    _inherit = "helpdesk.ticket"

    marketplace_number = fields.Char(
        string="Any Order Number",
        compute="_compute_marketplace_number",
        search="_search_marketplace_number",
        help="The order's number, or another one that means the same order, with or without dashes.",
    )

    @api.depends("marketplace_order_ref")
    def _compute_marketplace_number(self):
        for ticket in self:
            ticket.marketplace_number = ticket.marketplace_order_ref

    @api.model
    def _search_marketplace_number(self, operator, value):
        """Look numbers up in the orders first: conditions on indexed columns stay fast on any number of tickets."""
        plain = Domain("marketplace_order_ref", operator, value)
        if operator not in ("ilike", "=", "=ilike") or not isinstance(value, str):
            return plain
        known = self.env["marketplace.app"]._get_marketplaces().values()
        refs = {marketplace.normalize_ref(value) for marketplace in known} - {None}
        if not refs:
            return plain
        found = self.env["marketplace.order.ref"].sudo().search([("name", "in", list(refs))]).order_id
        # A part of one marketplace's number may look like another's whole one.
        return plain | Domain("marketplace_order_ref", "in", refs) | Domain("marketplace_order_id", "in", found.ids)
