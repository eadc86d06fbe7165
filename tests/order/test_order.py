from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.amazon import Amazon

from ..common import DE_ORDER, PARAM, US_ORDER, MarketplaceCase

NEW_ORDER = "302-7777777-0000001"


class TestOrder(MarketplaceCase):
    def setUp(self):
        super().setUp()
        self.new_order(NEW_ORDER, buyer="Nora New")

    def open_account(self, account):
        """End all pauses, as time would."""
        account.operation_ids.write({"paused_until": False, "lease_until": False, "tokens": 10})
        self.env["marketplace.order"].search([("account_id", "=", account.id)]).write(
            {"next_fetch_at": fields.Datetime.now(), "lease_until": False}
        )

    def test_a_new_ticket_waits_for_its_order(self):
        message = self.buyer_writes(order_ref=NEW_ORDER)
        self.process()
        self.assertEqual(message.state, "waiting_order")
        self.assertFalse(self.ticket_of(NEW_ORDER))
        self.fetch()
        self.process()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.ticket_id.marketplace_order_state, "known")

    def test_the_snapshot_holds_lines_packages_totals_and_recipient(self):
        self.buyer_writes(order_ref=DE_ORDER)
        self.settle()
        order = self.ticket_of(DE_ORDER).marketplace_order_id
        self.assertEqual(order.status, "shipped")
        self.assertEqual(order.currency_code, "EUR")
        self.assertAlmostEqual(order.amount_total, sum(order.line_ids.mapped("amount_total")))
        self.assertTrue(order.line_ids.sku and order.line_ids.item_ref)
        self.assertTrue(order.package_ids.tracking)
        self.assertEqual(order.recipient["country"], "DE")
        self.assertTrue(order.fetched_at)

    def test_a_ticket_is_made_without_its_order_after_the_delay_and_fills_in_later(self):
        self.env["ir.config_parameter"].set_param(PARAM + "order_wait", "0")
        self.sandbox.faults.add("*", "html503")
        message = self.buyer_writes(order_ref=NEW_ORDER)
        self.settle()
        ticket = message.ticket_id
        self.assertEqual(ticket.marketplace_order_state, "pending")
        self.sandbox.faults.clear()
        self.open_account(self.account)
        self.fetch()
        self.assertEqual(ticket.marketplace_order_state, "known")
        self.assertEqual(ticket.marketplace_order_id.buyer_name, "Nora New")

    def test_the_first_fill_is_one_write_with_the_order_state(self):
        self.env["ir.config_parameter"].set_param(PARAM + "order_wait", "0")
        self.sandbox.faults.add("getOrder", "500")
        message = self.buyer_writes(order_ref=NEW_ORDER)
        self.settle()
        self.sandbox.faults.clear()
        self.open_account(self.account)
        writes = []
        ticket_class = type(self.env["helpdesk.ticket"])
        write = ticket_class.write

        def spy(tickets, values):
            writes.append(values)
            return write(tickets, values)

        with patch.object(ticket_class, "write", spy):
            self.fetch()
        self.assertEqual([values["marketplace_order_state"] for values in writes], ["known"])
        self.assertEqual(message.ticket_id.marketplace_order_state, "known")

    def test_every_way_of_failing_pauses_the_account_and_loses_nothing(self):
        for kind in ("500", "429", "html503", "malformed", "empty", "cut", "401"):
            with self.subTest(kind):
                self.open_account(self.account)
                ref = self.new_order(f"302-7777777-1{abs(hash(kind)) % 1000000:06d}")
                self.sandbox.faults.clear()
                self.sandbox.faults.add("getOrder", kind)
                message = self.buyer_writes(order_ref=ref)
                self.settle()
                self.assertEqual(message.state, "waiting_order")
                self.assertTrue(message.order_id.error)
                self.sandbox.faults.clear()
                self.open_account(self.account)
                self.settle()
                self.assertEqual(message.state, "done")
                self.assertEqual(message.order_id.state, "known")

    def test_one_accounts_trouble_does_not_delay_another(self):
        self.sandbox.faults.add("getOrder", "html503", seller="DEMO-EU")
        slow = self.buyer_writes(order_ref=NEW_ORDER)
        other = self.buyer_writes(order_ref=US_ORDER)
        self.settle()
        self.assertEqual(slow.state, "waiting_order")
        self.assertEqual(other.state, "done")
        self.assertEqual(other.ticket_id.marketplace_order_state, "known")

    def test_after_a_failure_the_account_is_not_asked_again_at_once(self):
        self.sandbox.faults.add("getOrder", "500")
        for number in range(3):
            self.buyer_writes(order_ref=self.new_order(f"302-7777777-200000{number}"))
        self.process()
        self.env.flush_all()
        before = self.count_requests("getOrder")
        self.fetch()
        self.assertEqual(self.count_requests("getOrder"), before + 1)

    def count_requests(self, operation):
        return self.sandbox.world.requests.report()["counts"].get(operation, 0)

    def test_an_order_that_does_not_exist_makes_a_ticket_that_says_so(self):
        [raw] = self.buyer_mails(order_ref=NEW_ORDER)
        message = self.receive(raw.replace(NEW_ORDER.encode(), b"302-9999999-9999999"))
        self.settle()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.ticket_id.marketplace_order_state, "unavailable")
        self.assertTrue(message.order_id.error)

    def test_an_answer_about_another_order_is_none(self):
        fetch_order = Amazon.fetch_order
        with patch.object(Amazon, "fetch_order", lambda api_, _ref: fetch_order(api_, DE_ORDER)):
            self.buyer_writes(order_ref=NEW_ORDER)
            self.settle()
        order = self.ticket_of(NEW_ORDER).marketplace_order_id
        self.assertEqual((order.order_ref, order.state, order.buyer_name), (NEW_ORDER, "unavailable", False))
        self.assertIn("answered with another one", order.error)

    def test_a_ticket_that_was_told_there_is_no_order_is_filled_when_it_arrives_after_all(self):
        late = "302-8888888-0000001"
        [raw] = self.buyer_mails(order_ref=NEW_ORDER)
        message = self.receive(raw.replace(NEW_ORDER.encode(), late.encode()))
        self.settle()
        self.assertEqual(message.ticket_id.marketplace_order_state, "unavailable")
        self.new_order(late)
        self.open_account(self.account)
        self.fetch()
        self.assertEqual(message.ticket_id.marketplace_order_state, "known")

    def test_an_unconnected_account_makes_tickets_at_once(self):
        self.account.state = "draft"
        message = self.buyer_writes(order_ref=NEW_ORDER)
        self.process()
        self.assertEqual(message.ticket_id.marketplace_order_state, "pending")

    def test_a_revoked_authorization_asks_for_a_person_and_stops_knocking(self):
        self.account.access_token_expires_at = False
        self.sandbox.world.sellers["DEMO-EU"] = self.sandbox.sellers["DEMO-EU"].change(revoked=True)
        self.addCleanup(self.sandbox.reset)
        self.buyer_writes(order_ref=NEW_ORDER)
        self.settle()
        self.assertEqual(self.account.state, "reauthorize")
        self.assertTrue(self.account.state_message)
        before = self.count_requests("token")
        self.open_account(self.account)
        self.fetch()
        self.assertEqual(self.count_requests("token"), before)

    def test_an_expired_access_token_is_renewed_once_and_the_order_arrives(self):
        self.buyer_writes(order_ref=DE_ORDER)
        self.settle()
        self.sandbox.faults.add("getOrder", "401", times=1)
        self.ticket_of(DE_ORDER).action_marketplace_refresh()
        self.fetch()
        order = self.ticket_of(DE_ORDER).marketplace_order_id
        self.assertFalse(order.next_fetch_at)
        self.assertFalse(order.error)

    def test_refresh_shows_what_changed(self):
        self.buyer_writes(order_ref=NEW_ORDER)
        self.settle()
        order = self.ticket_of(NEW_ORDER).marketplace_order_id
        self.assertEqual(order.status, "unshipped")
        self.new_order(NEW_ORDER, buyer="Nora New", status="SHIPPED")
        self.ticket_of(NEW_ORDER).with_user(self.agent).action_marketplace_refresh()
        self.fetch()
        self.assertEqual(order.status, "shipped")

    def test_changed_orders_are_found_by_one_search(self):
        self.buyer_writes(order_ref=NEW_ORDER)
        self.settle()
        order = self.ticket_of(NEW_ORDER).marketplace_order_id
        self.sandbox.orders.change(NEW_ORDER, "ship")
        self.account.searched_until = fields.Datetime.now() - timedelta(days=10)
        self.sandbox.world.set_switches({"search_lag": 0})
        before = self.count_requests("searchOrders")
        self.run_cron("refresh_orders")
        self.assertEqual(order.status, "shipped")
        self.assertGreater(self.count_requests("searchOrders"), before)
        self.run_cron("refresh_orders")

    @mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.order.marketplace_order_search")
    def test_a_changed_order_that_can_not_be_stored_does_not_end_the_search_for_others(self):
        self.buyer_writes(order_ref=NEW_ORDER)
        self.settle()
        order = self.ticket_of(NEW_ORDER).marketplace_order_id
        self.sandbox.orders.change(NEW_ORDER, "ship")
        began = self.account.searched_until = fields.Datetime.now() - timedelta(days=10)
        self.sandbox.world.set_switches({"search_lag": 0})
        with patch.object(type(order), "_prepare_values", side_effect=ValueError("Odd.")):
            self.run_cron("refresh_orders")
        self.assertGreater(self.account.searched_until, began)
        self.assertTrue(order.next_fetch_at)

    def test_orders_of_open_tickets_are_read_again_when_old(self):
        self.buyer_writes(order_ref=DE_ORDER)
        self.settle()
        order = self.ticket_of(DE_ORDER).marketplace_order_id
        order.fetched_at = fields.Datetime.now() - timedelta(days=2)
        self.run_cron("refresh_orders")
        self.assertTrue(order.next_fetch_at)

    def test_the_rate_limit_is_kept_before_it_is_hit(self):
        operation, _wait = self.env["marketplace.operation"]._claim(self.account, self.app, "fetch_order")
        operation.write({"tokens": 1, "lease_until": False})
        for number in range(3):
            self.buyer_writes(order_ref=self.new_order(f"302-7777777-300000{number}"))
        self.process()
        before = self.count_requests("getOrder")
        with patch.dict(Amazon.rates, {"fetch_order": (0.0001, 30)}):
            self.fetch()
        self.assertEqual(self.count_requests("getOrder"), before + 1)

    def test_every_number_of_an_order_leads_to_it(self):
        self.new_order(NEW_ORDER, seller_ref="SHOP-4711")
        self.buyer_writes(order_ref=NEW_ORDER)
        self.settle()
        order = self.env["marketplace.order"]._find(self.account, "SHOP-4711")
        self.assertEqual(order.order_ref, NEW_ORDER)
        self.assertEqual(self.env["marketplace.order"].name_search("SHOP-4711")[0][0], order.id)
