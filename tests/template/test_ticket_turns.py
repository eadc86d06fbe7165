from collections import Counter

from odoo import Command

from ..common import DE_ORDER
from .template_common import TemplateCase


class TestTicketTurns(TemplateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.cem = (cls.new_user(name) for name in ("Ann", "Bob", "Cem"))
        cls.users = cls.ann | cls.bob | cls.cem
        cls.template.write({"assign": "turns", "user_ids": [Command.set(cls.users.ids)]})

    def assigned(self, count, start=1):
        return [ticket.user_id for ticket in self.new_tickets(count, start)]

    def test_tickets_go_round(self):
        self.assertEqual(self.assigned(7), [self.ann, self.bob, self.cem] * 2 + [self.ann])
        turns = self.template.turn_ids
        self.assertEqual({turn.user_id: turn.ticket_count for turn in turns}, {self.ann: 3, self.bob: 2, self.cem: 2})
        self.assertTrue(all(turns.mapped("assigned_at")))
        self.assertEqual(self.template.next_user_id, self.bob)

    def test_without_chosen_users_the_teams_members_take_turns(self):
        self.template.write({"user_ids": False, "team_id": self.own_team.id})
        self.own_team.user_ids = self.ann | self.cem
        self.assertEqual(self.assigned(3), [self.ann, self.cem, self.ann])

    def test_without_a_team_of_the_templates_it_is_the_sites(self):
        self.template.user_ids = False
        self.team.user_ids = self.bob
        self.assertEqual(self.assigned(2), [self.bob, self.bob])

    def test_who_was_archived_or_left_the_company_is_skipped(self):
        self.ann.active = False
        company = self.env["res.company"].create({"name": "Other"})
        self.bob.write({"company_id": company.id, "company_ids": [Command.set(company.ids)]})
        self.assertEqual(self.assigned(2), [self.cem, self.cem])

    def test_who_is_away_for_a_while_is_next_and_gets_no_heap(self):
        self.bob.active = False
        self.assigned(4)
        self.bob.active = True
        self.assertEqual(self.assigned(4, start=5), [self.bob, self.ann, self.cem, self.bob])

    def test_a_newcomer_comes_first_once(self):
        self.assigned(6)
        dan = self.new_user("Dan")
        self.template.user_ids += dan
        count = Counter(self.assigned(4, start=7))
        self.assertEqual(count, Counter(self.users | dan))

    def test_each_template_has_a_line_of_its_own(self):
        self.assigned(1)
        self.site_us.template_id = self.template.copy()
        message = self.buyer_writes(order_ref=self.new_order("114-7777777-0000001", site="US"))
        self.settle()
        self.assertEqual(message.ticket_id.user_id, self.ann)

    def test_nobody_left_is_said_on_the_ticket(self):
        self.users.active = False
        ticket = self.new_ticket()
        self.assertFalse(ticket.user_id)
        self.assertIn("nobody to assign", self.get_notes(ticket))

    def test_a_template_that_leaves_the_team_to_the_site_is_not_called_faulty(self):
        template = self.env["marketplace.ticket.template"].create({"name": "Site's team", "assign": "turns"})
        self.assertFalse(template.faults)

    def test_whoever_is_assigned_follows_and_so_hears_of_the_buyer(self):
        self.assertEqual(self.new_ticket().message_partner_ids, self.ann.partner_id)

    def test_a_further_message_is_nobodys_turn(self):
        self.new_ticket()
        self.new_ticket("And now?")
        self.assertEqual(self.template.turn_ids.filtered("ticket_count").user_id, self.ann)

    def test_a_ticket_that_an_agent_opens_is_nobodys_turn(self):
        order = self.env["marketplace.order"]._find_or_create(self.site_de, DE_ORDER)
        self.fetch()
        self.template.text_below = "<p>The manual</p>"
        ticket = self.env["marketplace.conversation"].with_user(self.agent)._open_first(order.sudo())
        self.assertEqual(ticket.user_id, self.agent)
        self.assertFalse(self.template.turn_ids)
        self.assertIn("The manual", ticket.description)
