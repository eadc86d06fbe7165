from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: An order read longer ago is asked for again before its buyer is written to.
FRESH = timedelta(hours=1)


class MarketplaceWriteFirst(models.TransientModel):
    """Dialog that opens the ticket of an order to write to its buyer first.

    An order that is not here yet is fetched by the queue of orders; the open dialog looks for it (``action_look``).
    """

    _name = "marketplace.write.first"
    _description = "Write to a Buyer"

    order_ref = fields.Char(string="Order Number", required=True)
    needs_site = fields.Boolean(readonly=True)
    site_key = fields.Selection(
        selection="_selection_site_key", string="Ordered On", help="Needed when several accounts may have the order."
    )
    order_id = fields.Many2one("marketplace.order", readonly=True, ondelete="cascade", groups="base.group_system")
    is_waiting = fields.Boolean(readonly=True)
    asked_at = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)

    @api.model
    def _selection_site_key(self):
        sites_sudo = self._get_sites(self._get_apps())
        sellers = len(sites_sudo.account_id) > 1
        return [
            (str(site.id), " · ".join(filter(None, [site.name, sellers and site.seller_name]))) for site in sites_sudo
        ]

    # === ACTION METHODS === #

    def action_open(self):
        """Open the order's ticket, after asking for the site or fetching the order where that is needed.

        :raise UserError: the buyer can't be written to.
        """
        self.ensure_one()
        self.env.user._marketplace_check_agent()
        self.write({"error": False, "is_waiting": False})
        order_sudo = self._find_order()
        if not order_sudo:
            self.needs_site = True
            return self._show()
        now = fields.Datetime.now()
        if self._is_fresh(order_sudo, now):
            return self._open_ticket(order_sudo)
        # Attempts tell whether it was asked for since.
        order_sudo.write({"attempts": 0, "next_fetch_at": now})
        order_sudo._trigger_fetch()
        self.sudo().write({"order_id": order_sudo.id, "is_waiting": True, "asked_at": now})
        return self._show()

    def action_look(self):
        """Return the action that opens the ticket once the order is known, True when it is unavailable, else False."""
        self.ensure_one()
        self.env.user._marketplace_check_agent()
        order_sudo = self.sudo().order_id
        is_new = order_sudo.fetched_at and order_sudo.fetched_at >= self.asked_at
        if order_sudo.state == "known" and (is_new or order_sudo.attempts):
            try:
                with self.env.cr.savepoint():
                    return self._open_ticket(order_sudo)
            except UserError as error:
                reason = str(error)
        elif order_sudo.state == "unavailable" and order_sudo.attempts:
            reason = self.env._("The order could not be fetched. %s", order_sudo.error)
        else:
            return False
        self.write({"error": reason, "is_waiting": False})
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _is_fresh(self, order, now):
        """Tell whether an order's data suffice to write to its buyer, or can't be fetched.

        Marketplaces give a buyer's address late, and may change it.
        """
        if order.state != "known" or not order.account_id._is_fetchable():
            return order.state == "known"
        return bool(order.relay) and order.fetched_at > now - FRESH

    @api.model
    def _get_apps(self):
        """Return the marketplaces on which this user may write first."""
        known = self.env["marketplace.app"]._get_marketplaces()
        barred = self.env.user.sudo().marketplace_barred_app_ids
        codes = [code for code, marketplace in known.items() if marketplace.has_replies and marketplace.has_write_first]
        return self.env["marketplace.app"].sudo().search([("code", "in", codes)]) - barred

    @api.model
    def _get_sites(self, apps):
        """Return the sites of those marketplaces whose orders can be fetched."""
        domain = [("app_id", "in", apps.ids), ("state", "=", "active"), ("company_id", "in", self.env.companies.ids)]
        sites_sudo = self.env["marketplace.site"].sudo().search(domain)
        return sites_sudo.filtered(lambda site: site.account_id._is_fetchable())

    def _find_order(self):
        """Return the order of the number, a new one if it is unknown, or none when the site has to be chosen.

        :raise UserError: it can't be one.
        """
        refs = self._get_refs()
        orders_sudo = self._find_known(refs)
        if len(orders_sudo) == 1:
            return orders_sudo
        sites_sudo = self._get_sites(self.env["marketplace.app"].union(*refs))
        if orders_sudo:
            sites_sudo = sites_sudo.filtered(lambda site: site.account_id in orders_sudo.account_id)
        if not sites_sudo:
            raise UserError(self.env._("No account is connected that may have this order."))
        if self.site_key and int(self.site_key) in sites_sudo.ids:
            sites_sudo = sites_sudo.browse(int(self.site_key))
        if len(sites_sudo.account_id) > 1:
            return orders_sudo.browse()
        found_sudo = orders_sudo.filtered(lambda order: order.account_id == sites_sudo.account_id)
        return found_sudo or orders_sudo._find_or_create(sites_sudo[0], refs[sites_sudo[0].app_id])

    def _get_refs(self):
        """Return {marketplace: the number as it writes it}.

        :raise UserError: none of them has such numbers.
        """
        apps_sudo = self._get_apps()
        if not apps_sudo:
            raise UserError(self.env._("You may not write first on any marketplace."))
        refs = {app: app._get_class().normalize_ref(self.order_ref) for app in apps_sudo}
        refs = {app: ref for app, ref in refs.items() if ref}
        if not refs:
            raise UserError(self._get_no_ref())
        return refs

    def _get_no_ref(self):
        """Return why no marketplace on which this user may write first has such a number."""
        for app_sudo in self.env.user.sudo().marketplace_barred_app_ids:
            if not app_sudo._why_gone() and app_sudo._get_class().normalize_ref(self.order_ref):
                return self.env._("You may not write first on %s.", app_sudo.name)
        return self.env._("%s is no order number.", self.order_ref)

    @api.model
    def _find_known(self, refs):
        """Return {marketplace: known order} of these numbers."""
        mine = Domain("company_id", "in", self.env.companies.ids) & Domain("state", "=", "known")
        numbers = Domain.OR(
            Domain("app_id", "=", app.id) & (Domain("order_ref", "=", ref) | Domain("ref_ids.name", "=", ref))
            for app, ref in refs.items()
        )
        return self.env["marketplace.order"].sudo().search(mine & numbers)

    def _open_ticket(self, order):
        return self._show_ticket(self.env["marketplace.conversation"]._open_first(order))

    @api.model
    def _show_ticket(self, ticket):
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _show(self):
        self.ensure_one()
        return dict(self.env["ir.actions.act_window"]._for_xml_id(self._get_action()), res_id=self.id)

    def _get_action(self):
        return "helpdesk_mgmt_marketplace.marketplace_write_first_action"
