"""Whose conversation a buyer's mail joins: only what the marketplace proves decides it."""

from ..common import DE_ORDER
from ..proof.proof_common import MALLORY, ProofCase, change


class TestTypedByAGenuineBuyer(ProofCase):
    """A5: another buyer, whose mail is proved, types the victim's order number."""

    def test_an_order_in_the_display_name_joins_nothing(self):
        message = self.arrive(self.write_as(buyer=DE_ORDER))
        self.assertEqual((message.authentication, message.order_ref), ("pass", DE_ORDER))
        self.assert_apart(message.ticket_id, "order")
        self.assertIn("not proved", message.ticket_id.name)
        self.assert_untouched()

    def test_an_order_in_brackets_behind_the_name_joins_nothing(self):
        message = self.arrive(self.write_as(buyer=f"Jo (Bestellung: {DE_ORDER})"))
        self.assert_apart(message.ticket_id, "order")
        self.assert_untouched()

    def test_an_order_in_the_subject_of_an_answer_joins_nothing(self):
        for subject in (f"Re: Your order (Order: {DE_ORDER})", f"AW: {DE_ORDER}"):
            message = self.arrive(change(self.write_as(), Subject=subject))
            self.assert_apart(message.ticket_id, "order")
        self.assert_untouched()

    def test_its_own_conversation_goes_on_and_answers_its_own_buyer(self):
        first = self.arrive(change(self.write_as(), Subject=f"Re: {DE_ORDER}"))
        second = self.arrive(change(self.write_as(text="Hello?"), Subject=f"Re: {DE_ORDER}"))
        self.assertEqual(second.ticket_id, first.ticket_id)
        described = self.by_agent(first.ticket_id).marketplace_reply_data
        self.assertIn(MALLORY, described["to"])
        codes, result = self.findings(first.ticket_id)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.assertEqual((codes, reply.recipient), ([], second.reply_to))

    def test_a_placeholder_is_not_filled_before_the_join(self):
        ticket = self.arrive(change(self.write_as(), Subject=f"Re: {DE_ORDER}")).ticket_id
        _codes, result = self.findings(ticket, "<p>About {order}: your number is {tracking}</p>")
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.assertIn("{order}: your number is {tracking}", reply.text)

    def test_a_typed_order_opens_no_closed_ticket(self):
        self.ticket.sudo().stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        message = self.arrive(change(self.write_as(), Subject=f"Re: {DE_ORDER}"))
        self.assert_apart(message.ticket_id, "order")
        self.assertTrue(self.ticket.stage_id.closed)

    def test_the_victim_who_answers_by_mail_comes_to_the_own_ticket(self):
        self.victims_mail()  # so that another conversation of the same buyer may be open too
        message = self.arrive(change(self.victims_mail("Thanks"), Subject=f"Re: Your order (Order: {DE_ORDER})"))
        self.assertEqual(message.ticket_id, self.ticket.sudo(False))
        self.assertIn("order", message.typed)


class TestRelayIsKnown(ProofCase):
    """A typed order links where the sender's address is known to be its buyer's."""

    def setUp(self):
        super().setUp()
        self.ref = self.new_order("302-7777777-0000001", buyer="Nadia New")

    def answer_about(self, ref, buyer, text="Where is it?"):
        """Return the raw mail of a buyer who names an order in a mail program and was never heard of."""
        return change(self.write_as(buyer=buyer, text=text), Subject=f"Re: {ref}")

    def test_by_the_address_that_the_api_tells_of_an_order_that_is_fetched_for_it(self):
        message = self.arrive(self.answer_about(self.ref, "Nadia New"))
        self.assertEqual(message.ticket_id, self.ticket_of(self.ref))
        self.assertFalse(message.ticket_id.marketplace_doubt)

    def test_another_buyer_who_names_it_stays_apart_and_no_ticket_shows_the_order(self):
        message = self.arrive(self.answer_about(self.ref, MALLORY))
        self.assertEqual(message.ticket_id.marketplace_named_ref, self.ref)
        self.assertFalse(message.ticket_id.marketplace_order_id or message.order_id)
        self.assertFalse(self.ticket_of(self.ref))

    def test_an_order_that_is_none_of_ours_is_a_hint(self):
        message = self.arrive(self.answer_about("302-9999999-9999999", MALLORY))
        self.assertEqual((message.state, message.ticket_id.marketplace_doubt), ("done", "order"))
        self.assertFalse(message.order_id)

    def test_by_earlier_mail_about_the_order(self):
        order = self.victim_message.order_id
        order.relay = False
        relay = self.victim_message.reply_to.partition("+")[0] + "@marketplace.amazon.de"
        raw = change(self.victims_mail("Second"), Subject=f"Re: {DE_ORDER}", From=relay, Reply_To=relay)
        self.assertEqual(self.arrive(raw).ticket_id, self.ticket.sudo(False))


class TestJoin(ProofCase):
    """One click joins what a person knows to belong together."""

    def setUp(self):
        super().setUp()
        self.message = self.arrive(change(self.write_as(), Subject=f"Re: {DE_ORDER}"))
        self.apart = self.message.ticket_id

    def test_the_join_goes_on_in_the_orders_ticket_and_says_who_did_it(self):
        action = self.by_agent(self.apart).action_marketplace_join()
        self.assertEqual(action["params"]["ticket_id"], self.ticket.id)
        self.assertEqual(self.message.ticket_id, self.ticket.sudo(False))
        self.assertEqual(self.apart.duplicate_id, self.ticket.sudo(False))
        correction = self.env["marketplace.correction"].search([("kind", "=", "join")])
        self.assertEqual((correction.user_id, correction.target_order_ref), (self.agent, DE_ORDER))
        self.assertIn(self.apart.number, self.bodies(self.ticket))

    def test_whom_an_answer_then_goes_to_is_told_with_the_address_that_is_known(self):
        self.by_agent(self.apart).action_marketplace_join()
        result = self.by_agent(self.ticket).action_marketplace_reply("<p>It comes tomorrow.</p>")
        [found] = [one for one in result["findings"] if one["code"] == "joined_recipient"]
        self.assertEqual((found["level"], result["reply_id"]), ("warn", False))
        self.assertIn(self.message.reply_to, found["text"])
        self.assertIn(self.victim_message.order_id.relay, found["text"])
        _codes, result = self.findings(self.ticket)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.assertEqual(reply.recipient, self.message.reply_to)

    def test_of_the_buyer_who_answers_by_mail_nothing_is_told(self):
        self.arrive(change(self.victims_mail("Thanks"), Subject=f"Re: Your order (Order: {DE_ORDER})"))
        self.assertFalse(self.by_agent(self.ticket).action_marketplace_reply("<p>Hello</p>")["findings"])

    def test_later_mail_of_that_address_follows(self):
        self.by_agent(self.apart).action_marketplace_join()
        again = self.arrive(change(self.write_as(text="And now?"), Subject=f"Re: {DE_ORDER}"))
        bare = self.arrive(change(self.write_as(text="Me again"), Subject="Re: my question"))
        self.assertEqual(again.ticket_id | bare.ticket_id, self.ticket.sudo(False))

    def test_without_a_ticket_of_the_order_this_one_becomes_it(self):
        ref = self.new_order("302-8888888-0000001", buyer="Somebody Else")
        apart = self.arrive(change(self.write_as(buyer="Kim Third"), Subject=f"Re: {ref}")).ticket_id
        self.by_agent(apart).action_marketplace_join()
        self.settle()
        self.assertEqual((apart.marketplace_order_ref, apart.marketplace_order_state), (ref, "known"))
        self.assertFalse(apart.marketplace_doubt or apart.marketplace_named_ref)
        self.assertTrue(self.by_agent(apart).marketplace_reply_data["placeholders"])
        self.assertNotIn("not proved", apart.name)

    def test_what_names_nothing_has_nothing_to_join(self):
        with self.assertRaisesRegex(Exception, "names no order"):
            self.ticket.action_marketplace_join()

    def test_who_may_not_change_the_orders_ticket_may_not_join_it(self):
        own = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        user = self.agent.copy({"login": "own", "group_ids": [(6, 0, own.ids)]})
        self.ticket.sudo().user_id = self.agent
        self.apart.user_id = user
        with self.assertRaisesRegex(Exception, "may not change"):
            self.apart.with_user(user).action_marketplace_join()
