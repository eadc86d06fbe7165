from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .clock_common import ClockCase

XMLID = "helpdesk_mgmt_marketplace."


class TestResponse(ClockCase):
    def turn_of(self, site, days, hours=None, first=True, how="reply"):
        """Make a turn whose buyer asked some days ago and was answered some hours later, or not."""
        asked = self.ago(24 * days)
        ticket = self.env["helpdesk.ticket"].create({"name": "x", "description": "x", "marketplace_site_id": site.id})
        ended = {"how": how, "answered_at": asked + timedelta(hours=hours)} if hours is not None else {}
        return self.env["marketplace.response"].create(
            {
                "ticket_id": ticket.id,
                "site_id": site.id,
                "account_id": site.account_id.id,
                "app_id": site.app_id.id,
                "company_id": site.company_id.id,
                "asked_at": asked,
                "is_first": first,
                **ended,
            }
        )

    def make_hand_computed_case(self):
        site_fr = self.get_site("FR")
        self.turn_of(self.site_de, 2, 2)
        self.turn_of(self.site_de, 3, 10)
        self.turn_of(self.site_de, 4, 30)  # late
        self.turn_of(self.site_de, 1, 1, first=False)
        self.turn_of(self.site_de, 2, 1, how="none")  # left out
        self.turn_of(self.site_de, 2)  # overdue
        self.turn_of(self.site_de, 0.5)  # still in time
        self.turn_of(self.site_de, 20, 20)
        self.turn_of(self.site_de, 60, 40)  # late
        self.turn_of(self.site_de, 100, 1)  # too long ago
        self.turn_of(site_fr, 2, 4, how="console")
        return site_fr

    def test_figures_are_right_against_a_case_computed_by_hand(self):
        site_fr = self.make_hand_computed_case()
        de, fr, account = self.site_de.id, site_fr.id, self.account.id
        get = self.env["marketplace.response"]._get_figures
        self.assertEqual(get(7, "site_id")[de], {"count": 5, "first": 10, "share": 3 / 5})
        self.assertEqual(get(7, "site_id")[fr], {"count": 1, "first": 4, "share": 1})
        self.assertEqual(get(7, "account_id")[account], {"count": 6, "first": 7, "share": 4 / 6})
        self.assertEqual(get(30, "site_id")[de], {"count": 6, "first": 15, "share": 4 / 6})
        self.assertEqual(get(90, "site_id")[de], {"count": 7, "first": 20, "share": 4 / 7})
        self.assertEqual(list(get(90, "site_id", [fr])), [fr])

    def test_sites_and_accounts_show_their_figures(self):
        self.make_hand_computed_case()
        self.assertEqual([row["days"] for row in self.site_de.response_figures], [7, 30, 90])
        self.assertEqual([row["count"] for row in self.site_de.response_figures], [5, 6, 7])
        self.assertEqual([row["count"] for row in self.account.response_figures], [6, 7, 8])
        nothing = {"days": 7, "count": 0, "first": None, "share": None}
        self.assertEqual(self.site_us.response_figures[0], nothing)
        action = self.site_de.action_open_responses()
        self.assertEqual(action["domain"], [("site_id", "=", self.site_de.id)])

    def test_hours_and_share_can_be_averaged(self):
        self.turn_of(self.site_de, 2, 2)
        self.turn_of(self.site_de, 4, 30)
        self.turn_of(self.site_de, 3, 1, how="none")
        self.turn_of(self.site_de, 0.5)
        domain = [("site_id", "=", self.site_de.id)]
        [(hours, rate)] = self.env["marketplace.response"]._read_group(domain, [], ["hours:avg", "rate:avg"])
        self.assertEqual((hours, rate), (16, 50))
        self.turn_of(self.site_de, 5)  # overdue
        self.turn_of(self.site_de, 6)  # overdue
        [(hours, rate)] = self.env["marketplace.response"]._read_group(domain, [], ["hours:avg", "rate:avg"])
        self.assertEqual((hours, rate), (16, 25))

    def test_the_report_opens_as_pivot_graph_and_list(self):
        action = self.env.ref(XMLID + "marketplace_response_action")
        self.assertEqual(action.view_mode, "pivot,graph,list")
        menu = self.env.ref(XMLID + "marketplace_response_menu")
        self.assertEqual(menu.parent_id, self.env.ref("helpdesk_mgmt.helpdesk_ticket_reporting_menu"))
        views = self.env["marketplace.response"].get_views([(False, "pivot"), (False, "graph"), (False, "search")])
        self.assertEqual(set(views["views"]), {"pivot", "graph", "search"})

    def test_agents_see_the_turns_of_tickets_that_they_may_see(self):
        mine, teams, others = (self.turn_of(self.site_de, day, 1) for day in (1, 2, 3))
        user = self.env["res.users"].create({"name": "Own", "login": "own"})
        user.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        team = self.env["helpdesk.ticket.team"].create({"name": "Theirs", "user_ids": [Command.set(user.ids)]})
        other_team = self.env["helpdesk.ticket.team"].create({"name": "Others", "user_ids": []})
        mine.ticket_id.user_id = user
        teams.ticket_id.write({"team_id": team.id, "user_id": False})
        others.ticket_id.write({"team_id": other_team.id, "user_id": False})
        Response = self.env["marketplace.response"].with_user(user)
        self.assertEqual(Response.search([]), mine | teams)
        mine.ticket_id.active = False
        self.assertEqual(Response.search([]), mine | teams)
        user.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_user_team")
        self.assertNotIn(others, Response.search([]))
        user.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        others.ticket_id.unlink()
        self.assertEqual(Response.search([]), mine | teams | others)

    def test_agents_change_nothing_and_do_not_see_the_account(self):
        turn = self.turn_of(self.site_de, 1, 1).with_user(self.agent)
        with self.assertRaises(AccessError):
            turn.how = "none"
        with self.assertRaises(AccessError):
            turn.unlink()
        self.assertNotIn("account_id", turn.fields_get())

    def test_another_company_sees_no_turns_and_no_policies(self):
        self.turn_of(self.site_de, 1, 1)
        company = self.env["res.company"].create({"name": "Other"})
        boss = self.env["res.users"].create(
            {
                "name": "Boss",
                "login": "boss",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [
                    Command.link(self.env.ref("base.group_system").id),
                    Command.link(self.env.ref("helpdesk_mgmt.group_helpdesk_manager").id),
                ],
            }
        )
        for name in ("marketplace.response", "marketplace.notice.policy"):
            self.assertTrue(self.env[name].search([]), name)
            self.assertFalse(self.env[name].with_user(boss).search([]), name)

    @mute_logger("odoo.sql_db")
    def test_a_site_needs_some_time_to_answer(self):
        with self.assertRaises(IntegrityError):
            self.site_de.reply_hours = 0
            self.env.flush_all()
