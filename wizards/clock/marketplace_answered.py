from odoo import fields, models
from odoo.exceptions import UserError

from ...models.ticket.text import as_html


class MarketplaceAnswered(models.TransientModel):
    """Dialog that records an answer which somebody gave in the marketplace's console."""

    _name = "marketplace.answered"
    _inherit = ["marketplace.ticket.dialog"]
    _description = "Answered in the Marketplace's Console"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True)
    text = fields.Text(string="Your Answer", required=True)
    moment = fields.Datetime(string="Answered On", required=True, default=fields.Datetime.now)

    def action_record(self):
        """Post the answer on the ticket and stop the clock.

        :raise UserError: it can't have been given then.
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        asked_at = ticket.sudo().marketplace_response_id.asked_at
        if self.moment > fields.Datetime.now():
            raise UserError(self.env._("The answer can't be from the future."))
        if asked_at and self.moment < asked_at:
            raise UserError(self.env._("The buyer wrote after that: enter when you answered, or answer now."))
        # Only a superuser may mark a message; the author is the agent all the same.
        ticket.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=as_html(self.text),
            date=self.moment,
            subtype_xmlid="mail.mt_note",
            marketplace_kind="answered",
        )
        if not self.env["marketplace.response"]._stop(ticket, "console", self.moment, user=self.env.user):
            # No buyer was waiting: it was the claim that was answered.
            ticket.sudo().write({"marketplace_claimed_at": False, "marketplace_claim_deadline": False})
        return {"type": "ir.actions.act_window_close"}
