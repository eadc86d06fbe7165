from odoo import api, fields, models
from odoo.exceptions import AccessError


class MarketplaceLog(models.Model):
    """What people did that lowers safety or takes evidence away: who, when and what, never what a buyer wrote."""

    _name = "marketplace.log"
    _inherit = ["marketplace.evidence.mixin"]
    _description = "Marketplace Log"
    _order = "id desc"

    kind = fields.Selection(
        [("setting", "Setting changed"), ("deleted", "Ticket deleted")], string="What", required=True, readonly=True
    )
    name = fields.Char(string="Of What", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, index=True, help="Empty: it is about all companies.")
    old = fields.Char(string="Before", readonly=True)
    new = fields.Char(string="Now", readonly=True)
    order_ref = fields.Char(string="Order Number", readonly=True)
    message_count = fields.Integer(string="Messages", readonly=True)

    @api.model
    def _log_setting(self, name, old, new, company=None):
        """Keep that this user changed a setting on which safety rests; nothing when it stays the same.

        :param str name: of the setting, as people read it.
        :param old, new: its values, no secrets; texts, numbers or booleans.
        :param company: to which it belongs; by default it is about all companies.
        """
        if (old or False) != (new or False):
            values = {"name": name, "old": self._say(old), "new": self._say(new)}
            self.sudo().create(
                {"kind": "setting", "user_id": self.env.uid, "company_id": (company or []) and company.id, **values}
            )

    @api.model
    def _say(self, value):
        if isinstance(value, bool) or value is None:
            return self.env._("Yes") if value else self.env._("No")
        return str(value)[:200]

    @api.model
    def _log_deleted(self, tickets):
        """Keep that this user deletes tickets of marketplaces: their numbers, and how many messages stand there.

        :raise AccessError: only administrators may.
        """
        if tickets and not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "%s holds what a buyer wrote: archive it. An administrator can delete a ticket of a test or of "
                    "abuse; that is kept in the Marketplace Log.",
                    ", ".join(tickets.mapped("number")),
                )
            )
        for ticket in tickets:
            posted = [("model", "=", ticket._name), ("res_id", "=", ticket.id), ("marketplace_kind", "!=", False)]
            self.sudo().create(
                {
                    "kind": "deleted",
                    "name": ticket.number,
                    "user_id": self.env.uid,
                    "company_id": ticket.company_id.id,
                    "order_ref": ticket.marketplace_order_ref,
                    "message_count": self.env["mail.message"].sudo().search_count(posted),
                }
            )
