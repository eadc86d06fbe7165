from odoo import api, models
from odoo.fields import Domain


class MarketplaceOrder(models.Model):
    """An order has several numbers: all of them lead to it, whichever was known first."""

    _inherit = "marketplace.order"

    @api.model
    def _search_display_name(self, operator, value):
        """Find an order by any form in which people write its number."""
        found = Domain(super()._search_display_name(operator, value))
        if not isinstance(value, str) or operator not in ("ilike", "like", "=", "=ilike"):
            return found
        known = self.env["marketplace.app"]._get_marketplaces().values()
        refs = {marketplace.normalize_ref(value) for marketplace in known} - {None, value}
        return found | Domain("order_ref", "in", refs) | Domain("ref_ids.name", "in", refs) if refs else found

    def _take_number(self, order_ref):
        """Return the order whose own number this is: this one under it, or the one that has it already.

        :param str order_ref: the number that the marketplace gave when it was asked for this order's.
        """
        self.ensure_one()
        known = self.search([("account_id", "=", self.account_id.id), ("order_ref", "=", order_ref)])
        former = self.order_ref
        if known:
            self._join(known)
        else:
            known = self
            self.order_ref = order_ref
            keys = [("account_id", "=", self.account_id.id), ("type", "=", "order"), ("value", "=", former)]
            self.env["marketplace.conversation.key"].search(keys).value = order_ref
            self.with_context(active_test=False).ticket_ids.marketplace_order_ref = order_ref
        self.env.flush_all()
        self.env["marketplace.order.ref"]._add(known, [former])
        return known

    def _join(self, order):
        """Hand everything of this order over to the one that it turned out to be, and go."""
        Conversation = self.env["marketplace.conversation"]
        mine = [("order_id", "=", self.id)]
        self.env["marketplace.message"].search(mine).order_id = order
        self.env["marketplace.reply"].search(mine).order_id = order
        for dialog in ("marketplace.write.first", "marketplace.order.open"):
            self.env[dialog].search(mine).order_id = order
        self.ref_ids.order_id = order
        Conversation.search(mine)._join(Conversation.search([("order_id", "=", order.id)], order="id", limit=1), order)
        self.with_context(active_test=False).ticket_ids.marketplace_order_id = order
        self.unlink()
