from odoo import api, models


class MarketplaceDefaultsMixin(models.AbstractModel):
    """Rows that the system makes, on behalf of agents too: defaults of the context or of a user are never taken."""

    _name = "marketplace.defaults.mixin"
    _description = "Rows without Defaults of Users"

    @api.model
    def default_get(self, fields):  # pylint: disable=method-required-super
        known = [self._fields[name] for name in fields if name in self._fields]
        return {
            field.name: field.convert_to_write(field.convert_to_cache(field.default(self), self, validate=False), self)
            for field in known
            if field.default
        }
