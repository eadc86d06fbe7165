"""What a ticket is about, and how it stands, is never said by users (trust.md A1, A2, A3, A8)."""

from odoo.exceptions import AccessError, UserError

from ...models.reply.answering import Answering
from ..privacy.rights_matrix import MODELS
from ..trust_common import TrustCase

#: What administrators fill in by hand: what they choose as a default is theirs.
BY_HAND = {
    "marketplace.account", "marketplace.app", "marketplace.credential", "marketplace.field.mapping",
    "marketplace.mailbox", "marketplace.site", "marketplace.ticket.template",
}  # fmt: skip

ROLES = ("own", "team", "agent", "manager", "admin")


class TestTrustPointers(TrustCase):
    def pointers(self):
        """Return a value that would change each stored field of ours on the ticket."""
        return {
            "marketplace_site_id": self.site_us.id,
            "marketplace_order_id": self.hidden.marketplace_order_id.id,
            "marketplace_order_ref": "111-1111111-1111111",
            "marketplace_order_state": "none",
            "marketplace_item_ref": "B000000000",
            "marketplace_check": True,
            "marketplace_named_ref": "111-1111111-1111111",
            "marketplace_doubt": "sender",
            "marketplace_response_id": self.hidden.marketplace_response_id.id,
            "marketplace_previous_ticket_id": self.hidden.id,
            "marketplace_claimed_at": "2026-01-01",
            "marketplace_claim_deadline": "2026-01-01",
            "marketplace_deadline": "2026-01-01",
            "marketplace_amber_at": "2026-01-01",
            "marketplace_reply_count": 99,
            "marketplace_order_status": "delivered",
            "marketplace_last_notice": "other",
            "marketplace_last_notice_at": "2026-01-01",
            "marketplace_app_id": self.env["marketplace.app"].search([("id", "!=", self.app.id)], limit=1).id,
            "marketplace_next_ticket_ids": [(4, self.hidden.id)],
        }

    def test_every_stored_field_of_ours_is_tried_here(self):
        ours = {
            name
            for name, field in self.mine._fields.items()
            if name.startswith("marketplace_") and (field.store or field.type == "one2many")
        }
        self.assertEqual(ours, set(self.pointers()))

    def test_no_user_writes_a_pointer_and_is_told_the_way_out(self):
        for role in ROLES:
            for name, value in self.pointers().items():
                with self.subTest(f"{role}: {name}"), self.assertRaises(AccessError) as caught:
                    self.as_(role, self.mine).write({name: value})
                self.assertIn("Link to an Order", str(caught.exception))
                self.assertIn(self.mine._fields[name].string, str(caught.exception))

    def test_no_user_makes_a_ticket_with_a_pointer(self):
        for role in ROLES:
            for name, value in self.pointers().items():
                with self.subTest(f"{role}: {name}"), self.assertRaises(AccessError):
                    self.as_(role, self.mine.browse()).create({"name": "New", "description": "x", name: value})

    def test_web_save_copy_and_import_are_held_to_it_too(self):
        order = self.hidden.marketplace_order_id
        ticket = self.as_("agent", self.mine)
        with self.assertRaises(AccessError):
            ticket.web_save({"marketplace_order_id": order.id}, {"marketplace_order_data": {}})
        with self.assertRaises(AccessError):
            ticket.browse().web_save(
                {"name": "x", "description": "x", "marketplace_order_id": order.id}, {"marketplace_order_data": {}}
            )
        with self.assertRaises(AccessError):
            ticket.copy({"marketplace_order_id": order.id})
        result = ticket.load([".id", "marketplace_order_id/.id"], [[str(ticket.id), str(order.id)]])
        self.assertTrue(result["messages"])
        self.assertNotEqual(self.mine.marketplace_order_id, order)

    def test_a_copy_is_about_no_order(self):
        copied = self.as_("agent", self.mine).copy()
        self.assertFalse(copied.marketplace_order_id or copied.marketplace_site_id)
        self.assertFalse(copied.marketplace_order_ref or copied.marketplace_response_id or copied.marketplace_deadline)

    def test_defaults_say_nothing_of_pointers(self):
        order, field = self.hidden.marketplace_order_id, "marketplace_order_id"
        self.env["ir.default"].with_user(self.users["own"]).set("helpdesk.ticket", field, order.id, user_id=True)
        response = self.hidden.marketplace_response_id
        tickets = self.as_("own", self.mine.browse()).with_context(
            default_marketplace_order_id=order.id, default_marketplace_response_id=response.id
        )
        self.assertFalse(tickets.default_get([field, "marketplace_response_id"]))
        ticket = tickets.create({"name": "New", "description": "x"})
        self.assertFalse(ticket.marketplace_order_id or ticket.marketplace_response_id)

    def test_nothing_that_the_system_makes_takes_a_users_defaults(self):
        tried = {"char": "forged", "text": "forged", "integer": 99, "boolean": True, "datetime": "2026-01-01 00:00:00"}
        for name in MODELS.keys() - BY_HAND:
            model = self.env[name].with_user(self.users["own"]).sudo()
            fields = [one for one in model._fields.values() if one.store and one.type in tried and not one.default]
            fields = [one for one in fields if one.name not in ("create_date", "write_date")]
            for field in fields:
                self.env["ir.default"].with_user(self.users["own"]).set(name, field.name, tried[field.type], True)
            given = {f"default_{field.name}": tried[field.type] for field in fields}
            for asked in (model, model.with_context(**given)):
                found = asked.default_get([field.name for field in fields])
                self.assertFalse({one for one, value in found.items() if value == tried[model._fields[one].type]}, name)

    def test_a_new_orders_relay_is_not_what_an_agent_chose_as_default(self):
        relay = "someone-else@marketplace.amazon.de"
        self.env["ir.default"].with_user(self.users["own"]).set("marketplace.order", "relay", relay, user_id=True)
        ref = "302-5669388-0009998"
        self.as_("own", self.mine).with_context(default_state="known").action_marketplace_link_order(ref, "Why")
        order = self.env["marketplace.order"].search([("order_ref", "=", ref)])
        self.assertEqual((order.relay, order.state), (False, "pending"))

    def test_a_form_that_is_being_filled_tells_nothing_of_an_order(self):
        order = self.hidden.marketplace_order_id
        values = {
            "marketplace_order_id": order.id,
            "marketplace_site_id": self.site_us.id,
            "marketplace_response_id": self.hidden.marketplace_response_id.id,
        }
        names = ("marketplace_order_data", "marketplace_reply_data", "marketplace_deadline", "marketplace_order_ref")
        for ticket in (self.mine, self.mine.browse()):
            for given in (list(values), ["name", *values], ["name"], []):
                spec = {name: {} for name in (*values, *names, "name")}
                result = self.as_("own", ticket).onchange({**values, "name": "x"}, given, spec)
                self.assertNotIn(order.order_ref, str(result))
                self.assertFalse(any(result.get("value", {}).get(name) for name in values), result)

    def test_another_record_writes_no_pointer_for_a_user(self):
        order = self.hidden.marketplace_order_id
        for record in (self.team, self.env["res.partner"].create({"name": "P"}), order):
            names = [one.name for one in record._fields.values() if one.comodel_name == "helpdesk.ticket"]
            for name in names:
                if record._fields[name].type == "one2many":
                    values = {"name": "New", "description": "x", "marketplace_order_id": order.id}
                    with self.subTest(f"{record._name}.{name}"), self.assertRaises(AccessError):
                        self.as_("admin", record).sudo(False).write({name: [(0, 0, values)]})
        with self.assertRaises(AccessError):
            self.as_("admin", order).write({"ticket_ids": [(4, self.mine.id)]})

    def test_another_company_makes_no_ticket_about_our_order(self):
        values = {
            "name": "x",
            "description": "x",
            "company_id": self.company.id,
            "marketplace_site_id": self.site_us.id,
            "marketplace_order_id": self.hidden.marketplace_order_id.id,
        }
        with self.assertRaises(AccessError):
            self.as_("beta", self.mine.browse()).create(values)
        with self.assertRaises(AccessError):
            self.as_("beta", self.mine.browse()).create(dict(values, company_id=self.other_company.id))

    def test_a_tickets_company_is_its_orders_also_for_the_system(self):
        with self.assertRaises(UserError):
            self.mine.company_id = self.other_company

    def test_what_points_at_another_companys_order_shows_and_sends_nothing(self):
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET company_id = %s, team_id = NULL WHERE id = %s",
            [self.other_company.id, self.hidden.id],
        )
        self.env.invalidate_all()
        ticket = self.as_("beta", self.hidden)
        self.assertFalse(ticket._marketplace_get_order())
        self.assertEqual(Answering(ticket).get_placeholders(), {})

    def test_nobody_acts_on_tickets_of_others(self):
        for role in ("own", "beta"):
            ticket = self.as_(role, self.hidden)
            for act in (
                lambda ticket=ticket: ticket.action_marketplace_reply("Hello"),
                lambda ticket=ticket: ticket.action_marketplace_messages(),
                lambda ticket=ticket: ticket.action_marketplace_no_response(),
                lambda ticket=ticket: ticket.action_marketplace_answered(),
                lambda ticket=ticket: ticket.action_marketplace_checked(),
                lambda ticket=ticket: ticket.read(["marketplace_order_data"]),
                lambda ticket=ticket: ticket.read(["marketplace_reply_data"]),
            ):
                with self.assertRaises(AccessError):
                    act()

    def test_trying_values_tells_nothing_of_tickets_of_others(self):
        texts = set()
        for value in (self.hidden.marketplace_order_ref, "999-9999999-9999999"):
            with self.assertRaises(AccessError) as caught:
                self.as_("own", self.hidden).write({"marketplace_order_ref": value})
            texts.add(str(caught.exception))
        self.assertEqual(len(texts), 1)

    def test_an_agent_who_looked_says_so_and_it_is_kept(self):
        self.mine.marketplace_check = True
        self.as_("agent", self.mine).action_marketplace_checked()
        self.assertFalse(self.mine.marketplace_check)
        self.assertEqual(self.mine.message_ids[0].author_id, self.users["agent"].partner_id)

    def test_a_contact_is_nobodys_buyer_because_a_user_says_so(self):
        with self.assertRaises(AccessError):
            self.as_("admin", self.env["res.partner"]).create({"name": "x", "marketplace_buyer_ref": "1:x"})
