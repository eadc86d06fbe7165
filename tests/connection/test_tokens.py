from datetime import timedelta

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.models.connection.marketplace_account_api import TOKEN_LOCK

from ..common import MarketplaceCase

EU_ORDER, NA_ORDER = "302-5555555-0000001", "114-5555555-0000001"


class TestTokens(MarketplaceCase):
    def setUp(self):
        super().setUp()
        for ref, site in ((EU_ORDER, "DE"), (NA_ORDER, "US")):
            self.buyer_writes(order_ref=self.new_order(ref, site=site))
        self.process()
        self.sandbox.world.requests.clear()

    def change_seller(self, **values):
        """Let something happen to the European seller at Amazon."""
        self.sandbox.sellers["DEMO-EU"] = self.sandbox.sellers["DEMO-EU"].change(**values)
        self.addCleanup(self.sandbox.reset)

    def count(self, operation="token", seller=None):
        """Return how many requests the sandbox got, by default those for an access token."""
        entries = self.sandbox.world.requests.report()["requests"]
        return sum(one["operation"] == operation and seller in (None, one["seller"]) for one in entries)

    def run_all(self, times=4):
        """Let time pass: each scheduled action that calls the marketplace runs again and again."""
        for _number in range(times):
            self.fetch()
            self.run_cron("refresh_orders")

    def order(self, ref):
        return self.env["marketplace.order"].search([("order_ref", "=", ref)])

    def make_due(self):
        """Let the European order be fetched again."""
        due = fields.Datetime.now() - timedelta(hours=1)
        self.order(EU_ORDER).write({"next_fetch_at": due, "lease_until": False})

    def test_many_calls_share_one_token_for_each_account(self):
        self.run_all()
        self.assertGreater(self.count("getOrder") + self.count("searchOrders"), 3)
        self.assertEqual(self.count(), 2)
        self.assertNotIn("Atza", self.account.access_token_encrypted)

    def test_a_revoked_authorization_is_met_once_and_then_nobody_knocks(self):
        self.change_seller(revoked=True)
        self.run_all()
        self.assertEqual(self.account.state, "reauthorize")
        self.assertIn("authorize", self.account.state_message)
        self.assertEqual(self.count(seller="DEMO-EU"), 1)
        self.assertEqual(self.order(NA_ORDER).state, "known")

    def test_a_refused_client_secret_is_met_once_and_then_nobody_knocks(self):
        self.change_seller(client_secret="rotated")
        self.run_all()
        self.assertEqual(self.account.state, "credentials")
        self.assertIn("secret", self.account.state_message)
        self.assertEqual(self.count(seller="DEMO-EU"), 1)
        self.assertEqual(self.order(NA_ORDER).state, "known")

    def test_a_new_secret_goes_on_at_once(self):
        self.change_seller(client_secret="rotated")
        self.run_all(1)
        self.account.credential_id.client_secret = "rotated"
        self.assertEqual(self.account.state, "connected")
        self.make_due()
        self.fetch()
        self.assertEqual(self.order(EU_ORDER).state, "known")

    def test_a_sign_in_that_is_down_is_asked_once_for_each_kind_of_call(self):
        self.sandbox.faults.add("token", "html503", seller="DEMO-EU")
        self.run_all()
        self.assertEqual(self.account.state, "connected")
        self.assertLessEqual(self.count(seller="DEMO-EU"), 2)
        self.assertEqual(self.order(NA_ORDER).state, "known")

    def test_an_access_token_refused_for_ever_is_renewed_once_for_each_kind_of_call(self):
        self.fetch()
        self.sandbox.world.requests.clear()
        self.sandbox.faults.add("getOrder", "401", seller="DEMO-EU")
        self.make_due()
        self.run_all()
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.count(seller="DEMO-EU"), 1)

    @mute_logger("odoo.addons.helpdesk_mgmt_marketplace.models.connection.marketplace_operation")
    def test_while_another_worker_renews_nobody_asks_for_a_token_and_no_call_is_lost(self):
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TOKEN_LOCK, self.account.id])
            self.fetch()
        self.assertEqual(self.count(seller="DEMO-EU"), 0)
        operation = self.account.operation_ids.filtered(lambda one: one.name == "fetch_order")
        self.assertTrue(operation.paused_until)
        tokens = operation.tokens
        self.assertEqual(self.count("getOrder", "DEMO-EU"), 0)
        operation.paused_until = False
        self.make_due()
        self.fetch()
        self.assertEqual(self.order(EU_ORDER).state, "known")
        self.assertGreaterEqual(tokens, operation.tokens)

    def test_an_access_token_that_cannot_be_read_is_replaced(self):
        self.fetch()
        self.account.access_token_encrypted = "0123456789abcdef:gone"
        self.sandbox.world.requests.clear()
        self.make_due()
        self.fetch()
        self.assertEqual(self.count(seller="DEMO-EU"), 1)
        self.assertFalse(self.order(EU_ORDER).error)
        self.assertFalse(self.order(EU_ORDER).next_fetch_at)
