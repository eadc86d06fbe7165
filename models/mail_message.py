from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store

from .helpdesk_ticket import MESSAGE_KINDS


class MailMessage(models.Model):
    _inherit = "mail.message"

    marketplace_kind = fields.Selection(MESSAGE_KINDS, string="Marketplace", readonly=True)

    def _to_store_defaults(self, target):
        label = Store.Attr(
            "marketplace_kind_label",
            lambda message: message._marketplace_get_label(),
            predicate=lambda message: message.marketplace_kind == "answered",
        )
        return super()._to_store_defaults(target) + ["marketplace_kind", label]

    def _marketplace_get_label(self):
        """Return in which marketplace's console an answer was given."""
        ticket_sudo = self.env["helpdesk.ticket"].sudo().browse(self.res_id)
        return self.env._("Answered in %s", ticket_sudo.marketplace_console)
