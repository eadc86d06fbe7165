from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..ticket.helpdesk_ticket import as_html


# Beside helpdesk_ticket_reply.py, which would get too long: what became of answers is a subject of its own.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """What follows on a ticket from what became of an answer."""

    _inherit = "helpdesk.ticket"

    def _marketplace_copy_arrived(self, message, mail):
        """Take the copy of one of our own answers as the proof that it was accepted."""
        reply_sudo = self.env["marketplace.reply"].sudo()._find_for_copy(self, mail)
        if not reply_sudo:
            return super()._marketplace_copy_arrived(message, mail)
        reply_sudo._accept()
        message.mail_message_id = reply_sudo.mail_message_id
        return True

    def _marketplace_replied(self, reply=None):
        """Stop the clock: the buyer was answered."""
        for ticket in self:
            moment = reply and reply._get_moment()
            posted = reply and reply.mail_message_id
            response = ticket._marketplace_clock_stop("reply", moment, reply and reply.user_id, posted)
            if reply and response:
                reply.response_id = response

    def _marketplace_reply_failed(self, reply):
        """Have a ticket looked at again whose buyer did not get the answer, on its original clock."""
        self.ensure_one()
        if reply.kind != "review":
            self._marketplace_reopen()
        if reply.response_id:
            # A conversation that was split may have left the question on the other ticket.
            (reply.response_id.ticket_id or self)._marketplace_clock_resume(reply.response_id)
        agent = (reply.user_id | self.user_id | self.team_id.user_ids).filtered("active")[:1]
        if agent:
            reply.activity_id = self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=reply._get_failure(),
                note=as_html(reply.reason or ""),
                user_id=agent.id,
            )

    # === WHAT HAS GONE STAYS AS IT WENT === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """Keep tickets with answers to buyers, which say what was sent and what became of it."""
        if self.env["marketplace.reply"].sudo().search_count([("ticket_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A ticket from which a buyer was answered can't be deleted. Archive it."))

    def _message_update_content(self, message, *args, **kwargs):
        """Refuse to change what was said: it is kept as it came or went.

        :raise UserError: for such a message.
        """
        self._marketplace_refuse_change(message)
        return super()._message_update_content(message, *args, **kwargs)

    @api.model
    def _marketplace_refuse_change(self, messages):
        """Refuse to change what a buyer or a marketplace said, and what has gone to them.

        :raise AccessError: says why; not for other messages.
        """
        if messages.filtered(lambda message: message.marketplace_kind == "reply"):
            raise AccessError(
                self.env._("This answer has gone to the buyer: it can't be changed here. Write another one.")
            )
        if messages._marketplace_filter_evidence():
            raise AccessError(
                self.env._("This came from the buyer or the marketplace. It is kept as it came, with its files.")
            )
