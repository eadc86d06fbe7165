from odoo import SUPERUSER_ID, api, models

#: Models whose records the system makes on behalf of users, and which point at buyers' words and files.
GUARDED = (
    "helpdesk.ticket", "ir.attachment", "mail.activity", "mail.followers", "mail.mail", "mail.message",
    "mail.notification", "res.partner",
)  # fmt: skip


class IrDefault(models.Model):
    """What a user stored as defaults fills that user's own forms, and decides nothing that the system does for them.

    Everybody may store any value for any field, of messages and files too. Where the system works as superuser on
    behalf of a user (a new ticket, the posted answer, the mail that tells of it), nobody would check it: a stored
    default would link another buyer's file to an answer, or take another ticket's messages.
    """

    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        """Leave out a user's own defaults in superuser mode; those of a company and of all users stay."""
        is_guarded = model_name in GUARDED or model_name.startswith("marketplace.")
        if is_guarded and self.env.su and self.env.uid != SUPERUSER_ID:
            self = self.with_user(SUPERUSER_ID).with_company(self.env.company)
        return super()._get_model_defaults(model_name, condition)
