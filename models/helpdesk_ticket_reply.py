import re
from dataclasses import asdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..marketplaces.mail_text import html_to_text
from ..marketplaces.schema import ReplyFile
from .helpdesk_ticket import as_html
from .marketplace_reply import ANSWERED

#: The same words within this time are a second click.
TWICE = timedelta(minutes=2)
_TAG = re.compile(r"</?[a-zA-Z]")


def as_text(body):
    """Return what a composer holds, HTML or plain text, as the buyer is to read it.

    Not by Odoo's ``html2plaintext``, which takes out empty lines and the ends of the composer's paragraphs.
    """
    return html_to_text(body if _TAG.search(body) else body.replace("\n", "<br/>"))


# Beside helpdesk_ticket.py, which would get too long: answering is a subject of its own.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """Answering the buyer from the ticket."""

    _inherit = "helpdesk.ticket"

    marketplace_reply_ids = fields.One2many("marketplace.reply", "ticket_id", string="Replies")
    marketplace_reply_count = fields.Integer(readonly=True, copy=False)
    marketplace_reply_data = fields.Json(compute="_compute_marketplace_reply_data")

    def _compute_marketplace_reply_data(self):
        for ticket in self:
            ticket.marketplace_reply_data = ticket._marketplace_describe_reply()

    def _marketplace_describe_reply(self):
        """Return what the composer shows: the way's name, to whom, from which address, or why not at all."""
        self.ensure_one()
        if not self.marketplace_site_id:
            return False
        ticket_sudo = self.sudo()
        site_sudo, order_sudo = ticket_sudo.marketplace_site_id, ticket_sudo.marketplace_order_id
        buyer = ticket_sudo.partner_name or order_sudo.buyer_name or self.env._("Buyer")
        return {
            "label": self.env._("%s reply", ticket_sudo.marketplace_app_id.name),
            "to": " · ".join(filter(None, [buyer, self.marketplace_order_ref, site_sudo.name])),
            "sender": site_sudo.address or "",
            "why_not": self._marketplace_why_not() or "",
        }

    # === WHETHER === #

    def _marketplace_get_answerable(self):
        """Return the ledger's row of the buyer's last message that can be answered, or an empty recordset."""
        self.ensure_one()
        domain = [("ticket_id", "=", self.id), ("kind", "in", ("buyer_message", "unknown", "suspect"))]
        messages_sudo = (
            self.env["marketplace.message"]
            .sudo()
            .search([*domain, ("state", "=", "done"), ("reply_to", "!=", False)], order="date desc, id desc", limit=5)
        )
        is_relay = self.marketplace_app_id.sudo()._get_class().is_relay_address
        return messages_sudo.filtered(lambda message: is_relay(message.reply_to))[:1]

    def _marketplace_why_not(self):
        """Return why the buyer can't be answered from here by this user, or False."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        site_sudo, app_sudo = ticket_sudo.marketplace_site_id, ticket_sudo.marketplace_app_id
        if app_sudo in self.env.user.marketplace_barred_app_ids:
            return self.env._("You may not answer on %s. An administrator can change that on your user.", app_sudo.name)
        if site_sudo.state != "active" or site_sudo.account_id.state == "deleted":
            return self.env._("%s was deleted here.", site_sudo.name)
        if not site_sudo.address:
            return self.env._("%s has no address to send from.", site_sudo.name)
        if not site_sudo._find_outgoing_server(site_sudo.address):
            return self.env._("No outgoing mail server may send as %s.", site_sudo.address)
        if not self._marketplace_get_answerable():
            return self.env._("There is no message of the buyer's here that can be answered.")
        return False

    # === ANSWERING === #

    def action_marketplace_reply(self, body, attachment_ids=None, confirmed=False, then=None):
        """Answer the buyer: queue the answer, or return what speaks against it.

        :param str body: HTML of the composer, or plain text.
        :param list attachment_ids: of files that this user may read.
        :param bool confirmed: send in spite of warnings.
        :param str then: ``close`` the ticket, or nothing.
        :return: {"findings": [{code, level, text}], "reply_id": id or False}.
        :raise UserError: the buyer can't be answered from here.
        """
        self.ensure_one()
        self.check_access("write")
        self._marketplace_check_agent()
        # This write is the lock: of two clicks, or two agents, the second waits, fails and looks again.
        self.sudo().marketplace_reply_count += 1
        self.flush_recordset(["marketplace_reply_count"])
        if why_not := self._marketplace_why_not():
            raise UserError(why_not)
        attachments = self.env["ir.attachment"].browse(attachment_ids or []).exists()
        attachments.check_access("read")
        text = as_text(body or "")
        if again := self._marketplace_find_same(text):
            return {"findings": [], "reply_id": again.id}
        findings = self._marketplace_check_reply(text, attachments)
        if any(one.level == "block" for one in findings) or (findings and not confirmed):
            return {"findings": [asdict(one) for one in findings], "reply_id": False}
        reply_sudo = self.env["marketplace.reply"]._queue(self, text, attachments, self._marketplace_get_answerable())
        if then == "close":
            self._marketplace_close()
        return {"findings": [], "reply_id": reply_sudo.id}

    def _marketplace_find_same(self, text):
        """Return the same answer given a moment ago: a second click, not a second answer."""
        moment = fields.Datetime.now() - TWICE
        domain = [("ticket_id", "=", self.id), ("text", "=", text), ("create_date", ">", moment)]
        return self.env["marketplace.reply"].sudo().search([*domain, ("state", "in", ANSWERED)], limit=1)

    def _marketplace_check_reply(self, text, attachments):
        """Return what speaks against an answer (``schema.Finding``)."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        order_sudo = ticket_sudo.marketplace_order_id
        return ticket_sudo.marketplace_app_id._get_class().check_reply(
            text,
            [ReplyFile(one.name, one.mimetype or "", one.file_size) for one in attachments],
            site=ticket_sudo.marketplace_site_id._get_storefront(),
            order=order_sudo._as_snapshot() if order_sudo else None,
        )

    def _marketplace_post_reply(self, text, attachments):
        """Show an answer in the conversation; returns the mail.message. It is not what goes out."""
        return self.sudo().message_post(
            body=as_html(text),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids,
            marketplace_kind="reply",
            email_add_signature=False,
            force_send=False,  # followers' mails: the agent waits for no mail server
        )

    def _marketplace_close(self):
        stages = self.team_id._get_applicable_stages() or self.env["helpdesk.ticket.stage"].search([], limit=50)
        self.stage_id = stages.filtered("closed")[:1] or self.stage_id

    def action_marketplace_send_message(self, message_id):
        """Send to the buyer what was written here and marked as not sent, such as an answer from a mail program."""
        self.ensure_one()
        message = self.message_ids.filtered(lambda one: one.id == message_id and one.marketplace_kind == "not_sent")
        if not message:
            raise UserError(self.env._("This message can't be sent to the buyer."))
        result = self.action_marketplace_reply(message.body, message.attachment_ids.ids)
        if result["findings"]:
            raise UserError("\n".join(one["text"] for one in result["findings"]))
        message.sudo().marketplace_kind = False

    def marketplace_get_reply_states(self):
        """Return {id of the mail.message: state} of this ticket's answers, for open forms."""
        self.ensure_one()
        self.check_access("read")
        replies_sudo = self.sudo().marketplace_reply_ids.filtered("mail_message_id")
        return {str(reply.mail_message_id.id): reply._describe() for reply in replies_sudo}

    # === OUTCOMES === #

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
            response = ticket._marketplace_clock_stop("reply", moment, user=reply and reply.user_id)
            if reply and response:
                reply.response_id = response

    def _marketplace_reply_failed(self, reply):
        """Have a ticket looked at again whose buyer did not get the answer, on its original clock."""
        self.ensure_one()
        self._marketplace_reopen()
        if reply.response_id:
            self._marketplace_clock_resume(reply.response_id)
        agent = reply.user_id if reply.user_id.active else self.user_id
        if agent:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The buyer did not get your answer"),
                note=reply.reason or "",
                user_id=agent.id,
            )

    # === WHAT HAS GONE STAYS AS IT WENT === #

    def _message_update_content(self, message, *args, **kwargs):
        """Refuse to change an answer to a buyer: it has gone as it was.

        :raise UserError: for such a message.
        """
        self._marketplace_refuse_change(message)
        return super()._message_update_content(message, *args, **kwargs)

    @api.model
    def _marketplace_refuse_change(self, messages):
        if messages.filtered(lambda message: message.marketplace_kind == "reply"):
            raise UserError(
                self.env._("This answer has gone to the buyer: it can't be changed here. Write another one.")
            )

    def _marketplace_check_agent(self):
        """Check that this user may answer at all.

        :raise AccessError: users from outside may not.
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only agents may answer buyers."))
