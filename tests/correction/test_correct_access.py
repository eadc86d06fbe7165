from odoo.exceptions import AccessError, UserError

from ..common import DE_ORDER
from .correct_common import OTHER_ORDER, WHY, CorrectCase

#: What belongs to an order, and how its records name the order.
PARTS = {"order": "id", "order.line": "order_id", "order.package": "order_id", "order.ref": "order_id"}


class TestCorrectAccess(CorrectCase):
    """Agents see and put right what is on tickets that they may see and change, before and after a correction."""

    def setUp(self):
        super().setUp()
        self.row = self.write_in("First")
        self.mine = self.row.ticket_id
        self.other = self.new_ticket()
        self.own = self.make_user("own", "group_helpdesk_user_own")
        self.teamed = self.make_user("teamed", "group_helpdesk_user_team")
        self.team.user_ids += self.own
        self.closed_team = self.env["helpdesk.ticket.team"].create({"name": "Closed team"})
        self.team.user_ids += self.teamed
        self.other.write({"team_id": self.closed_team.id, "user_id": False})
        for ref in ("302-5669388-0000002", OTHER_ORDER):
            order = self.env["marketplace.order"].search([("order_ref", "=", ref)])
            self.env["marketplace.order.ref"]._add(order, [f"Shop {ref}"])
            self.env["marketplace.order.package"].create({"order_id": order.id})

    def seen(self, user):
        """Return the orders that a user sees, after checking that nothing else is seen of any other."""
        env = self.env(user=user)
        orders = env["marketplace.order"].search([])
        for name, field in PARTS.items():
            model = env[f"marketplace.{name}"]
            found = model.search([("id", "!=", False)]) if field != "id" else orders
            owners = found if field == "id" else found.order_id
            self.assertLessEqual(owners, orders, name)
            hidden = self.env[model._name].search([("id", "not in", found.ids)])
            if hidden:
                with self.assertRaises(AccessError):
                    model.browse(hidden.ids).read([])
        self.assertLessEqual(env["marketplace.response"].search([]).ticket_id, env["helpdesk.ticket"].search([]))
        return set(orders.mapped("order_ref"))

    def test_they_see_the_orders_of_their_tickets_only(self):
        for user in (self.own, self.teamed):
            self.assertEqual(self.seen(user), {DE_ORDER})
        self.other.team_id = self.team
        for user in (self.own, self.teamed):
            self.assertEqual(self.seen(user), {DE_ORDER, OTHER_ORDER})

    def test_a_message_that_moved_away_is_seen_no_more(self):
        self.by_agent(self.mine).action_marketplace_move(self.row.mail_message_id.ids, WHY, ticket_id=self.other.id)
        for user in (self.own, self.teamed):
            self.assertEqual(self.seen(user), {DE_ORDER})
            with self.assertRaises(AccessError):
                self.row.mail_message_id.with_user(user).read(["body"])

    def test_a_message_that_came_is_seen(self):
        row = self.write_in("Later", order_ref=OTHER_ORDER)
        with self.assertRaises(AccessError):
            row.mail_message_id.with_user(self.own).read(["body"])
        self.by_agent(self.other).action_marketplace_move(row.mail_message_id.ids, WHY, ticket_id=self.mine.id)
        self.assertIn("Later", row.mail_message_id.with_user(self.own).body)

    def test_what_was_merged_away_is_seen_no_more(self):
        self.by_agent(self.mine).action_marketplace_merge(self.other.id, WHY)
        for user in (self.own, self.teamed):
            # The ticket that ended is about its order still; nothing of the other's is seen.
            self.assertEqual(self.seen(user), {DE_ORDER})
            with self.assertRaises(AccessError):
                self.row.mail_message_id.with_user(user).read(["body"])

    def test_an_order_that_a_ticket_is_no_longer_about_is_seen_no_more(self):
        self.new_order("302-4444444-0000009")
        self.mine.with_user(self.own).action_marketplace_link_order("302-4444444-0000009", WHY)
        self.assertEqual(self.seen(self.own), {"302-4444444-0000009"})

    def test_corrections_are_seen_with_one_of_their_tickets(self):
        self.by_agent(self.mine).action_marketplace_move(self.row.mail_message_id.ids, WHY, ticket_id=self.other.id)
        corrections = self.get_corrections(self.mine)
        self.assertEqual(corrections.with_user(self.own).search([]), corrections)
        self.mine.team_id = self.closed_team
        for user in (self.own, self.teamed):
            self.assertFalse(corrections.with_user(user).search([]))
        for values in ({"reason": "x"}, {"user_id": self.own.id}):
            with self.assertRaises(AccessError):
                corrections.with_user(self.agent).write(values)
        with self.assertRaises(AccessError):
            corrections.with_user(self.agent).unlink()

    def test_tickets_of_others_are_neither_source_nor_target(self):
        for user in (self.own, self.teamed):
            mine, other = self.mine.with_user(user), self.other.with_user(user)
            with self.assertRaises(AccessError):
                other.action_marketplace_link_order("302-4444444-0000009", WHY)
            with self.assertRaises(AccessError):
                other.action_marketplace_merge(self.mine.id, WHY)
            with self.assertRaises(AccessError):
                mine.action_marketplace_merge(self.other.id, WHY)
            with self.assertRaises(AccessError):
                mine.action_marketplace_move(self.row.mail_message_id.ids, WHY, ticket_id=self.other.id)
            with self.assertRaises(AccessError):
                other.action_marketplace_split(self.other.message_ids[:1].id, WHY)
            for reach in (
                lambda mine=mine: mine.action_marketplace_link_order(OTHER_ORDER, WHY),
                lambda mine=mine: mine.action_marketplace_move(self.row.mail_message_id.ids, WHY, number=OTHER_ORDER),
            ):
                with self.assertRaisesRegex(UserError, "which you may not change"):
                    reach()

    def test_an_agent_of_the_team_may_do_all_of_it(self):
        self.other.team_id = self.team
        mine = self.mine.with_user(self.own)
        target = self.env["helpdesk.ticket"].browse(
            mine.action_marketplace_move(self.row.mail_message_id.ids, WHY)["ticket_id"]
        )
        self.assertEqual(target.with_user(self.own).marketplace_correction_ids.user_id, self.own)
        mine.action_marketplace_merge(self.other.id, WHY)
        self.assertEqual(self.mine.duplicate_id, self.other)

    def test_users_of_other_apps_put_nothing_right(self):
        user = self.env["res.users"].create({"name": "O", "login": "outsider"})
        self.mine.message_subscribe(user.partner_id.ids)
        with self.assertRaises(AccessError):
            self.mine.with_user(user).action_marketplace_merge(self.other.id, WHY)
        with self.assertRaises(AccessError):
            self.mine.with_user(user).action_marketplace_open_link()

    def test_dialogs_are_their_agents_own(self):
        action = self.by_agent(self.mine).action_marketplace_open_link()
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaises(AccessError):
            dialog.with_user(self.own).read(["reason"])

    def test_agents_read_nothing_of_the_ledger(self):
        for name in ("marketplace.message", "marketplace.conversation", "marketplace.conversation.key"):
            for user in (self.own, self.teamed, self.agent):
                with self.assertRaises(AccessError):
                    self.env[name].with_user(user).search([])
