from odoo.tests import HttpCase, tagged

from .common import DE_ORDER, WorldMixin


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
