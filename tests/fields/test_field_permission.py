from odoo.exceptions import AccessError

from ..common import DE_ORDER
from .mapping_common import MappingCase

STATUS, CARRIER, SKUS = (f"x_marketplace_order_{code}" for code in ("status", "carrier", "skus"))


class TestFieldPermission(MappingCase):
    def setUp(self):
        super().setUp()
        self.row("carrier").edit = "managers"
        self.row("skus").edit = "agents"
        self.ticket = self.make_ticket()

    def as_(self, user):
        return self.ticket.with_user(user)

    def test_nobody_means_nobody_that_is_a_person(self):
        for user in (self.agent, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError) as caught:
                self.as_(user).write({STATUS: "Mine"})
            self.assertIn("Order Status", str(caught.exception))
            self.assertIn("Amazon", str(caught.exception))
        self.ticket.sudo().write({STATUS: "The system's"})
        self.assertEqual(self.ticket[STATUS], "The system's")

    def test_managers_edit_what_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.as_(self.agent).write({CARRIER: "Mine"})
        self.as_(self.manager).write({CARRIER: "Mine"})
        self.assertEqual(self.ticket[CARRIER], "Mine")

    def test_agents_edit_what_is_for_agents(self):
        self.as_(self.agent).write({SKUS: "Mine"})
        self.assertEqual(self.ticket[SKUS], "Mine")

    def test_the_same_value_again_is_no_change(self):
        self.as_(self.agent).write({STATUS: self.ticket[STATUS], "priority": "3"})
        self.assertEqual(self.ticket.priority, "3")

    def test_one_locked_ticket_among_others_is_enough(self):
        plain = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x", "team_id": self.team.id})
        with self.assertRaises(AccessError):
            (plain | self.ticket).with_user(self.agent).write({STATUS: "Mine"})

    def test_ordinary_tickets_are_nobodys_business(self):
        plain = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x", "team_id": self.team.id})
        plain.with_user(self.agent).write({STATUS: "Mine"})
        self.assertEqual(plain[STATUS], "Mine")

    def test_a_mapping_that_is_off_guards_nothing(self):
        self.row("status").active = False
        self.as_(self.agent).write({STATUS: "Mine"})
        self.assertEqual(self.ticket[STATUS], "Mine")

    def test_no_user_makes_a_new_ticket_of_a_marketplace(self):
        values = {"name": "New", "description": "x", "marketplace_site_id": self.site_de.id}
        for user in (self.agent, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(user).create(values)

    def test_what_was_written_on_a_plain_ticket_is_gone_when_it_becomes_a_marketplaces(self):
        plain = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x", "team_id": self.team.id})
        plain.with_user(self.agent).write({STATUS: "Mine", CARRIER: "Mine", SKUS: "Mine"})
        conversation = self.env["marketplace.conversation"].search([("ticket_id", "=", self.ticket.id)])
        conversation._tell_order(plain)
        self.assertEqual(plain[STATUS], self.ticket[STATUS])
        self.assertEqual(plain[CARRIER], self.ticket[CARRIER])
        self.assertEqual(plain[SKUS], self.ticket[SKUS])

    def test_no_ticket_leaves_its_marketplace_to_be_edited_or_joins_one_with_values_of_its_own(self):
        with self.assertRaises(AccessError):
            self.as_(self.agent).write({"marketplace_site_id": False})
        plain = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x", "team_id": self.team.id})
        with self.assertRaises(AccessError):
            plain.with_user(self.agent).write({"marketplace_site_id": self.site_de.id, STATUS: "Mine"})

    def test_an_import_is_held_to_it_too(self):
        columns, line = [".id", STATUS], [str(self.ticket.id), "Mine"]
        result = self.env["helpdesk.ticket"].with_user(self.agent).load(columns, [line])
        self.assertTrue(result["messages"])
        self.assertNotEqual(self.ticket[STATUS], "Mine")

    def test_what_an_agent_stored_as_default_fills_no_field_of_a_ticket_that_the_system_makes(self):
        self.row("promotions").edit, self.row("buyer_po").edit = "managers", "agents"
        locked, free = "x_marketplace_order_promotions", "x_marketplace_order_buyer_po"
        for name in (locked, free):
            self.env["ir.default"].with_user(self.agent).set("helpdesk.ticket", name, "Mine", user_id=True)
        words = self.ticket.message_ids.filtered(lambda one: one.marketplace_kind == "buyer")[:1]
        ticket = self.as_(self.agent).with_context(
            **{f"default_{locked}": "Mine", "default_partner_email": "x@x.example"}
        )
        ticket.action_marketplace_split(words.id, "Why")
        new = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual((new != ticket, new.marketplace_site_id), (True, self.ticket.marketplace_site_id))
        self.assertEqual((new[locked], new[free], new.partner_email), (False, False, False))

    # === THE MAPPINGS THEMSELVES === #

    def test_managers_read_mappings_and_admins_write_them(self):
        row = self.row("status")
        self.assertEqual(row.with_user(self.manager).read(["state", "field_label"])[0]["field_label"], "Order Status")
        for user in (self.manager, self.agent):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"edit": "agents"})
        with self.assertRaises(AccessError):
            row.with_user(self.agent).read(["attribute"])
        row.with_user(self.env.ref("base.user_admin")).edit = "agents"
        self.as_(self.agent).write({STATUS: "Mine"})

    def test_a_manager_opens_the_marketplace_with_its_fields(self):
        app = self.app.with_user(self.manager)
        view = app.get_views([(False, "form")])["views"]["form"]["arch"]
        self.assertNotIn("action_set_up_fields", view)
        row = app.mapping_ids[0].web_read({"attribute": {}, "field_label": {}, "state": {}, "edit": {}})
        self.assertTrue(row[0]["field_label"])

    # === BUYERS' DATA === #

    def test_personal_data_in_fields_goes_with_the_buyers_data(self):
        self.row("buyer_name").unlink()
        self.assertTrue(self.ticket.x_marketplace_order_buyer_name)
        self.row("recipient_city").field_id = self.add_field("x_town", "char")
        self.env["marketplace.deletion"]._purge_tickets(self.ticket, ("id", ">", 0))
        for code in ("buyer_name", "recipient_city", "recipient_postcode", "tracking", "company"):
            self.assertFalse(self.ticket[f"x_marketplace_order_{code}"], code)
        self.assertEqual(self.ticket.x_marketplace_order_number, DE_ORDER)

    def test_a_copied_ticket_takes_no_order_data_along(self):
        self.assertFalse(self.ticket.copy()[STATUS])
