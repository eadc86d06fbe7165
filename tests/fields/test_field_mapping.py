from unittest.mock import patch

from odoo import api
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.hooks import uninstall_hook

from ..common import DE_ORDER, PARAM
from ..correction.correct_common import OTHER_ORDER
from .mapping_common import MODEL, MappingCase


class TestFieldMapping(MappingCase):
    # === SETTING UP === #

    def test_one_click_makes_a_text_field_for_each_attribute(self):
        attributes = self.Mapping._get_attributes()
        fields_ = self.get_fields()
        self.assertEqual(set(fields_.mapped("name")), {f"x_marketplace_order_{code}" for code in attributes})
        self.assertEqual(set(fields_.mapped("ttype")), {"char"})
        self.assertEqual(set(fields_.mapped("state")), {"manual"})
        self.assertEqual(self.field("status").field_description, "Order Status")
        self.assertEqual(set(self.app.mapping_ids.mapped("state")), {"ready"})

    def test_a_second_click_makes_nothing_twice(self):
        before = (self.get_fields(), self.app.mapping_ids)
        self.assertEqual(self.set_up(), {"made": 0, "used": len(before[1]), "unfit": []})
        self.env.invalidate_all()
        self.assertEqual((self.get_fields(), self.app.mapping_ids), before)

    def test_fields_that_are_there_under_that_name_are_used(self):
        self.app.mapping_ids.unlink()
        count = len(self.get_fields())
        self.assertEqual(self.set_up(), {"made": 0, "used": count, "unfit": []})
        self.assertEqual(set(self.app.mapping_ids.mapped("state")), {"ready"})

    def test_the_button_says_what_it_did_and_is_for_admins(self):
        self.field("status").unlink()
        action = self.app.with_user(self.env.ref("base.user_admin")).action_set_up_fields()
        self.assertIn("Fields made: 1.", action["params"]["message"])
        self.assertEqual(self.row("status").state, "ready")
        with self.assertRaises(AccessError):
            self.app.with_user(self.manager).action_set_up_fields()

    def test_another_marketplace_uses_the_same_fields(self):
        other = self.env["marketplace.app"].create({"name": "Other", "code": "other"})
        done = self.env["marketplace.field.mapping"]._set_up(other)
        self.assertEqual((done["made"], done["unfit"]), (0, []))
        self.assertEqual(other.mapping_ids.field_id, self.app.mapping_ids.field_id)

    def test_relay_address_street_and_phone_are_no_attributes(self):
        codes = " ".join(self.Mapping._get_attributes())
        for word in ("relay", "email", "phone", "street", "lines"):
            self.assertNotIn(word, codes)

    # === FILLING === #

    def test_values_are_in_the_create_values_of_a_ticket(self):
        seen = self.watch("create")
        ticket = self.make_ticket()
        (vals_list,) = [args[0] for args in seen]
        self.assertEqual(vals_list[0]["x_marketplace_order_status"], "Shipped")
        self.assertEqual(ticket.x_marketplace_order_number, DE_ORDER)
        self.assertEqual(ticket.x_marketplace_order_marketplace, "Amazon")
        self.assertEqual(ticket.x_marketplace_order_site, "amazon.de")
        self.assertEqual(ticket.x_marketplace_order_country, "DE")
        self.assertEqual(ticket.x_marketplace_order_currency, "EUR")
        self.assertTrue(ticket.x_marketplace_order_skus)
        self.assertTrue(ticket.x_marketplace_order_tracking)
        self.assertTrue(ticket.x_marketplace_order_recipient_city)

    def test_every_attribute_of_a_full_order_can_be_read(self):
        ticket = self.make_ticket()
        values = self.Mapping._get_values(ticket.marketplace_site_id, ticket.marketplace_order_id)
        self.assertEqual(len(values), len(self.Mapping._get_attributes()))

    def test_a_mapping_that_is_off_is_not_filled(self):
        self.row("status").active = False
        ticket = self.make_ticket()
        self.assertFalse(ticket.x_marketplace_order_status)
        self.assertTrue(ticket.x_marketplace_order_number)

    def test_an_order_that_comes_later_is_filled_in_one_write_with_its_state(self):
        self.env["ir.config_parameter"].set_param(PARAM + "order_wait", "0")
        self.buyer_writes()
        self.process()
        ticket = self.ticket_of(DE_ORDER)
        self.assertEqual(ticket.marketplace_order_state, "pending")
        self.assertEqual(ticket.x_marketplace_order_site, "amazon.de")
        self.assertFalse(ticket.x_marketplace_order_status)
        ticket.x_marketplace_order_site = "Our words"
        seen = self.watch("write")
        self.fetch()
        (vals,) = [args[0] for args in seen if "x_marketplace_order_status" in args[0]]
        self.assertEqual(vals["marketplace_order_state"], "known")
        self.assertEqual(vals["x_marketplace_order_status"], "Shipped")
        self.assertEqual(ticket.x_marketplace_order_site, "Our words")

    def test_an_order_that_the_conversation_learns_later_is_filled(self):
        message = self.buyer_writes("Is it blue?", order_ref=None, site="DE", asin="B0EXAMPL01")
        self.settle()
        ticket = message.ticket_id
        self.assertEqual(ticket.x_marketplace_order_country, "DE")
        self.assertFalse(ticket.x_marketplace_order_number)
        conversation = self.env["marketplace.conversation"].search([("ticket_id", "=", ticket.id)])
        self.make_ticket(self.new_order("302-7777777-0000001"))
        conversation.order_id = self.env["marketplace.order"].search([("order_ref", "=", "302-7777777-0000001")])
        conversation._tell_order(ticket)
        self.assertEqual(ticket.x_marketplace_order_number, "302-7777777-0000001")
        self.assertTrue(ticket.x_marketplace_order_status)

    def test_an_ordinary_ticket_gets_nothing(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x"})
        self.assertFalse(ticket.x_marketplace_order_marketplace)

    # === FOLLOWING === #

    def test_a_field_keeps_what_it_got_unless_it_follows_the_order(self):
        self.row("raw_status").follow = True
        ticket = self.make_ticket()
        before = ticket.x_marketplace_order_raw_status
        self.change_order(ticket, status="cancelled", raw_status="CANCELLED")
        self.assertEqual(ticket.x_marketplace_order_status, "Shipped")
        self.assertNotEqual(before, "CANCELLED")
        self.assertEqual(ticket.x_marketplace_order_raw_status, "CANCELLED")

    def test_only_what_really_changed_is_written(self):
        self.app.mapping_ids.follow = True
        ticket = self.make_ticket()
        seen = self.watch("write")
        self.change_order(ticket)
        self.assertEqual([args for args in seen if "x_marketplace_order_skus" in args[0]], [])
        self.change_order(ticket, status="cancelled")
        changed = [sorted(args[0]) for args in seen if any(name.startswith("x_") for name in args[0])]
        self.assertEqual(changed, [["marketplace_order_status", "x_marketplace_order_status"]])

    def test_a_mapping_that_follows_from_now_on_catches_up(self):
        ticket = self.make_ticket()
        self.change_order(ticket, status="cancelled")
        self.row("status").follow = True
        self.change_order(ticket, status="cancelled")
        self.assertEqual(ticket.x_marketplace_order_status, "Cancelled")

    def test_what_an_agent_may_edit_stands_until_the_order_changes(self):
        self.row("status").write({"follow": True, "edit": "agents"})
        ticket = self.make_ticket()
        ticket.with_user(self.agent).x_marketplace_order_status = "Lost"
        self.change_order(ticket)
        self.assertEqual(ticket.x_marketplace_order_status, "Lost")
        self.change_order(ticket, status="cancelled")
        self.assertEqual(ticket.x_marketplace_order_status, "Cancelled")

    def test_a_ticket_that_is_linked_to_an_order_by_hand_is_filled(self):
        message = self.buyer_writes("Is it blue?", order_ref=None, site="DE", asin="B0EXAMPL01")
        self.settle()
        ticket = message.ticket_id
        self.fetch_order(OTHER_ORDER)
        ticket.with_user(self.agent).action_marketplace_link_order(OTHER_ORDER, "The buyer said so.")
        self.assertEqual(ticket.x_marketplace_order_number, OTHER_ORDER)
        self.assertEqual(ticket.x_marketplace_order_buyer_name, "Robin Other")

    def test_a_ticket_that_is_linked_to_another_order_tells_nothing_of_the_former(self):
        ticket = self.make_ticket()
        self.row("raw_status").edit = "agents"
        ticket.with_user(self.agent).x_marketplace_order_raw_status = "Mine"
        self.fetch_order(OTHER_ORDER)
        ticket.with_user(self.agent).action_marketplace_link_order(OTHER_ORDER, "Mixed up.")
        self.assertEqual(ticket.x_marketplace_order_number, OTHER_ORDER)
        self.assertEqual(ticket.x_marketplace_order_buyer_name, "Robin Other")
        self.assertEqual(ticket.x_marketplace_order_raw_status, "Mine")

    def test_a_ticket_that_is_linked_to_an_order_still_to_be_fetched_is_filled_in_two_steps(self):
        ticket = self.make_ticket()
        self.new_order(OTHER_ORDER, buyer="Robin Other")
        ticket.with_user(self.agent).action_marketplace_link_order(OTHER_ORDER, "Mixed up.")
        self.assertEqual(ticket.x_marketplace_order_number, OTHER_ORDER)
        self.assertFalse(ticket.x_marketplace_order_buyer_name)
        self.fetch()
        self.assertEqual(ticket.x_marketplace_order_buyer_name, "Robin Other")

    def fetch_order(self, order_ref):
        """Have an order here that no ticket is about."""
        self.new_order(order_ref, buyer="Robin Other")
        self.env["marketplace.order"]._find_or_create(self.site_de, order_ref)
        self.fetch()

    # === WHEN SOMETHING REFUSES === #

    @mute_logger(MODEL)
    def test_who_refuses_mapped_values_does_not_cost_the_ticket_its_order(self):
        self.env["ir.config_parameter"].set_param(PARAM + "order_wait", "0")
        self.buyer_writes()
        self.process()
        ticket_class = type(self.env["helpdesk.ticket"])
        write = ticket_class.write

        def failing(tickets, vals):
            if "x_marketplace_order_status" in vals:
                raise ValueError("A rule says no.")
            return write(tickets, vals)

        with patch.object(ticket_class, "write", failing):
            self.fetch()
        ticket = self.ticket_of(DE_ORDER)
        self.assertEqual(ticket.marketplace_order_state, "known")
        self.assertIn("A rule says no.", " ".join(ticket.message_ids.mapped("body")))

    @mute_logger(MODEL)
    def test_who_refuses_a_value_that_follows_does_not_cost_the_order(self):
        self.row("status").follow = True
        ticket = self.make_ticket()
        ticket_class = type(self.env["helpdesk.ticket"])
        with patch.object(ticket_class, "write", side_effect=ValueError("A rule says no.")):
            self.change_order(ticket, status="cancelled")
        self.assertEqual(ticket.marketplace_order_id.status, "cancelled")
        self.assertEqual(ticket.x_marketplace_order_status, "Shipped")

    def test_an_order_may_be_learnt_in_the_name_of_an_agent(self):
        message = self.buyer_writes("Is it blue?", order_ref=None, site="DE", asin="B0EXAMPL01")
        self.settle()
        order = self.make_ticket().marketplace_order_id
        mapping = self.env["marketplace.field.mapping"].with_user(self.agent)
        mapping._fill(message.ticket_id.with_user(self.agent), {"priority": "3"}, order)
        self.assertEqual(message.ticket_id.x_marketplace_order_number, DE_ORDER)
        self.assertEqual(message.ticket_id.priority, "3")

    @mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.ticket.marketplace_conversation")
    def test_who_refuses_mapped_values_of_a_new_ticket_gets_a_bare_one(self):
        ticket_class = type(self.env["helpdesk.ticket"])
        create = ticket_class.create

        @api.model_create_multi
        def failing(tickets, vals_list):
            if any(values.get("team_id") for values in vals_list):
                raise ValueError("A rule says no.")
            return create(tickets, vals_list)

        with patch.object(ticket_class, "create", failing):
            ticket = self.make_ticket()
        self.assertFalse(ticket.x_marketplace_order_status)
        self.assertEqual(ticket.marketplace_order_state, "known")

    # === UNINSTALLING === #

    def test_made_fields_stay_after_an_uninstallation_unless_the_setting_says_otherwise(self):
        name = "x_marketplace_order_status"
        uninstall_hook(self.env)
        self.assertTrue(self.field("status"))
        self.env["ir.config_parameter"].set_param(PARAM + "remove_fields", "True")
        kept = self.env["ir.model.fields"].create(
            {"model_id": self.env["ir.model"]._get_id("helpdesk.ticket"), "name": "x_mine", "ttype": "char"}
        )
        uninstall_hook(self.env)
        self.assertFalse(self.get_fields())
        self.assertTrue(kept.exists())
        self.assertNotIn(name, self.env["helpdesk.ticket"]._fields)
