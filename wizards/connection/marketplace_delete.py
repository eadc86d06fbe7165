from odoo import api, fields, models

from ...models.connection.marketplace_health_mixin import shorten


class MarketplaceDelete(models.TransientModel):
    """Dialog that says what is deleted with an account or some of its sites and what stays, and does it."""

    _name = "marketplace.delete"
    _description = "Delete a Marketplace Account or Site"

    account_id = fields.Many2one("marketplace.account", required=True, readonly=True)
    site_ids = fields.Many2many("marketplace.site", string="Sites", readonly=True)
    title = fields.Char(compute="_compute_texts")
    addresses = fields.Char(compute="_compute_texts")
    ticket_count = fields.Integer(compute="_compute_texts")
    order_count = fields.Integer(compute="_compute_texts")
    message_count = fields.Integer(compute="_compute_texts")
    has_own_credential = fields.Boolean(compute="_compute_texts")
    purge = fields.Boolean(
        string="Delete buyers' data now",
        help="Names, addresses and what buyers wrote are deleted from tickets, orders and messages. "
        "This can't be undone.",
    )

    @api.depends("account_id", "site_ids")
    def _compute_texts(self):
        for wizard in self:
            sites = wizard.site_ids or wizard.account_id.site_ids
            counts = self.env["marketplace.deletion"]._count(wizard.account_id, wizard.site_ids)
            wizard.title = ", ".join(wizard.site_ids.mapped("name")) or wizard.account_id.name
            wizard.addresses = shorten(sites.filtered("address").mapped("address"))
            wizard.ticket_count = counts["tickets"]
            wizard.order_count = counts["orders"]
            wizard.message_count = counts["messages"]
            credential = wizard.account_id.credential_id.with_context(active_test=False)
            is_alone = credential.account_ids == wizard.account_id
            wizard.has_own_credential = bool(not wizard.site_ids and credential and is_alone)

    def action_delete(self):
        """Delete what the dialog names."""
        self.ensure_one()
        self.account_id.check_access("write")
        self.env["marketplace.deletion"]._delete(self.account_id, self.site_ids, self.purge)
        if self.site_ids:
            return self.account_id._open()
        return self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_account_action")
