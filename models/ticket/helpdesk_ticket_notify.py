from markupsafe import Markup

from odoo import models

from ..clock.helpdesk_ticket import BUYER_WORDS
from .mail_message import EVIDENCE_KINDS


# Beside helpdesk_ticket.py, which would get too long: who is told of what is a subject of its own.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """No automatic mail carries a buyer's words: it says that there is something, on which ticket, with a link.

    Told are people of the helpdesk who may see the ticket, whoever else follows it. A company may have the words in
    their mails; what an agent forwards goes as it is.
    """

    _inherit = "helpdesk.ticket"

    def _marketplace_is_evidence(self, message, msg_vals):
        """Tell whether a message is one of a marketplace or of its buyer, or went to them."""
        kind = msg_vals["marketplace_kind"] if "marketplace_kind" in (msg_vals or {}) else message.marketplace_kind
        return kind in EVIDENCE_KINDS

    def _marketplace_hides_words(self, message, msg_vals=False):
        """Tell whether a message's words stay out of mails and of notifications on devices."""
        if len(self) != 1 or not self._marketplace_is_evidence(message, msg_vals):
            return False
        return not self.sudo().company_id.marketplace_words_by_mail

    def _marketplace_say_news(self, message):
        """Return what a person is told instead of the words."""
        if message.marketplace_kind in BUYER_WORDS:
            return self.env._("The buyer wrote on %s.", self.number)
        return self.env._("There is news on %s.", self.number)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not recipients or len(self) != 1 or not self._marketplace_is_evidence(message, msg_vals):
            return recipients
        return [one for one in recipients if one["uid"] and self._marketplace_may_be_told(one["uid"])]

    def _marketplace_may_be_told(self, uid):
        user_sudo = self.env["res.users"].sudo().browse(uid)
        return user_sudo._marketplace_is_helpdesk() and self.with_user(user_sudo).has_access("read")

    def _notify_by_email_prepare_rendering_context(self, message, msg_vals=False, **kwargs):
        values = super()._notify_by_email_prepare_rendering_context(message, msg_vals=msg_vals, **kwargs)
        if not self._marketplace_hides_words(message, msg_vals):
            return values
        ticket = self.with_context(lang=values["lang"])
        said = {"body": Markup("<p>%s</p>") % ticket._marketplace_say_news(message), "model": self._name}
        return {
            **values,
            "message": self.env["mail.message"].sudo().new({**said, "res_id": self.id}),
            "record_name": self.number,
            "subtitles": [self.number],
            "tracking_values": [],
            "author_user": False,
            "email_add_signature": False,
            "signature": "",
        }

    def _notify_by_email_get_base_mail_values(self, message, recipients_data, additional_values=None):
        """Have the mail stand by itself: one of the buyer's message would have its sender, subject and files."""
        values = super()._notify_by_email_get_base_mail_values(message, recipients_data, additional_values)
        if not self._marketplace_hides_words(message):
            return values
        site_sudo = self.sudo().marketplace_site_id
        kept = {name: value for name, value in values.items() if name not in ("mail_message_id", "subject")}
        return {
            **kept,
            "message_type": "user_notification",  # shown on no ticket
            "model": self._name,
            "res_id": self.id,
            "message_id": message.message_id,  # an answer to it finds the ticket by this
            "author_id": self.env.ref("base.partner_root").id,
            "email_from": site_sudo._sender(site_sudo.name) if site_sudo else message.email_from,
            "reply_to": message.reply_to,
            "subject": self._marketplace_say_news(message),
        }

    def _notify_by_web_push_prepare_payload(self, message, msg_vals=False, force_record_name=False):
        payload = super()._notify_by_web_push_prepare_payload(message, msg_vals, force_record_name)
        if self._marketplace_hides_words(message, msg_vals):
            payload["title"] = self.number
            payload["options"].update(
                body=self._marketplace_say_news(message), icon="/web/static/img/odoo-icon-192x192.png"
            )
        return payload

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        """Answer no buyer by itself."""
        if len(self) == 1 and self._marketplace_is_evidence(message, msg_vals):
            return self.env["mail.message"]
        return super()._notify_thread_with_out_of_office(message, recipients_data, msg_vals=msg_vals, **kwargs)
