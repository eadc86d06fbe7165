from datetime import timedelta

from odoo import api, fields, models

#: Messages without proof that one address may bring in an hour before the rest is put aside.
FLOOD_LIMIT = 20
HOUR = timedelta(hours=1)


class MarketplaceFlood(models.Model):
    """More messages without proof than an address gets in an hour: one line for all of them, until somebody looks."""

    _name = "marketplace.flood"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Parked Messages"
    _order = "id desc"

    name = fields.Char(compute="_compute_count")
    address = fields.Char(required=True, readonly=True)
    site_id = fields.Many2one("marketplace.site", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    started_at = fields.Datetime(string="Since", required=True, readonly=True)
    message_ids = fields.One2many("marketplace.message", "flood_id")
    message_count = fields.Integer(string="Messages Parked", compute="_compute_count")
    state = fields.Selection([("parked", "Parked"), ("released", "Released")], default="parked", readonly=True)
    released_by_id = fields.Many2one("res.users", readonly=True)

    _hour_unique = models.UniqueIndex("(address, started_at) WHERE state = 'parked'")

    # === COMPUTE METHODS === #

    @api.depends("message_ids")
    def _compute_count(self):
        groups = self.env["marketplace.message"]._read_group([("flood_id", "in", self.ids)], ["flood_id"], ["__count"])
        counts = {flood.id: count for flood, count in groups}
        for flood in self:
            flood.message_count = counts.get(flood.id, 0)
            flood.name = self.env._(
                "%(count)s unverified messages came to %(address)s within an hour",
                count=flood.message_count,
                address=flood.address,
            )

    # === ACTION METHODS === #

    def action_look(self):
        """List the messages that were put aside."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_message_action")
        return dict(action, name=self.name, domain=[("flood_id", "=", self.id)])

    def action_release(self):
        """Have the messages processed like any others without proof."""
        self.check_access("read")
        flood_sudo = self.sudo().filtered(lambda one: one.state == "parked")
        flood_sudo.write({"state": "released", "released_by_id": self.env.uid})
        parked_sudo = flood_sudo.message_ids.filtered(lambda one: one.state == "quarantined")
        parked_sudo.write({"state": "received", "next_attempt": fields.Datetime.now(), "attempts": 0})
        parked_sudo._trigger_process()

    # === PARKING === #

    @api.model
    def _park(self, message, mail):
        """Put a message aside when its address gets too many without proof; return the reason, else None.

        :param InboundMail mail: as read.
        """
        if mail.authentication == "pass" or message.is_accepted or message.flood_id:
            return None
        limit = int(self.env["marketplace.intake"]._get_param("flood_limit", FLOOD_LIMIT))
        since = fields.Datetime.now() - HOUR
        unproved = [("authentication", "in", ("none", "fail")), ("create_date", ">", since)]
        others = [("address", "=", message.address), ("flood_id", "=", False), ("id", "!=", message.id)]
        if message.search_count(others + unproved, limit=limit) < limit:
            return None
        message.flood_id = self._find_or_create(message)
        return self.env._("Too many unverified messages came to this address within an hour.")

    @api.model
    def _find_or_create(self, message):
        """Return the line of this hour; a worker who comes second fails and tries again."""
        hour = fields.Datetime.now().replace(minute=0, second=0)
        open_one = [("address", "=", message.address), ("state", "=", "parked"), ("started_at", "=", hour)]
        values = {"address": message.address, "site_id": message.site_id.id, "company_id": message.company_id.id}
        return self.search(open_one, limit=1) or self.create(dict(values, started_at=hour))
