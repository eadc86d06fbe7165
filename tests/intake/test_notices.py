from datetime import timedelta

from odoo.exceptions import ValidationError

from ...dev.sandbox.amazon import notices
from ..clock.clock_common import ClockCase
from ..common import DE_ORDER


class TestNotices(ClockCase):
    def set_policy(self, code, policy):
        self.site_de.notice_policy_ids.filtered(lambda one: one.code == code).policy = policy

    def test_a_site_has_a_row_for_each_kind_of_notice_the_marketplace_knows(self):
        rows = self.site_de.notice_policy_ids
        known = [kind for kind in self.app._get_class().notices if not kind.is_copy]
        self.assertEqual(rows.mapped("code"), [kind.code for kind in known])
        self.assertEqual(rows.mapped("label"), [kind.label for kind in known])
        self.assertEqual(set(rows.filtered("is_claim").mapped("code")), {"atoz_claim", "chargeback"})
        self.assertEqual(set(rows.filtered(lambda one: not one.is_claim).mapped("policy")), {"note"})

    def test_a_site_learns_kinds_that_are_new(self):
        self.site_de.notice_policy_ids.filtered(lambda one: one.code == "refund").unlink()
        self.env["marketplace.site"]._create_all_notice_policies()
        self.assertEqual(self.site_de._get_notice_policy("refund"), "note")
        self.assertEqual(self.site_de.notice_policy_ids.mapped("code").count("refund"), 1)

    def test_a_kind_nobody_knows_is_a_note(self):
        self.assertEqual(self.site_de._get_notice_policy("something_new"), "note")

    def test_a_notice_is_a_note_on_the_orders_ticket(self):
        self.asks()
        message = self.asks("", notice="return_request")
        self.assertEqual(message.ticket_id, self.ticket)
        self.assertEqual(message.mail_message_id.marketplace_kind, "notice")
        self.assertIn("Return request", message.mail_message_id.body)

    def test_a_site_may_ignore_notices_of_a_kind(self):
        self.asks()
        self.set_policy("refund", "ignore")
        message = self.asks("", notice="refund")
        self.assertEqual((message.state, message.reason), ("ignored", "The site ignores notices of this kind."))
        self.assertEqual(self.asks("", notice="return_request").state, "done")

    def test_a_notice_may_get_a_ticket_of_its_own(self):
        self.asks()
        ticket = self.ticket
        self.set_policy("return_request", "ticket")
        message = self.asks("Too small", notice="return_request")
        own = message.ticket_id
        self.assertNotEqual(own, ticket)
        self.assertIn("Return request", own.name)
        self.assertNotIn("wrote", own.description)
        self.assertEqual(own.marketplace_order_id, ticket.marketplace_order_id)
        self.assertFalse(own.marketplace_deadline)
        self.assertEqual(self.asks("And now?").ticket_id, ticket)

    def test_a_notice_with_a_ticket_of_its_own_needs_no_other(self):
        self.set_policy("refund", "ticket")
        message = self.asks("", notice="refund")
        self.assertEqual(message.ticket_id.marketplace_order_ref, DE_ORDER)
        self.assertNotEqual(self.asks().ticket_id, message.ticket_id)

    def test_claims_can_not_be_ignored(self):
        for code, policy in (("atoz_claim", "ignore"), ("refund", "urgent")):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.set_policy(code, policy)

    def test_a_claim_opens_an_urgent_ticket_with_its_own_deadline(self):
        message = self.asks("", hours=2, notice="atoz_claim")
        ticket = message.ticket_id
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.marketplace_claim_deadline, self.ago(2) + timedelta(days=3))
        self.assertEqual(ticket.marketplace_deadline, ticket.marketplace_claim_deadline)
        self.assertFalse(ticket.marketplace_response_id)

    def test_a_claim_raises_the_priority_of_the_orders_ticket_and_keeps_the_buyers_deadline(self):
        self.asks(hours=5)
        self.assertEqual(self.ticket.priority, "1")
        self.asks("", hours=2, notice="atoz_claim")
        self.assertEqual(self.ticket.priority, "3")
        self.assertEqual(self.ticket.marketplace_deadline, self.ago(5) + timedelta(hours=24))
        self.stop_clock(self.ticket, "reply")
        self.assertEqual(self.ticket.marketplace_deadline, self.ago(2) + timedelta(days=3))

    def test_an_answer_in_the_console_or_a_closed_ticket_ends_the_claims_clock(self):
        self.asks("", notice="atoz_claim")
        self.ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.assertFalse(self.ticket.marketplace_deadline)
        self.ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        self.assertTrue(self.ticket.marketplace_deadline)
        context = self.as_agent().action_marketplace_answered()["context"]
        Dialog = self.env["marketplace.answered"].with_user(self.agent).with_context(**context)
        Dialog.create({"text": "We sent the proof of delivery."}).action_record()
        self.assertFalse(self.ticket.marketplace_deadline)

    def test_a_decision_on_a_claim_leaves_nothing_to_answer(self):
        self.asks("", notice="atoz_claim")
        self.assertTrue(self.ticket.marketplace_deadline)
        decided = notices.KINDS["atoz_claim"].subjects | {"de": "Entscheidung über den Antrag für Bestellung {ref}"}
        kind = notices.KINDS["atoz_claim"]
        self.addCleanup(notices.KINDS.__setitem__, "atoz_claim", kind)
        notices.KINDS["atoz_claim"] = type(kind)("A_Z_CLAIM_RESPONDENT_CLOSE", kind.sender, decided, kind.bodies)
        self.asks("", notice="atoz_claim")
        self.assertFalse(self.ticket.marketplace_deadline)
