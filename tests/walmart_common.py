"""What tests of Walmart share: the pretend Walmart, and an account opened by the keys of its demo seller."""

import os
import smtplib
from unittest.mock import patch

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.walmart.data import order_ref, purchase_order_ref

from .common import MarketplaceCase
from .reply.reply_common import ReplyMixin

#: Numbers of the demo seller's orders: one purchase order on its way, and one buyer's with three purchase orders.
SENT, SPLIT = order_ref(2), order_ref(3)
#: Cancelled in part, refunded, sent back, without an address yet; three of one buyer, oldest last.
PARTLY, REFUNDED, RETURNED, PLACEHOLDER = order_ref(4), order_ref(5), order_ref(6), order_ref(12)
DOLORES = [order_ref(9), order_ref(10), order_ref(11)]

ANSWER = "<p>Hello,<br/>your parcel left our warehouse on Monday.</p>"
TEXT = "Hello,\nyour parcel left our warehouse on Monday."

__all__ = [
    "ANSWER", "DOLORES", "PARTLY", "PLACEHOLDER", "REFUNDED", "RETURNED", "SENT", "SPLIT", "TEXT", "WalmartCase",
    "WalmartReplyCase", "purchase_order_ref",
]  # fmt: skip


class WalmartCase(MarketplaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        urls = {"MARKETPLACE_WALMART_API_URL": cls.sandbox.walmart_endpoints["api"]}
        cls.enterClassContext(patch.dict(os.environ, urls))
        cls.walmart_app = cls.env.ref("helpdesk_mgmt_marketplace.marketplace_app_walmart")
        cls.seller = cls.sandbox.walmart.sellers["DEMO-WMT"]
        cls.walmart = cls.connect_walmart()
        cls.site = cls.walmart.site_ids
        cls.sandbox.world.set_address("DEMO-WMT", "US", cls.site.address)

    @classmethod
    def connect_walmart(cls):
        """Return a connected account of the demo seller."""
        keys = {"client_id": cls.seller.client_id, "client_secret": cls.seller.client_secret}
        credential = cls.env["marketplace.credential"].create(
            {"name": "Walmart keys", "app_id": cls.walmart_app.id, **keys}
        )
        account = cls.env["marketplace.account"].create(
            {
                "name": "Walmart US",
                "app_id": cls.walmart_app.id,
                "region": "na",
                "seller_ref": cls.seller.partner_id,
                "credential_id": credential.id,
            }
        )
        account._note_success()
        cls.env["marketplace.site"].create(
            {"account_id": account.id, "site_ref": "walmart.com", "seller_name": cls.seller.name}
        )
        return account

    def buyer_asks(self, text="Where is my order?", order_ref=SENT, **values):
        """Let a buyer at Walmart write, and have everything done that follows; return the ledger's rows."""
        messages = self.buyer_writes(text, order_ref, **values)
        self.settle()
        return messages

    def open_keys(self, seller=None, account=None):
        """Return the dialog that connects, at the step where a seller's keys are entered."""
        Dialog = self.env["marketplace.connect"].with_user(self.env.ref("base.user_admin"))
        if account:
            dialog = Dialog.with_context(**account.action_connect()["context"]).create({})
        else:
            dialog = Dialog.create({"app_id": self.walmart_app.id})
            dialog.action_next()
        seller = seller or self.seller
        dialog.write({"client_id": seller.client_id, "client_secret": seller.client_secret})
        return dialog


class WalmartReplyCase(ReplyMixin, WalmartCase):
    """An agent of the site's team who answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_outgoing()
        cls.site.team_id = cls.team

    def setUp(self):
        super().setUp()
        self.sandbox.world.conversations.clear()

    def ask(self, order_ref=SENT, **values):
        """Let a buyer ask, and the agent open the ticket; returns the ledger's row."""
        message = self.buyer_asks(order_ref=order_ref, **values)
        self.ticket = message.ticket_id.with_user(self.agent)
        return message

    def hand_over(self, mail):
        """Hand a mail that left to the pretend Walmart, and to us what it sends for it; returns the ledger's new rows.

        :raise smtplib.SMTPDataError: it is refused.
        """
        before, messages = len(self.mails), self.env["marketplace.message"]
        with smtplib.SMTP("127.0.0.1", self.sandbox.smtp_port, timeout=10) as smtp:
            smtp.send_message(mail, from_addr=mail["Return-Path"])
        self.assertTrue(self.sandbox.wait())
        for raw in self.mails[before:]:
            messages |= self.receive(raw)
        self.settle()
        return messages

    def answer(self, body=ANSWER, **values):
        return super().answer(body, **values)

    def answer_and_hand_over(self):
        """Answer, and let it reach Walmart; returns the reply and what Walmart sent for it."""
        reply = self.answer()
        [mail] = self.send()
        return reply, self.hand_over(mail)

    def register(self, address):
        """Let this be the customer service contact that Walmart knows."""
        self.sandbox.world.set_address("DEMO-WMT", "US", address)
        self.addCleanup(self.sandbox.world.set_address, "DEMO-WMT", "US", self.site.address)

    def switch(self, **switches):
        before = {name: getattr(self.sandbox.world.switches, name) for name in switches}
        self.sandbox.world.set_switches(switches)
        self.addCleanup(self.sandbox.world.set_switches, before)

    def count_posted(self, kind="reply"):
        return len(self.ticket.sudo().message_ids.filtered(lambda one: one.marketplace_kind == kind))
