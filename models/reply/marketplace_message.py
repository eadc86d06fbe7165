from odoo import models


class MarketplaceMessage(models.Model):
    _inherit = "marketplace.message"

    def _process_copy(self, ticket, mail):
        """Process the marketplace's copy of an answer that went to the buyer; return whether that was possible.

        That of an answer of ours proves that it was accepted. Any other was given in the marketplace's console: it is
        posted as such and stops the clock. ``mail_message_id`` is set to what shows the copy.
        """
        reply_sudo = self.env["marketplace.reply"].sudo()._find_for_copy(ticket, mail)
        if reply_sudo:
            reply_sudo._accept()
            self.mail_message_id = reply_sudo.mail_message_id
            return True
        self.mail_message_id = self._post_copy(ticket, mail)
        self.env["marketplace.response"]._stop(ticket, "console", self.date, user=self.env["res.users"])
        return True
