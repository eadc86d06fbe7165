import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..moments import naive


class MarketplaceOrderRelay(models.Model):
    """Which recent orders a buyer's relay address belongs to: finds the order of a mail that names none.

    The address stands here as a hash only: most of these buyers never write.
    """

    _name = "marketplace.order.relay"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Order by Buyer"
    _order = "ordered_at desc, id desc"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="cascade")
    order_ref = fields.Char(required=True)
    digest = fields.Char(required=True)
    ordered_at = fields.Datetime(required=True, index=True)

    _account_order_unique = models.Constraint("UNIQUE(account_id, order_ref)", "An order has one buyer.")
    _buyer_index = models.Index("(account_id, digest)")

    @api.model
    def _digest(self, marketplace, address):
        """Return what an address is found by, or None when it is no buyer's."""
        key = marketplace.relay_key(address)
        return key and hashlib.sha256(key.encode()).hexdigest()

    @api.model
    def _note(self, account, snapshots):
        """Remember whose orders these are (``schema.Order``)."""
        marketplace = account.app_id._get_class()
        rows = {
            one.order_ref: (account.id, one.order_ref, digest, naive(one.created) or fields.Datetime.now())
            for one in snapshots
            if (digest := self._digest(marketplace, one.relay))
        }
        if rows:
            query = SQL(
                """
                INSERT INTO marketplace_order_relay (account_id, order_ref, digest, ordered_at) VALUES %s
                ON CONFLICT (account_id, order_ref) DO UPDATE SET digest = EXCLUDED.digest RETURNING id
                """,
                SQL(", ").join(rows.values()),
            )
            self.env.execute_query(query)

    @api.model
    def _find_order_refs(self, account, address):
        """Return the numbers of a buyer's recent orders, newest first."""
        digest = self._digest(account.app_id._get_class_or_gone(), address)
        domain = [("account_id", "=", account.id), ("digest", "=", digest)]
        return self.search(domain, limit=20).mapped("order_ref") if digest else []

    @api.autovacuum
    def _gc_relays(self):
        """Forget orders that the marketplace no longer tells."""
        now = fields.Datetime.now()
        for account in self.env["marketplace.account"].with_context(active_test=False).search([("id", "!=", False)]):
            days = account.app_id._get_class_or_gone().relay_days if account.state != "deleted" else 0
            old = [("account_id", "=", account.id), ("ordered_at", "<", now - timedelta(days=days))]
            self.search(old, limit=50_000).unlink()
