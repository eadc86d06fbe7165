from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..common import DE_ORDER, US_ORDER
from .template_common import TemplateCase

MODEL = "odoo.addons.helpdesk_mgmt_marketplace.models.ticket.marketplace_conversation"


class TestTicketTemplate(TemplateCase):
    def test_a_new_ticket_looks_as_its_template_says(self):
        self.template.write(
            {
                "title_pattern": "{order} {site}: {topic}",
                "team_id": self.own_team.id,
                "category_id": self.category.id,
                "tag_ids": [Command.set(self.tags.ids)],
                "priority": "2",
                "assign": "user",
                "user_id": self.agent.id,
                "text_above": "<p>Shop {shop}</p>",
                "text_below": "<p>See the manual for {country}.</p>",
            }
        )
        self.site_de.seller_name = "Sandbox <Trading>"
        ticket = self.new_ticket()
        self.assertEqual(ticket.name, f"{DE_ORDER} amazon.de: Buyer's message")
        self.assertEqual((ticket.team_id, ticket.category_id), (self.own_team, self.category))
        self.assertEqual((ticket.tag_ids, ticket.priority, ticket.user_id), (self.tags, "2", self.agent))
        description = str(ticket.description)
        self.assertIn("Shop Sandbox &lt;Trading&gt;", description)
        self.assertLess(description.index("Shop"), description.index(f"order {DE_ORDER}"))
        self.assertLess(description.index(f"order {DE_ORDER}"), description.index("manual for DE"))
        self.assertNotIn("secret", f"{ticket.name} {description}")

    def test_the_sites_own_team_and_category_hold_where_the_template_has_none(self):
        self.site_de.category_id = self.category
        ticket = self.new_ticket()
        self.assertEqual((ticket.team_id, ticket.category_id), (self.team, self.category))
        self.assertIn(DE_ORDER, ticket.name)

    def test_the_accounts_template_is_for_sites_without_one(self):
        self.account.template_id = self.template.copy({"title_pattern": "Account {order}"})
        self.assertNotIn("Account", self.new_ticket().name)
        self.site_de.template_id = False
        [ticket] = self.new_tickets(1)
        self.assertEqual(ticket.name, "Account 302-7777777-0000001")
        self.assertNotIn("Account", self.new_ticket(order_ref=US_ORDER).name)

    def test_an_archived_template_is_as_none(self):
        self.template.write({"title_pattern": "Mine {order}", "active": False})
        self.assertNotIn("Mine", self.new_ticket().name)

    def test_a_value_that_is_missing_leaves_no_trace(self):
        self.site_us.template_id = self.template
        self.template.title_pattern = "[{order}] {site} – {skus} – {topic}"
        ticket = self.new_ticket(order_ref=None, site="US", asin="B0EXAMPL01")
        self.assertEqual(ticket.name, "amazon.com – Question before buying")

    def test_the_title_follows_an_order_that_is_learnt_later(self):
        self.template.title_pattern = "{site} {topic} {order}"
        ticket = self.new_ticket(order_ref=None, site="DE", asin="B0EXAMPL01")
        self.assertEqual(ticket.name, "amazon.de Question before buying")
        conversation = self.env["marketplace.conversation"].search([("ticket_id", "=", ticket.id)])
        conversation.order_id = self.env["marketplace.order"]._find_or_create(self.site_de, DE_ORDER)
        conversation._tell_order(ticket)
        self.assertEqual(ticket.name, f"amazon.de Buyer's message {DE_ORDER}")

    def test_a_notices_own_ticket_says_which_kind_once(self):
        self.template.write({"title_pattern": "{topic}: {order}", "text_below": "<p>The manual</p>"})
        self.site_de.notice_policy_ids.filtered(lambda one: one.code == "return_request").policy = "ticket"
        ticket = self.new_ticket("", notice="return_request")
        label = self.app._get_notice_label("return_request")
        self.assertEqual(ticket.name, f"{label}: {DE_ORDER}")
        self.assertIn("The manual", ticket.description)

    def test_a_claim_is_very_urgent_whatever_the_template_says(self):
        self.template.priority = "0"
        self.assertEqual(self.new_ticket("", notice="atoz_claim").priority, "3")

    def test_followers_are_colleagues_and_get_the_buyers_words(self):
        self.template.write({"follower_ids": [Command.set(self.agent.ids)], "assign": "nobody"})
        ticket = self.new_ticket()
        self.assertEqual(ticket.message_partner_ids, self.agent.partner_id)
        portal = self.new_user("Portal", group_ids=[Command.set(self.env.ref("base.group_portal").ids)])
        for name in ("follower_ids", "user_ids"):
            with self.assertRaises(ValidationError):
                self.template.write({name: [Command.link(portal.id)]})
        with self.assertRaises(ValidationError):
            self.template.user_id = portal

    # === TITLES === #

    def test_a_placeholder_that_is_unknown_or_about_the_buyer_is_refused_with_those_that_are_offered(self):
        for pattern in ("{buyer_name}", "{purchase_order}", "{text}", "{order", "order}", "{}", "{{order} {site}}}"):
            with self.subTest(pattern), self.assertRaises(ValidationError) as caught:
                self.template.title_pattern = pattern
            self.assertIn("{order}", str(caught.exception))
        with self.assertRaises(ValidationError):
            self.template.text_above = "<p>{recipient}</p>"

    def test_no_placeholder_says_anything_about_the_buyer(self):
        ticket = self.new_ticket(text="My secret words")
        order = ticket.marketplace_order_id
        values = self.template._get_values(self.site_de, order, "Topic", "B0EXAMPL01")
        told = " ".join(values.values())
        for word in (order.buyer_name, order.recipient["lines"][0], order.recipient["city"], order.relay, "secret"):
            self.assertNotIn(str(word), told)
        self.assertFalse({"buyer_name", "purchase_order", "recipient"} & set(self.template._get_placeholders()))

    def test_two_pairs_of_braces_and_capitals_are_as_good(self):
        self.template.title_pattern = "{{ Order }} on { SITE }"
        self.assertEqual(self.new_ticket().name, f"{DE_ORDER} on amazon.de")

    # === WHAT FAILS === #

    def test_a_team_and_a_tag_that_were_archived_are_left_out_with_a_note(self):
        self.template.write({"team_id": self.own_team.id, "tag_ids": [Command.set(self.tags.ids)]})
        self.own_team.active = False
        self.tags[0].active = False
        ticket = self.new_ticket()
        self.assertEqual((ticket.team_id, ticket.tag_ids), (self.team, self.tags[1]))
        for text in (self.get_notes(ticket), self.template.faults):
            self.assertIn("Own team is archived", text)
            self.assertIn("one is archived", text)

    def test_a_tag_that_was_deleted_is_simply_gone(self):
        self.template.tag_ids = self.tags
        self.tags[0].unlink()
        self.assertEqual(self.new_ticket().tag_ids, self.tags[1])

    def test_a_pattern_that_became_bad_gives_the_usual_title_with_a_note(self):
        query = "UPDATE marketplace_ticket_template SET title_pattern = '{gone} {order}', text_above = '<p>{x}</p>'"
        self.env.cr.execute(query)
        self.env.invalidate_all()
        ticket = self.new_ticket()
        self.assertEqual(ticket.name, f"Order {DE_ORDER} on amazon.de")
        self.assertNotIn("{", ticket.description)
        self.assertIn("{gone}", self.get_notes(ticket))

    @mute_logger(MODEL)
    def test_a_template_that_fails_altogether_loses_no_message(self):
        self.template.write({"team_id": self.own_team.id, "text_above": "<p>Frame</p>"})
        with patch.object(type(self.template), "_get_usable", side_effect=KeyError("broken")):
            ticket = self.new_ticket("Still here")
        self.assertFalse(ticket.team_id)
        self.assertNotIn("Frame", ticket.description)
        self.assertIn("broken", self.get_notes(ticket))
        self.assertIn("Still here", self.get_notes(ticket))

    # === COMPANIES === #

    def test_a_team_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["helpdesk.ticket.team"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaises(UserError):
            self.template.team_id = team
        with self.assertRaises(UserError):
            self.template.write({"company_id": False, "team_id": team.id})
        theirs = self.template.copy({"company_id": other.id})
        for record in (self.site_de, self.account):
            with self.assertRaises(UserError):
                record.template_id = theirs
        with self.assertRaises(ValidationError):
            self.template.company_id = other
        self.template.company_id = False
        self.assertEqual(self.site_de._get_template(), self.template)

    @mute_logger("odoo.sql_db")
    def test_a_template_in_use_can_be_archived_only(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.template.unlink()

    def test_a_team_that_moved_to_another_company_takes_no_ticket_with_it(self):
        self.template.team_id = self.own_team
        self.own_team.company_id = self.env["res.company"].create({"name": "Other"})
        ticket = self.new_ticket()
        self.assertEqual((ticket.company_id, ticket.team_id), (self.company, self.team))
        self.assertIn("belongs to another company", self.get_notes(ticket))

    def test_templates_are_for_admins(self):
        for name in ("marketplace.ticket.template", "marketplace.ticket.turn"):
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.agent).search([])
        with self.assertRaises(AccessError):
            self.site_de.with_user(self.agent).read(["template_id"])

    # === PREVIEW === #

    def test_the_form_shows_title_and_description_of_the_latest_order_or_another_one(self):
        self.new_ticket()
        self.new_ticket(order_ref=US_ORDER)
        with Form(self.template) as form:
            self.assertIn(DE_ORDER, form.preview_title)
            form.preview_order_id = self.env["marketplace.order"]._find(self.account_us, US_ORDER)
            self.assertIn(US_ORDER, form.preview_title)
            form.title_pattern = "{order} / {marketplace} / {total}"
            form.text_above = "<p>Look at {site}</p>"
            form.preview_order_id = self.env["marketplace.order"]._find(self.account, DE_ORDER)
            self.assertIn(f"{DE_ORDER} / Amazon / ", form.preview_title)
            self.assertIn("Look at amazon.de", form.preview_description)
            self.assertIn(DE_ORDER, form.placeholder_help)
        self.assertEqual(self.template.title_pattern, "{order} / {marketplace} / {total}")

    def test_without_an_order_there_is_nothing_to_show(self):
        self.assertFalse(self.env["marketplace.order"].search([]))
        form = Form(self.env["marketplace.ticket.template"])
        self.assertFalse(form.preview_order_id or form.preview_title)
        self.assertIn("{order}", form.placeholder_help)

    def test_templates_go_out_and_come_in_as_files(self):
        self.template.write({"team_id": self.own_team.id, "tag_ids": [Command.set(self.tags.ids)]})
        names = ["name", "title_pattern", "team_id/.id", "tag_ids/.id", "assign", "priority"]
        [row] = self.template.export_data(names)["datas"]
        row[names.index("name")], row[names.index("tag_ids/.id")] = "Copy", ",".join(map(str, self.tags.ids))
        values = ["" if value is False else str(value) for value in row]
        result = self.env["marketplace.ticket.template"].load(names, [values])
        self.assertFalse(result["messages"], result["messages"])
        copy = self.env["marketplace.ticket.template"].browse(result["ids"])
        self.assertEqual((copy.team_id, copy.tag_ids, copy.assign), (self.own_team, self.tags, "nobody"))
