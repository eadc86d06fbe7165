from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.amazon import Amazon
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.errors import Throttled, Unavailable
from odoo.addons.helpdesk_mgmt_marketplace.models.order.marketplace_order_fetch import OrderFetch
from odoo.addons.helpdesk_mgmt_marketplace.models.queue import ir_cron
from odoo.addons.helpdesk_mgmt_marketplace.models.queue.ir_cron import HORIZON, Bell

from ..common import MarketplaceCase

RATE, BURST = Amazon.rates["fetch_order"]


class TestLimits(MarketplaceCase):
    def claim(self):
        """Claim a call; returns the operation and the seconds to wait."""
        return self.env["marketplace.operation"]._claim(self.account, self.app, "fetch_order")

    def order_changes(self, number):
        """Let an order be due that was never had."""
        self.buyer_writes(order_ref=self.new_order(f"302-6666666-000000{number}"))
        self.process()

    # === THE BUCKET === #

    def test_the_first_call_finds_a_bucket_that_is_full_but_for_one_in_reserve(self):
        operation, wait = self.claim()
        self.assertFalse(wait)
        self.assertEqual(operation.tokens, BURST - 2)

    def test_an_idle_bucket_holds_no_more_than_that(self):
        operation, _wait = self.claim()
        operation._release()
        operation.refilled_at -= 24 * 3600
        self.claim()
        self.assertEqual(operation.tokens, BURST - 2)

    def test_only_one_call_is_under_way_for_an_account(self):
        first, _wait = self.claim()
        same, wait = self.claim()
        self.assertEqual(first, same)
        self.assertGreater(wait, 0)
        first._release()
        self.assertFalse(self.claim()[1])

    def test_an_empty_bucket_tells_when_it_has_a_call_again(self):
        operation, _wait = self.claim()
        operation._release()
        operation.tokens = 0
        _same, wait = self.claim()
        self.assertGreater(wait, 0)
        self.assertLessEqual(wait, 1 / RATE)
        operation.refilled_at -= 1 / RATE
        self.assertFalse(self.claim()[1])

    def test_a_marketplace_that_allows_no_burst_can_be_called_all_the_same(self):
        with patch.dict(Amazon.rates, {"fetch_order": (1, 1)}):
            operation, wait = self.claim()
            self.assertFalse(wait)
            operation._release(requests=2)
            self.assertTrue(self.claim()[1])
            operation.refilled_at -= 2
            self.assertFalse(self.claim()[1])

    def test_a_call_that_was_never_made_gives_its_token_back(self):
        operation, _wait = self.claim()
        operation._release(Throttled("The access token is being renewed.", retry_after=2), 2, requests=0)
        self.assertEqual(operation.tokens, BURST - 1)

    def test_a_surplus_request_counts_although_the_bucket_was_full_meanwhile(self):
        operation, _wait = self.claim()
        operation.refilled_at -= 60
        operation._release(requests=2)
        self.assertEqual(operation.tokens, BURST - 2)
        self.assertEqual(operation.cost, 2)

    def test_each_request_for_an_order_counts_when_personal_data_is_forbidden(self):
        self.sandbox.sellers["DEMO-EU"] = self.sandbox.sellers["DEMO-EU"].change(pii="forbidden")
        self.addCleanup(self.sandbox.reset)
        for number in (1, 2):
            self.order_changes(number)
            self.fetch()
        operation = self.account.operation_ids.filtered(lambda one: one.name == "fetch_order")
        self.assertEqual(operation.cost, 2)
        # Full, less two for each order, but for what trickled in meanwhile.
        self.assertLess(operation.tokens, BURST - 3)

    def test_accounts_take_turns(self):
        for number in (1, 2):
            self.order_changes(number)
        for number in (1, 2):
            self.buyer_writes(order_ref=self.new_order(f"114-6666666-000000{number}", site="US"))
        self.process()
        find, turns = OrderFetch(self.env)._find_due, []
        for _number in range(4):
            order, account, app, _is_hint = find(fields.Datetime.now(), [])
            operation, _wait = self.env["marketplace.operation"]._claim(account, app, "fetch_order")
            operation._release()
            order.next_fetch_at = False
            turns.append(account)
        self.assertEqual(turns[:2], turns[2:])
        self.assertEqual(set(turns), {self.account, self.account_us})

    # === PAUSES === #

    def test_after_a_429_nobody_calls_until_the_time_is_over_and_the_row_says_so(self):
        operation, _wait = self.claim()
        before = fields.Datetime.now()
        operation._release(Throttled("Amazon asks us to wait.", retry_after=90), 90, requests=1)
        self.assertGreaterEqual(operation.paused_until, before + timedelta(seconds=90))
        self.assertIn("wait", operation.error)
        self.assertGreater(self.claim()[1], 60)

    def test_a_429_means_that_nothing_is_left_whatever_we_counted(self):
        self.order_changes(1)
        self.sandbox.faults.add("getOrder", "429")
        self.fetch()
        operation = self.account.operation_ids.filtered(lambda one: one.name == "fetch_order")
        self.assertEqual(operation.tokens, 0)
        self.assertTrue(operation.paused_until)
        self.assertEqual(operation.failure_count, 1)

    def test_failures_in_a_row_pause_longer_and_a_success_ends_them(self):
        operation, _wait = self.claim()
        pauses = []
        for _number in range(3):
            operation._release(Unavailable("It does not answer."))
            pauses.append(operation.paused_until)
        self.assertEqual(pauses, sorted(set(pauses)))
        operation._release()
        self.assertFalse(operation.paused_until or operation.failure_count or operation.error)

    # === WAKING UP === #

    def asks(self, **values):
        """Return what the bell is asked when scheduled actions are to be woken."""
        with patch.object(ir_cron.bell, "ask") as ask:
            self.env["ir.cron"]._marketplace_wake("ir_cron_fetch_orders", **values)
            self.env.cr.postcommit.run()
        return [call.args for call in ask.call_args_list]

    def test_what_may_go_on_soon_is_woken_then_and_not_when_odoo_looks_next(self):
        dbname = self.env.cr.dbname
        self.assertEqual(self.asks(), [(dbname, 0)])
        self.assertEqual(self.asks(at=self.env.cr.now() + timedelta(seconds=2)), [(dbname, 2)])

    def test_what_is_due_much_later_is_left_to_odoo(self):
        self.assertEqual(self.asks(at=self.env.cr.now() + timedelta(seconds=HORIZON + 1)), [])

    def test_a_bell_rings_at_the_time_asked_for_and_once_for_many_asks(self):
        bell = Bell()
        with patch.object(ir_cron.threading, "Thread"), patch.object(ir_cron.time, "monotonic") as clock:
            clock.return_value = 100
            for seconds in (0, 2, 1.9, 30):
                bell.ask("shop", seconds)
            self.assertEqual(bell._wait(), {"shop"})
            clock.return_value = 102
            self.assertEqual(bell._wait(), {"shop"})
            self.assertEqual(len(bell._asks), 1)

    def test_a_worker_that_must_wait_comes_back_when_the_bucket_allows(self):
        self.order_changes(1)
        operation, _wait = self.claim()
        operation._release()
        operation.tokens = 0
        with patch.object(type(self.env["marketplace.order"]), "_trigger_fetch") as trigger:
            self.fetch()
        [call] = trigger.call_args_list
        self.assertGreater(call.kwargs["at"], self.env.cr.now())
        self.assertLessEqual(call.kwargs["at"], fields.Datetime.now() + timedelta(seconds=1 / RATE + 1))
