from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    # Those who may not are kept, so that a marketplace that comes later is allowed to all.
    marketplace_barred_app_ids = fields.Many2many(
        "marketplace.app", "marketplace_app_barred_users_rel", "user_id", "app_id", groups="base.group_system"
    )
    marketplace_app_ids = fields.Many2many(
        "marketplace.app",
        string="May Answer On",
        compute="_compute_marketplace_app_ids",
        compute_sudo=True,
        groups="base.group_system",
        inverse="_inverse_marketplace_app_ids",
        help="Marketplaces on which this user may answer buyers.",
    )

    @api.depends("marketplace_barred_app_ids")
    def _compute_marketplace_app_ids(self):
        apps = self.env["marketplace.app"].search([("code", "!=", False)])
        for user in self:
            user.marketplace_app_ids = apps - user.marketplace_barred_app_ids

    def _inverse_marketplace_app_ids(self):
        apps = self.env["marketplace.app"].search([("code", "!=", False)])
        for user in self:
            user.marketplace_barred_app_ids = apps - user.marketplace_app_ids

    def write(self, vals):
        """Keep who changed on which marketplaces a user may answer."""
        touched = "marketplace_barred_app_ids" in vals
        before = {one: one.sudo()._marketplace_name_barred() for one in self} if touched else {}
        result = super().write(vals)
        for user, value in before.items():
            name = self.env._("Marketplaces on which %s may not answer", user.sudo().login)
            self.env["marketplace.log"]._log_setting(name, value, user.sudo()._marketplace_name_barred())
        return result

    def _marketplace_name_barred(self):
        return ", ".join(self.marketplace_barred_app_ids.sorted("id").mapped("name"))

    def _marketplace_check_agent(self):
        """Check that this user may answer buyers at all.

        :raise AccessError: users from outside may not.
        """
        if not self._is_internal():
            raise AccessError(self.env._("Only agents may answer buyers."))

    # === WHO SEES WHAT === #

    def _marketplace_is_helpdesk(self):
        """Tell whether this user is one of the helpdesk, who may see what buyers write."""
        return self.has_group("helpdesk_mgmt.group_helpdesk_user_own")

    def _marketplace_get_ticket_domain(self):
        """Return the domain of the tickets that this user may see, archived ones included, for rules."""
        rules = self.env["ir.rule"].with_user(self)._compute_domain("helpdesk.ticket", "read")
        return Domain("active", "in", (True, False)) & rules
