import logging
from email.utils import formataddr, getaddresses

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

RECIPIENTS = ("To", "Cc", "Bcc")
NOBODY = "undisclosed-recipients:;"
#: Headers of Odoo's own that are shown as recipients to those who get the mail: "reply all" would use them.
SHOWN = ("X-Msg-To-Add", "X-Forge-To")


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _get_test_email_from(self):
        return self.env.context.get("marketplace_test_address") or super()._get_test_email_from()

    def _get_test_email_to(self):
        return self.env.context.get("marketplace_test_address") or super()._get_test_email_to()

    def send_email(self, message, *args, **kwargs):
        """Refuse mail to a marketplace's relay: the last door, whoever asks.

        :raise UserError: when no other recipient is left.
        """
        if self._is_marketplace_reply(message):
            return super().send_email(message, *args, **kwargs)
        is_relay = self.env["marketplace.app"].sudo()._is_relay_address
        refused = 0
        for header in (*RECIPIENTS, *SHOWN):
            addresses = getaddresses(message.get_all(header, []))
            allowed = [pair for pair in addresses if not is_relay(pair[1])]
            if len(allowed) < len(addresses):
                refused += header in RECIPIENTS
                self._set_recipients(message, header, allowed)
        if refused and not message["To"]:
            # Odoo replaces the header, so there must be one.
            message["To"] = NOBODY
        if refused:
            _logger.warning("Kept a mail from a marketplace's buyer: %s", message["Message-Id"])
            if not any("@" in (message[header] or "") for header in RECIPIENTS):
                raise UserError(
                    self.env._("Nothing was sent: buyers of a marketplace are reached by answering on their ticket.")
                )
        return super().send_email(message, *args, **kwargs)

    def _is_marketplace_reply(self, message):
        """Tell whether this is the mail of a reply that is being sent at this moment, and to nobody else."""
        reply_sudo = self.env["marketplace.reply"].sudo().browse(self.env.context.get("marketplace_reply_id", []))
        if not reply_sudo.exists() or reply_sudo.state != "sending" or message["Message-Id"] != reply_sudo.message_ref:
            return False
        headers = [value for header in (*RECIPIENTS, *SHOWN) for value in message.get_all(header, [])]
        addressed = [address.lower() for _name, address in getaddresses(headers)]
        return addressed == [(reply_sudo.recipient or "").lower()]

    def _set_recipients(self, message, header, pairs):
        del message[header]
        if pairs:
            message[header] = ", ".join(formataddr(pair) for pair in pairs)
