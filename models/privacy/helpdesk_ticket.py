from odoo import models
from odoo.exceptions import AccessError


class HelpdeskTicket(models.Model):
    """A marketplace's ticket with all that buyers wrote goes by an administrator's hand only, and leaves a trace."""

    _inherit = "helpdesk.ticket"

    def unlink(self):
        """Keep who deletes tickets of marketplaces; before their messages go."""
        self.check_access("unlink")
        self._marketplace_check_deletion()
        return super().unlink()

    def _marketplace_check_deletion(self):
        tickets_sudo = self.sudo().filtered("marketplace_site_id")
        if not tickets_sudo:
            return
        if not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "%s holds what a buyer wrote: archive it. An administrator can delete a ticket of a test or of "
                    "abuse; that is kept in the Marketplace Log.",
                    ", ".join(tickets_sudo.mapped("number")),
                )
            )
        self.env["marketplace.log"]._log_deleted(tickets_sudo)
