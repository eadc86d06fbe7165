from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import sql

#: The part of the time to answer that is left when a countdown turns amber.
AMBER = 0.25


class HelpdeskTicket(models.Model):
    """The clock: until when a buyer must be answered, and what stops it.

    Only an answer that went to the buyer, an answer given in the marketplace's console or "no response needed" stop
    it. Messages posted on the ticket, by whomever or whatever, never do.
    """

    _inherit = "helpdesk.ticket"

    marketplace_response_id = fields.Many2one(
        "marketplace.response", string="Open Response", ondelete="set null", readonly=True, copy=False,
        index="btree_not_null", check_company=True,
    )  # fmt: skip
    marketplace_is_unanswered = fields.Boolean(compute="_compute_marketplace_is_unanswered")
    marketplace_claimed_at = fields.Datetime(string="Claimed On", readonly=True, copy=False)
    marketplace_claim_deadline = fields.Datetime(
        string="Answer Claim Before",
        readonly=True,
        copy=False,
        help="The marketplace's usual time; the claim itself may say less.",
    )
    marketplace_deadline = fields.Datetime(
        string="Answer Before", compute="_compute_marketplace_deadline", store=True, index="btree_not_null", copy=False
    )
    marketplace_amber_at = fields.Datetime(
        string="Answer Soon", compute="_compute_marketplace_deadline", store=True, copy=False
    )
    marketplace_console = fields.Char(compute="_compute_marketplace_console")

    # === COMPUTE METHODS === #

    def _auto_init(self):
        """Add the columns empty: on the tickets that are there already there is nothing to compute."""
        for name in ("marketplace_deadline", "marketplace_amber_at"):
            if not sql.column_exists(self.env.cr, self._table, name):
                sql.create_column(self.env.cr, self._table, name, "timestamp")
        return super()._auto_init()

    @api.depends("marketplace_response_id")
    def _compute_marketplace_is_unanswered(self):
        for ticket in self:
            ticket.marketplace_is_unanswered = bool(ticket.marketplace_response_id)

    @api.depends(
        "marketplace_response_id.deadline",
        "marketplace_response_id.asked_at",
        "marketplace_claim_deadline",
        "marketplace_claimed_at",
        "stage_id.closed",
    )
    def _compute_marketplace_deadline(self):
        for ticket in self:
            response_sudo = ticket.sudo().marketplace_response_id
            clocks = [(response_sudo.deadline, response_sudo.asked_at)]
            if not ticket.stage_id.closed:
                clocks.append((ticket.marketplace_claim_deadline, ticket.marketplace_claimed_at))
            deadline, start = min((clock for clock in clocks if clock[0]), default=(False, False))
            ticket.marketplace_deadline = deadline
            ticket.marketplace_amber_at = deadline and deadline - (deadline - (start or deadline)) * AMBER

    @api.depends("marketplace_app_id")
    def _compute_marketplace_console(self):
        known = self.env["marketplace.app"]._get_marketplaces()
        for ticket in self:
            marketplace = known.get(ticket.marketplace_app_id.sudo().code)
            ticket.marketplace_console = marketplace.console_name if marketplace else False

    @api.ondelete(at_uninstall=False)
    def _unlink_marketplace_open_turns(self):
        """Delete the open turns of tickets that are deleted: nobody waits there any more."""
        self.sudo().marketplace_response_id.unlink()

    # === NOTICES === #

    def _marketplace_claim_arrived(self, message, mail):
        """Raise the priority for a claim and start its own clock; a decision on it ends that clock."""
        self.ensure_one()
        hours = self.marketplace_app_id._get_class_or_gone().claim_hours(mail)
        self.write(
            {
                "priority": "3",
                "marketplace_claimed_at": hours and message.date,
                "marketplace_claim_deadline": hours and message.date + timedelta(hours=hours),
            }
        )

    # === ACTION METHODS === #

    def action_marketplace_no_response(self):
        """Stop the clock and let the browser open the marketplace's own link that tells it so."""
        self.ensure_one()
        self.check_access("write")
        if not self.marketplace_response_id:
            raise UserError(self.env._("Nothing is unanswered here."))
        self.env["marketplace.response"]._stop(self, "none")
        self.message_post(body=self.env._("No response needed."), subtype_xmlid="mail.mt_note")
        url = self.env["marketplace.message"]._get_no_response_url(self)
        if url:
            return {"type": "ir.actions.act_url", "url": url, "target": "new"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "The clock is stopped here. The buyer's mail had no link for it: mark the message in %s too.",
                    self.marketplace_console,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_marketplace_answered(self):
        """Open the dialog that records an answer given in the marketplace's console."""
        self.ensure_one()
        self.check_access("write")
        xmlid = "helpdesk_mgmt_marketplace.marketplace_answered_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        name = self.env._("Answered in %s", self.marketplace_console)
        return dict(action, name=name, context={"default_ticket_id": self.id})
