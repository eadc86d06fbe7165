from psycopg2.errors import UniqueViolation

from odoo.exceptions import ConcurrencyError, UserError

from ...models.correction.checks import look_again
from ..common import DE_ORDER
from .correct_common import OTHER_ORDER, WHY, CorrectCase


class TestCorrectLink(CorrectCase):
    """Agents say which order a ticket is about."""

    def presale(self, **values):
        row = self.write_in("Is it blue?", order_ref=None, site="DE", asin="B0EXAMPL01", buyer="Robin Other", **values)
        self.assertFalse(row.ticket_id.marketplace_order_id)
        return row

    def link(self, ticket, number=OTHER_ORDER, reason=WHY):
        return self.by_agent(ticket).action_marketplace_link_order(number, reason)

    def test_an_order_that_is_not_here_is_fetched_in_the_background(self):
        self.new_order(OTHER_ORDER, buyer="Robin Other")
        ticket = self.presale().ticket_id
        self.assertEqual(self.link(ticket), {"ticket_id": ticket.id})
        self.assertEqual((ticket.marketplace_order_ref, ticket.marketplace_order_state), (OTHER_ORDER, "pending"))
        self.assertEqual(self.by_agent(ticket).marketplace_reply_data["placeholders"], {})
        self.fetch()
        self.assertEqual(ticket.marketplace_order_state, "known")
        self.assertIn(OTHER_ORDER, ticket.name)

    def test_the_number_may_be_written_in_any_form(self):
        self.new_order(OTHER_ORDER)
        ticket = self.presale().ticket_id
        self.link(ticket, f" #{OTHER_ORDER.replace('-', ' ')} ")
        self.assertEqual(ticket.marketplace_order_ref, OTHER_ORDER)

    def test_another_number_of_the_order_means_it_too(self):
        self.new_order(OTHER_ORDER)
        order = self.env["marketplace.order"]._find_or_create(self.site_de, OTHER_ORDER)
        self.env["marketplace.order.ref"]._add(order, ["Shop 0815"])
        ticket = self.presale().ticket_id
        self.link(ticket, "Shop 0815")
        self.assertEqual(ticket.marketplace_order_id, order)

    def test_later_mail_of_the_order_and_of_the_thread_follows(self):
        self.new_order(OTHER_ORDER, buyer="Robin Other")
        first = self.presale()
        self.link(first.ticket_id)
        named = self.write_in("Now about my order", order_ref=OTHER_ORDER)
        again = self.write_in("And one more", order_ref=None, site="DE", buyer="Robin Other")
        self.assertEqual((named.ticket_id, again.ticket_id), (first.ticket_id, first.ticket_id))
        self.assertEqual(self.ticket_of(OTHER_ORDER), first.ticket_id)

    def test_the_ledger_says_who_linked_it_and_why(self):
        self.new_order(OTHER_ORDER)
        row = self.presale()
        self.link(row.ticket_id)
        correction = row.correction_ids
        self.assertEqual((correction.kind, correction.user_id, correction.reason), ("link", self.agent, WHY))
        self.assertEqual((correction.order_ref, correction.target_order_ref), (False, OTHER_ORDER))
        self.assertEqual(row.order_id.order_ref, OTHER_ORDER)
        self.assertIn(WHY, self.bodies(row.ticket_id))
        self.assertEqual(self.by_agent(row.ticket_id).marketplace_correction_ids, correction)

    def test_a_wrong_order_is_replaced_and_keeps_nothing_of_the_conversation(self):
        self.new_order(OTHER_ORDER)
        row = self.write_in("First")
        ticket = row.ticket_id
        self.link(ticket)
        self.assertEqual(ticket.marketplace_order_ref, OTHER_ORDER)
        self.assertIn(OTHER_ORDER, ticket.name)
        self.assertNotIn(DE_ORDER, ticket.name)
        thread = self.write_in("Same thread, no number", name_order=False)
        self.assertEqual(thread.ticket_id, ticket)
        named = self.write_in("About the first order", order_ref=DE_ORDER)
        self.assertNotEqual(named.ticket_id, ticket)
        self.assertEqual(named.ticket_id.marketplace_order_ref, DE_ORDER)

    def test_an_order_with_a_ticket_is_not_taken_from_it(self):
        ticket, other = self.write_in("First").ticket_id, self.new_ticket()
        with self.assertRaisesRegex(UserError, f"{OTHER_ORDER} goes on in ticket {other.number}: merge"):
            self.link(ticket)
        self.assertEqual(ticket.marketplace_order_ref, DE_ORDER)

    def test_the_dialog_offers_to_merge_instead(self):
        ticket, other = self.presale().ticket_id, self.new_ticket()
        action = self.by_agent(ticket).action_marketplace_open_link()
        dialog = self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])
        dialog.write({"order_ref": OTHER_ORDER, "reason": WHY})
        self.assertEqual(dialog.action_link()["res_id"], dialog.id)
        self.assertIn(other.number, dialog.other_number)
        self.assertFalse(ticket.marketplace_order_id)
        self.assertEqual(dialog.action_merge()["params"]["ticket_id"], other.id)
        self.assertEqual(ticket.duplicate_id, other)

    def test_the_dialog_links_at_once_when_nothing_is_in_the_way(self):
        self.new_order(OTHER_ORDER)
        ticket = self.presale().ticket_id
        values = {"ticket_id": ticket.id, "order_ref": OTHER_ORDER, "reason": WHY}
        dialog = self.env["marketplace.correct.link"].with_user(self.agent).create(values)
        self.assertEqual(dialog.action_link()["params"]["ticket_id"], ticket.id)
        self.assertEqual(ticket.marketplace_order_ref, OTHER_ORDER)

    def test_a_mail_of_the_order_at_the_same_moment_lets_odoo_begin_again(self):
        ticket = self.presale().ticket_id
        with self.assertRaises(ConcurrencyError), look_again(ticket.env):
            raise UniqueViolation("somebody was first")

    # === WHAT CAN'T BE === #

    def test_it_takes_a_reason_and_a_number(self):
        ticket = self.presale().ticket_id
        for number, reason, words in (
            (OTHER_ORDER, "  ", "why"),
            ("12345", WHY, "“12345” is no order number of Amazon"),
            ("", WHY, "is no order number"),
            (None, WHY, "is no order number"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.link(ticket, number, reason)

    def test_the_same_order_again_is_said_so(self):
        ticket = self.write_in().ticket_id
        with self.assertRaisesRegex(UserError, "already"):
            self.link(ticket, DE_ORDER)

    def test_an_account_that_is_not_connected_fetches_nothing(self):
        ticket = self.presale().ticket_id
        self.account.state = "reauthorize"
        with self.assertRaisesRegex(UserError, "not connected"):
            self.link(ticket)

    def test_ordinary_tickets_have_no_orders(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Phone call", "description": "x"})
        with self.assertRaisesRegex(UserError, "not from a marketplace"):
            self.link(ticket)
        with self.assertRaisesRegex(UserError, "not from a marketplace"):
            self.by_agent(ticket).action_marketplace_open_link()
