from odoo import api, models

from ..parameters import FINGERPRINT, HOME, PARAM

#: Parameters of ours on which no safety rests.
UNWATCHED = (PARAM + "order_wait", PARAM + "remove_fields")
#: Those that the system itself writes: what matters is a person who does.
SYSTEMS = (FINGERPRINT, HOME)


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        parameters = super().create(vals_list)
        for one in parameters._marketplace_filter_watched():
            self.env["marketplace.log"]._log_setting(self._marketplace_get_label(one.key), "", one.value)
        return parameters

    def write(self, vals):
        before = {one: (one.key, one.value) for one in self._marketplace_filter_watched()}
        result = super().write(vals)
        for one in before.keys() | set(self._marketplace_filter_watched()):
            key, value = before.get(one, (one.key, ""))
            now = one.value if one.key == key else ""
            self.env["marketplace.log"]._log_setting(self._marketplace_get_label(key), value, now)
        return result

    def unlink(self):
        for one in self._marketplace_filter_watched():
            self.env["marketplace.log"]._log_setting(self._marketplace_get_label(one.key), one.value, "")
        return super().unlink()

    def _marketplace_filter_watched(self):
        unwatched = UNWATCHED + SYSTEMS if self.env.su else UNWATCHED
        return self.filtered(lambda one: one.key.startswith(PARAM) and one.key not in unwatched)

    @api.model
    def _marketplace_get_label(self, key):
        """Return what people read of a parameter in the settings, its name where it stands in none."""
        known = self.env["res.config.settings"]._fields.values()
        field = next((one for one in known if getattr(one, "config_parameter", None) == key), None)
        return field._description_string(self.env) if field else key
