from dataclasses import replace
from unittest.mock import patch

from odoo import Command

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.amazon import Amazon

from ..common import DE_ORDER, MarketplaceCase

MODEL = "odoo.addons.helpdesk_mgmt_marketplace.models.fields.marketplace_field_mapping"


class MappingCase(MarketplaceCase):
    """A world in which an admin pressed Set Up Ticket Fields; fields made in a test go with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Mapping = cls.env["marketplace.field.mapping"]
        cls.manager = cls.env["res.users"].create(
            {
                "name": "Mia Manager",
                "login": "mia",
                "group_ids": [Command.link(cls.env.ref("helpdesk_mgmt.group_helpdesk_manager").id)],
            }
        )
        cls.set_up()

    def setUp(self):
        super().setUp()
        # Runs after the test's savepoint is rolled back.
        self._cleanups.insert(0, (self.registry._setup_models__, (self.env.cr, ["helpdesk.ticket"]), {}))

    @classmethod
    def set_up(cls):
        return cls.env["marketplace.field.mapping"]._set_up(cls.app)

    def get_fields(self):
        return self.env["ir.model.fields"].search(
            [("model", "=", "helpdesk.ticket"), ("name", "=like", "x_marketplace_order_%")]
        )

    def field(self, code):
        """Return the custom field of an attribute."""
        return self.get_fields().filtered(lambda field: field.name == f"x_marketplace_order_{code}")

    def row(self, code):
        """Return the mapping of an attribute."""
        return self.app.mapping_ids.filtered(lambda row: row.attribute == code)

    def add_field(self, name, ttype, **values):
        """Return a custom field of tickets as an admin would make it."""
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        return self.env["ir.model.fields"].create(
            {"model_id": model_id, "name": name, "field_description": name, "ttype": ttype, **values}
        )

    def make_ticket(self, order_ref=DE_ORDER):
        message = self.buyer_writes(order_ref=order_ref)
        self.settle()
        self.assertEqual(message.state, "done", message.error)
        return message.ticket_id

    def change_order(self, ticket, **changes):
        """Let the marketplace tell the order again, perhaps otherwise than before."""
        order = ticket.marketplace_order_id
        (snapshot,) = Amazon.orders_from_json(self.sandbox.orders.find(order.order_ref)[1])
        order._store(replace(snapshot, **changes))
        self.env.flush_all()

    def watch(self, method):
        """Watch calls of a method of tickets from outside of all overrides; returns the growing list of arguments."""
        ticket_class, seen = type(self.env["helpdesk.ticket"]), []
        parent = next(
            one for one in ticket_class.__mro__[1:] if one.__module__.endswith("helpdesk_mgmt.models.helpdesk_ticket")
        )
        original = vars(parent)[method]

        def watched(tickets, vals):
            seen.append((vals,))
            return original(tickets, vals)

        for name in ("_api_model", "_api_private"):
            if hasattr(original, name):
                setattr(watched, name, getattr(original, name))
        self.startPatcher(patch.object(parent, method, watched))
        return seen
