from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent_to_a_buyer(self):
        """Keep the files of answers to buyers: they are to go along, or show what has gone."""
        if not self.env.su and self.env["marketplace.reply"].sudo().search_count(
            [("attachment_ids", "in", self.ids)], limit=1
        ):
            raise UserError(self.env._("This file belongs to an answer to a buyer: it can't be deleted."))
