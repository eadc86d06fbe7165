from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..reply.message_common import TEXT, MessageCase

LOGGERS = "odoo.addons.helpdesk_mgmt_marketplace.models"


class TestMessage(MessageCase):
    """What the marketplace is to send goes through the queue of replies."""

    def setUp(self):
        super().setUp()
        self.open_ticket()

    def test_a_message_goes_through_the_queue_and_stands_in_the_conversation(self):
        reply = self.queue()
        posted = reply.mail_message_id
        self.assertEqual((reply.kind, reply.state, self.get_seen()), ("message", "queued", []))
        self.assertEqual((posted.marketplace_kind, posted.author_id), ("reply", self.agent.partner_id))
        self.assertIn("Report an unexpected problem", posted.body)
        self.assertIn(TEXT, posted.body)
        self.send()
        self.assertEqual(reply.state, "accepted")
        self.assertEqual([one["text"] for one in self.get_seen()], [TEXT])
        self.assertEqual(self.ticket.marketplace_get_reply_states()[str(posted.id)]["state"], "accepted")

    def test_amazon_does_not_count_it_as_an_answer_so_the_clock_goes_on(self):
        deadline = self.ticket.marketplace_deadline
        self.assertTrue(self.open_dialog().is_unanswered)
        self.queue()
        self.send()
        self.assertTrue(deadline)
        self.assertEqual(self.ticket.marketplace_deadline, deadline)

    def test_files_are_brought_to_the_marketplace_and_stay_on_the_ticket(self):
        dialog = self.choose("warranty", coverage_start="2026-02-01", coverage_end="2028-02-01")
        self.upload(dialog, "a.pdf", "b.pdf")
        dialog.action_send()
        self.send()
        reply = self.get_replies()
        self.assertEqual((reply.state, reply.reason), ("accepted", False))
        self.assertEqual([one["files"] for one in self.get_seen()], [["a.pdf", "b.pdf"]])
        self.assertIn("Warranty until: 2028-02-01", reply.mail_message_id.body)
        files = reply.attachment_ids
        self.assertEqual(
            (files.mapped("res_model"), files.mapped("res_id")), (["helpdesk.ticket"] * 2, self.ticket.ids * 2)
        )
        dialog.sudo().unlink()
        self.assertEqual(len(files.exists()), 2)

    def test_a_message_that_needs_a_file_is_not_queued_without(self):
        dialog = self.choose("invoice")
        dialog.action_send()
        self.assertEqual([one["code"] for one in dialog.findings], ["no_file"])

    def test_two_clicks_are_one_message_in_one_dialog_and_in_two(self):
        dialog = self.choose("unexpectedProblem", text=TEXT)
        dialog.action_send()
        dialog.action_send()
        self.queue()
        self.send()
        self.assertEqual(len(self.get_replies()), 1)
        self.assertEqual(len(self.get_seen()), 1)

    # === WHAT MAY HAPPEN TO IT === #

    def test_what_is_no_longer_allowed_comes_back_to_the_agent(self):
        reply = self.queue()
        self.sandbox.orders.get("DEMO-EU", self.ref)["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
        self.ticket._marketplace_close()
        self.send()
        self.assertEqual(reply.state, "failed")
        self.assertIn("does not allow this message", reply.reason)
        self.assertFalse(self.ticket.stage_id.closed)
        self.assertIn("Report an unexpected problem", self.ticket.activity_ids.summary)

    def test_an_answer_that_got_lost_leaves_the_outcome_open_until_a_person_decides(self):
        self.sandbox.faults.add("createUnexpectedProblem", "empty")
        reply = self.queue()
        self.send()
        self.assertEqual(reply.state, "unknown")
        self.sandbox.faults.clear()
        self.send_again(reply)
        self.assertEqual((reply.state, self.get_calls("createUnexpectedProblem")), ("unknown", 1))
        reply.with_user(self.agent).action_retry()
        self.send_again(reply)
        self.assertEqual(reply.state, "accepted")

    def test_a_limit_puts_it_off_as_long_as_the_marketplace_says(self):
        self.sandbox.faults.add("createUnexpectedProblem", "429")
        reply = self.queue()
        self.send()
        self.assertEqual((reply.state, reply.attempts), ("queued", 1))
        calls = self.get_calls("createUnexpectedProblem")
        reply.next_attempt = "2026-01-01"
        self.send()
        # The operation's pause holds without any call.
        self.assertEqual((reply.attempts, self.get_calls("createUnexpectedProblem")), (1, calls))
        self.sandbox.faults.clear()
        self.send_again(reply)
        self.assertEqual(reply.state, "accepted")

    def test_files_are_brought_again_when_the_message_could_not_be_sent(self):
        self.sandbox.faults.add("sendInvoice", "503", times=1)
        dialog = self.choose("invoice")
        self.upload(dialog, "a.pdf")
        dialog.action_send()
        self.send()
        reply = self.get_replies()
        self.assertEqual((reply.state, self.get_seen()), ("queued", []))
        self.sandbox.expire_uploads()
        self.send_again(reply)
        self.assertEqual((reply.state, len(self.get_seen())), ("accepted", 1))

    @mute_logger(f"{LOGGERS}.marketplace_reply_api")
    def test_a_fault_of_ours_in_the_middle_of_it_leaves_the_outcome_open(self):
        reply = self.queue()
        with patch.object(self.app._get_class(), "send_message", side_effect=RuntimeError("?")):
            self.send()
        self.assertEqual(reply.state, "unknown")

    def test_a_message_whose_worker_was_killed_is_never_sent_again_by_itself(self):
        reply = self.queue()
        reply.write({"state": "sending", "lease_until": "2026-01-01"})
        self.send()
        self.assertEqual((reply.state, self.get_seen()), ("unknown", []))
        self.assertIn("Look at the marketplace", reply.reason)

    def test_an_ended_authorization_is_said_in_words(self):
        reply = self.queue()
        self.account.write({"access_token_encrypted": False, "access_token_expires_at": False})
        sellers = self.sandbox.world.sellers
        self.addCleanup(sellers.__setitem__, "DEMO-EU", sellers["DEMO-EU"])
        sellers["DEMO-EU"] = sellers["DEMO-EU"].change(revoked=True)
        self.send()
        self.assertEqual((reply.state, self.account.state), ("failed", "reauthorize"))
        self.assertTrue(reply.reason)


class TestReview(MessageCase):
    """Buyers are asked for a review only while the marketplace allows it."""

    def setUp(self):
        super().setUp()
        self.open_ticket()

    def test_a_review_is_asked_for_once_and_stops_no_clock(self):
        deadline = self.ticket.marketplace_deadline
        reply = self.queue("review", text="not used")
        self.assertIn("Asked the buyer for a review", reply.mail_message_id.body)
        self.assertTrue(reply.mail_message_id.subtype_id.internal)
        self.ask().write({"action_code": "review"})
        self.send()
        self.assertEqual((reply.state, reply.kind), ("accepted", "review"))
        self.assertEqual(len(self.get_seen()), 1)
        self.assertEqual(self.ticket.marketplace_deadline, deadline)
        self.assertIn("does not allow it", self.ask().offer["review"]["why_not"])

    def test_before_its_window_it_is_not_offered_and_the_reason_said(self):
        self.open_ticket(self.make_order())
        dialog = self.ask()
        self.assertEqual(dialog.offer["review"]["why_not"], "The order has not been shipped yet.")
        dialog.action_code = "review"
        with self.assertRaisesRegex(UserError, "Choose a message"):
            dialog.action_send()

    def test_a_refused_request_is_an_activity_and_opens_no_closed_ticket(self):
        reply = self.queue("review", text="")
        self.sandbox.orders.get("DEMO-EU", self.ref)["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
        self.ticket._marketplace_close()
        self.send()
        self.assertEqual(reply.state, "failed")
        self.assertTrue(self.ticket.stage_id.closed)
        self.assertIn("not asked for a review", self.ticket.activity_ids.summary)
