from odoo import fields, models


class MarketplaceTicketPolicyMixin(models.AbstractModel):
    """What a site's new tickets look like, and when a buyer who writes again gets a new one."""

    _name = "marketplace.ticket.policy.mixin"
    _description = "Marketplace Ticket Policy"

    template_id = fields.Many2one(
        "marketplace.ticket.template",
        string="Ticket Template",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        groups="base.group_system",
        help="What new tickets look like. Empty: the template of the account, if it has one. "
        "Where a template has no team or category, those below hold.",
    )
    reopen = fields.Selection(
        [("same", "Open the same ticket again"), ("new", "Make a new ticket, linked to the old one")],
        string="When the Buyer Writes Again",
        default="same",
        required=True,
        tracking=True,
        help="About a ticket that is closed; one that is open goes on.",
    )
    reopen_days = fields.Integer(
        string="Closed for More Than",
        default=30,
        tracking=True,
        help="Days for which a closed ticket is still opened again.",
    )

    _reopen_days_positive = models.Constraint("CHECK(reopen_days >= 0)", "The days can't be less than none.")

    def _get_template(self):
        """Return the template of this site's new tickets, its account's where it has none, or an empty recordset."""
        self.ensure_one()
        site_sudo = self.sudo()
        chosen = site_sudo.template_id.filtered("active") or site_sudo.account_id.template_id.filtered("active")
        return chosen.filtered(lambda one: one.company_id in (one.company_id.browse(), self.company_id))
