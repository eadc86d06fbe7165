import logging
import xmlrpc.client
from email.parser import BytesHeaderParser

from odoo import api, models

from ...marketplaces.mail.address import plain_addresses

_logger = logging.getLogger(__name__)

#: Where a receiving server may have put the address that a mail was really delivered to.
RECIPIENT_HEADERS = (
    "To", "Cc", "Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To", "Resent-To", "Resent-Cc",
)  # fmt: skip


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """Put mail to the address of a site into the ledger; everything else goes on as before."""
        raw = message.data if isinstance(message, xmlrpc.client.Binary) else message
        raw = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else bytes(raw)
        headers = BytesHeaderParser().parsebytes(raw[:1_000_000])
        recipients = [
            self._marketplace_header(value) for name in RECIPIENT_HEADERS for value in headers.get_all(name, [])
        ]
        sites_sudo = self.env["marketplace.site"].sudo()._find_by_aliases(recipients)
        if not sites_sudo:
            return super().message_process(model, message, custom_values, save_original, strip_attachments, thread_id)
        # The ledger believes what the receiving server says of a mail: only a gateway may speak for it.
        self.env["marketplace.message"].check_access("create")
        test_ref = self._marketplace_header(headers["X-Marketplace-Test"])
        if self.env["marketplace.site"].sudo()._note_test_mail(test_ref, raw):
            return False
        message_id = self._marketplace_header(headers["Message-ID"]).strip()
        result = self._marketplace_receive(raw, message_id, sites_sudo)[:1].id
        if self._marketplace_has_other_alias(recipients, sites_sudo):
            super().message_process(model, message, custom_values, save_original, strip_attachments, thread_id)
        return result

    @api.model
    def _marketplace_header(self, value):
        # PostgreSQL stores no NUL, and bytes beyond ASCII come as surrogates.
        return str(value or "").replace("\x00", "").encode("utf-8", "replace").decode()

    @api.model
    def _marketplace_receive(self, raw, message_id, sites_sudo):
        """Store a mail for each site whose alias it came to; return the new rows, none for a mail that is known."""
        message_sudo = new = self.env["marketplace.message"].sudo()
        for address, site_sudo in sites_sudo.items():
            if site_sudo.state == "deleted":
                site_sudo._swallow()
            else:
                new |= message_sudo._receive(raw, site_sudo, address, message_id)
        return new

    @api.model
    def _marketplace_has_other_alias(self, recipients, sites_sudo):
        others = plain_addresses(recipients) - set(sites_sudo)
        if not others:
            return False
        return bool(self.env["mail.alias"].sudo().search_count([("alias_full_name", "in", list(others))], limit=1))

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Never route to a site: its mail is in the ledger already."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        return [route for route in routes if route[0] != "marketplace.site"]
