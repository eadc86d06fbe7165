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
        """Look other numbers up first: conditions on indexed columns stay fast on any number of tickets."""
        own = Domain("marketplace_order_ref", operator, value)
        if operator not in ("ilike", "=ilike", "in"):
            return own
        forms = self.env["marketplace.order"]._get_number_forms(value)
        if not forms:
            return own
        others = self.env["marketplace.order.ref"].sudo().search([("name", "in", forms)]).order_id
        whole = Domain("marketplace_order_ref", "in", forms) | Domain("marketplace_order_id", "in", others.ids)
        if isinstance(value, str) and self.sudo().with_context(active_test=False).search_count(whole, limit=1):
            return whole
        # A part of one marketplace's number may look like another's whole one.
        return own | whole

    def _marketplace_renumber(self, former_ref, order):
        """Be about an order that turned out to have another number, or to be another one."""
        for ticket in self:
            name = ticket.name.replace(former_ref, order.order_ref)
            ticket.write({"name": name, "marketplace_order_id": order.id, "marketplace_order_ref": order.order_ref})
