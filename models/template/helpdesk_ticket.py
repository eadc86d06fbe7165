from markupsafe import Markup

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """What new tickets look like, and when a closed one is followed by a new one."""

    _inherit = "helpdesk.ticket"

    marketplace_previous_ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Continues Ticket", readonly=True, copy=False, index="btree_not_null",
        check_company=True,
    )  # fmt: skip
    marketplace_next_ticket_ids = fields.One2many("helpdesk.ticket", "marketplace_previous_ticket_id", readonly=True)
    marketplace_next_ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Continued In", compute="_compute_marketplace_next_ticket_id", compute_sudo=True
    )

    @api.depends("marketplace_next_ticket_ids")
    def _compute_marketplace_next_ticket_id(self):
        for ticket in self:
            ticket.marketplace_next_ticket_id = ticket.marketplace_next_ticket_ids.sorted("id")[-1:]

    # === TEMPLATE === #

    @api.model
    def _marketplace_get_title(self, conversation):
        """Return the title that a conversation's ticket gets once its order is known."""
        template_sudo = conversation.site_id._get_template()
        order, topic = conversation.order_id, template_sudo._get_topic(order=conversation.order_id)
        values = template_sudo._get_values(conversation.site_id, order, topic, self.marketplace_item_ref)
        return template_sudo and template_sudo._fill_title(values) or conversation._get_title()

    @api.model
    def _marketplace_create_taken(self, conversation, mail):
        """Return a new ticket that somebody is about to take: it's nobody's turn."""
        return self.with_context(marketplace_taken=True)._marketplace_create(conversation, mail).with_env(self.env)

    def _marketplace_frame(self, body, topic=None):
        """Return the HTML of a description within what the template wants above and below; bare when refused."""
        template_sudo = self.sudo().marketplace_site_id._get_template()
        if not template_sudo or self.env.context.get("marketplace_refused"):
            return body
        site_sudo, order_sudo = self.sudo().marketplace_site_id, self.sudo().marketplace_order_id
        topic = topic or template_sudo._get_topic(order=order_sudo)
        item = self.marketplace_item_ref
        return template_sudo._fill_frame(body, template_sudo._get_values(site_sudo, order_sudo, topic, item))

    # === FOLLOWED BY A NEW ONE === #

    def _marketplace_is_over(self):
        """Tell whether this ticket has been closed for so long that its site wants a new one in its place."""
        self.ensure_one()
        site_sudo = self.sudo().marketplace_site_id
        if site_sudo.reopen != "new" or not self.stage_id.closed:
            return False
        closed_at = max(filter(None, (self.closed_date, self.last_stage_update)), default=self.write_date)
        return (fields.Datetime.now() - closed_at).total_seconds() > site_sudo.reopen_days * 86400

    def _marketplace_continue(self, previous):
        """Link this new ticket and the one before it of its conversation; nothing when there was none."""
        self.ensure_one()
        if not previous:
            return
        self.with_context(tracking_disable=True).marketplace_previous_ticket_id = previous
        for ticket, text, other in (
            (self, self.env._("Continues %s, which was closed when the buyer wrote again."), previous),
            (previous, self.env._("The buyer wrote again: the conversation goes on in %s."), self),
        ):
            ticket._marketplace_note(Markup("<p>%s</p>") % Markup(text) % other._get_html_link(title=other.number))
            ticket._marketplace_changed()
