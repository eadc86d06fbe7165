import os
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError

from ..common import MarketplaceCase


class TestAccount(MarketplaceCase):
    def check(self):
        """Press Test connection; returns what the user is told."""
        return self.press(self.account, "action_test_connection")["params"]

    def test_the_connection_test_tells_what_was_found(self):
        self.account.state = "draft"
        answer = self.check()
        self.assertEqual(answer["type"], "success")
        self.assertIn("amazon.de", answer["message"])
        self.assertEqual(self.account.state, "connected")

    def test_a_new_account_asks_nobody_until_its_connection_was_tested(self):
        account = self.account.copy({"seller_ref": "A7", "refresh_token": "Atzr|new"})
        self.assertEqual(account.state, "draft")
        self.assertFalse(account._is_fetchable())

    def test_found_sites_are_added_with_one_click_and_never_twice(self):
        self.check()
        site = self.get_site("PL")
        site.unlink()
        self.assertEqual(self.account.missing_sites, "amazon.pl")
        self.account.action_add_sites()
        self.account.action_add_sites()
        self.assertEqual(len(self.account.site_ids.filtered(lambda one: one.code == "PL")), 1)
        self.assertFalse(self.account.missing_sites)

    def test_a_wrong_secret_says_what_to_mend_and_mends_by_itself(self):
        self.account.access_token_expires_at = False
        self.account.credential_id.client_secret = "wrong"
        answer = self.check()
        self.assertEqual(answer["type"], "danger")
        self.assertEqual(self.account.state, "credentials")
        self.assertIn("secret", self.account.state_message.lower())
        self.account.credential_id.client_secret = self.sandbox.sellers["DEMO-EU"].client_secret
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.check()["type"], "success")

    def test_a_wrong_refresh_token_asks_to_authorize_again(self):
        self.account.refresh_token = "Atzr|wrong"
        self.check()
        self.assertEqual(self.account.state, "reauthorize")

    def test_an_account_without_credential_says_so(self):
        self.account.credential_id = False
        self.account.access_token_expires_at = False
        self.assertIn("credential", self.check()["message"])

    def test_the_access_token_is_renewed_only_when_it_ends(self):
        self.check()
        before = self.sandbox.world.requests.report()["counts"].get("token", 0)
        self.check()
        self.assertEqual(self.sandbox.world.requests.report()["counts"].get("token", 0), before)

    def test_a_mailbox_of_keys_that_still_works_with_html_answers_fails_in_words(self):
        self.sandbox.faults.add("getMarketplaceParticipations", "html503")
        answer = self.check()
        self.assertEqual(answer["type"], "danger")
        self.assertNotIn("<", answer["message"])
        self.assertEqual(self.account.state, "connected")

    def test_a_base_url_of_the_server_carries_no_secret_in_the_clear(self):
        self.sandbox.world.requests.clear()
        for url in ("http://api.example.com", "ftp://127.0.0.1", "api.example.com", "", "http://127.0.0.1.example"):
            with self.subTest(url), patch.dict(os.environ, {"MARKETPLACE_AMAZON_LOGIN_URL": url}):
                self.account.operation_ids.unlink()  # with the pause after the last failure
                params = self.press(self.account, "action_test_connection")["params"]
                self.assertIn("MARKETPLACE_AMAZON_LOGIN_URL", params["message"])
                self.assertIn("https://", params["message"])
                with self.assertRaisesRegex(UserError, "MARKETPLACE_AMAZON_LOGIN_URL"):
                    self.env["marketplace.consent"]._start(self.account)
        self.assertEqual(self.sandbox.world.requests.report()["counts"], {})
        self.assertEqual(self.account.state, "connected")
        for url in ("https://api.example.com", "http://localhost:1", "http://[::1]:1"):
            with patch.dict(os.environ, {"MARKETPLACE_AMAZON_LOGIN_URL": url}):
                self.assertEqual(self.account._get_endpoints("amazon")["login"], url)

    def test_an_account_with_messages_is_not_deleted(self):
        self.buyer_writes()
        with self.assertRaises(ValidationError):
            self.site_de.unlink()

    def test_an_uninstalled_marketplace_is_named_and_skipped(self):
        self.app.code = "gone"
        with self.assertRaisesRegex(Exception, "no longer supported"):
            self.account._marketplace()
