from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.mail.tools.discuss import Store

from .helpdesk_ticket import MESSAGE_KINDS

#: What a message may be that somebody posts; all else is said by what marketplaces send and by what is sent to them.
FREE_KINDS = (None, False, "not_sent")
SENT_FIELDS = {"body", "subject", "date", "attachment_ids", "author_id", "email_from", "model", "res_id"}


class MailMessage(models.Model):
    _inherit = "mail.message"

    marketplace_kind = fields.Selection(MESSAGE_KINDS, string="Marketplace", readonly=True)
    marketplace_reply = fields.Json(compute="_compute_marketplace_reply")

    def _compute_marketplace_reply(self):
        replies = self.filtered(lambda message: message.marketplace_kind == "reply")
        found_sudo = self.env["marketplace.reply"].sudo()
        if replies:
            found_sudo = found_sudo.search([("mail_message_id", "in", replies.ids)])
        by_message = {reply.mail_message_id.id: reply._describe() for reply in found_sudo}
        for message in self:
            message.marketplace_reply = by_message.get(message.id, False)

    def _to_store_defaults(self, target):
        label = Store.Attr(
            "marketplace_kind_label",
            lambda message: message._marketplace_get_label(),
            predicate=lambda message: message.marketplace_kind == "answered",
        )
        reply = Store.Attr(
            "marketplace_reply",
            lambda message: message.marketplace_reply,
            predicate=lambda message: message.marketplace_kind == "reply",
        )
        return super()._to_store_defaults(target) + ["marketplace_kind", label, reply]

    def _marketplace_get_label(self):
        """Return in which marketplace's console an answer was given."""
        ticket_sudo = self.env["helpdesk.ticket"].sudo().browse(self.res_id)
        return self.env._("Answered in %s", ticket_sudo.marketplace_console)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("marketplace_kind") not in FREE_KINDS for vals in vals_list):
            raise AccessError(self.env._("What a message is for a marketplace is not said by users."))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change what a message is for a marketplace, and what an answer that has gone says."""
        if not self.env.su:
            if "marketplace_kind" in vals and any(one.marketplace_kind != vals["marketplace_kind"] for one in self):
                raise AccessError(self.env._("What a message is for a marketplace is not said by users."))
            if SENT_FIELDS & vals.keys():
                self.env["helpdesk.ticket"]._marketplace_refuse_change(self)
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            self.env["helpdesk.ticket"]._marketplace_refuse_change(self)
        return super().unlink()
