import itertools
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import MarketplaceCase

LOGGERS = "odoo.addons.helpdesk_mgmt_marketplace.models"
TEXT = "Ein Teil Ihrer Bestellung fehlt leider. Wir liefern ihn morgen nach."
numbers = itertools.count(1000)


class MessageCase(MarketplaceCase):
    """Each test has an order of its own: what was sent before decides what is allowed."""

    def setUp(self):
        super().setUp()
        self.env["marketplace.operation"].search([]).unlink()
        self.sandbox.world.requests.clear()
        self.ref = self.make_order(status="SHIPPED", days=20)

    def make_order(self, days=3, **values):
        created = datetime.now(timezone.utc) - timedelta(days=days)
        return self.new_order(f"302-1111111-{next(numbers):07}", created=created, **values)

    def open_ticket(self, ref=None):
        """Let the order's buyer write; returns the ticket as the agent sees it."""
        self.ref = ref or self.ref
        self.buyer_writes("Wo ist mein Paket?", self.ref)
        self.settle()
        self.ticket = self.ticket_of(self.ref).with_user(self.agent)
        return self.ticket

    def open_dialog(self):
        """Open the dialog as the agent does; returns it before anything was asked."""
        action = self.ticket.action_marketplace_messages()
        return self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])

    def ask(self, dialog=None):
        """Let the browser have the dialog ask what is allowed; returns the dialog."""
        dialog = dialog or self.open_dialog()
        self.assertFalse(self.press(dialog, "action_ask", user=self.agent))
        return dialog

    def choose(self, code, **content):
        dialog = self.ask()
        dialog.write({"action_code": code, "content": content})
        return dialog

    def queue(self, code="unexpectedProblem", **content):
        """Have a message queued; returns it."""
        dialog = self.choose(code, **(content or {"text": TEXT}))
        self.assertEqual(dialog.action_send()["type"], "ir.actions.act_window_close")
        return self.get_replies()

    def get_replies(self):
        return self.env["marketplace.reply"].search([("ticket_id", "=", self.ticket.id)])

    def send(self):
        self.run_cron("send_replies")

    def send_again(self, reply):
        """Let the pauses be over."""
        reply.next_attempt = "2026-01-01"
        self.env["marketplace.operation"].search([]).unlink()
        self.send()

    def upload(self, dialog, *names):
        """Attach files as the dialog's upload button does."""
        values = {"res_model": dialog._name, "res_id": dialog.id, "raw": b"%PDF-1.4"}
        dialog.attachment_ids = dialog.attachment_ids.create([dict(values, name=name) for name in names])

    def get_calls(self, operation):
        return self.sandbox.world.requests.report()["counts"].get(operation, 0)

    def get_seen(self):
        """Return what the buyer got."""
        return [one for one in self.sandbox.read_conversation(self.ref) if one["side"] == "seller"]


class TestMessageDialog(MessageCase):
    """The dialog offers what the marketplace allows."""

    def setUp(self):
        super().setUp()
        self.open_ticket()

    def test_the_dialog_opens_without_asking_anybody(self):
        before = dict(self.sandbox.world.requests.report()["counts"])
        dialog = self.open_dialog()
        dialog.read()
        dialog.action_code = "invoice"
        self.assertFalse(dialog.offer)
        self.assertEqual(self.sandbox.world.requests.report()["counts"], before)

    def test_it_offers_exactly_what_is_allowed_now(self):
        offer = self.ask().offer
        codes = {one["code"] for one in offer["actions"]}
        self.assertEqual(
            codes, {"confirmDeliveryDetails", "unexpectedProblem", "legalDisclosure", "warranty", "invoice"}
        )
        self.assertEqual(offer["lang"], "German (Germany)")
        warranty = next(one for one in offer["actions"] if one["code"] == "warranty")
        self.assertEqual([one["kind"] for one in warranty["fields"]], ["files", "date", "date"])
        self.assertFalse(offer["review"]["why_not"])

    def test_an_order_without_any_says_so(self):
        self.open_ticket(self.make_order(status="CANCELLED"))
        offer = self.ask().offer
        self.assertEqual((offer["actions"], offer["error"]), ([], False))
        self.assertEqual(offer["review"]["why_not"], "The order is cancelled.")

    def test_what_went_wrong_is_said_in_words_and_can_be_tried_again(self):
        self.sandbox.faults.add("getMessagingActionsForOrder", "500")
        dialog = self.ask()
        self.assertIn("fault", dialog.offer["error"])
        self.sandbox.faults.clear()
        self.env["marketplace.operation"].search([]).write({"paused_until": False})
        self.assertFalse(self.ask(dialog).offer["error"])

    def test_at_the_limit_the_dialog_says_how_long_to_wait(self):
        self.ask()
        operation = self.env["marketplace.operation"].search([("name", "=", "fetch_message_actions")])
        operation.paused_until = datetime.now() + timedelta(seconds=50)
        self.assertIn("may be asked again in", self.ask().offer["error"])

    def test_a_busy_marketplace_is_asked_again_but_not_for_ever(self):
        self.sandbox.faults.add("getMessagingActionsForOrder", "429")
        dialog = self.open_dialog()
        self.assertTrue(self.press(dialog, "action_ask", user=self.agent))
        self.assertFalse(dialog.offer)
        self.assertFalse(self.press(dialog, "action_ask", True, user=self.agent))
        self.assertTrue(dialog.offer["error"])
        self.assertTrue(dialog.offer["review"])

    def test_a_call_under_way_is_waited_for_by_the_dialog_itself(self):
        self.ask()
        operation = self.env["marketplace.operation"].search([("name", "=", "fetch_message_actions")])
        operation.lease_until = datetime.now() + timedelta(seconds=50)
        self.assertEqual(self.press(self.open_dialog(), "action_ask", user=self.agent), 1)

    def test_a_message_that_is_not_offered_can_not_be_sent(self):
        with self.assertRaisesRegex(UserError, "Choose a message"):
            self.choose("confirmOrderDetails", text=TEXT).action_send()

    def test_what_can_not_be_sent_is_blocked_also_when_confirmed(self):
        dialog = self.choose("unexpectedProblem", text="x" * 2001)
        self.assertEqual(dialog.action_send()["res_id"], dialog.id)
        self.assertIn("2001 characters", dialog.findings[0]["text"])
        self.assertFalse(dialog.can_override)
        dialog.action_send_anyway()
        self.assertFalse(self.get_replies())

    def test_a_warning_is_passed_by_one_more_click_another_one_is_not(self):
        dialog = self.choose("unexpectedProblem", text=f"{TEXT} Rufen Sie an: +49 30 1234567")
        dialog.action_send()
        self.assertTrue(dialog.can_override)
        self.assertFalse(self.get_replies())
        dialog.content = {"text": f"{dialog.content['text']} Siehe https://example.com/x"}
        dialog.action_send_anyway()
        self.assertFalse(self.get_replies())
        dialog.action_send_anyway()
        self.assertTrue(self.get_replies())

    # === WHO AND WHETHER === #

    def test_a_barred_agent_has_nothing_sent(self):
        dialog = self.choose("unexpectedProblem", text=TEXT)
        self.agent.marketplace_barred_app_ids = self.app
        for step in (self.ticket.action_marketplace_messages, dialog.action_ask, dialog.action_send):
            with self.assertRaisesRegex(UserError, "may not answer"):
                step()

    def test_a_barred_agent_sends_nothing_again(self):
        reply = self.queue()
        reply._fail("?")
        self.agent.marketplace_barred_app_ids = self.app
        with self.assertRaisesRegex(UserError, "may not answer"):
            reply.with_user(self.agent).action_retry()

    def test_who_may_not_write_the_ticket_has_nothing_sent(self):
        group = self.env.ref("base.group_user")
        outsider = self.env["res.users"].create(
            {"name": "O", "login": "outsider", "group_ids": [Command.link(group.id)]}
        )
        with self.assertRaises(AccessError):
            self.ticket.with_user(outsider).action_marketplace_messages()
        with self.assertRaises(AccessError):
            self.open_dialog().with_user(outsider).action_send()

    def test_an_account_that_is_not_connected_says_so(self):
        self.account.state = "reauthorize"
        with self.assertRaisesRegex(UserError, "not connected at present"):
            self.open_dialog()

    def test_the_button_is_there_for_orders_only(self):
        self.assertTrue(self.ticket.marketplace_has_messages)
        self.ticket.sudo().marketplace_order_id = False
        self.assertFalse(self.ticket.marketplace_has_messages)
        self.assertFalse(self.env["helpdesk.ticket"].create({"name": "T", "description": "-"}).marketplace_has_messages)


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
