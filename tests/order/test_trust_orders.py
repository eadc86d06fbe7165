"""Orders that somebody only names, and orders that replace others: neither takes another's place."""

from odoo import fields

from odoo.addons.helpdesk_mgmt_marketplace.models.order.marketplace_order_fetch import OrderFetch

from ..common import MarketplaceCase
from ..proof.proof_common import ProofCase, change

ORIGINAL, REPLACEMENT = "302-1010101-0000001", "302-2020202-0000002"


class TestHints(ProofCase):
    """A13, as far as the calls to the marketplace go."""

    def setUp(self):
        super().setUp()
        self.env["marketplace.operation"].search([]).unlink()

    def test_an_order_that_is_only_named_is_asked_for_after_all_that_are_proved(self):
        hint = self.receive(change(self.write_as(), Subject="Re: 302-3030303-0000003"))
        self.process()
        self.assertEqual((hint.state, hint.order_id.is_hint), ("waiting_order", True))
        proved = self.new_order("302-4040404-0000004")
        self.receive(self.buyer_mails("Where is it?", order_ref=proved)[0])
        self.process()
        [order, *_rest] = OrderFetch(self.env)._find_due(fields.Datetime.now(), [])
        self.assertEqual(order.order_ref, proved)

    def test_half_of_the_budget_is_left_to_proved_orders(self):
        Operation = self.env["marketplace.operation"]
        account, app = self.account, self.account.app_id
        _rate, capacity = Operation._get_limits(app, "fetch_order")
        operation, wait = Operation._claim(account, app, "fetch_order", 0.5)
        self.assertFalse(wait)
        operation.write({"lease_until": False, "tokens": capacity / 2})
        self.assertGreater(Operation._claim(account, app, "fetch_order", 0.5)[1], 0)
        self.assertEqual(Operation._claim(account, app, "fetch_order")[1], 0)

    def test_an_order_that_is_proved_later_is_no_hint_any_more(self):
        ref = self.new_order("302-5050505-0000005")
        self.receive(change(self.write_as(), Subject=f"Re: {ref}"))
        self.process()
        order = self.env["marketplace.order"].search([("order_ref", "=", ref)])
        self.assertTrue(order.is_hint)
        self.receive(self.buyer_mails("Where is it?", order_ref=ref)[0])
        self.process()
        self.assertFalse(order.is_hint)


class TestReplacements(MarketplaceCase):
    """A19: a replacement or exchange is another order than the one that it is for."""

    def setUp(self):
        super().setUp()
        for ref in (ORIGINAL, REPLACEMENT):
            self.new_order(ref, buyer="Renata Returns")
        code, order = self.sandbox.orders.find(REPLACEMENT)
        order = dict(order, associatedOrders=[{"orderId": ORIGINAL, "associationType": "REPLACEMENT_ORIGINAL_ID"}])
        self.sandbox.orders.put(code, order)

    def write_about(self, ref):
        message = self.buyer_writes("Where is it?", order_ref=ref)
        self.settle()
        return message.ticket_id

    def test_mail_about_the_original_stays_the_originals_whichever_is_known_first(self):
        replacement = self.write_about(REPLACEMENT)
        original = self.write_about(ORIGINAL)
        self.assertNotEqual(original, replacement)
        self.assertEqual(original.marketplace_order_ref, ORIGINAL)
        self.assertEqual(self.write_about(REPLACEMENT), replacement)
        self.assertEqual(self.write_about(ORIGINAL), original)

    def test_the_order_tab_tells_the_other_one_as_related(self):
        described = self.write_about(REPLACEMENT).marketplace_order_data["order"]
        self.assertEqual((described["numbers"], described["related"]), ([], [ORIGINAL]))

    def test_a_number_that_an_older_version_took_for_the_same_leads_there_no_more_after_a_refresh(self):
        order = self.write_about(REPLACEMENT).marketplace_order_id
        order.ref_ids.create({"account_id": order.account_id.id, "order_id": order.id, "name": ORIGINAL})
        order.action_refresh()
        self.fetch()
        self.assertFalse(order.ref_ids)
        self.assertEqual(self.write_about(ORIGINAL).marketplace_order_ref, ORIGINAL)

    def test_sales_orders_of_the_original_are_not_the_replacements(self):
        ticket = self.write_about(REPLACEMENT)
        refs = [ticket.marketplace_order_id.order_ref, *ticket.marketplace_order_id.ref_ids.mapped("name")]
        self.assertEqual(refs, [REPLACEMENT])
