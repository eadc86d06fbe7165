from lxml import etree

from .mapping_common import MappingCase

STATUS = "x_marketplace_order_status"


class TestFieldView(MappingCase):
    def arch(self, view_type="form", user=None):
        views = {"form": "ticket_view_form", "list": "ticket_view_tree", "search": "helpdesk_ticket_view_search"}
        view = self.env.ref(f"helpdesk_mgmt.{views[view_type]}")
        return etree.fromstring(
            self.env["helpdesk.ticket"].with_user(user or self.agent).get_view(view.id, view_type)["arch"]
        )

    def get_node(self, name=STATUS, view_type="form", user=None):
        return self.arch(view_type, user).find(f".//field[@name='{name}']")

    def test_the_order_tab_shows_the_fields_in_use(self):
        group = self.arch().find(".//page[@name='marketplace_order']//group[@name='marketplace_fields']")
        names = {node.get("name") for node in group.iter("field")}
        self.assertEqual(names, set(self.get_fields().mapped("name")))
        self.assertIn(f"marketplace_app_id not in [{self.app.id}]", self.get_node().get("invisible"))

    def test_who_may_edit_decides_what_is_read_only(self):
        self.row("status").edit = "managers"
        self.assertEqual(self.get_node().get("readonly"), f"marketplace_app_id in [{self.app.id}]")
        self.assertEqual(self.get_node(user=self.manager).get("readonly"), "marketplace_app_id in []")
        self.row("status").edit = "agents"
        self.assertEqual(self.get_node().get("readonly"), "marketplace_app_id in []")

    def test_a_mapping_that_is_switched_off_disappears_at_once(self):
        self.assertIsNotNone(self.get_node())
        self.row("status").active = False
        self.assertIsNone(self.get_node())

    def test_browsers_forget_their_views_when_fields_or_who_edits_them_change(self):
        def get_hash():
            return self.env["ir.http"]._marketplace_add_layout({"registry_hash": "same"})["registry_hash"]

        seen = [get_hash(), get_hash()]
        self.assertEqual(*seen)
        self.row("status").edit = "agents"
        seen.append(get_hash())
        self.row("carrier").active = False
        seen.append(get_hash())
        self.assertEqual(len(set(seen)), 3)

    def test_lists_offer_the_fields_as_columns(self):
        node = self.get_node(view_type="list")
        self.assertEqual(node.get("optional"), "hide")

    def test_the_search_finds_and_groups_by_fields(self):
        arch = self.arch("search")
        self.assertIsNotNone(arch.find(".//field[@name='x_marketplace_order_skus']"))
        self.assertIsNotNone(arch.find(f".//filter[@name='group_{STATUS}']"))
        ticket = self.make_ticket()
        found = self.env["helpdesk.ticket"].search([(STATUS, "=", "Shipped")])
        self.assertIn(ticket, found)
        groups = self.env["helpdesk.ticket"].formatted_read_group([(STATUS, "!=", False)], [STATUS], ["__count"])
        self.assertEqual(groups[0][STATUS], "Shipped")

    def test_a_field_that_a_view_shows_already_is_not_shown_twice(self):
        self.env["ir.ui.view"].create(
            {
                "name": "mine",
                "model": "helpdesk.ticket",
                "inherit_id": self.env.ref("helpdesk_mgmt.ticket_view_form").id,
                "arch": f'<field name="channel_id" position="after"><field name="{STATUS}"/></field>',
            }
        )
        self.assertEqual(len(self.arch().findall(f".//field[@name='{STATUS}']")), 1)

    def test_without_mappings_nothing_is_added(self):
        self.app.mapping_ids.active = False
        self.assertIsNone(self.arch().find(".//group[@name='marketplace_fields']"))

    def test_no_stored_view_names_a_field(self):
        self.arch()
        self.assertFalse(self.env["ir.ui.view"].search([("arch_db", "like", "x_marketplace_order_")]))

    def test_views_are_read_from_the_cache(self):
        self.arch()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env["helpdesk.ticket"].with_user(self.agent)._get_view_cache_key()
        self.assertEqual(self.env.cr.sql_log_count, before)
