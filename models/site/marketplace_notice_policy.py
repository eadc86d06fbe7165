from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MarketplaceNoticePolicy(models.Model):
    """What a site does with one kind of the marketplace's notices."""

    _name = "marketplace.notice.policy"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Notice Policy"
    _order = "id"
    _rec_name = "label"

    site_id = fields.Many2one("marketplace.site", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    code = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Notice", compute="_compute_notice")
    is_claim = fields.Boolean(compute="_compute_notice")
    policy = fields.Selection(
        [
            ("note", "Note on the order's ticket"),
            ("ticket", "Ticket of its own"),
            ("ignore", "Ignore"),
            ("urgent", "Order's ticket, urgent"),
        ],
        string="What Happens",
        default="note",
        required=True,
    )

    _site_code_unique = models.Constraint("UNIQUE(site_id, code)", "This kind of notice is here already.")

    @api.depends("code", "site_id")
    def _compute_notice(self):
        for policy in self:
            kind = policy.site_id.app_id._get_notice_kind(policy.code)
            policy.label = policy.site_id.app_id._get_notice_label(policy.code)
            policy.is_claim = bool(kind and kind.is_claim)

    @api.constrains("policy")
    def _check_claim(self):
        for policy in self:
            if policy.is_claim != (policy.policy == "urgent"):
                raise ValidationError(
                    self.env._(
                        "Claims and chargebacks, and nothing else, are urgent: %s can't be set like that.",
                        policy.label,
                    )
                )
