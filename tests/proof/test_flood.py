from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import AUTHSERV_ID, DE_ORDER, PARAM, US_ORDER
from .verification_common import VerificationCase, strip

LIMIT = 3


@tagged("post_install", "-at_install")
class TestFlood(VerificationCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param(PARAM + "flood_limit", LIMIT)
        self.manager = new_test_user(self.env, "manager", "helpdesk_mgmt.group_helpdesk_manager")

    def write_flood(self, count=6, **values):
        """Let a stranger write of orders that he made up; returns the rows."""
        messages = self.env["marketplace.message"]
        for number in range(count):
            messages |= self.write_forged(f"Invented {number}", f"302-7777777-{number:07}", **values)
        return messages

    def write_forged(self, text, order_ref, named=DE_ORDER, stamped=False, **values):
        """Let a stranger write as a buyer would about an order that he made up."""
        [raw] = self.buyer_mails(text, order_ref=named, **values)
        return self.receive(strip(raw, signed=False, stamped=stamped).replace(named.encode(), order_ref.encode()))

    def get_flood(self):
        return self.env["marketplace.flood"].search([])

    def test_a_flood_of_unproved_mail_is_one_line(self):
        messages = self.write_flood()
        self.settle()
        parked = messages.filtered("flood_id")
        self.assertEqual(len(messages.filtered(lambda one: one.state == "done")), LIMIT)
        self.assertEqual(len(parked), len(messages) - LIMIT)
        self.assertEqual(set(parked.mapped("state")), {"quarantined"})
        self.assertFalse(parked.ticket_id)
        self.assertEqual(self.get_flood().message_count, len(parked))
        self.assertIn(f"3 unverified messages came to {self.site_de.address}", self.get_flood().name)

    def test_what_is_parked_makes_no_order_and_no_call(self):
        messages = self.write_flood()
        self.settle()
        refs = messages.filtered("flood_id").mapped("order_ref")
        self.assertFalse(self.env["marketplace.order"].search([("order_ref", "in", refs)]))

    def test_proved_mail_is_never_parked_and_comes_first(self):
        self.env["ir.config_parameter"].set_param(PARAM + "authserv_id", AUTHSERV_ID)
        flood = self.write_flood()
        proved = self.mail_in("Genuine", order_ref=DE_ORDER, stamped=True)
        self.assertEqual((proved.rank, set(flood.mapped("rank"))), (0, {1}))
        self.settle()
        self.assertEqual(proved.state, "done")
        self.assertFalse(proved.flood_id)

    def test_genuine_mail_goes_on_in_a_flood_by_its_signature(self):
        self.write_flood()
        self.settle()
        message = self.mail_in("Genuine")
        self.settle()
        self.assertEqual((message.state, message.proof), ("done", "dkim"))

    def test_one_address_is_not_held_up_by_anothers_flood(self):
        self.write_flood()
        self.settle()
        message = self.write_forged("From the States", "114-7777777-0000001", named=US_ORDER)
        self.settle()
        self.assertTrue(message.ticket_id)

    def test_forged_mail_beyond_the_limit_does_not_fill_the_quarantine(self):
        messages = self.write_flood(stamped=True, forgery="forged")
        self.settle()
        self.assertEqual(set(messages.mapped("authentication")), {"fail"})
        self.assertEqual(len(messages.filtered("flood_id")), len(messages) - LIMIT)

    def test_a_manager_looks_and_releases(self):
        messages = self.write_flood()
        self.settle()
        flood = self.get_flood().with_user(self.manager)
        listed = self.env["marketplace.message"].search(flood.action_look()["domain"])
        self.assertEqual(listed, messages.filtered("flood_id").sorted("id", reverse=True))
        flood.action_release()
        self.settle()
        self.assertEqual(set(messages.mapped("state")), {"done"})
        self.assertEqual((flood.state, flood.released_by_id), ("released", self.manager))

    def test_an_agent_neither_sees_nor_releases_it(self):
        self.write_flood()
        self.settle()
        flood = self.get_flood().with_user(self.agent)
        for call in (flood.action_release, flood.action_look, lambda: flood.read(["address"])):
            with self.assertRaises(AccessError):
                call()

    def test_a_manager_can_neither_write_nor_delete_what_is_parked(self):
        self.write_flood()
        self.settle()
        flood = self.get_flood().with_user(self.manager)
        with self.assertRaises(AccessError):
            flood.address = "else@shop.example"
        with self.assertRaises(AccessError):
            flood.unlink()

    def test_it_stands_amber_until_somebody_looks(self):
        self.write_flood()
        self.settle()
        name = self.get_flood().name
        self.assertIn(("warning", f"{name}."), self.site_de._get_findings())
        self.get_flood().action_release()
        self.assertNotIn(("warning", f"{name}."), self.site_de._get_findings())
