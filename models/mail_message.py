from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store

from .helpdesk_ticket import MESSAGE_KINDS


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

    def unlink(self):
        if not self.env.su:
            self.env["helpdesk.ticket"]._marketplace_refuse_change(self)
        return super().unlink()
