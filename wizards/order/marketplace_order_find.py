from odoo import fields, models
from odoo.exceptions import UserError


class MarketplaceOrderFind(models.TransientModel):
    """Dialog that finds an order by any of its numbers, or fetches it from the marketplace at once."""

    _name = "marketplace.order.find"
    _description = "Find or Fetch an Order"

    account_id = fields.Many2one("marketplace.account", required=True)
    order_ref = fields.Char(string="Order Number", required=True)

    def action_find(self):
        """Show the order; fetch it when it is not here yet.

        :raise UserError: with what the marketplace says of this number.
        """
        self.ensure_one()
        self.account_id.check_access("write")
        order_ref = self.account_id.app_id._get_class().normalize_ref(self.order_ref)
        if not order_ref:
            raise UserError(self.env._("%s is no order number of this marketplace.", self.order_ref))
        order_sudo = self.env["marketplace.order"].sudo()._fetch_now(self.account_id.sudo(), order_ref)
        return {
            "type": "ir.actions.act_window",
            "res_model": "marketplace.order",
            "res_id": order_sudo.id,
            "views": [(False, "form")],
        }
