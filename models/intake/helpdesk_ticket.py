from odoo import fields, models
from odoo.fields import Domain

from .marketplace_message import RIGHTFUL


class HelpdeskTicket(models.Model):
    """What is in doubt on a ticket: whose mail it shows, and whether the order that it names is this buyer's."""

    _inherit = "helpdesk.ticket"

    marketplace_named_ref = fields.Char(
        string="Names Order", readonly=True, copy=False, help="In the buyer's own words: not proved to be the buyer's."
    )
    marketplace_doubt = fields.Selection(
        [("order", "Names an order, not proved"), ("sender", "Sender not verified")],
        string="In Doubt",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    marketplace_doubt_text = fields.Char(compute="_compute_marketplace_doubt_text")

    def _compute_marketplace_doubt_text(self):
        """Describe in plain sentences what is in doubt and what follows from it."""
        for ticket in self:
            said = []
            if ticket.marketplace_doubt == "sender":
                said.append(
                    self.env._(
                        "Nothing proves that this mail is from a buyer: it may be forged. It can't be answered before "
                        "somebody says that it is your buyer."
                    )
                )
            if ticket.marketplace_named_ref:
                said.append(
                    self.env._(
                        "The buyer names order %s, not proved: its data are not shown here until somebody joins it.",
                        ticket.marketplace_named_ref,
                    )
                )
            ticket.marketplace_doubt_text = " ".join(said) or False

    def _marketplace_update_doubt(self):
        """Write to these tickets what is in doubt, after messages came or a person put something right."""
        rows_sudo = self.env["marketplace.message"].sudo()
        for ticket in self:
            mine = [("ticket_id", "=", ticket.id), ("state", "=", "done")]
            doubt = "order" if ticket.marketplace_named_ref and not ticket.marketplace_order_id else False
            if rows_sudo.search_count(mine, limit=1) and not rows_sudo.search_count(RIGHTFUL & Domain(mine), limit=1):
                doubt = "sender"
            if ticket.marketplace_doubt != doubt:
                ticket.sudo().with_context(tracking_disable=True).marketplace_doubt = doubt
