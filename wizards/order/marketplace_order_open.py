from odoo import api, fields, models
from odoo.exceptions import UserError


class MarketplaceOrderOpen(models.TransientModel):
    """Dialog that finds an order by any of its numbers and opens its ticket; one that is not here yet is fetched.

    It finds and waits as the dialog that writes to a buyer does, but asks nothing of the buyer.
    """

    _name = "marketplace.order.open"
    _inherit = "marketplace.write.first"
    _description = "Find an Order"

    is_found = fields.Boolean(readonly=True)
    found_text = fields.Char(string="Found", compute="_compute_found")
    ticket_text = fields.Char(string="Ticket", compute="_compute_found")

    @api.depends("is_found", "order_id")
    def _compute_found(self):
        for dialog in self:
            order_sudo = dialog.sudo().order_id if dialog.is_found else dialog.sudo().order_id.browse()
            dialog.found_text = order_sudo and self._describe_order(order_sudo)
            dialog.ticket_text = order_sudo and self.env["marketplace.conversation"]._find_ticket(order_sudo).number

    @api.model
    def _describe_order(self, order):
        """Return an order in one line: number, site, date and status."""
        status = dict(order._fields["status"]._description_selection(self.env)).get(order.status)
        day = order.created_at and fields.Datetime.context_timestamp(self, order.created_at).date().isoformat()
        return " · ".join(filter(None, [order.order_ref, order.site_id.name, day, status]))

    def action_open_ticket(self):
        """Open the ticket of the order that was found, a new one if there is none.

        :raise UserError: it can't be made, or is somebody else's.
        """
        self.ensure_one()
        self.check_access("write")
        self.env.user._marketplace_check_agent()
        if not self.is_found:
            raise UserError(self.env._("Find the order first."))
        order_sudo = self.sudo().order_id
        return self._show_ticket(self.env["marketplace.conversation"]._open_first(order_sudo, is_to_write=False))

    # === BUSINESS METHODS === #

    def _open_ticket(self, order):
        """Show what was found first, unless it is on a ticket that this user may not see."""
        self.env["marketplace.conversation"]._check_first(order)
        self.sudo().write({"order_id": order.id, "is_found": True, "is_waiting": False, "error": False})
        return self._show()

    @api.model
    def _is_fresh(self, order, now):
        return order.state == "known"

    @api.model
    def _get_apps(self):
        codes = list(self.env["marketplace.app"]._get_marketplaces())
        return self.env["marketplace.app"].sudo().search([("code", "in", codes)])

    def _get_action(self):
        return "helpdesk_mgmt_marketplace.marketplace_order_open_action"
