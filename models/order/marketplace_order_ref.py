from odoo import fields, models


class MarketplaceOrderRef(models.Model):
    """Another number than its own by which the marketplace or the seller means an order."""

    _name = "marketplace.order.ref"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Order Number"
    _order = "id"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="cascade", groups="base.group_system")
    order_id = fields.Many2one("marketplace.order", required=True, ondelete="cascade", index=True)
    name = fields.Char(string="Number", required=True, index="trigram")

    _account_name_unique = models.Constraint("UNIQUE(name, account_id)", "This number means another order already.")

    def _add(self, order, names):
        """Add the numbers in ``names`` that mean no order of the account yet."""
        if not names:
            return
        account = order.account_id
        known = self.search([("account_id", "=", account.id), ("name", "in", list(names))])
        self.create(
            [
                {"account_id": account.id, "order_id": order.id, "name": name}
                for name in dict.fromkeys(names)
                if name not in known.mapped("name") and name != order.order_ref
            ]
        )
