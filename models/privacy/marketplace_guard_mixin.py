from odoo import api, models
from odoo.exceptions import AccessError

PREFIX = "marketplace_"


class MarketplaceGuardMixin(models.AbstractModel):
    """Keeps what this module adds to a model of Odoo's for the system: pointers, counters and states are facts.

    Whoever writes them does so on a ``sudo`` recordset, on that line; no context key opens them. Values in the
    context (``default_…``), and those that a user stored as defaults, are never taken.
    """

    _name = "marketplace.guard.mixin"
    _description = "Fields that Only the System Writes"

    #: Fields with our prefix that users may write, as their rights on the record allow.
    _marketplace_free = frozenset()

    @api.model
    def _marketplace_get_guarded(self, names):
        """Return those of some field names that only the system writes."""
        return [one for one in names if one.startswith(PREFIX) and one not in self._marketplace_free]

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._marketplace_refuse_facts([one for one in self._marketplace_get_guarded(vals) if vals[one]])
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and (names := self._marketplace_get_guarded(vals)):
            # First, so that nobody learns by trying what stands on a record that is not theirs.
            self.check_access("write")
            self._marketplace_refuse_facts([one for one in names if self._marketplace_would_change(one, vals[one])])
        return super().write(vals)

    def _marketplace_would_change(self, name, value):
        """Tell whether writing a value would change a field on one of these records."""
        field = self._fields.get(name)
        if not field or field.type in ("one2many", "many2many"):
            return bool(value)
        return any(field.convert_to_record(field.convert_to_cache(value, one), one) != one[name] for one in self.sudo())

    @api.model
    def _marketplace_refuse_facts(self, names):
        """Refuse values that users don't say.

        :raise AccessError: names the fields and the way out; not for an empty list.
        """
        if names:
            labels = [self._fields[one]._description_string(self.env) for one in names if one in self._fields]
            raise AccessError(self._marketplace_say_facts(", ".join(sorted(labels or names))))

    @api.model
    def _marketplace_say_facts(self, labels):
        """Return why fields with these labels can't be written, and what to do instead."""
        return self.env._("Only the system writes this: %s.", labels)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        return {name: value for name, value in defaults.items() if not self._marketplace_get_guarded([name])}

    def onchange(self, values, field_names, fields_spec):
        """Answer a form without what it says of facts: they are read where they stand."""
        if not self.env.su:
            guarded = set(self._marketplace_get_guarded({*values, *field_names}))
            values = {name: value for name, value in values.items() if name not in guarded}
            if field_names and guarded.issuperset(field_names):
                return {}  # without names it would be taken for a form that is being opened
            field_names = [name for name in field_names if name not in guarded]
        return super().onchange(values, field_names, fields_spec)
