"""Mail that is not what it seems: a victim's ticket, and somebody else who names the victim's order."""

from email import message_from_bytes, policy
from uuid import uuid4

from ...models.reply.answering import Answering
from ..common import DE_ORDER, MarketplaceCase
from ..reply.reply_common import ReplyMixin

MALLORY = "Mallory Other"


def change(raw, **headers):
    """Return a raw mail as a new one with other headers (``In_Reply_To=…``); None takes one out."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    headers.setdefault("Message_ID", f"<{uuid4()}@mail.example>")
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        if value is not None:
            mail[name.replace("_", "-")] = value
    return mail.as_bytes()


def unproved(raw, **headers):
    """Return a raw mail of whose origin the receiving server says nothing."""
    return change(raw, **{"Authentication_Results": None} | headers)


class ProofCase(ReplyMixin, MarketplaceCase):
    """A victim who asked about an order; ``ticket`` is the victim's, as the agent sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_outgoing()

    def setUp(self):
        super().setUp()
        self.ask()
        self.victim_message = self.env["marketplace.message"].search([("ticket_id", "=", self.ticket.id)])
        self.counts = len(self.ticket.message_ids)

    def arrive(self, *raws):
        """Let raw mails arrive and have everything done that follows; returns the ledger's rows."""
        messages = self.env["marketplace.message"]
        for raw in raws:
            messages |= self.receive(raw)
        self.settle()
        return messages

    def write_as(self, buyer=MALLORY, text="Is it blue?", **values):
        """Return the raw mail of another, genuine buyer who asks before a sale."""
        return self.buyer_mails(text, order_ref=None, site="DE", buyer=buyer, asin="B0SANDBX01", **values)[0]

    def victims_mail(self, text="Where is it?", **values):
        """Return a raw mail of the victim as Amazon sends it."""
        return self.buyer_mails(text, order_ref=DE_ORDER, **values)[0]

    def by_agent(self, ticket):
        return ticket.with_user(self.agent)

    def findings(self, ticket, body="<p>It comes tomorrow.</p>"):
        """Return the codes of what speaks against an answer that an agent gives."""
        result = self.by_agent(ticket).action_marketplace_reply(body, confirmed=True)
        return [one["code"] for one in result["findings"]], result

    def bodies(self, ticket):
        return " ".join(ticket.message_ids.mapped("body"))

    def assert_untouched(self):
        """Check that nothing came to the victim's ticket, and that the victim would get the answer."""
        self.env.invalidate_all()
        self.assertEqual(len(self.ticket.message_ids), self.counts)
        self.assertEqual(Answering(self.ticket).get_answerable(), self.victim_message)
        reply = self.answer()
        self.assertEqual(reply.sudo().recipient, self.victim_message.reply_to)

    def assert_apart(self, ticket, doubt):
        """Check that a ticket names the victim's order as a hint only: no order, no data, no placeholders."""
        self.assertTrue(ticket)
        self.assertNotEqual(ticket, self.ticket.sudo(False))
        self.assertEqual((ticket.marketplace_doubt, ticket.marketplace_named_ref), (doubt, DE_ORDER))
        self.assertFalse(ticket.marketplace_order_id)
        self.assertFalse(ticket.marketplace_order_ref)
        self.assertFalse(ticket.marketplace_order_data["order"])
        self.assertEqual(self.by_agent(ticket).marketplace_reply_data["placeholders"], {})
        self.assertIn(DE_ORDER, ticket.marketplace_doubt_text)
