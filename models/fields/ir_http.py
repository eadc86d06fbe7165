from odoo import models
from odoo.tools import hmac


class IrHttp(models.AbstractModel):
    """Let browsers forget the views they keep when other fields show on tickets, or others may edit them.

    Odoo's web client keeps views on disk until the registry changes; to choose a field that exists does not change it.
    """

    _inherit = "ir.http"

    def session_info(self):
        return self._marketplace_add_layout(super().session_info())

    def get_frontend_session_info(self):
        return self._marketplace_add_layout(super().get_frontend_session_info())

    def _marketplace_add_layout(self, info):
        layout = self.env["marketplace.field.mapping"]._get_layout()
        return {**info, "registry_hash": hmac(self.env(su=True), info["registry_hash"], layout)}
