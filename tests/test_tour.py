from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .clock.clock_common import SANDBOX
from .common import DE_ORDER, US_ORDER, WorldMixin
from .reply.reply_common import ReplyMixin


@tagged("post_install", "-at_install")
class TestTour(WorldMixin, HttpCase):
    browser_size = "1700x1000"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_world()

    def test_an_agent_opens_a_ticket_on_its_order_and_sees_a_new_message_arrive(self):
        self.buyer_writes("Where is my parcel?")
        self.settle()
        self.start_tour("/odoo/helpdesk-tickets", "marketplace_ticket", login="alex")
        self.assertIn("Not for the buyer", " ".join(self.ticket_of(DE_ORDER).message_ids.mapped("body")))
        self.assertFalse(self.env["marketplace.reply"].search([]))

    def test_an_agent_works_by_the_clock(self):
        start = datetime.now(timezone.utc) - timedelta(hours=3, minutes=30)
        with patch(f"{SANDBOX}.mails.now", lambda: start):
            self.buyer_writes("Where is my parcel?")
            self.buyer_writes("Never mind", order_ref=US_ORDER)
        self.settle()
        self.start_tour("/odoo/marketplace-to-answer", "marketplace_clock", login="alex")
        hows = self.env["marketplace.response"].search([]).mapped("how")
        self.assertEqual(sorted(hows), ["console", "none"])

    def test_an_admin_sets_up_fields_in_one_click_and_an_agent_sees_them_filled(self):
        # Runs after the test is rolled back: the fields that were made are gone then.
        self._cleanups.insert(0, (self.registry._setup_models__, (self.env.cr, ["helpdesk.ticket"]), {}))
        self.start_tour("/odoo/marketplaces", "marketplace_set_up_fields", login="admin")
        self.buyer_writes("Where is my parcel?")
        self.settle()
        self.start_tour("/odoo/helpdesk-tickets", "marketplace_ticket_fields", login="alex")


@tagged("post_install", "-at_install")
class TestReplyTour(ReplyMixin, WorldMixin, HttpCase):
    browser_size = "1700x1000"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_world()
        cls.build_outgoing()

    def setUp(self):
        super().setUp()
        self.ask()

    def tour(self, name):
        self.start_tour("/odoo/marketplace-to-answer", name, login="alex")
        return self.env["marketplace.reply"].search([], order="id")

    def test_an_agent_answers_is_warned_and_sends(self):
        reply = self.tour("marketplace_reply")
        self.assertEqual(reply.text, "Schreiben Sie uns gern noch einmal")
        self.assertEqual(reply.user_id, self.agent)

    def test_an_agent_goes_from_ticket_to_ticket_with_a_template(self):
        self.env["mail.canned.response"].create(
            {
                "source": "where",
                "substitution": "Ihre Bestellung {order_number} ist unterwegs.",
                "group_ids": self.env.ref("base.group_user").ids,
            }
        )
        self.buyer_writes("Where is mine?", order_ref=US_ORDER)
        self.settle()
        first, second = self.tour("marketplace_send_next")
        self.assertEqual((first.ticket_id, second.ticket_id), (self.ticket, self.ticket_of(US_ORDER)))

    def test_an_agent_sees_a_refused_answer_and_sends_it_as_important(self):
        self.sandbox.set_habits(DE_ORDER, opted_out="all")
        self.answer()
        for raw in self.marketplace_takes(*self.send()):
            self.receive(raw)
        self.settle()
        reply = self.tour("marketplace_refused")
        self.assertEqual((reply.state, reply.is_important), ("queued", True))
