"""A buyer's question on a ticket, and what an agent does with it."""

import smtplib
import time
from unittest.mock import patch

from ..common import DE_ORDER, MarketplaceCase

ANSWER = "<p>Guten Tag,<br/>Ihr Paket ist unterwegs.</p>"
TEXT = "Guten Tag,\nIhr Paket ist unterwegs."


class ReplyMixin:
    """A ticket with a buyer's question, and an agent who answers."""

    @classmethod
    def build_outgoing(cls):
        cls.env["ir.mail_server"].create(
            {"name": "Out", "smtp_host": "127.0.0.1", "smtp_port": 1, "from_filter": "shop.example"}
        )

    def ask(self):
        """Let the buyer ask, and the agent open the ticket."""
        self.buyer_writes("Wo ist mein Paket?")
        self.settle()
        self.ticket = self.ticket_of(DE_ORDER).with_user(self.agent)

    def answer(self, body=ANSWER, **values):
        """Answer as the agent does; returns the reply, or none with findings."""
        self.result = self.ticket.action_marketplace_reply(body, **values)
        return self.env["marketplace.reply"].browse(self.result["reply_id"] or [])

    def send(self):
        """Let the scheduled action send; returns the mails that left."""
        sent = []
        server = type(self.env["ir.mail_server"])
        original = server.send_email

        def send_email(this, message, *args, **kwargs):
            sent.append(message)
            return original(this, message, *args, **kwargs)

        with patch.object(server, "send_email", send_email):
            self.run_cron("send_replies")
        return sent

    def marketplace_takes(self, mail):
        """Hand a mail that left to the pretend Amazon; returns the raw mails that it sends for it."""
        before = len(self.mails)
        with smtplib.SMTP("127.0.0.1", self.sandbox.smtp_port, timeout=10) as smtp:
            smtp.send_message(mail)
        deadline = time.monotonic() + 20
        while len(self.mails) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        self.sandbox.wait()
        return self.mails[before:]

    def fail_with(self, error):
        """Have the mail server answer with an error."""
        return patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=error)


class ReplyCase(ReplyMixin, MarketplaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_outgoing()

    def setUp(self):
        super().setUp()
        self.ask()
