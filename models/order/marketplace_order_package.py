from odoo import api, fields, models

from ..moments import naive


class MarketplaceOrderPackage(models.Model):
    _name = "marketplace.order.package"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Order Package"
    _order = "id"

    order_id = fields.Many2one("marketplace.order", required=True, ondelete="cascade", index=True)
    package_ref = fields.Char(string="Package Number")
    carrier = fields.Char()
    tracking = fields.Char(string="Tracking Number")
    url = fields.Char(string="Tracking Link")
    status = fields.Char()
    shipped_at = fields.Datetime(string="Shipped On")

    @api.model
    def _prepare_values(self, package):
        return {
            "package_ref": package.package_ref,
            "carrier": package.carrier,
            "tracking": package.tracking,
            "url": package.url,
            "status": package.status,
            "shipped_at": naive(package.shipped),
        }

    def _add(self, order, packages):
        """Add the packages of a snapshot to an order."""
        self.create([dict(self._prepare_values(package), order_id=order.id) for package in packages])

    def _describe(self):
        """Return what the Order tab shows of this package."""
        return {
            "id": self.id,
            "carrier": self.carrier,
            "tracking": self.tracking,
            "url": self.url,
            "status": (self.status or "").replace("_", " "),
            "shipped_at": fields.Datetime.to_string(self.shipped_at),
        }
