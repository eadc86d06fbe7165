from odoo import api, models

from .view import add_to_view


class HelpdeskTicket(models.Model):
    """Fields of the ticket that hold what its order tells (``marketplace.field.mapping``)."""

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        """Add what the orders tell to the create values, so that automation rules find it there."""
        mapping = self.env["marketplace.field.mapping"]
        return super().create([mapping._add_to_new(vals) for vals in vals_list])

    def write(self, vals):
        if not self.env.su:
            self.env["marketplace.field.mapping"]._check_edit(self, vals)
        return super().write(vals)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        mapping = self.env["marketplace.field.mapping"]
        return (*key, mapping._get_editor(), mapping._get_layout())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Add the mapped fields when a view is read: in a stored view they could not be deleted any more."""
        arch, view = super()._get_view(view_id, view_type, **options)
        add_to_view(self, arch, view_type)
        return arch, view
