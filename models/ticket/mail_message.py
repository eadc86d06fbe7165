from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.mail.tools.discuss import Store

from .kinds import EVIDENCE_KINDS, FREE_KINDS, MESSAGE_KINDS

#: What users may write on any message: their own marks.
OWN_MARKS = {"starred_partner_ids"}


class MailMessage(models.Model):
    _inherit = "mail.message"

    marketplace_kind = fields.Selection(MESSAGE_KINDS, string="Marketplace", readonly=True)
    marketplace_reply = fields.Json(compute="_compute_marketplace_reply")

    @api.model
    def default_get(self, fields):
        return {name: value for name, value in super().default_get(fields).items() if name != "marketplace_kind"}

    def _compute_marketplace_reply(self):
        replies = self.filtered(lambda message: message.marketplace_kind == "reply")
        found_sudo = self.env["marketplace.reply"].sudo()
        if replies:
            found_sudo = found_sudo.search([("mail_message_id", "in", replies.ids)])
        by_message = {reply.mail_message_id.id: reply._describe() for reply in found_sudo}
        for message in self:
            message.marketplace_reply = by_message.get(message.id, False)

    def _to_store_defaults(self, target):
        label = Store.Attr(
            "marketplace_kind_label",
            lambda message: message._marketplace_get_label(),
            predicate=lambda message: message.marketplace_kind == "answered",
        )
        reply = Store.Attr(
            "marketplace_reply",
            lambda message: message.marketplace_reply,
            predicate=lambda message: message.marketplace_kind == "reply",
        )
        return super()._to_store_defaults(target) + ["marketplace_kind", label, reply]

    def _marketplace_get_label(self):
        """Return in which marketplace's console an answer was given."""
        ticket_sudo = self.env["helpdesk.ticket"].sudo().browse(self.res_id)
        return self.env._("Answered in %s", ticket_sudo.marketplace_console)

    @api.model
    def _marketplace_find(self, ticket, kinds, domain):
        """Return, as superuser, the messages of some marketplace kinds on a ticket, the oldest first."""
        mine = [("model", "=", ticket._name), ("res_id", "=", ticket.id), ("marketplace_kind", "in", kinds)]
        return self.sudo().search(mine + domain, order="date, id")

    # === WHO SEES IT === #

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Find what is of a marketplace on tickets that the user may see only, whoever was notified once."""
        if not self.env.su and not bypass_access and self.env.user._marketplace_is_helpdesk():
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)._search([])
            mine = Domain("model", "=", "helpdesk.ticket") & Domain("res_id", "in", tickets)
            domain = Domain(domain) & (Domain("marketplace_kind", "not in", EVIDENCE_KINDS) | mine)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        marked = (self - forbidden)._marketplace_filter_evidence()
        if not marked or self.env.su:
            return forbidden
        seen = self.env["helpdesk.ticket"].browse(marked.mapped("res_id"))._filtered_access("read")
        lost = marked.filtered(lambda one: one.model != seen._name or one.res_id not in seen.ids)
        return forbidden + lost.sudo(False)

    def _marketplace_filter_evidence(self):
        """Return those of these messages, as superuser, that a buyer or a marketplace said, or that went to them."""
        return self.sudo().filtered(lambda one: one.marketplace_kind in EVIDENCE_KINDS)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("marketplace_kind") not in FREE_KINDS for vals in vals_list):
            raise AccessError(self.env._("What a message is for a marketplace is not said by users."))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change what a message is for a marketplace, and all of one that came from there or went to it."""
        if not self.env.su:
            if "marketplace_kind" in vals and any(one.marketplace_kind != vals["marketplace_kind"] for one in self):
                raise AccessError(self.env._("What a message is for a marketplace is not said by users."))
            if vals.keys() - OWN_MARKS:
                self._marketplace_refuse_change()
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            self._marketplace_refuse_change()
        return super().unlink()

    def _marketplace_refuse_change(self):
        """Refuse to change what a buyer or a marketplace said, and what has gone to them.

        :raise AccessError: says why; not for other messages.
        """
        if self.filtered(lambda message: message.marketplace_kind == "reply"):
            raise AccessError(
                self.env._("This answer has gone to the buyer: it can't be changed here. Write another one.")
            )
        if self._marketplace_filter_evidence():
            raise AccessError(
                self.env._("This came from the buyer or the marketplace. It is kept as it came, with its files.")
            )
