from odoo import fields, models

from .helpdesk_ticket import MESSAGE_KINDS


class MailMessage(models.Model):
    _inherit = "mail.message"

    marketplace_kind = fields.Selection(MESSAGE_KINDS, string="Marketplace", readonly=True)

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + ["marketplace_kind"]
