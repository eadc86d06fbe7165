from odoo import api, models
from odoo.exceptions import AccessError

from ..ticket.kinds import EVIDENCE_KINDS


class IrAttachment(models.Model):
    """Files of buyers and of answers to them are kept as they came and went."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if not self.env.su:
            self._marketplace_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent_to_a_buyer(self):
        if not self.env.su:
            self._marketplace_refuse_change()

    def _delete_and_notify(self, message=None):
        """Refuse to delete by the conversation's own route too, which works as superuser."""
        self._marketplace_refuse_change()
        return super()._delete_and_notify(message)

    def _marketplace_refuse_change(self):
        """Refuse to change or delete files of conversations with buyers.

        :raise AccessError: says why; not for other files.
        """
        if self.env["marketplace.reply"].sudo().search_count([("attachment_ids", "in", self.ids)], limit=1):
            raise AccessError(self.env._("This file belongs to an answer to a buyer: it can't be changed or deleted."))
        posted = [("attachment_ids", "in", self.ids), ("marketplace_kind", "in", EVIDENCE_KINDS)]
        if self.env["mail.message"].sudo().search_count(posted, limit=1):
            raise AccessError(self.env._("This file came from a buyer or the marketplace: it is kept as it came."))
