from odoo import Command

from ..common import MarketplaceCase


class TemplateCase(MarketplaceCase):
    """A template that the German site has chosen, and colleagues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_team = cls.env["helpdesk.ticket.team"].create({"name": "Own team", "company_id": cls.company.id})
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Orders"})
        cls.tags = cls.env["helpdesk.ticket.tag"].create([{"name": "one"}, {"name": "two"}])
        cls.template = cls.env["marketplace.ticket.template"].create({"name": "Europe"})
        cls.site_de.template_id = cls.template

    @classmethod
    def new_user(cls, name, **values):
        group = cls.env.ref("helpdesk_mgmt.group_helpdesk_user")
        values = {"name": name, "login": name.lower(), "group_ids": [Command.link(group.id)], **values}
        return cls.env["res.users"].create(values)

    def new_ticket(self, text="My secret words", **values):
        """Let a buyer write and return the ticket."""
        message = self.buyer_writes(text, **values)
        self.settle()
        self.assertEqual(message.mapped("state"), ["done"])
        return message.ticket_id

    def new_tickets(self, count, start=1):
        """Let that many buyers write, each about an order of their own; return the tickets, oldest first."""
        refs = [self.new_order(f"302-7777777-{number:07}") for number in range(start, start + count)]
        messages = [self.buyer_writes("Hello", order_ref=ref) for ref in refs]
        self.settle()
        return [message.ticket_id for message in messages]

    def get_notes(self, ticket):
        return " ".join(ticket.message_ids.mapped("body"))
