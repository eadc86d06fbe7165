from odoo.modules.neutralize import get_neutralization_queries

from .common import MarketplaceCase


class TestNeutralize(MarketplaceCase):
    def test_a_copied_database_holds_no_secret_and_asks_nobody(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["helpdesk_mgmt_marketplace"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.account.state, "draft")
        self.assertFalse(self.account._is_fetchable())
        self.assertFalse(self.account.refresh_token)
        self.assertFalse(self.account.credential_id.client_secret)
