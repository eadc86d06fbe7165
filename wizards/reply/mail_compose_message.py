from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.reply.answering import Answering


class MailComposeMessage(models.TransientModel):
    """The full composer on a marketplace's ticket answers the buyer, now or later, and nobody else."""

    _inherit = "mail.compose.message"

    marketplace_to = fields.Char(string="To the Buyer", compute="_compute_marketplace_to")
    marketplace_sender = fields.Char(string="Sender Address", compute="_compute_marketplace_to")
    marketplace_findings = fields.Text(compute="_compute_marketplace_findings")
    marketplace_is_blocked = fields.Boolean(compute="_compute_marketplace_findings")
    marketplace_confirmed = fields.Boolean(string="Send it anyway")
    marketplace_seen = fields.Text(compute="_compute_marketplace_seen", store=True, help="What was confirmed.")

    # === COMPUTE METHODS === #

    @api.depends("model", "res_ids", "composition_mode", "subtype_is_log", "composition_comment_option")
    def _compute_marketplace_to(self):
        for wizard in self:
            ticket = wizard._marketplace_get_ticket()
            described = Answering(ticket).describe() if ticket else {}
            wizard.marketplace_to = described.get("to")
            wizard.marketplace_sender = described.get("sender")

    @api.depends("marketplace_to", "body", "attachment_ids")
    def _compute_marketplace_findings(self):
        for wizard in self:
            findings = wizard._marketplace_find()
            wizard.marketplace_findings = "\n".join(one.text for one in findings)
            wizard.marketplace_is_blocked = any(one.level == "block" for one in findings)

    @api.depends("marketplace_confirmed")
    def _compute_marketplace_seen(self):
        for wizard in self:
            wizard.marketplace_seen = wizard.marketplace_confirmed and wizard.marketplace_findings

    def _marketplace_get_ticket(self):
        """Return the ticket whose buyer this answers; empty for notes, mass mails, forwarding and all other records."""
        self.ensure_one()
        Ticket = self.env["helpdesk.ticket"]
        is_comment = self.composition_mode == "comment" and not self.subtype_is_log
        if self.model != Ticket._name or not is_comment or self.composition_comment_option == "forward":
            return Ticket
        ids = self._evaluate_res_ids()
        ticket = Ticket.browse(ids if len(ids) == 1 else [])
        return ticket if ticket.marketplace_site_id else Ticket

    def _marketplace_find(self):
        """Return the findings on this answer; none for an empty one, which is checked when it is sent."""
        ticket = self._marketplace_get_ticket()
        if not ticket:
            return []
        answering = Answering(ticket)
        text = answering.get_text(self.body)
        return answering.check(text, self.attachment_ids) if text else []

    # === SENDING === #

    def _action_send_mail_comment(self, res_ids):
        if not self._marketplace_get_ticket():
            return super()._action_send_mail_comment(res_ids)
        wizard = self.with_context(**self._marketplace_get_context())
        return super(MailComposeMessage, wizard)._action_send_mail_comment(res_ids)

    def _prepare_schedule_message_post_values(self, post_values):
        values = super()._prepare_schedule_message_post_values(post_values)
        ticket = self._marketplace_get_ticket()
        if ticket:
            context = self._marketplace_get_context()
            passed = context["marketplace_confirmed"]
            findings = [one for one in self._marketplace_find() if one.level == "block" or one.text not in passed]
            if findings:
                raise UserError("\n".join(one.text for one in findings))
            # What nobody knows now keeps it from going then, and its author is told.
            values["send_context"] |= context
        return values

    def _marketplace_get_context(self):
        return {"marketplace_reply": True, "marketplace_confirmed": (self.marketplace_seen or "").split("\n")}
