from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.schema import OrderLine
from odoo.addons.helpdesk_mgmt_marketplace.models.fields import values as values_
from odoo.addons.helpdesk_mgmt_marketplace.models.fields.attributes import Attribute

from ..common import DE_ORDER
from .mapping_common import MappingCase

MAPPING_MODEL = "odoo.addons.helpdesk_mgmt_marketplace.models.fields.marketplace_field_mapping"


class TestFieldTypes(MappingCase):
    def map_to(self, code, name, ttype, **values):
        """Let an admin map an attribute to a field of his own."""
        self.row(code).field_id = self.add_field(name, ttype, **values)

    def options(self, *options):
        return {"selection_ids": [(0, 0, {"value": value, "name": name}) for value, name in options]}

    def test_dates_numbers_money_and_choices_fill_fields_of_their_type(self):
        self.map_to("ordered_on", "x_when", "datetime")
        self.map_to("ship_by", "x_day", "date")
        self.map_to("item_count", "x_items", "integer")
        self.map_to("total", "x_total", "float")
        self.map_to("status", "x_status", "selection", **self.options(("shipped", "On its way"), ("lost", "Lost")))
        self.map_to("country", "x_country", "selection", **self.options(("a", "FR"), ("b", "de")))
        ticket = self.make_ticket()
        order = ticket.marketplace_order_id
        self.assertEqual(ticket.x_when, order.created_at)
        self.assertEqual(ticket.x_day, order.ship_by.date())
        self.assertEqual(ticket.x_items, sum(order.line_ids.mapped("quantity")))
        self.assertEqual(ticket.x_total, order.amount_total)
        self.assertEqual((ticket.x_status, ticket.x_country), ("shipped", "b"))

    def test_a_choice_that_is_no_option_stays_empty_and_loses_nothing(self):
        self.map_to("status", "x_status", "selection", **self.options(("lost", "Lost")))
        ticket = self.make_ticket()
        self.assertFalse(ticket.x_status)
        self.assertTrue(ticket.x_marketplace_order_number)

    def test_days_are_those_of_the_company(self):
        field, place = self.env["marketplace.order"]._fields["purge_after"], values_.Place(zone="America/Los_Angeles")
        late = datetime(2026, 12, 1, 7, 59, 59)
        self.assertEqual(values_.convert(late, "datetime", field, self.env, place), date(2026, 11, 30))
        text = self.env["marketplace.order"]._fields["raw_status"]
        self.assertEqual(values_.convert(late, "datetime", text, self.env, place), "2026-11-30 23:59 PST")

    def test_money_as_text_has_the_decimals_of_its_currency_and_zero_is_known(self):
        text, number = (self.env["marketplace.order"]._fields[name] for name in ("raw_status", "attempts"))
        yen = values_.Place(decimals=0)
        self.assertEqual(values_.convert(1200.0, "money", text, self.env, yen), "1200")
        self.assertEqual(values_.convert(0.0, "money", text, self.env, values_.Place()), "0.00")
        self.assertFalse(values_.convert(None, "money", text, self.env, yen))
        self.assertEqual(values_.convert(10.0**12, "number", number, self.env, yen), False)

    # === WRONG TYPES === #

    def test_a_field_of_a_wrong_type_is_refused_with_a_way_out(self):
        with self.assertRaises(ValidationError) as caught:
            self.map_to("status", "x_flag", "boolean")
        self.assertIn("x_flag is of type boolean", str(caught.exception))
        self.assertIn("char, text, selection", str(caught.exception))
        with self.assertRaises(ValidationError):
            self.map_to("skus", "x_money", "float")

    def test_fields_of_the_helpdesk_itself_are_refused(self):
        for name in ("name", "description", "partner_email", "number", "marketplace_order_ref"):
            with self.assertRaises(ValidationError):
                self.row("buyer_name").write({"field_name": name})
        with self.assertRaises(ValidationError):
            self.row("buyer_name").field_id = self.env["ir.model.fields"]._get("res.partner", "ref")

    def test_unknown_attributes_are_refused(self):
        with self.assertRaises(ValidationError):
            self.row("status").attribute = "shoe_size"

    @mute_logger("odoo.sql_db")
    def test_two_attributes_can_not_share_a_field(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.row("status").field_id = self.row("carrier").field_id
            self.env.flush_all()

    def test_a_field_of_another_type_under_our_name_is_told_and_stops_nothing(self):
        self.row("status").unlink()
        self.field("status").unlink()
        self.add_field("x_marketplace_order_status", "boolean")
        self.assertEqual(self.set_up()["unfit"], ["Order Status"])
        row = self.row("status")
        self.assertEqual((row.state, bool(row.field_id)), ("unfit", False))
        self.assertIn("is of type boolean", row.state_message)
        self.assertTrue(self.make_ticket().x_marketplace_order_number)

    # === FIELDS THAT GO AND CHANGE === #

    def test_a_deleted_field_is_told_and_stops_nothing(self):
        self.env["helpdesk.ticket"].get_view(view_type="form")
        self.field("status").unlink()
        row = self.row("status")
        self.assertEqual(row.state, "gone")
        self.assertIn("x_marketplace_order_status", row.state_message)
        ticket = self.make_ticket()
        self.assertEqual(ticket.x_marketplace_order_number, DE_ORDER)
        view = self.env["helpdesk.ticket"].get_view(self.env.ref("helpdesk_mgmt.ticket_view_form").id, "form")
        self.assertNotIn("x_marketplace_order_status", view["arch"])
        self.assertEqual(self.set_up()["made"], 1)
        self.assertEqual(row.state, "ready")

    def test_a_renamed_field_goes_on(self):
        self.field("status").name = "x_renamed"
        self.assertEqual(self.row("status").state, "ready")
        self.assertEqual(self.make_ticket().x_renamed, "Shipped")
        self.assertEqual(self.set_up()["made"], 0)

    def test_a_field_can_be_given_by_its_technical_name(self):
        self.add_field("x_mine", "char")
        row = self.row("status")
        row.field_name = "x_mine"
        self.assertEqual(row.field_id.name, "x_mine")
        row.field_name = "x_nowhere"
        self.assertEqual((row.state, bool(row.field_id)), ("gone", False))
        row.field_id = False
        self.assertEqual(row.state, "empty")

    def test_mappings_are_exported_and_imported(self):
        columns = ["app_id/id", "attribute", "field_name", "active", "follow", "edit"]
        row = self.row("status")
        row.write({"follow": True, "edit": "managers"})
        data = row.export_data(columns)["datas"]
        row.unlink()
        admin = self.env.ref("base.user_admin")
        texts = [[str(value) for value in line] for line in data]
        result = self.Mapping.with_user(admin).load(columns, texts)
        self.assertFalse(result["messages"])
        row = self.row("status")
        self.assertEqual((row.state, row.follow, row.edit), ("ready", True, "managers"))

    # === BIG AND STRANGE === #

    def test_a_thousand_items_are_cut_at_a_whole_one(self):
        ticket = self.make_ticket()
        lines = tuple(
            OrderLine(
                line_ref=str(n), sku=f"SKU-{n:04}", item_ref=f"B0{n:08}", title="نص عربي 👩‍👩‍👧", quantity=Decimal(2)
            )
            for n in range(1000)
        )
        self.app.mapping_ids.follow = True
        self.change_order(ticket, lines=lines)
        skus = ticket.x_marketplace_order_skus
        self.assertLessEqual(len(skus), 500)
        self.assertRegex(skus, r"^SKU-0000, .*SKU-\d{4}, … \(\+9\d\d\)$")
        self.assertEqual(ticket.x_marketplace_order_item_count, "2000")
        self.assertIn("نص عربي 👩‍👩‍👧, ", ticket.x_marketplace_order_titles)

    def test_a_long_text_is_not_cut_within_an_emoji(self):
        family = "👩‍👩‍👧"
        for length in range(2, 12):
            cut = values_.cut("ab" + family * 3, length)
            self.assertLessEqual(len(cut), length)
            self.assertEqual(cut.rstrip("…"), ("ab" + family * 3)[: len(cut) - 1])
            self.assertEqual((len(cut) - 3) % len(family) if len(cut) > 3 else 0, 0, cut)
        self.assertEqual(values_.cut("e\u0301e\u0301e\u0301", 4), "e\u0301…")

    def test_a_short_field_gets_what_fits(self):
        self.map_to("skus", "x_short", "char", size=8)
        self.assertLessEqual(len(self.make_ticket().x_short), 8)

    @mute_logger(MAPPING_MODEL)
    def test_an_attribute_that_can_not_be_read_costs_its_own_field_only(self):
        def broken(_facts):
            raise ValueError("odd")

        known = self.Mapping._get_attributes()
        bad = dict(known, status=Attribute("status", "Order Status", "text", broken))
        with patch.object(type(self.Mapping), "_get_attributes", lambda mapping: bad):
            ticket = self.make_ticket()
        self.assertFalse(ticket.x_marketplace_order_status)
        self.assertTrue(ticket.x_marketplace_order_number)
