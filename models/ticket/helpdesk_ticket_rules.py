from datetime import timedelta

from odoo import api, fields, models

from ...marketplaces.schema import ORDER_STATUSES

#: A kind of notice that no marketplace of ours knows by a name.
OTHER = "other"


# Beside helpdesk_ticket.py, which would get too long: what rules look at is a subject of its own.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """What automation rules can look at, besides channel, marketplace, site, order data and deadline: all stored."""

    _inherit = "helpdesk.ticket"

    marketplace_order_status = fields.Selection(
        [(code, code.replace("_", " ").capitalize()) for code in ORDER_STATUSES],
        string="Current Order Status",
        readonly=True,
        copy=False,
        help="As the marketplace last told it. A rule that is to look at it once watches Order Data: "
        "the first fill writes both together.",
    )
    marketplace_last_notice = fields.Selection(
        selection="_selection_marketplace_notice", string="Last Notice", readonly=True, copy=False
    )
    marketplace_last_notice_at = fields.Datetime(
        string="Last Notice On",
        readonly=True,
        copy=False,
        help="A rule that is to run for each notice, also for the same kind again, watches this.",
    )

    @api.model
    def _selection_marketplace_notice(self):
        known = self.env["marketplace.app"]._get_marketplaces().values()
        labels = {kind.code: kind.label for marketplace in known for kind in marketplace.notices if not kind.is_copy}
        # Sites know the kinds of marketplaces that are gone; tickets are too many to be asked.
        policies = self.env["marketplace.notice.policy"]
        return [*self.env["marketplace.app"]._add_stored(policies, "code", labels), (OTHER, self.env._("Other notice"))]

    @api.model
    def _marketplace_prepare_order_values(self, order):
        values = super()._marketplace_prepare_order_values(order)
        return values | {"marketplace_order_status": order.status if order.state == "known" else False}

    def _marketplace_get_changes(self, order, before):
        changes = super()._marketplace_get_changes(order, before)
        if self.marketplace_order_status != order.status:
            changes["marketplace_order_status"] = order.status
        return changes

    def _marketplace_post_notice(self, message, mail):
        posted = super()._marketplace_post_notice(message, mail)
        known = dict(self._selection_marketplace_notice())
        code = message.notice if message.notice in known else OTHER
        # Two of one second are two, for rules that see only what changes.
        last = self.marketplace_last_notice_at
        now = max(fields.Datetime.now(), last + timedelta(seconds=1)) if last else fields.Datetime.now()
        self.write({"marketplace_last_notice": code, "marketplace_last_notice_at": now})
        return posted
