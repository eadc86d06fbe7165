from odoo import models
from odoo.fields import Domain

#: Where a sales order may hold a marketplace's number.
SALE_FIELDS = ("client_order_ref", "origin", "name")


# Beside helpdesk_ticket.py: nothing else of this module knows of the Sales app, on which it does not depend.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """The sales orders in Odoo that a marketplace's order became, where the Sales app is installed."""

    _inherit = "helpdesk.ticket"

    def _marketplace_get_sale_orders(self):
        """Return the sales orders with any of the order's numbers that this user may read (hook for add-ons).

        :return: recordset of ``sale.order``; without the Sales app an empty list.
        """
        self.ensure_one()
        if not self._marketplace_may_read_sales():
            return []
        order_sudo = self._marketplace_get_order()
        refs = [one for one in (order_sudo.order_ref, *order_sudo.ref_ids.mapped("name")) if one]
        if not refs:
            return self.env["sale.order"]
        numbers = Domain.OR(Domain(name, "in", refs) for name in SALE_FIELDS)
        mine = Domain("company_id", "=", self.company_id.id) & numbers
        return self.env["sale.order"].search(mine, order="id desc", limit=5)

    def _marketplace_may_read_sales(self):
        return "sale.order" in self.env and self.env["sale.order"].has_access("read")

    def _marketplace_describe(self):
        described = super()._marketplace_describe()
        return described and dict(described, has_sale_orders=self._marketplace_may_read_sales())

    def marketplace_find_sale_orders(self):
        """Return id and name of the order's sales orders, for the Order tab, which asks once it is shown."""
        self.ensure_one()
        self.check_access("read")
        return [{"id": one.id, "name": one.display_name} for one in self._marketplace_get_sale_orders()]
