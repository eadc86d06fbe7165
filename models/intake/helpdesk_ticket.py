from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

from ..ticket.helpdesk_ticket import as_html
from .marketplace_message import RIGHTFUL


class HelpdeskTicket(models.Model):
    """What is in doubt on a ticket: whose mail it shows, and whether the order that it names is this buyer's."""

    _inherit = "helpdesk.ticket"

    marketplace_named_ref = fields.Char(
        string="Names Order", readonly=True, copy=False, help="In the buyer's own words: not proved to be the buyer's."
    )
    marketplace_doubt = fields.Selection(
        [("order", "Names an order, not proved"), ("sender", "Sender not verified")],
        string="In Doubt",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    marketplace_doubt_text = fields.Char(compute="_compute_marketplace_doubt_text")

    def _compute_marketplace_doubt_text(self):
        for ticket in self:
            ticket.marketplace_doubt_text = ticket._marketplace_say_doubt()

    def _marketplace_say_doubt(self):
        """Return in plain sentences what is in doubt here and what follows from it, or False."""
        self.ensure_one()
        said = []
        if self.marketplace_doubt == "sender":
            said.append(
                self.env._(
                    "Nothing proves that this mail is from a buyer: it may be forged. It can't be answered before "
                    "somebody says that it is your buyer."
                )
            )
        if self.marketplace_named_ref:
            said.append(
                self.env._(
                    "The buyer names order %s, not proved: its data are not shown here until somebody joins it.",
                    self.marketplace_named_ref,
                )
            )
        return " ".join(said) or False

    def _marketplace_is_closed(self):
        self.ensure_one()
        return self.stage_id.closed or not self.active

    def _marketplace_update_doubt(self):
        """Say of these tickets what is in doubt, after messages came or a person put something right."""
        rows_sudo = self.env["marketplace.message"].sudo()
        for ticket in self:
            mine = [("ticket_id", "=", ticket.id), ("state", "=", "done")]
            doubt = "order" if ticket.marketplace_named_ref and not ticket.marketplace_order_id else False
            if rows_sudo.search_count(mine, limit=1) and not rows_sudo.search_count(RIGHTFUL & Domain(mine), limit=1):
                doubt = "sender"
            if ticket.marketplace_doubt != doubt:
                ticket.sudo().with_context(tracking_disable=True).marketplace_doubt = doubt

    def _marketplace_begin_beside(self, closed):
        """Say on this new ticket and on a closed one that they may belong together: nothing is proved of the new one.

        :param closed: the ticket that proved mail would have opened again; may be empty.
        """
        if not closed:
            return
        for ticket, text, other in (
            (self, self.env._("May continue %s, which stays closed: this mail is not verified."), closed),
            (closed, self.env._("A mail that is not verified may belong here: see %s."), self),
        ):
            ticket._marketplace_note(Markup("<p>%s</p>") % Markup(text) % other._get_html_link(title=other.number))

    def _marketplace_post_doubtful_notice(self, message, mail):
        """Post a notice that nothing proves, marked as such and unseen by rules; returns the mail.message."""
        label = message.notice_label or self.env._("Not delivered")
        title = self.env._("%(marketplace)s: %(notice)s. Not verified", marketplace=message.app_id.name, notice=label)
        return self._marketplace_post(
            message,
            "notice",
            body=Markup("<strong>%s</strong>") % title + as_html(mail.body),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_from=message.site_id._sender(message.app_id.name),
            attachments=[(file.name, file.content) for file in mail.attachments],
        )
