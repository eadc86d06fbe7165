from datetime import timedelta, timezone
from unittest.mock import patch

from odoo import fields

from ..common import DE_ORDER, MarketplaceCase

SANDBOX = "odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon"


class ClockCase(MarketplaceCase):
    """A buyer who wrote some hours ago; times are given in hours before now."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def ago(self, hours):
        return self.now - timedelta(hours=hours)

    def asks(self, text="Where is my parcel?", hours=0, **values):
        """Let a buyer write at that time, and work the mail off now; returns the ledger's row."""
        when = self.ago(hours).replace(tzinfo=timezone.utc)
        with patch(f"{SANDBOX}.mails.now", lambda: when), patch(f"{SANDBOX}.notices.now", lambda: when):
            message = self.buyer_writes(text, **values)
        self.settle()
        return message

    def copy_arrives(self, text="It is on its way.", hours=0):
        """Let Amazon send the copy of an answer that somebody gave in Seller Central at that time."""
        return self.asks(text, hours, notice="reply_copy")

    def as_agent(self):
        return self.ticket.with_user(self.agent)

    @property
    def ticket(self):
        return self.ticket_of(DE_ORDER)[:1]

    @property
    def turn(self):
        return self.ticket.marketplace_response_id

    @property
    def turns(self):
        return self.env["marketplace.response"].search([("ticket_id", "in", self.ticket.ids)], order="id")
