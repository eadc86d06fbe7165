from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .clock_common import ClockCase


class TestClock(ClockCase):
    def test_the_clock_runs_from_the_mails_own_date_for_the_sites_hours(self):
        self.asks(hours=3)
        self.assertEqual(self.turn.asked_at, self.ago(3))
        self.assertEqual(self.ticket.marketplace_deadline, self.ago(3) + timedelta(hours=24))
        self.assertTrue(self.turn.is_first)
        self.assertEqual((self.turn.site_id, self.turn.account_id), (self.site_de, self.account))

    def test_a_date_in_the_future_counts_as_now(self):
        self.asks(hours=-5)
        self.assertLess(self.turn.asked_at, self.ago(-1))

    def test_the_clock_runs_on_over_the_weekend(self):
        self.asks()
        self.turn.asked_at = "2026-11-20 18:00:00"  # a Friday
        self.assertEqual(str(self.ticket.marketplace_deadline), "2026-11-21 18:00:00")

    def test_the_oldest_unanswered_message_counts(self):
        self.asks(hours=5)
        self.asks("And?", hours=1)
        self.assertEqual(self.turn.asked_at, self.ago(5))
        self.asks("This one came late", hours=8)
        self.assertEqual(self.ticket.marketplace_deadline, self.ago(8) + timedelta(hours=24))
        self.assertEqual(self.turn.message_count, 3)
        self.assertEqual(len(self.turns), 1)

    def test_a_site_may_promise_other_hours_which_count_from_the_next_message_on(self):
        self.assertEqual(self.site_de.reply_hours, self.app._get_class().reply_hours)
        self.asks(hours=5)
        self.site_de.reply_hours = 8
        self.assertEqual(self.ticket.marketplace_deadline, self.ago(5) + timedelta(hours=24))
        self.stop_clock(self.ticket, "reply")
        self.asks("Again", hours=0)
        self.assertEqual(self.ticket.marketplace_deadline, self.turn.asked_at + timedelta(hours=8))

    def test_an_answer_stops_the_clock_and_a_new_message_starts_it_anew(self):
        self.asks(hours=5)
        ended = self.stop_clock(self.as_agent(), "reply", self.ago(2))
        self.assertFalse(self.ticket.marketplace_deadline)
        self.assertEqual((ended.how, ended.hours, ended.user_id), ("reply", 3.0, self.agent))
        self.assertTrue(ended.is_in_time)
        self.asks("Thanks, but …", hours=1)
        self.assertEqual(self.turn.asked_at, self.ago(1))
        self.assertFalse(self.turn.is_first)

    def test_a_late_answer_is_not_in_time(self):
        self.site_de.reply_hours = 20
        self.asks(hours=22)
        self.assertFalse(self.stop_clock(self.ticket, "reply").is_in_time)

    def test_a_scheduled_action_is_nobody(self):
        self.asks()
        root = self.env.ref("base.user_root")
        self.assertFalse(self.stop_clock(self.ticket.with_user(root), "reply").user_id)

    def test_what_the_buyer_wrote_after_the_answer_stays_unanswered(self):
        self.asks(hours=5)
        self.asks("One more thing", hours=2)
        self.asks("And another", hours=1)
        self.stop_clock(self.ticket, "reply", self.ago(3))
        self.assertEqual((self.turn.asked_at, self.turn.message_count), (self.ago(2), 2))

    def test_an_answer_from_before_the_question_answers_nothing(self):
        self.asks(hours=2)
        self.assertFalse(self.stop_clock(self.ticket, "console", self.ago(3)))
        self.assertTrue(self.ticket.marketplace_deadline)

    def test_what_is_posted_on_the_ticket_never_stops_the_clock(self):
        self.asks()
        self.ticket.message_post(body="We got your message.", subtype_xmlid="mail.mt_comment")
        self.as_agent().message_post(body="Not sent", subtype_xmlid="mail.mt_comment")
        self.as_agent().message_post(body="Only a note")
        self.assertTrue(self.ticket.marketplace_deadline)

    def test_notices_neither_start_nor_stop_the_clock(self):
        self.asks()
        deadline = self.ticket.marketplace_deadline
        self.asks("", notice="refund")
        self.assertEqual(self.ticket.marketplace_deadline, deadline)
        self.stop_clock(self.ticket, "reply")
        self.asks("", notice="return_request")
        self.assertFalse(self.ticket.marketplace_deadline)

    def test_closing_a_ticket_does_not_answer_the_buyer(self):
        self.asks()
        self.ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.assertTrue(self.ticket.marketplace_deadline)

    def test_a_refused_answer_brings_back_the_original_deadline(self):
        self.asks(hours=20)
        deadline = self.ticket.marketplace_deadline
        ended = self.stop_clock(self.ticket, "reply", self.ago(10))
        self.site_de.reply_hours = 48
        ended._resume(self.ticket)
        self.assertEqual(self.ticket.marketplace_deadline, deadline)
        self.assertEqual((self.turn, self.turn.how, self.turn.answered_at), (ended, False, False))
        self.assertEqual(ended.hours, 0)

    def test_a_refused_answer_outranks_a_newer_question(self):
        self.asks(hours=20)
        ended = self.stop_clock(self.ticket, "reply", self.ago(10))
        self.asks("Hello?", hours=5)
        ended._resume(self.ticket)
        self.assertEqual(self.ticket.marketplace_deadline, self.ago(20) + timedelta(hours=24))
        self.assertEqual((self.turns, ended.message_count, ended.is_first), (ended, 2, True))

    @mute_logger("odoo.sql_db")
    def test_two_workers_never_open_two_turns_of_a_ticket(self):
        self.asks()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env["marketplace.response"]._open(self.ticket, self.now).flush_recordset()

    def test_a_further_message_meets_whoever_answers_at_that_moment(self):
        self.asks(hours=2)
        self.env.flush_all()
        before = self.turn.write_date
        self.env.cr.execute("UPDATE marketplace_response SET write_date = '2020-01-01' WHERE id = %s", (self.turn.id,))
        self.turn.invalidate_recordset()
        self.asks("Again", hours=1)
        self.env.flush_all()
        self.turn.invalidate_recordset()
        self.assertGreaterEqual(self.turn.write_date, before)

    def test_an_ordinary_ticket_has_no_clock(self):
        plain = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x"})
        self.assertFalse(plain.marketplace_deadline)
        self.assertFalse(self.env["marketplace.response"]._start(plain, self.now))
        self.assertFalse(self.stop_clock(plain, "reply"))

    def test_a_ticket_that_a_conversation_was_moved_to_gets_its_clock(self):
        message = self.asks(hours=2)
        message.conversation_id.ticket_id = other = self.ticket.copy()
        self.assertEqual(self.asks("Again", hours=1).ticket_id, other)
        self.assertEqual(other.marketplace_deadline, self.ago(1) + timedelta(hours=24))
        self.assertEqual(other.marketplace_site_id, self.site_de)

    def test_a_copied_ticket_has_no_clock(self):
        self.asks()
        self.assertFalse(self.ticket.copy().marketplace_deadline)

    def test_nobody_waits_on_a_ticket_that_was_deleted(self):
        self.asks(hours=30)
        answered = self.stop_clock(self.ticket, "reply")
        self.asks("Again")
        waiting = self.turn
        self.ticket.unlink()
        self.assertFalse(waiting.exists())
        self.assertTrue(answered.exists())

    def test_the_countdown_turns_amber_for_the_last_quarter(self):
        self.asks(hours=3)
        self.assertEqual(self.ticket.marketplace_amber_at, self.ago(3) + timedelta(hours=18))

    def test_the_list_to_answer_shows_mine_and_unassigned_by_deadline(self):
        us_order = "114-1853564-0000022"
        self.asks(hours=2)
        self.asks("Hi", hours=9, order_ref=us_order)
        action = self.env.ref("helpdesk_mgmt_marketplace.helpdesk_ticket_action_to_answer")
        Ticket = self.env["helpdesk.ticket"].with_user(self.agent)
        view = Ticket.get_view(action.view_ids.filtered(lambda one: one.view_mode == "list").view_id.id, "list")
        self.assertIn('default_order="marketplace_deadline, ', view["arch"])
        domain = [("marketplace_deadline", "!=", False), ("user_id", "in", (self.agent.id, False))]
        found = Ticket.search(domain, order="marketplace_deadline, priority desc, id")
        self.assertEqual(found, self.ticket_of(us_order) | self.ticket)
        self.ticket.user_id = self.env.user
        self.assertEqual(Ticket.search(domain), self.ticket_of(us_order))
        self.assertFalse(Ticket.search([("marketplace_deadline", "<", "now")]))


class TestNoResponseNeeded(ClockCase):
    def test_one_click_stops_the_clock_and_opens_the_marketplaces_link_in_the_browser(self):
        message = self.asks(hours=2)
        action = self.as_agent().action_marketplace_no_response()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(action["target"], "new")
        self.assertEqual(action["url"], message.no_response_url)
        self.assertIn("/messaging/no-response-needed?", action["url"])
        self.assertFalse(self.ticket.marketplace_deadline)
        self.assertEqual((self.turns.how, self.turns.user_id), ("none", self.agent))

    def test_the_link_is_that_of_the_buyers_last_message(self):
        self.asks(hours=3)
        last = self.asks("Never mind", hours=2)
        self.asks("", hours=1, notice="refund")
        self.assertEqual(self.as_agent().action_marketplace_no_response()["url"], last.no_response_url)

    def test_without_a_link_it_only_stops_the_clock_and_says_so(self):
        for url in (False, "http://sellercentral.amazon.de/x", "javascript:alert(1)"):
            message = self.asks(f"Text {url}")
            message.no_response_url = url
            action = self.as_agent().action_marketplace_no_response()
            self.assertEqual(action["tag"], "display_notification")
            self.assertIn("Seller Central", action["params"]["message"])
            self.assertFalse(self.ticket.marketplace_deadline)

    def test_it_is_refused_where_nothing_is_unanswered(self):
        self.asks()
        self.as_agent().action_marketplace_no_response()
        with self.assertRaises(UserError):
            self.as_agent().action_marketplace_no_response()

    def test_only_who_may_change_the_ticket_may_stop_its_clock(self):
        self.asks()
        outsider = self.env["res.users"].create({"name": "Outsider", "login": "outsider"})
        for name in ("action_marketplace_no_response", "action_marketplace_answered"):
            with self.assertRaises(AccessError):
                getattr(self.ticket.with_user(outsider), name)()


class TestAnsweredInTheConsole(ClockCase):
    def record(self, hours=0, text="I wrote to the buyer."):
        context = self.as_agent().action_marketplace_answered()["context"]
        Dialog = self.env["marketplace.answered"].with_user(self.agent).with_context(**context)
        return Dialog.create({"text": text, "moment": self.ago(hours)}).action_record()

    def test_the_dialog_is_named_after_the_console(self):
        self.asks()
        self.assertEqual(self.as_agent().action_marketplace_answered()["name"], "Answered in Seller Central")

    def test_it_records_author_time_and_text_and_stops_the_clock(self):
        self.asks(hours=5)
        self.record(hours=1)
        self.assertFalse(self.ticket.marketplace_deadline)
        posted = self.ticket.message_ids.filtered(lambda one: one.marketplace_kind == "answered")
        self.assertIn("I wrote to the buyer.", posted.body)
        self.assertEqual((posted.author_id, posted.date), (self.agent.partner_id, self.ago(1)))
        self.assertTrue(posted.subtype_id.internal)
        self.assertEqual((self.turns.how, self.turns.hours, self.turns.user_id), ("console", 4.0, self.agent))

    def test_the_message_says_in_which_console(self):
        self.asks(hours=5)
        self.record()
        posted = self.ticket.message_ids.filtered(lambda one: one.marketplace_kind == "answered")
        self.assertEqual(posted.with_user(self.agent)._marketplace_get_label(), "Answered in Seller Central")

    def test_its_text_is_harmless(self):
        self.asks()
        self.record(text="<script>alert(1)</script>")
        self.assertNotIn("<script>", self.ticket.message_ids[:1].body)

    def test_it_can_not_have_been_before_the_question_or_in_the_future(self):
        self.asks(hours=2)
        for hours in (3, -1):
            with self.assertRaises(UserError):
                self.record(hours=hours)
        self.assertTrue(self.ticket.marketplace_deadline)

    def test_nobody_marks_a_message_as_answered_by_another_way(self):
        self.asks()
        posted = self.as_agent().message_post(body="x", marketplace_kind="answered")
        self.assertFalse(posted.marketplace_kind)
        self.assertTrue(self.ticket.marketplace_deadline)


class TestCopies(ClockCase):
    def test_a_copy_of_an_answer_given_in_the_console_is_posted_and_stops_the_clock(self):
        self.asks(hours=5)
        message = self.copy_arrives("It is on its way.", hours=1)
        self.assertEqual(message.state, "done")
        self.assertEqual(message.mail_message_id.marketplace_kind, "answered")
        self.assertIn(">It is on its way.<", message.mail_message_id.body)
        self.assertFalse(self.ticket.marketplace_deadline)
        self.assertEqual((self.turns.how, self.turns.hours, self.turns.user_id.id), ("console", 4.0, False))

    def test_a_copy_that_comes_before_the_question_it_answers_counts(self):
        self.asks(hours=9)
        self.stop_clock(self.ticket, "reply")
        self.copy_arrives(hours=1)
        self.asks("Late mail", hours=2)
        self.assertFalse(self.ticket.marketplace_deadline)
        self.assertEqual(self.turns[-1].how, "console")

    def test_a_copy_of_an_order_without_a_ticket_is_only_kept(self):
        message = self.copy_arrives()
        self.assertEqual((message.state, message.reason), ("ignored", "No ticket of this order."))

    def test_who_knows_our_own_answers_is_asked_first(self):
        self.asks()
        message_class = type(self.env["marketplace.message"])
        self.patch(message_class, "_process_copy", lambda message, ticket, mail: False)
        message = self.copy_arrives()
        self.assertEqual(message.mail_message_id.marketplace_kind, "notice")
        self.assertTrue(self.ticket.marketplace_deadline)
