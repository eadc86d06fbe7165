from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from .kinds import OTHER
from .text import AGAIN, TEXT_LIMIT, as_html


class MarketplaceMessage(models.Model):
    """How a message of the ledger is shown on a ticket."""

    _inherit = "marketplace.message"

    def _post_buyer(self, ticket, mail, again=None):
        """Post a buyer's words and files on a ticket; return the mail.message.

        :param InboundMail mail: what was read of this message.
        :param again: row of the ledger with the same words, sent before: they are shown collapsed, never left out.
        """
        kind = "check" if mail.kind != "buyer_message" else "buyer"
        if kind == "buyer" and mail.authentication != "pass":
            kind = "unverified"
        if kind == "check":
            ticket.marketplace_check = True
        name = mail.buyer_name or ticket.partner_name or self.env._("Buyer on %s", self.site_id.name)
        text = mail.text if mail.kind == "buyer_message" else mail.body
        body = as_html(text) if text else Markup("<em>%s</em>") % self.env._("No text, only files.")
        if again:
            body = self._collapse(body, again)
        files = [(file.name, file.content) for file in mail.attachments]
        if text and len(text) > TEXT_LIMIT:
            files.append(("message.txt", text.encode()))
        return self._post(
            ticket,
            kind,
            body=body,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            email_from=self.site_id._sender(name.replace('"', "'")),
            attachments=files,
        )

    @api.model
    def _collapse(self, body, again):
        """Return the HTML of words behind the line that they were sent before; one click shows them."""
        said = self.env._("The buyer sent the same words again (first on %s).", format_datetime(self.env, again.date))
        return Markup('<p class="%s"><em>%s</em></p><div data-o-mail-quote="1">%s</div>') % (AGAIN, said, body)

    def _post_notice(self, ticket, mail):
        """Post what the marketplace tells as an internal note, with its kind for rules; return the mail.message."""
        posted = self._post_note(ticket, mail, f"{self.app_id.name}: {self._get_notice_name()}")
        self._note_last_notice(ticket)
        return posted

    def _post_doubtful_notice(self, ticket, mail):
        """Post a notice that nothing proves, marked as such and unseen by rules; return the mail.message."""
        title = self.env._(
            "%(marketplace)s: %(notice)s. Not verified", marketplace=self.app_id.name, notice=self._get_notice_name()
        )
        return self._post_note(ticket, mail, title)

    def _get_notice_name(self):
        return self.notice_label or self.env._("Not delivered")

    def _post_note(self, ticket, mail, title):
        return self._post(
            ticket,
            "notice",
            body=Markup("<strong>%s</strong>") % title + as_html(mail.body),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_from=self.site_id._sender(self.app_id.name),
            attachments=[(file.name, file.content) for file in mail.attachments],
        )

    def _post_copy(self, ticket, mail):
        """Post an answer that was given in the marketplace's console; return the mail.message."""
        return self._post(
            ticket,
            "answered",
            body=as_html(self.app_id._get_class_or_gone().copied_words(mail)),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_from=self.site_id._sender(self.site_id.seller_name or self.app_id.name),
            attachments=[(file.name, file.content) for file in mail.attachments],
        )

    def _post(self, ticket, kind, **values):
        # Without an author nobody is looked up by e-mail; no file must stay active content.
        return ticket.with_context(marketplace_files=True, mail_post_autofollow=False).message_post(
            author_id=False,
            reply_to=ticket.company_id.catchall_formatted or False,
            date=self.date,
            email_add_signature=False,
            force_send=False,
            marketplace_kind=kind,
            **values,
        )

    def _note_last_notice(self, ticket):
        """Write to a ticket which kind of notice came last, for automation rules."""
        known = dict(ticket._selection_marketplace_notice())
        code = self.notice if self.notice in known else OTHER
        # Two of one second are two, for rules that see only what changes.
        last = ticket.marketplace_last_notice_at
        now = max(fields.Datetime.now(), last + timedelta(seconds=1)) if last else fields.Datetime.now()
        ticket.write({"marketplace_last_notice": code, "marketplace_last_notice_at": now})

    def _name_ticket(self, ticket, refused=None):
        """Write on a notice's own ticket what it is about: not a buyer who wrote.

        :param str refused: the ticket was made bare, and its description stays so.
        """
        label = self.notice_label or self.env._("Notice")
        text = self.env._("%(marketplace)s sent a notice: %(notice)s.", marketplace=self.app_id.name, notice=label)
        name = ticket.name if label in ticket.name else f"{label}: {ticket.name}"
        body = Markup("<p>%s</p>") % text
        if not refused:
            body = self.env["marketplace.ticket.template"]._frame(ticket, body, label)
        ticket.with_context(tracking_disable=True).write({"name": name, "description": body})
