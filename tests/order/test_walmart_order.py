from ..walmart_common import PARTLY, REFUNDED, RETURNED, SENT, SPLIT, WalmartCase, purchase_order_ref


class TestWalmartOrder(WalmartCase):
    """Orders of Walmart beside their tickets, whichever number led to them."""

    def order_of(self, order_ref):
        self.buyer_asks(order_ref=order_ref)
        return self.ticket_of(order_ref).marketplace_order_id

    def purchase_order(self, order_ref, part=1):
        return purchase_order_ref(order_ref, part)

    def test_a_buyers_message_has_its_order_beside_it(self):
        order = self.order_of(SENT)
        self.assertEqual((order.state, order.status, order.currency_code), ("known", "shipped", "USD"))
        self.assertEqual(order.ref_ids.mapped("name"), [self.purchase_order(SENT)])
        self.assertTrue(order.package_ids.url)
        self.assertTrue(order.recipient["phone"])
        self.assertEqual(order.recipient["country"], "US")
        self.assertTrue(order.line_ids.image)

    def test_purchase_orders_of_one_customer_order_are_one_order(self):
        order = self.order_of(SPLIT)
        self.assertEqual(order.status, "partially_shipped")
        self.assertEqual(sorted(order.line_ids.mapped("status")), ["delivered", "shipped", "unshipped"])
        self.assertEqual(len(order.ref_ids), 3)
        self.assertAlmostEqual(sum(order.line_ids.mapped("amount_total")), order.amount_total)

    def test_cancelled_lines_stay(self):
        order = self.order_of(PARTLY)
        self.assertIn("cancelled", order.line_ids.mapped("status"))

    def test_refunds_and_returns_are_told(self):
        refunded, returned = self.order_of(REFUNDED), self.order_of(RETURNED)
        self.assertGreater(refunded._describe()["refunds"][0]["amount"], 0)
        shown = returned._describe()["returns"][0]
        self.assertTrue(shown["return_ref"] and shown["items"] and shown["created"])

    def test_an_order_is_found_by_any_of_its_numbers_in_any_form(self):
        order = self.order_of(SENT)
        dashed = f"{SENT[:7]}-{SENT[7:]}"
        for number in (SENT, dashed, f"#{dashed}", self.purchase_order(SENT)):
            found = self.env["marketplace.order"].name_search(number, limit=1)
            self.assertEqual([row[0] for row in found], order.ids, number)
            tickets = self.env["helpdesk.ticket"].search([("marketplace_number", "ilike", number)])
            self.assertEqual(tickets, order.ticket_ids, number)
        self.assertIn(self.purchase_order(SENT), order._describe()["numbers"])
        # A part that looks like a whole number of walmart.ca.
        part = self.env["helpdesk.ticket"].search([("marketplace_number", "ilike", SENT[2:12])])
        self.assertEqual(part, order.ticket_ids)

    def test_a_purchase_order_that_was_asked_for_becomes_the_customer_order(self):
        order = self.env["marketplace.order"]._find_or_create(self.site, self.purchase_order(SPLIT, 2))
        self.fetch()
        self.assertEqual((order.order_ref, order.state), (SPLIT, "known"))
        self.assertIn(self.purchase_order(SPLIT, 2), order.ref_ids.mapped("name"))
        self.assertEqual(self.order_of(SPLIT), order)

    def test_numbers_are_found_one_by_one_and_several_at_once(self):
        orders = self.order_of(SENT) | self.order_of(SPLIT)
        numbers = [self.purchase_order(SENT), f"{SPLIT[:7]}-{SPLIT[7:]}"]
        Order, Ticket = self.env["marketplace.order"], self.env["helpdesk.ticket"]
        self.assertEqual(Order.search([("display_name", "in", numbers)]), orders.sorted())
        self.assertEqual(Ticket.search([("marketplace_number", "in", numbers)]), orders.ticket_ids.sorted())
        self.assertEqual(Order.search([("display_name", "=", numbers[0])]), orders[:1])

    def test_a_ticket_of_a_purchase_order_leads_to_the_order_that_is_known(self):
        order = self.order_of(SENT)
        pending = self.env["marketplace.order"].create(
            {
                "account_id": self.walmart.id,
                "company_id": self.company.id,
                "app_id": self.walmart_app.id,
                "site_id": self.site.id,
                "order_ref": self.purchase_order(SPLIT),
            }
        )
        first = self.env["marketplace.conversation"]._open_first(order)
        self.assertEqual(first, order.ticket_ids)
        joined = pending._take_number(order.order_ref)
        self.assertEqual(joined, order)
        self.assertFalse(pending.exists())
        self.assertIn(self.purchase_order(SPLIT), order.ref_ids.mapped("name"))

    def test_two_tickets_of_one_order_are_told_of_each_other_and_mail_goes_to_one(self):
        order = self.order_of(SENT)
        ticket = order.ticket_ids
        number = self.purchase_order(SENT, 9)
        wrong = self.env["marketplace.order"]._find_or_create(self.site, number)
        conversation = self.env["marketplace.conversation"].create(
            {
                "account_id": self.walmart.id,
                "company_id": self.company.id,
                "site_id": self.site.id,
                "order_id": wrong.id,
            }
        )
        conversation.key_ids.create(conversation._prepare_key("order", number) | {"conversation_id": conversation.id})
        other = self.env["helpdesk.ticket"].create(
            {
                "name": f"Order {number}",
                "description": "-",
                "marketplace_site_id": self.site.id,
                "marketplace_order_id": wrong.id,
                "marketplace_order_ref": number,
            }
        )
        conversation.ticket_id = other
        wrong._take_number(SENT)
        self.assertEqual((other.marketplace_order_id, other.marketplace_order_ref), (order, SENT))
        self.assertEqual(other.name, f"Order {SENT}")
        self.assertIn(ticket.number, other.message_ids[:1].body)
        messages = self.buyer_asks("And now?", SENT)
        self.assertEqual(messages.ticket_id, ticket)

    def test_an_archived_ticket_and_an_open_dialog_learn_of_the_order_too(self):
        order = self.order_of(SENT)
        wrong = self.env["marketplace.order"]._find_or_create(self.site, self.purchase_order(SENT, 9))
        values = {"name": "Other", "description": "-", "marketplace_site_id": self.site.id}
        other = self.env["helpdesk.ticket"].create({**values, "marketplace_order_id": wrong.id, "active": False})
        dialogs = [
            self.env[name].create({"order_ref": wrong.order_ref, "order_id": wrong.id, "is_waiting": True})
            for name in ("marketplace.write.first", "marketplace.order.open")
        ]
        wrong._take_number(SENT)
        self.assertEqual(other.marketplace_order_id, order)
        for dialog in dialogs:
            self.assertEqual(dialog.exists().order_id, order)

    def test_an_archived_ticket_has_the_new_number_too(self):
        order = self.env["marketplace.order"]._find_or_create(self.site, self.purchase_order(SPLIT))
        values = {"name": "-", "description": "-", "marketplace_site_id": self.site.id, "active": False}
        ticket = self.env["helpdesk.ticket"].create({**values, "marketplace_order_id": order.id})
        order._take_number(SPLIT)
        self.assertEqual(ticket.marketplace_order_ref, SPLIT)

    def test_an_order_that_waits_under_a_purchase_order_is_one_when_a_person_fetches_it(self):
        number = self.purchase_order(SPLIT)
        waiting = self.env["marketplace.order"]._find_or_create(self.site, number)
        find = self.env["marketplace.order.find"].create({"account_id": self.walmart.id, "order_ref": number})
        action = self.press(find, "action_find")
        self.assertEqual(action["res_id"], waiting.id)
        self.assertEqual((waiting.order_ref, waiting.state), (SPLIT, "known"))

    def test_an_order_that_does_not_exist_says_so(self):
        order = self.env["marketplace.order"]._find_or_create(self.site, "200099999999999")
        self.fetch()
        self.assertEqual(order.state, "unavailable")
        self.assertIn("180 days", order.error)

    def test_an_order_without_returns_scope_is_had_all_the_same(self):
        self.sandbox.faults.add("walmart_returns", "403")
        order = self.order_of(RETURNED)
        self.assertEqual(order.state, "known")
        self.assertFalse(order.returns)

    def test_a_failing_walmart_costs_amazon_nothing(self):
        self.sandbox.faults.add("walmart", "html503")
        self.buyer_writes("At Walmart", SENT)
        self.buyer_writes("At Amazon")
        self.settle()
        self.assertEqual(self.ticket_of("302-5669388-0000002").marketplace_order_state, "known")
        self.assertEqual(self.env["marketplace.order"]._find(self.walmart, SENT).state, "pending")
