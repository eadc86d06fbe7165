from odoo.exceptions import UserError

from ...models.reply.answering import Answering
from ..common import DE_ORDER, US_ORDER
from .correct_common import OTHER_ORDER, WHY, CorrectCase


class TestCorrectMerge(CorrectCase):
    """Agents merge tickets: one goes on with all that was on the other."""

    def setUp(self):
        super().setUp()
        self.first = self.write_in("First", hours=5)
        self.old = self.first.ticket_id
        self.goes_on = self.new_ticket(hours=2)

    def merge(self, tickets=None, target=None, reason=WHY):
        tickets = self.old if tickets is None else tickets
        return self.by_agent(tickets).action_marketplace_merge((target or self.goes_on).id, reason)

    def test_messages_and_their_ledger_are_on_the_ticket_that_goes_on(self):
        posted = self.first.mail_message_id
        self.assertEqual(self.merge(), {"ticket_id": self.goes_on.id})
        self.assertEqual((posted.model, posted.res_id), ("helpdesk.ticket", self.goes_on.id))
        self.assertEqual(self.first.ticket_id, self.goes_on)
        self.assertFalse(self.old.message_ids.filtered(lambda one: one.marketplace_kind == "buyer"))
        self.assertFalse(posted.parent_id - self.goes_on.message_ids)

    def test_later_mail_of_both_orders_and_of_the_thread_follows(self):
        self.merge()
        rows = [
            self.write_in("About the first"),
            self.write_in("Thread only", name_order=False),
            self.write_in("About the second", order_ref=OTHER_ORDER),
        ]
        self.assertEqual([row.ticket_id for row in rows], [self.goes_on] * 3)
        self.assertTrue(self.old.closed)

    def test_mail_of_the_buyer_without_anything_else_follows_too(self):
        for text in ("Blue?", "Green?"):
            self.write_in(text, order_ref=None, site="DE", buyer="Sam Same", name_order=False)
        buyer = self.first.order_id.buyer_name
        self.merge()
        row = self.write_in("And?", order_ref=None, site="DE", buyer=buyer)
        self.assertEqual(row.ticket_id, self.goes_on)

    def test_a_ticket_without_an_order_learns_the_one_of_the_other(self):
        asked = self.write_in("Is it blue?", order_ref=None, site="DE", asin="B0EXAMPL01", buyer="Nobody Else")
        self.merge(self.old, asked.ticket_id)
        self.assertEqual(asked.ticket_id.marketplace_order_ref, DE_ORDER)
        conversations = self.env["marketplace.conversation"].search([("ticket_id", "=", asked.ticket_id.id)])
        self.assertEqual(conversations.order_id.order_ref, DE_ORDER)
        self.assertEqual(len(conversations), 1)
        self.assertEqual(asked.conversation_id, conversations)
        self.assertEqual(self.write_in("Again").ticket_id, asked.ticket_id)

    def test_the_other_is_closed_as_a_duplicate_without_a_word_to_anybody(self):
        mails = self.env["mail.mail"].search_count([("model", "=", "helpdesk.ticket")])
        self.merge()
        self.assertEqual(self.old.duplicate_id, self.goes_on)
        self.assertTrue(self.old.closed)
        self.assertEqual(self.goes_on.duplicate_ids, self.old)
        self.assertEqual(self.env["mail.mail"].search_count([("model", "=", "helpdesk.ticket")]), mails)

    def test_the_companys_stage_for_duplicates_is_taken(self):
        stage = self.env["helpdesk.ticket.stage"].create({"name": "Duplicate", "closed": True})
        self.company.helpdesk_mgmt_duplicate_ticket_stage_id = stage
        self.merge()
        self.assertEqual(self.old.stage_id, stage)

    def test_both_say_who_merged_them_and_why(self):
        self.merge()
        for ticket, other in ((self.old, self.goes_on), (self.goes_on, self.old)):
            note = ticket.message_ids.filtered(lambda one: WHY in one.body)
            self.assertEqual(note.author_id, self.agent.partner_id)
            self.assertTrue(note.subtype_id.internal)
            self.assertIn(other.number, note.body)
        correction = self.first.correction_ids
        self.assertEqual(
            (correction.kind, correction.ticket_id, correction.target_id), ("merge", self.old, self.goes_on)
        )

    def test_two_open_clocks_become_one_from_the_older_question(self):
        self.assertEqual(self.goes_on.marketplace_response_id.asked_at, self.ago(2))
        self.merge()
        turn = self.goes_on.marketplace_response_id
        self.assertEqual((turn.asked_at, turn.message_count), (self.ago(5), 2))
        self.assertFalse(self.old.marketplace_deadline)
        self.assertFalse(self.env["marketplace.response"].search([("ticket_id", "=", self.old.id)]))

    def test_turns_that_ended_go_along_and_one_is_the_first(self):
        self.stop_clock(self.by_agent(self.old), "reply")
        self.stop_clock(self.by_agent(self.goes_on), "reply")
        self.merge()
        turns = self.env["marketplace.response"].search([("ticket_id", "=", self.goes_on.id)], order="asked_at")
        self.assertEqual(turns.mapped("is_first"), [True, False])
        self.assertFalse(self.goes_on.marketplace_deadline)

    def test_a_closed_ticket_is_open_again_when_somebody_waits_there_now(self):
        self.stop_clock(self.by_agent(self.goes_on), "none")
        self.goes_on._marketplace_close()
        self.merge()
        self.assertFalse(self.goes_on.closed)
        self.assertEqual(self.goes_on.marketplace_response_id.asked_at, self.ago(5))

    def test_files_activities_tags_and_followers_from_inside_go_along(self):
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": "helpdesk.ticket", "res_id": self.old.id}
        )
        activity = self.old.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        customer = self.env["res.partner"].create({"name": "C", "email": "c@example.com"})
        self.old.message_subscribe((self.agent.partner_id | customer).ids)
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Broken"})
        self.old.write({"tag_ids": tag.ids, "priority": "3"})
        self.merge()
        self.assertEqual((file.res_id, activity.res_id), (self.goes_on.id, self.goes_on.id))
        self.assertIn(self.agent.partner_id, self.goes_on.message_partner_ids)
        self.assertNotIn(customer, self.goes_on.message_partner_ids)
        self.assertEqual((self.goes_on.tag_ids, self.goes_on.priority), (tag, "3"))

    def test_a_claims_clock_goes_along(self):
        claim = self.write_in("", notice="atoz_claim")
        self.assertEqual(claim.ticket_id, self.old)
        deadline = self.old.marketplace_claim_deadline
        self.merge()
        self.assertEqual(self.goes_on.marketplace_claim_deadline, deadline)
        self.assertFalse(self.old.marketplace_claim_deadline)

    def test_several_are_merged_at_once_and_theirs_with_them(self):
        third = self.new_ticket("302-4444444-0000002", buyer="Third")
        self.merge()
        self.merge(self.goes_on | third, third)
        self.assertEqual((self.old | self.goes_on).duplicate_id, third)
        self.assertEqual(self.write_in("First again").ticket_id, third)

    def test_nobody_answers_from_the_ticket_that_ended(self):
        self.merge()
        self.assertIn(self.goes_on.number, Answering(self.by_agent(self.old)).why_not())
        with self.assertRaisesRegex(UserError, f"goes on in {self.goes_on.number}"):
            self.by_agent(self.old).action_marketplace_link_order(DE_ORDER, WHY)

    def test_an_ordinary_ticket_joins(self):
        call = self.env["helpdesk.ticket"].create({"name": "Phone call", "description": "x"})
        call.message_post(body="He called about his parcel.", subtype_xmlid="mail.mt_note")
        self.merge(call)
        self.assertIn("He called", self.bodies(self.goes_on))
        self.assertEqual(call.duplicate_id, self.goes_on)

    def test_the_dialog_warns_of_different_buyers_and_orders(self):
        action = self.by_agent(self.old | self.goes_on).action_marketplace_open_merge()
        dialog = self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])
        self.assertEqual(dialog.target_id, self.old)
        self.assertIn("Robin Other", dialog.warning)
        self.assertIn(OTHER_ORDER, dialog.warning)
        dialog.write({"target_id": self.goes_on.id, "reason": WHY})
        self.assertEqual(dialog.action_merge()["params"]["ticket_id"], self.goes_on.id)
        self.assertEqual(self.old.duplicate_id, self.goes_on)

    # === WHAT CAN'T BE === #

    def test_an_email_conversation_stays_where_it_can_be_answered(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Mail", "description": "x"})
        ticket.message_post(body="Hello", message_type="email", email_from="c@example.com")
        with self.assertRaisesRegex(UserError, "e-mail conversation"):
            self.merge(ticket)

    def test_a_marketplaces_ticket_does_not_end_in_an_ordinary_one(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Phone call", "description": "x"})
        with self.assertRaisesRegex(UserError, "not from a marketplace"):
            self.merge(self.old, ticket)

    def test_accounts_and_companies_stay_apart(self):
        other = self.write_in(order_ref=US_ORDER).ticket_id
        with self.assertRaisesRegex(UserError, "different marketplace accounts"):
            self.merge(self.old, other)
        company = self.env["res.company"].create({"name": "Other"})
        call = self.env["helpdesk.ticket"].create({"name": "Call", "description": "x", "company_id": company.id})
        self.agent.company_ids += company
        with self.assertRaisesRegex(UserError, "different companies"):
            self.merge(call.with_context(allowed_company_ids=(self.company | company).ids))

    def test_neither_itself_nor_a_duplicate_goes_on(self):
        with self.assertRaisesRegex(UserError, "another ticket"):
            self.merge(self.old, self.old)
        third = self.new_ticket("302-4444444-0000002", buyer="Third")
        third.duplicate_id = self.goes_on
        with self.assertRaisesRegex(UserError, "itself a duplicate"):
            self.merge(self.old, third)

    def test_what_is_scheduled_is_decided_first(self):
        self.env["mail.scheduled.message"].create(
            {
                "model": "helpdesk.ticket",
                "res_id": self.old.id,
                "body": "Later",
                "scheduled_date": "2099-01-01 00:00:00",
                "author_id": self.env.user.partner_id.id,
            }
        )
        with self.assertRaisesRegex(UserError, "scheduled"):
            self.merge()
