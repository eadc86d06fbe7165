from odoo import api, models
from odoo.exceptions import AccessError


class MarketplaceEvidenceMixin(models.AbstractModel):
    """Rows that say what happened: only the system adds to them and changes them, whatever rights a user has.

    What people may do to them are buttons.
    """

    _name = "marketplace.evidence.mixin"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Rows that Only the System Writes"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_users()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_users()
        return super().write(vals)

    def unlink(self):
        self._refuse_users()
        return super().unlink()

    @api.model
    def _refuse_users(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "%s: this says what happened, and is kept as it is. Use the buttons that are offered there.",
                    self._description,
                )
            )
