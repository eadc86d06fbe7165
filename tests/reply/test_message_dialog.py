from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .message_common import TEXT, MessageCase


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
