import logging
from email.utils import getaddresses

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def send_email(self, message, *args, **kwargs):
        """Refuse mail to a marketplace's relay: the last door, whoever asks.

        :raise UserError: when no other recipient is left.
        """
        is_relay = self.env["marketplace.app"].sudo()._is_relay_address
        refused = 0
        for header in ("To", "Cc", "Bcc"):
            addresses = getaddresses(message.get_all(header, []))
            allowed = [pair for pair in addresses if not is_relay(pair[1])]
            if len(allowed) < len(addresses):
                refused += len(addresses) - len(allowed)
                self._set_recipients(message, header, allowed)
        if refused:
            _logger.warning("Kept a mail from %s marketplace buyer(s): %s", refused, message["Message-Id"])
            if not any(message.get_all(header) for header in ("To", "Cc", "Bcc")):
                raise UserError(
                    self.env._("Nothing was sent: buyers of a marketplace are reached by answering on their ticket.")
                )
        return super().send_email(message, *args, **kwargs)

    def _set_recipients(self, message, header, pairs):
        del message[header]
        if pairs:
            message[header] = ", ".join(f'"{name}" <{address}>' if name else address for name, address in pairs)
