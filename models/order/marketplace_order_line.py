from odoo import api, fields, models


class MarketplaceOrderLine(models.Model):
    _name = "marketplace.order.line"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Order Line"
    _order = "id"

    order_id = fields.Many2one("marketplace.order", required=True, ondelete="cascade", index=True)
    line_ref = fields.Char(string="Line Number")
    sku = fields.Char(string="SKU")
    item_ref = fields.Char(string="Item", help="The marketplace's own number of the product.")
    title = fields.Char(string="Product")
    quantity = fields.Float()
    currency_id = fields.Many2one("res.currency")
    unit_price = fields.Monetary()
    amount_total = fields.Monetary()
    amount_tax = fields.Monetary()
    amount_shipping = fields.Monetary()
    amount_discount = fields.Monetary()
    status = fields.Char()
    image = fields.Char()
    cancel_requested = fields.Boolean()

    @api.model
    def _prepare_values(self, line):
        return {
            "line_ref": line.line_ref,
            "sku": line.sku,
            "item_ref": line.item_ref,
            "title": line.title,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "amount_total": line.total,
            "amount_tax": line.tax,
            "amount_shipping": line.shipping,
            "amount_discount": line.discount,
            "status": line.status,
            "image": line.image,
            "cancel_requested": line.cancel_requested,
        }

    def _add(self, order, lines):
        """Add the lines of a snapshot to an order."""
        fixed = {"order_id": order.id, "currency_id": order.currency_id.id}
        self.create([{**fixed, **self._prepare_values(line)} for line in lines])

    def _describe(self, marketplace, storefront):
        """Return what the Order tab shows of this line."""
        return {
            "id": self.id,
            "sku": self.sku,
            "item_ref": self.item_ref,
            "url": bool(storefront and self.item_ref) and marketplace.item_url(storefront, self.item_ref),
            "title": self.title,
            "quantity": self.quantity,
            "unit_price": self.unit_price,
            "total": self.amount_total,
            "tax": self.amount_tax,
            "discount": self.amount_discount,
            "status": (self.status or "").replace("_", " "),
            "image": self.image,
            "cancel_requested": self.cancel_requested,
        }
