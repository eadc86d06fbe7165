from odoo import api, fields, models
from odoo.fields import Domain

from ...models.correction.checks import check_correction


class MarketplaceCorrectMixin(models.AbstractModel):
    """What the dialogs for corrections have in common. Public methods of the ticket do the work."""

    _name = "marketplace.correct.mixin"
    _inherit = ["marketplace.ticket.dialog"]
    _description = "Correction Dialog"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    reason = fields.Char(string="Why")

    @api.model
    def _get_targets(self, tickets):
        """Return the domain of tickets to which messages of another ticket may be moved."""
        accounts_sudo = tickets.sudo().marketplace_site_id.account_id
        sites_sudo = accounts_sudo.with_context(active_test=False).site_ids
        domain = Domain("marketplace_site_id", "!=", False) & Domain("duplicate_id", "=", False)
        domain &= Domain("company_id", "in", tickets.company_id.ids)
        return domain & Domain("marketplace_site_id", "in", sites_sudo.ids) if sites_sudo else domain

    def _show(self):
        name = f"helpdesk_mgmt_marketplace.{self._name.replace('.', '_')}_action"
        return dict(self.env["ir.actions.act_window"]._for_xml_id(name), res_id=self.id)

    @api.model
    def _open(self, ticket, former):
        """Return the action that opens a ticket and reloads the conversations of both in the browser."""
        return {
            "type": "ir.actions.client",
            "tag": "marketplace_corrected",
            "params": {"ids": (ticket | former).ids, "ticket_id": ticket.id},
        }


class MarketplaceCorrectLink(models.TransientModel):
    """Dialog that says which order a ticket is about."""

    _name = "marketplace.correct.link"
    _inherit = ["marketplace.correct.mixin"]
    _description = "Link to an Order"

    former_ref = fields.Char(
        related="ticket_id.marketplace_order_ref", related_sudo=False, string="Current Order Number"
    )
    order_ref = fields.Char(string="Order Number")
    other_number = fields.Char(readonly=True, help="Of the ticket in which the order goes on already.")
    other_key = fields.Integer(readonly=True)

    def action_link(self):
        """Link the ticket, or say that the order has one already."""
        self.ensure_one()
        ticket = self.ticket_id
        check_correction(ticket, self.reason)
        other = self.env["marketplace.correction"]._find_current(ticket, self.order_ref)
        if other:
            self.write({"other_number": other.display_name, "other_key": other.id})
            return self._show()
        ticket.action_marketplace_link_order(self.order_ref, self.reason)
        return self._open(ticket, ticket)

    def action_merge(self):
        """Merge the ticket into the current ticket of its order."""
        self.ensure_one()
        other = self.ticket_id.browse(self.other_key)
        self.ticket_id.action_marketplace_merge(other.id, self.reason)
        return self._open(other, self.ticket_id)


class MarketplaceCorrectMerge(models.TransientModel):
    """Dialog that merges tickets into one that is kept."""

    _name = "marketplace.correct.merge"
    _inherit = ["marketplace.correct.mixin"]
    _description = "Merge Tickets"

    ticket_id = fields.Many2one(required=False)
    ticket_ids = fields.Many2many("helpdesk.ticket", string="Tickets", required=True, readonly=True)
    target_id = fields.Many2one("helpdesk.ticket", string="Into")
    target_domain = fields.Binary(compute="_compute_target_domain")
    warning = fields.Char(compute="_compute_warning")

    @api.depends("ticket_ids")
    def _compute_target_domain(self):
        for dialog in self:
            tickets = dialog.ticket_ids._origin
            domain = self._get_targets(tickets)
            if len(tickets) > 1:
                domain &= Domain("id", "in", tickets.ids)
            else:
                domain &= Domain("id", "not in", tickets.ids)
            dialog.target_domain = list(domain)

    @api.depends("ticket_ids", "target_id")
    def _compute_warning(self):
        for dialog in self:
            tickets = (dialog.ticket_ids | dialog.target_id)._origin
            refs = {one.marketplace_order_ref for one in tickets if one.marketplace_order_ref}
            names = {one.partner_name for one in tickets.filtered("marketplace_site_id") if one.partner_name}
            texts = []
            if len(names) > 1:
                texts.append(
                    self.env._(
                        "Different buyers: %s. Your answers go to the one who wrote last.", ", ".join(sorted(names))
                    )
                )
            if len(refs) > 1:
                texts.append(
                    self.env._(
                        "Different orders: %s. The ticket shows the one it goes on with.", ", ".join(sorted(refs))
                    )
                )
            dialog.warning = dialog.target_id and " ".join(texts)

    def action_merge(self):
        """Merge the tickets and open the one that is kept."""
        self.ensure_one()
        (self.ticket_ids - self.target_id).action_marketplace_merge(self.target_id.id, self.reason)
        return self._open(self.target_id, self.ticket_ids)


class MarketplaceCorrectMove(models.TransientModel):
    """Dialog that moves a message, or all from it on, to the ticket where they belong."""

    _name = "marketplace.correct.move"
    _inherit = ["marketplace.correct.mixin"]
    _description = "Move Messages"

    message_key = fields.Integer(required=True, readonly=True)
    message_text = fields.Char(compute="_compute_message_text")
    scope = fields.Selection(
        [("one", "This message"), ("later", "This message and all after it")],
        string="What",
        default="one",
        required=True,
    )
    where = fields.Selection(
        [
            ("order", "The ticket of an order, a new one if it has none"),
            ("ticket", "Another ticket"),
            ("new", "A new ticket without an order"),
        ],
        string="Where To",
        default="order",
        required=True,
    )
    order_ref = fields.Char(string="Order Number")
    target_id = fields.Many2one("helpdesk.ticket", string="To Ticket")
    target_domain = fields.Binary(compute="_compute_target_domain")

    @api.depends("message_key", "ticket_id")
    def _compute_message_text(self):
        for dialog in self:
            domain = [("model", "=", "helpdesk.ticket"), ("res_id", "=", dialog.ticket_id.id)]
            message = self.env["mail.message"].search([("id", "=", dialog.message_key), *domain])
            dialog.message_text = message.preview

    @api.depends("ticket_id")
    def _compute_target_domain(self):
        for dialog in self:
            tickets = dialog.ticket_id._origin
            dialog.target_domain = list(self._get_targets(tickets) & Domain("id", "!=", tickets.id))

    def action_move(self):
        """Move, and open the ticket on which the messages are now."""
        self.ensure_one()
        where = {
            "ticket_id": self.target_id.id if self.where == "ticket" else None,
            "number": self.order_ref if self.where == "order" else None,
        }
        if self.scope == "later":
            result = self.ticket_id.action_marketplace_split(self.message_key, self.reason, **where)
        else:
            result = self.ticket_id.action_marketplace_move([self.message_key], self.reason, **where)
        return self._open(self.ticket_id.browse(result["ticket_id"]), self.ticket_id)
