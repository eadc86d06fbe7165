from odoo import api, models
from odoo.fields import Domain


class MarketplaceOrder(models.Model):
    """An order has several numbers: all of them lead to it, whichever was known first."""

    _inherit = "marketplace.order"

    @api.model
    def _search_display_name(self, operator, value):
        """Find an order by any of its numbers, in any form in which people write them.

        Other numbers are looked up first: in one condition with the order's own they would have all orders read.
        """
        if operator not in ("ilike", "=ilike", "in"):
            return super()._search_display_name(operator, value)
        numbers, forms = self.env["marketplace.order.ref"], self._get_number_forms(value)
        others = numbers.search([("name", "in", forms)]).order_id
        whole = Domain("order_ref", "in", forms) | Domain("id", "in", others.ids)
        if isinstance(value, str) and self.search_count(whole, limit=1):
            return whole
        others = numbers.search([("name", operator, value)]).order_id
        return whole | Domain("order_ref", operator, value) | Domain("id", "in", others.ids)

    @api.model
    def _get_number_forms(self, value):
        """Return the order numbers that a text, or one of several texts, may mean at any marketplace."""
        known = self.env["marketplace.app"]._get_marketplaces().values()
        texts = [value] if isinstance(value, str) else value
        return list({marketplace.normalize_ref(text) for marketplace in known for text in texts if text} - {None})

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
            self.with_context(active_test=False).ticket_ids._marketplace_renumber(former, self)
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
        self.with_context(active_test=False).ticket_ids._marketplace_renumber(self.order_ref, order)
        self.unlink()
