from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """The ticket before this one of the same conversation, and the one after it."""

    _inherit = "helpdesk.ticket"

    marketplace_previous_ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Continues Ticket", readonly=True, copy=False, index="btree_not_null",
        check_company=True,
    )  # fmt: skip
    marketplace_next_ticket_ids = fields.One2many("helpdesk.ticket", "marketplace_previous_ticket_id", readonly=True)
    marketplace_next_ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Continued In", compute="_compute_marketplace_next_ticket_id", compute_sudo=True
    )

    @api.depends("marketplace_next_ticket_ids")
    def _compute_marketplace_next_ticket_id(self):
        for ticket in self:
            ticket.marketplace_next_ticket_id = ticket.marketplace_next_ticket_ids.sorted("id")[-1:]
