from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.helpdesk_mgmt_marketplace.models.connection.marketplace_consent import ConsentRefused

from .connect_common import ConnectCase

LOGGER = "odoo.addons.helpdesk_mgmt_marketplace.models.connection.marketplace_consent"
NEUTRAL = "not valid"


class TestConsent(ConnectCase):
    """The way over Seller Central and back, and all that must not get anybody anywhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.application = cls.sandbox.add_application(cls.base_url, name="Helpdesk")
        cls.admin = cls.env.ref("base.user_admin")

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(LOGGER))
        self.waiting = self.new_account()

    def new_account(self, seller="NEW-EU"):
        account = self.open_dialog(keys=self.application).account_id
        account.credential_id.application_ref = self.application.application_ref
        return account

    def assertRefused(self, params, words=NEUTRAL, **values):
        with self.assertRaisesRegex(ConsentRefused, words) as caught:
            self.come_back(params, **values)
        return caught.exception

    # === THE WAY === #

    def test_an_admin_goes_to_seller_central_and_comes_back_connected(self):
        params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
        account = self.come_back(params)
        self.assertEqual(account, self.waiting)
        self.assertEqual((account.state, account.seller_ref), ("connected", self.seller.merchant_id))
        self.assertEqual(len(account.participations), 2)
        self.assertEqual(account.authorized_at.date(), fields.Date.today())

    def test_the_browser_goes_to_the_storefronts_own_seller_central(self):
        self.patch(type(self.waiting), "_get_endpoints", lambda *_args: {})
        url = urlsplit(self.go(self.waiting))
        self.assertEqual((url.scheme, url.path), ("https", "/apps/authorize/consent"))
        self.assertRegex(url.netloc, r"^sellercentral[a-z.-]*\.amazon\.[a-z.]+$|^sellercentral-europe\.amazon\.com$")

    def test_a_draft_application_is_asked_for_as_a_draft(self):
        draft = self.sandbox.add_application(self.base_url, draft=True)
        account = self.open_dialog(keys=draft).account_id
        account.credential_id.write({"application_ref": draft.application_ref, "is_draft": True})
        self.assertEqual(self.come_back(self.query(self.sandbox.visit(self.go(account), "NEW-EU"))).state, "connected")

    def test_the_appstore_finds_the_credential_by_its_application(self):
        login = self.sandbox.visit_appstore(self.application, "NEW-EU")
        onward = self.press(self.env["marketplace.consent"], "_continue", "amazon", self.query(login))
        account = self.come_back(self.query(self.sandbox.visit(onward)))
        self.assertEqual((account, account.state), (self.waiting, "connected"))

    def test_the_appstore_makes_an_account_when_none_waits(self):
        self.waiting.seller_ref = "A1SOMEBODYELSE"
        login = self.sandbox.visit_appstore(self.application, "NEW-EU")
        onward = self.press(self.env["marketplace.consent"], "_continue", "amazon", self.query(login))
        account = self.come_back(self.query(self.sandbox.visit(onward)))
        self.assertNotEqual(account, self.waiting)
        self.assertEqual((account.region, account.seller_ref), ("eu", self.seller.merchant_id))

    def test_an_application_without_credential_here_says_what_to_do(self):
        stranger = self.sandbox.add_application(self.base_url)
        params = self.query(self.sandbox.visit_appstore(stranger, "NEW-EU"))
        with self.assertRaisesRegex(ConsentRefused, "no credential for this application"):
            self.press(self.env["marketplace.consent"], "_continue", "amazon", params)

    def test_authorizing_again_keeps_sites_and_addresses(self):
        account = self.come_back(self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU")))
        addresses = account.site_ids.mapped("address")
        self.sandbox.revoke("NEW-EU")
        account.access_token_expires_at = False
        self.press(account, "action_test_connection")
        self.assertEqual(account.state, "reauthorize")
        again = self.come_back(self.query(self.sandbox.visit(self.go(account), "NEW-EU")))
        self.assertEqual((again, again.state), (account, "connected"))
        self.assertEqual(again.site_ids.mapped("address"), addresses)

    # === WHAT THE MARKETPLACE REFUSES === #

    def test_errors_of_the_marketplace_are_explained_and_lead_back_to_the_account(self):
        for ending, words in (
            ("access_denied", "declined"),
            ("MD5101", "OAuth redirect URIs"),
            ("SPDC8143", "primary"),
        ):
            with self.subTest(ending):
                params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU", ending=ending))
                error = self.assertRefused(params, words)
                self.assertEqual(error.account_id, self.waiting.id)
        self.assertEqual(self.waiting.state, "draft")

    def test_a_code_that_is_too_old_says_to_start_again(self):
        params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
        self.sandbox.expire_codes()
        self.assertRefused(params, "five minutes")
        self.assertEqual(self.waiting.state, "draft")

    def test_hostile_words_in_an_error_are_not_shown(self):
        state = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))["state"]
        error = self.assertRefused({"state": state, "error": "<b>Call +49 123 now</b>"}, "authoriz")
        self.assertNotIn("Call", str(error))

    # === WHAT GETS NOBODY ANYWHERE === #

    def test_a_state_works_once(self):
        params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
        self.come_back(params)
        self.assertRefused(params)

    def test_a_state_is_another_users_never(self):
        other = self.admin.copy({"login": "second-admin"})
        params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
        self.assertRefused(params, user=other)
        self.assertEqual(self.come_back(params).state, "connected")

    def test_a_state_ends_after_an_hour(self):
        params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
        consent = self.env["marketplace.consent"].search([], limit=1)
        self.assertLessEqual(consent.expires_at, fields.Datetime.now() + timedelta(minutes=60))
        consent.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertRefused(params)

    def test_a_forged_or_missing_state_is_refused(self):
        params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
        good = params["state"]
        for state in ("", "x", good[:-4] + "AAAA", "AQ" + good[2:], good + "A" * 40, "%00", good[::-1]):
            with self.subTest(state):
                self.assertRefused(params | {"state": state})
        self.assertRefused(params | {"state": "é"}, "can't be read")
        self.assertRefused({key: value for key, value in params.items() if key != "state"})
        self.assertEqual(self.come_back(params).state, "connected")

    def test_parameters_that_are_there_twice_are_refused(self):
        params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
        self.assertRefused(params | {"selling_partner_id": ["A1AAAAAAAAAAAA", "A1BBBBBBBBBBBB"]}, "more than once")

    def test_a_callback_to_a_stranger_is_refused(self):
        params = self.query(self.sandbox.visit_appstore(self.application, "NEW-EU"))
        for url in (
            "https://sellercentral.amazon.de.evil.example/apps/authorize/confirm/x",
            "https://sellercentral.amazon.de@evil.example/apps/authorize/confirm/x",
            "http://sellercentral.amazon.de/apps/authorize/confirm/x",
            "https://evil.example/?https://sellercentral.amazon.de/apps/authorize/confirm/x",
            "https://sellercentral.amazon.de/apps/authorize/consent?application_id=x",
            "//sellercentral.amazon.de/apps/authorize/confirm/x",
            "javascript:alert(1)",
        ):
            with self.subTest(url), self.assertRaisesRegex(ConsentRefused, "refused|request"):
                self.press(
                    self.env["marketplace.consent"], "_continue", "amazon", params | {"amazon_callback_uri": url}
                )

    def test_another_seller_than_the_one_who_began_is_refused(self):
        login = self.query(self.sandbox.visit_appstore(self.application, "NEW-EU"))
        onward = self.press(self.env["marketplace.consent"], "_continue", "amazon", login)
        params = self.query(self.sandbox.visit(onward))
        self.assertRefused(params | {"selling_partner_id": "A1SOMEBODYELSE"})

    def test_an_unknown_marketplace_is_refused(self):
        self.assertRefused({"state": "x"}, code="nowhere")

    def test_nothing_secret_is_logged(self):
        with self.assertLogs("odoo.addons.helpdesk_mgmt_marketplace", "DEBUG") as logs:
            params = self.query(self.sandbox.visit(self.go(self.waiting), "NEW-EU"))
            self.sandbox.expire_codes()
            self.assertRefused(params, "five minutes")
        text = "\n".join(logs.output)
        for secret in (params["spapi_oauth_code"], params["state"], self.application.client_secret):
            self.assertNotIn(secret, text)

    def test_used_and_old_states_are_forgotten(self):
        self.go(self.waiting)
        consents = self.env["marketplace.consent"].search([])
        consents.expires_at = fields.Datetime.now() - timedelta(days=2)
        self.env["marketplace.consent"]._gc_consents()
        self.assertFalse(consents.exists())
