from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from .answering import Answering, without_quotes


class HelpdeskTicket(models.Model):
    """Answering the buyer from the ticket."""

    _inherit = "helpdesk.ticket"

    marketplace_reply_count = fields.Integer(readonly=True, copy=False)
    marketplace_reply_data = fields.Json(compute="_compute_marketplace_reply_data")
    marketplace_has_messages = fields.Boolean(compute="_compute_marketplace_has_messages")

    # === COMPUTE METHODS === #

    def _compute_marketplace_reply_data(self):
        for ticket in self:
            stored = ticket._origin
            ticket.marketplace_reply_data = bool(stored) and Answering(stored).describe()

    @api.depends("marketplace_app_id", "marketplace_order_id")
    def _compute_marketplace_has_messages(self):
        known = self.env["marketplace.app"]._get_marketplaces()
        for ticket in self:
            marketplace = known.get(ticket.marketplace_app_id.sudo().code)
            offers = marketplace and (marketplace.message_actions or marketplace.review_action)
            ticket.marketplace_has_messages = bool(ticket.marketplace_order_id and offers)

    # === ANSWERING === #

    def action_marketplace_reply(self, body, attachment_ids=None, confirmed=False, then=None):
        """Answer the buyer: queue the answer, or return what speaks against it.

        :param str body: HTML of the composer, or plain text.
        :param list attachment_ids: of files that this user may read.
        :param confirmed: texts of the warnings in spite of which to send, or True for all of them.
        :param str then: ``close`` the ticket, or tell the ``next`` one to answer, or nothing.
        :return: {"findings": [{code, level, text}], "reply_id": id or False, "next_id": id or False}.
        :raise UserError: the buyer can't be answered from here.
        """
        self.ensure_one()
        self.check_access("write")
        self.env.user._marketplace_check_agent()
        Reply, answering = self.env["marketplace.reply"], Answering(self)
        Reply._lock_ticket(self)
        if why_not := answering.why_not():
            raise UserError(why_not)
        attachments = self.env["ir.attachment"].browse(attachment_ids or []).exists()
        attachments.check_access("read")
        text = answering.get_text(body)
        reply_sudo = answering.find_same(text, attachments)
        if not reply_sudo:
            findings = answering.check(text, attachments)
            passed = {one.text for one in findings} if confirmed is True else set(confirmed or ())
            if any(one.level == "block" or one.text not in passed for one in findings):
                return {"findings": [asdict(one) for one in findings], "reply_id": False, "next_id": False}
            reply_sudo = Reply._queue(self, text, attachments, answering.get_answerable())
        if then == "close":
            self._marketplace_close()
        next_id = then == "next" and answering.find_next().id
        return {"findings": [], "reply_id": reply_sudo.id, "next_id": next_id}

    def _marketplace_reply_by_post(self, kwargs):
        """Answer the buyer with what the full composer, or a scheduled message, posts for the outside.

        Nobody can be asked again: what speaks against it must have been confirmed (``marketplace_confirmed`` in the
        context, since Odoo's composer lies between).

        :param dict kwargs: of ``message_post``.
        :return: the mail.message.
        :raise UserError: something speaks against it.
        """
        ticket = self.with_context(marketplace_reply=False)
        files = ticket._process_attachments_for_post(
            kwargs.get("attachments"), kwargs.get("attachment_ids"), {"model": self._name, "res_id": self.id}
        )
        ids = [command[1] for command in files.get("attachment_ids", [])]
        confirmed = self.env.context.get("marketplace_confirmed")
        result = ticket.action_marketplace_reply(kwargs.get("body"), ids, confirmed)
        if result["findings"]:
            raise UserError("\n".join(one["text"] for one in result["findings"]))
        reply_sudo = self.env["marketplace.reply"].sudo().browse(result["reply_id"])
        return reply_sudo.mail_message_id.with_env(self.env)

    def action_marketplace_send_message(self, message_id, confirmed=False):
        """Send to the buyer what was written here and marked as not sent, such as an answer from a mail program.

        What it quotes stays behind. Arguments and result as in ``action_marketplace_reply``.
        """
        self.ensure_one()
        self.check_access("write")
        message = self.message_ids.filtered(lambda one: one.id == message_id and one.marketplace_kind == "not_sent")
        if not message:
            raise UserError(self.env._("This message can't be sent to the buyer."))
        result = self.action_marketplace_reply(without_quotes(message.body), message.attachment_ids.ids, confirmed)
        if result["reply_id"]:
            message.sudo().marketplace_kind = False
        return result

    def marketplace_get_reply_states(self):
        """Return {id of the mail.message: state} of this ticket's answers, for open forms."""
        self.ensure_one()
        self.check_access("read")
        posted = [("ticket_id", "=", self.id), ("mail_message_id", "!=", False)]
        replies_sudo = self.env["marketplace.reply"].sudo().search(posted)
        return {str(reply.mail_message_id.id): reply._describe() for reply in replies_sudo}

    # === MESSAGES OF THE MARKETPLACE === #

    def action_marketplace_messages(self):
        """Open the dialog with the messages that the marketplace sends about the order.

        :raise UserError: there can't be any.
        """
        self.ensure_one()
        Answering(self).check_message()
        return self.env["marketplace.message.compose"].create({"ticket_id": self.id})._show()

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
        message._marketplace_refuse_change()
        return super()._message_update_content(message, *args, **kwargs)
