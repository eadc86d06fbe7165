from odoo import Command

from ..clock.clock_common import ClockCase
from ..common import DE_ORDER

OTHER_ORDER = "302-4444444-0000001"
WHY = "The buyer mixed them up."


class CorrectCase(ClockCase):
    """A buyer with a ticket, and an agent who puts right what belongs together."""

    def write_in(self, text="Where is my parcel?", hours=0, **values):
        """Let a buyer write that many hours ago; returns the ledger's row."""
        return self.asks(text, hours, **values)

    def new_ticket(self, ref=OTHER_ORDER, text="Question about the other one", hours=0, buyer="Robin Other"):
        """Let the buyer of another order write; returns its ticket."""
        self.new_order(ref, buyer=buyer)
        return self.write_in(text, hours, order_ref=ref).ticket_id

    def by_agent(self, ticket):
        return ticket.with_user(self.agent)

    def make_user(self, login, group, **values):
        groups = [Command.link(self.env.ref(f"helpdesk_mgmt.{group}").id)]
        return self.env["res.users"].create({"name": login, "login": login, "group_ids": groups, **values})

    def bodies(self, ticket):
        return " ".join(ticket.message_ids.mapped("body"))

    def get_corrections(self, ticket):
        return self.env["marketplace.correction"].search([("ticket_id", "in", ticket.ids)])

    def de_ticket(self):
        return self.ticket_of(DE_ORDER)
