from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import WorldMixin

LOGGER = "odoo.addons.helpdesk_mgmt_marketplace.models.connection.marketplace_consent"


@tagged("post_install", "-at_install")
class TestOAuth(WorldMixin, HttpCase):
    """The two addresses to which browsers come back from marketplaces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_world()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.password = "admin-password"

    def visit(self, path, login="admin", **params):
        if login:
            self.authenticate(login, f"{login}-password")
        return self.url_open(f"/marketplace/amazon/{path}", params=params, allow_redirects=False)

    def test_a_browser_comes_back_to_its_account(self):
        application = self.sandbox.add_application(self.base_url())
        keys = {"client_id": application.client_id, "client_secret": application.client_secret}
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.account.credential_id.write(keys | {"application_ref": application.application_ref})
        self.env.flush_all()
        asked = self.env["marketplace.consent"].with_user(self.admin)._start(self.account)
        url = self.sandbox.visit(asked, "DEMO-EU")
        self.authenticate("admin", "admin-password")
        answer = self.url_open(url, allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith(f"/odoo/marketplace-accounts/{self.account.id}"))
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_a_refused_browser_sees_a_page_that_says_what_to_do(self):
        with mute_logger(LOGGER):
            answer = self.visit("callback", state="forged", spapi_oauth_code="x", selling_partner_id="A1AAAAAAAAAAAA")
        self.assertEqual(answer.status_code, 400)
        self.assertIn("Start again from the account", answer.text)
        self.assertNotIn("forged", answer.text)
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_agents_and_strangers_may_not_connect(self):
        with mute_logger("odoo.addons.helpdesk_mgmt_marketplace.controllers.oauth"):
            answer = self.visit("callback", login="alex", state="x")
        self.assertEqual(answer.status_code, 403)
        self.assertIn("Only administrators", answer.text)
        self.logout()
        answer = self.visit("login", login=None, amazon_state="s")
        self.assertIn("/web/login", answer.headers["Location"])

    def test_a_code_is_not_written_onto_the_log_in_page(self):
        answer = self.visit("callback", login=None, state="s3cret", spapi_oauth_code="c0de")
        self.assertEqual(answer.status_code, 403)
        self.assertIn("Log in and start again", answer.text)
        for word in ("s3cret", "c0de"):
            self.assertNotIn(word, answer.text)

    def test_a_log_in_that_leads_elsewhere_is_refused(self):
        with mute_logger(LOGGER):
            answer = self.visit(
                "login",
                amazon_callback_uri="https://evil.example/apps/authorize/confirm/x",
                amazon_state="s",
                selling_partner_id="A1AAAAAAAAAAAA",
            )
        self.assertEqual(answer.status_code, 400)
        self.assertNotIn("Location", answer.headers)
        self.assertNotIn("evil.example", answer.text)

    def test_a_log_in_leads_back_to_seller_central(self):
        application = self.sandbox.add_application(self.base_url())
        self.account.credential_id.application_ref = application.application_ref
        self.authenticate("admin", "admin-password")
        answer = self.url_open(self.sandbox.visit_appstore(application, "DEMO-EU"), allow_redirects=False)
        self.assertTrue(answer.headers["Location"].startswith(f"{self.sandbox.http_url}/apps/authorize/confirm/"))
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
