from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    def test_the_composers_own_tests_pass(self):
        url = "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&filter=@helpdesk_mgmt_marketplace"
        self.browser_js(url, "", "", login="admin", timeout=300, success_signal="[HOOT] Test suite succeeded")
