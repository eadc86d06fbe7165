import itertools
from datetime import datetime, timedelta, timezone

from ..common import MarketplaceCase

TEXT = "Ein Teil Ihrer Bestellung fehlt leider. Wir liefern ihn morgen nach."
numbers = itertools.count(1000)


class MessageCase(MarketplaceCase):
    """Each test has an order of its own: what was sent before decides what is allowed."""

    def setUp(self):
        super().setUp()
        self.env["marketplace.operation"].search([]).unlink()
        self.sandbox.world.requests.clear()
        self.ref = self.make_order(status="SHIPPED", days=20)

    def make_order(self, days=3, **values):
        created = datetime.now(timezone.utc) - timedelta(days=days)
        return self.new_order(f"302-1111111-{next(numbers):07}", created=created, **values)

    def open_ticket(self, ref=None):
        """Let the order's buyer write; returns the ticket as the agent sees it."""
        self.ref = ref or self.ref
        self.buyer_writes("Wo ist mein Paket?", self.ref)
        self.settle()
        self.ticket = self.ticket_of(self.ref).with_user(self.agent)
        return self.ticket

    def open_dialog(self):
        """Open the dialog as the agent does; returns it before anything was asked."""
        action = self.ticket.action_marketplace_messages()
        return self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])

    def ask(self, dialog=None):
        """Let the browser have the dialog ask what is allowed; returns the dialog."""
        dialog = dialog or self.open_dialog()
        self.assertFalse(self.press(dialog, "action_ask", user=self.agent))
        return dialog

    def choose(self, code, **content):
        dialog = self.ask()
        dialog.write({"action_code": code, "content": content})
        return dialog

    def queue(self, code="unexpectedProblem", **content):
        """Have a message queued; returns it."""
        dialog = self.choose(code, **(content or {"text": TEXT}))
        self.assertEqual(dialog.action_send()["type"], "ir.actions.act_window_close")
        return self.get_replies()

    def get_replies(self):
        return self.env["marketplace.reply"].search([("ticket_id", "=", self.ticket.id)])

    def send(self):
        self.run_cron("send_replies")

    def send_again(self, reply):
        """Let the pauses be over."""
        reply.next_attempt = "2026-01-01"
        self.env["marketplace.operation"].search([]).unlink()
        self.send()

    def upload(self, dialog, *names):
        """Attach files as the dialog's upload button does."""
        values = {"res_model": dialog._name, "res_id": dialog.id, "raw": b"%PDF-1.4"}
        dialog.attachment_ids = dialog.attachment_ids.create([dict(values, name=name) for name in names])

    def get_calls(self, operation):
        return self.sandbox.world.requests.report()["counts"].get(operation, 0)

    def get_seen(self):
        """Return what the buyer got."""
        return [one for one in self.sandbox.read_conversation(self.ref) if one["side"] == "seller"]
