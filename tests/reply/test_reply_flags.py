from unittest.mock import patch

from odoo.exceptions import UserError

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.amazon import Amazon
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.base import Marketplace

from ..common import DE_ORDER, MarketplaceCase


class TestReplyFlags(MarketplaceCase):
    """What a marketplace that says so in the contract does not offer."""

    def test_without_replies_none_is_offered(self):
        self.buyer_writes()
        self.settle()
        ticket = self.ticket_of(DE_ORDER)
        amazon, First = ticket.marketplace_app_id, self.env["marketplace.write.first"]
        self.assertIn(amazon, First._get_apps())
        missing = {name: getattr(Marketplace, name) for name in ("can_reply", "check_reply", "make_reply")}
        with patch.multiple(Amazon, has_replies=False, **missing):
            self.assertIn("can't be answered from here", ticket.marketplace_reply_data["why_not"])
            with self.assertRaisesRegex(UserError, "Buyers of Amazon can't be answered from here"):
                ticket.action_marketplace_reply("<p>Hello</p>")
            self.assertNotIn(amazon, First._get_apps())
        self.assertFalse(self.env["marketplace.reply"].search_count([("ticket_id", "=", ticket.id)]))
