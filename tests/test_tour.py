from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .clock_common import SANDBOX
from .common import DE_ORDER, US_ORDER, WorldMixin


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

    def test_an_agent_works_by_the_clock(self):
        start = datetime.now(timezone.utc) - timedelta(hours=3, minutes=30)
        with patch(f"{SANDBOX}.mails.now", lambda: start):
            self.buyer_writes("Where is my parcel?")
            self.buyer_writes("Never mind", order_ref=US_ORDER)
        self.settle()
        self.start_tour("/odoo/marketplace-to-answer", "marketplace_clock", login="alex")
        hows = self.env["marketplace.response"].search([]).mapped("how")
        self.assertEqual(sorted(hows), ["console", "none"])
