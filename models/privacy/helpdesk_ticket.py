from odoo import models


class HelpdeskTicket(models.Model):
    """A marketplace's ticket with all that buyers wrote goes by an administrator's hand only, and leaves a trace."""

    _inherit = "helpdesk.ticket"

    def unlink(self):
        """Keep who deletes tickets of marketplaces; before their messages go."""
        self.check_access("unlink")
        self.env["marketplace.log"]._log_deleted(self.sudo().filtered("marketplace_site_id"))
        return super().unlink()
