from odoo import api, models
from odoo.exceptions import AccessError


class MarketplaceTicketDialog(models.AbstractModel):
    """What dialogs about tickets have in common: they accept only tickets that their user may see.

    Whoever names another one, as a value, as a default or in a form that is being filled, learns nothing of it.
    """

    _name = "marketplace.ticket.dialog"
    _description = "Dialog about a Ticket"

    @api.model
    def _get_ticket_names(self):
        """Return the names of this dialog's fields that hold tickets."""
        return [name for name, field in self._fields.items() if field.comodel_name == "helpdesk.ticket"]

    @api.model
    def _check_may_see(self, values):
        """Check the tickets in some values, as they come from a browser.

        :raise AccessError: the user may not see one of them.
        """
        given = {name: values[name] for name in self._get_ticket_names() if values.get(name)}
        dialog = self.sudo().new(given)
        for name in given:
            self._check_may_see_tickets(dialog[name]._origin.ids)

    @api.model
    def _check_may_see_tickets(self, ids):
        tickets = self.env["helpdesk.ticket"].browse(ids)
        if tickets and not tickets.has_access("read"):
            # Not Odoo's own error, which may name the record.
            raise AccessError(self.env._("You may not see this ticket."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_may_see(vals)
        dialogs = super().create(vals_list)
        # Defaults came in beside the values.
        for name in self._get_ticket_names():
            self._check_may_see_tickets(dialogs.sudo()[name].ids)
        return dialogs

    def write(self, vals):
        self._check_may_see(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_may_see(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        self._check_may_see(defaults)
        return defaults
