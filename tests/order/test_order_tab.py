import json

from ..common import DE_ORDER, MarketplaceCase


class TestOrderTab(MarketplaceCase):
    def setUp(self):
        super().setUp()
        self.buyer_writes()
        self.settle()
        self.ticket = self.ticket_of(DE_ORDER)

    def test_the_tab_shows_the_whole_order_to_an_agent(self):
        data = self.ticket.with_user(self.agent).marketplace_order_data
        order = data["order"]
        self.assertEqual((data["marketplace"], data["site"]), ("Amazon", "amazon.de"))
        self.assertEqual(order["status_label"], "Shipped")
        self.assertEqual(order["currency"], "EUR")
        self.assertTrue(order["url"].startswith("https://sellercentral-europe.amazon.com/orders-v3/order/302-"))
        self.assertTrue(order["lines"][0]["url"].startswith("https://www.amazon.de/dp/"))
        self.assertTrue(order["packages"][0]["tracking"])
        self.assertEqual(order["recipient"]["country"], "DE")
        self.assertTrue(order["fetched_at"])

    def test_the_tab_names_the_buyers_other_tickets_that_the_agent_may_see(self):
        ref = self.new_order("302-4444444-0000001", buyer=self.ticket.marketplace_order_id.buyer_name)
        self.buyer_writes("Other order", order_ref=ref)
        self.settle()
        others = self.ticket.with_user(self.agent).marketplace_order_data["others"]
        self.assertEqual([other["order_ref"] for other in others], [ref])
        own = self.env["res.users"].create({"name": "own", "login": "own"})
        own.group_ids = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        self.ticket.user_id = own
        self.assertEqual(self.ticket.with_user(own).marketplace_order_data["others"], [])

    def test_opening_a_ticket_costs_at_most_fifteen_queries_more(self):
        plain = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x", "team_id": self.team.id})
        specification = {name: {} for name in ("name", "number", "stage_id", "team_id", "marketplace_order_data")}

        def count(ticket):
            ticket.with_user(self.agent).web_read(specification)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            ticket.with_user(self.agent).web_read(specification)
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(count(self.ticket) - count(plain), 15)

    def test_a_question_before_buying_shows_the_product_and_no_order(self):
        message = self.buyer_writes("Is it blue?", order_ref=None, site="US", asin="B0EXAMPL01")
        self.settle()
        data = json.loads(json.dumps(message.ticket_id.with_user(self.agent).marketplace_order_data))
        self.assertIs(data["order"], False)
        self.assertEqual(data["item_url"], "https://www.amazon.com/dp/B0EXAMPL01")

    def test_an_ordinary_ticket_has_no_order_tab(self):
        plain = self.env["helpdesk.ticket"].create({"name": "Plain", "description": "x"})
        self.assertFalse(plain.marketplace_order_data)
        view = self.env["helpdesk.ticket"].get_view(self.env.ref("helpdesk_mgmt.ticket_view_form").id, "form")
        self.assertIn('name="marketplace_order" invisible="not marketplace_site_id"', view["arch"])
