from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..walmart_common import PLACEHOLDER, RETURNED, SENT, SPLIT, WalmartReplyCase, purchase_order_ref

FIRST = "<p>Hello,<br/>one part of your order will come a day later than the others.</p>"


class TestWalmartGuard(WalmartReplyCase):
    """Nothing but a reply goes to Walmart's relay, whatever somebody does in Odoo."""

    def setUp(self):
        super().setUp()
        self.relay = self.ask().reply_to
        self.sent = []
        self.enterContext(patch.object(IrMail_Server, "send_email", autospec=True, side_effect=self._send))
        self.enterContext(patch.object(IrMail_Server, "_connect__", autospec=True))

    def _send(self, servers, message, *args, **kwargs):
        self.sent += [str(message[header]) for header in ("To", "Cc", "Bcc") if message[header]]
        return message["Message-Id"]

    def assert_nothing_reached_a_buyer(self):
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        self.assertFalse([one for one in self.sent if "walmart" in one.lower()])

    def test_the_relay_address_stands_nowhere_on_the_ticket_and_nobody_is_suggested(self):
        ticket = self.ticket.sudo()
        self.assertFalse(ticket.partner_email or ticket.partner_id)
        for message in ticket.message_ids:
            self.assertNotIn("relay.walmart", f"{message.email_from} {message.reply_to}")
        for options in ({"reply_discussion": True}, {"reply_message": ticket.message_ids[:1]}, {}):
            self.assertFalse(ticket._message_get_suggested_recipients(**options))

    @mute_logger(
        "odoo.addons.mail.models.mail_mail", "odoo.addons.helpdesk_mgmt_marketplace.models.reply.ir_mail_server"
    )
    def test_no_follower_stage_composer_or_template_reaches_the_relay(self):
        ticket, unknown = self.ticket.sudo(), "vip-77@relay.walmart.com"
        buyer = self.env["res.partner"].create({"name": "Buyer", "email": self.relay})
        ticket.message_subscribe(buyer.ids)
        for values in ({}, {"partner_ids": buyer.ids}, {"outgoing_email_to": unknown}):
            ticket.message_post(body="x", message_type="comment", subtype_xmlid="mail.mt_comment", **values)
        self.env["mail.compose.message"].with_context(
            default_model="helpdesk.ticket", default_res_ids=ticket.ids, default_composition_mode="mass_mail"
        ).create({"body": "x", "partner_ids": [Command.set(buyer.ids)]})._action_send_mail()
        ticket.write({"partner_id": buyer.id, "partner_email": self.relay})
        self.env.ref("helpdesk_mgmt.closed_ticket_template").send_mail(ticket.id)
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.env["mail.mail"].create({"email_to": f"Buyer <{self.relay}>", "body_html": "x"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assert_nothing_reached_a_buyer()

    @mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.reply.ir_mail_server")
    def test_the_last_door_knows_walmarts_relay(self):
        server = self.env["ir.mail_server"]
        forms = (f"B <pc-{'a' * 32}@Relay.Walmart.Com>", "x1234@relay.walmart.ca")
        for relay in (self.relay, self.relay.lower(), *forms):
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Cc"] = "a@shop.example", relay, "c@d.example"
            server.send_email(mail)
            only = EmailMessage()
            only["From"], only["To"] = "a@shop.example", relay
            with self.assertRaisesRegex(UserError, "answering on their ticket"):
                server.send_email(only)
        self.assertEqual(set(self.sent), {"undisclosed-recipients:;", "c@d.example"})


class TestWalmartFirst(WalmartReplyCase):
    """Agents write first about an order: to its address, as Walmart tells it now."""

    def open(self, ref):
        """Open the dialog, have the order fetched, and look; returns the dialog and what it answers."""
        dialog = self.env["marketplace.write.first"].with_user(self.agent).create({"order_ref": ref})
        action = dialog.action_open()
        if dialog.is_waiting:
            self.fetch()
            action = dialog.action_look()
        return dialog, action

    def open_ticket(self, ref):
        _dialog, action = self.open(ref)
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        self.ticket = self.env["helpdesk.ticket"].with_user(self.agent).browse(action["res_id"])
        return self.ticket

    def count_calls(self):
        return self.sandbox.world.requests.report()["counts"].get("walmart_orders", 0)

    def test_what_is_written_first_reaches_the_orders_buyer(self):
        self.open_ticket(SENT)
        self.assertFalse(self.ticket.marketplace_deadline)
        reply = self.answer(FIRST)
        [mail] = self.send()
        self.hand_over(mail)
        order = self.ticket.sudo().marketplace_order_id
        self.assertEqual((reply.state, reply.recipient, reply.is_first), ("handed_over", order.relay, True))
        self.assertEqual((mail["Subject"], mail["In-Reply-To"]), (f"Regarding Walmart order# {SENT}", None))
        self.assertEqual(self.sandbox.inbox[-1].fate, "shown")

    def test_a_buyer_who_answers_that_comes_to_the_same_ticket(self):
        self.open_ticket(SENT)
        self.answer(FIRST)
        self.hand_over(*self.send())
        for values in ({"answer": True, "name_order": False}, {}):
            [message] = self.buyer_asks("All right.", **values)
            self.assertEqual(message.ticket_id, self.ticket.sudo(False), values)

    def test_an_order_is_found_by_any_of_its_numbers(self):
        ticket = self.open_ticket(SPLIT)
        for ref in (f"#{SPLIT[:7]}-{SPLIT[7:]}", purchase_order_ref(SPLIT, 2)):
            self.assertEqual(self.open_ticket(ref), ticket)

    def test_an_order_that_was_read_long_ago_is_read_again(self):
        self.open_ticket(SENT)
        before = self.count_calls()
        self.open_ticket(SENT)
        self.assertEqual(self.count_calls(), before)
        order = self.ticket.sudo().marketplace_order_id
        old = {"fetched_at": fields.Datetime.now() - timedelta(hours=2), "relay": f"{'a' * 32}@relay.walmart.com"}
        order.write(old)
        self.open_ticket(SENT)
        self.assertGreater(self.count_calls(), before)
        self.assertEqual(order.relay, self.sandbox.walmart.orders.find(SENT)[1][0]["customerEmailId"])

    def test_nobody_writes_to_the_placeholder_and_later_it_works(self):
        dialog, action = self.open(PLACEHOLDER)
        self.assertIs(action, True)
        self.assertIn("has not given the buyer's address yet", dialog.error)
        self.assertFalse(self.ticket_of(PLACEHOLDER))
        self.sandbox.walmart.orders.change(PLACEHOLDER, "address")
        self.addCleanup(self.sandbox.walmart.orders.change, PLACEHOLDER, "placeholder")
        self.open_ticket(PLACEHOLDER)
        self.assertTrue(self.answer(FIRST))
        [mail] = self.send()
        self.hand_over(mail)
        self.assertEqual(self.sandbox.inbox[-1].fate, "shown")

    def test_without_an_order_nobody_is_written_to(self):
        with self.assertRaisesRegex(UserError, "is no order number"):
            self.open("12345")
        dialog, action = self.open("200099999999998")
        self.assertIs(action, True)
        self.assertIn("180 days", dialog.error)


class TestWalmartAround(WalmartReplyCase):
    """The clock, notices and the way out, at Walmart."""

    def test_no_response_needed_ends_the_turn_and_counts_for_nothing(self):
        self.ask()
        turn = self.ticket.marketplace_response_id
        action = self.ticket.action_marketplace_no_response()
        self.assertIn("Seller Center", action["params"]["message"])
        self.assertEqual(turn.how, "none")
        self.assertFalse(self.ticket.marketplace_deadline)
        self.assertEqual(self.site.response_figures[0]["count"], 0)

    def test_a_site_has_a_row_for_each_of_walmarts_notices(self):
        rows = self.site.notice_policy_ids
        known = [kind for kind in self.walmart_app._get_class().notices if not kind.is_copy]
        self.assertEqual(rows.mapped("code"), [kind.code for kind in known])
        self.assertFalse(rows.filtered("is_claim"))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            rows[:1].policy = "urgent"

    def test_a_payment_notice_may_have_a_ticket(self):
        self.site.notice_policy_ids.filtered(lambda row: row.code == "payment").policy = "ticket"
        [message] = self.buyer_asks(order_ref=None, site="walmart.com", notice="payment")
        self.assertIn("Payment", message.ticket_id.name)
        self.assertFalse(message.ticket_id.marketplace_deadline)

    def test_staff_that_asks_for_a_cancellation_is_answered_too(self):
        [message] = self.buyer_asks(notice="request_cancel")
        self.ticket = message.ticket_id.with_user(self.agent)
        self.assertEqual((message.kind, self.ticket.priority), ("buyer_message", "3"))
        reply, _copies = self.answer_and_hand_over()
        self.assertEqual((reply.state, reply.recipient), ("handed_over", message.reply_to))

    def test_buyers_data_go_from_everywhere_when_asked(self):
        for _page in range(9):
            self.run_cron("refresh_orders")
        relays = self.env["marketplace.order.relay"]
        self.assertTrue(relays.search([("account_id", "=", self.walmart.id)]))
        self.site.create_contacts = True
        message = self.ask(RETURNED, text="My secret is Zwetschgenmus")
        self.answer("<p>Hello, your refund of Zwetschgenmus is on its way to you.</p>")
        self.send()
        order = self.ticket.sudo().marketplace_order_id
        words = {"Zwetschgenmus", order.buyer_name, order.returns[0]["return_ref"], order.relay, message.reply_to}
        action = self.site.action_delete()
        self.env["marketplace.delete"].with_context(**action["context"]).create({"purge": True}).action_delete()
        self.run_cron("purge")
        self.assertFalse(order.buyer_name or order.recipient or order.relay or order.returns or order.refunds)
        self.assertTrue(order.order_ref and order.amount_total)
        tables = ("helpdesk_ticket", "marketplace_order", "marketplace_message", "marketplace_conversation")
        tables += ("marketplace_conversation_key", "marketplace_reply", "mail_message", "mail_mail", "res_partner")
        for table in tables:
            self.env.cr.execute(f"SELECT * FROM {table}")
            text = str(self.env.cr.fetchall()).lower()
            for word in words:
                self.assertNotIn(word.lower(), text, table)
        self.run_cron("refresh_orders")
        self.assertFalse(relays.search([("account_id", "=", self.walmart.id)]))

    def test_orders_are_searched_again_when_a_deleted_site_is_used_again(self):
        self.run_cron("refresh_orders")
        self.env["marketplace.deletion"]._delete(self.walmart, self.site)
        self.assertFalse(self.walmart.searched_until or self.walmart.search_token)
        self.site._revive()
        self.run_cron("refresh_orders")
        self.assertTrue(self.env["marketplace.order.relay"].search([("account_id", "=", self.walmart.id)]))
