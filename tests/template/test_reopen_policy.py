from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tools import mute_logger

from ..common import DE_ORDER, MarketplaceCase


class TestReopenPolicy(MarketplaceCase):
    def setUp(self):
        super().setUp()
        self.site_de.write({"reopen": "new", "reopen_days": 14})
        self.buyer_writes("First")
        self.settle()
        self.first = self.ticket_of(DE_ORDER)
        self.done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

    def close(self, ticket, days):
        ticket.stage_id = self.done
        moment = fields.Datetime.now() - timedelta(days=days)
        ticket.write({"closed_date": moment, "last_stage_update": moment})

    def write_again(self, text="And now?", **values):
        message = self.buyer_writes(text, **values)
        self.settle()
        self.assertEqual(message.state, "done")
        return message.ticket_id

    def test_after_some_days_a_new_ticket_goes_on_and_each_says_so(self):
        self.close(self.first, days=15)
        new = self.write_again()
        self.assertNotEqual(new, self.first)
        self.assertEqual(new.marketplace_previous_ticket_id, self.first)
        self.assertEqual(self.first.marketplace_next_ticket_id, new)
        self.assertTrue(self.first.stage_id.closed)
        self.assertEqual(new.marketplace_order_id, self.first.marketplace_order_id)
        self.assertIn(self.first.number, " ".join(new.message_ids.mapped("body")))
        self.assertIn(new.number, " ".join(self.first.message_ids.mapped("body")))
        self.assertNotIn("And now?", " ".join(self.first.message_ids.mapped("body")))

    def test_later_mail_follows_to_the_new_ticket(self):
        self.close(self.first, days=15)
        new = self.write_again()
        self.assertEqual(self.write_again("Hello?"), new)
        self.assertEqual(self.write_again("", notice="return_request"), new)
        self.close(new, days=15)
        third = self.write_again("Still me")
        self.assertEqual(third.marketplace_previous_ticket_id, new)

    def test_the_clock_starts_on_the_new_ticket(self):
        self.stop_clock(self.first, "none")
        self.close(self.first, days=15)
        new = self.write_again()
        self.assertTrue(new.marketplace_deadline)
        self.assertFalse(self.first.marketplace_deadline)

    def test_an_answer_on_the_new_ticket_answers_what_was_open_on_the_old_one(self):
        self.close(self.first, days=15)
        new = self.write_again()
        self.assertTrue(self.first.marketplace_deadline)
        self.stop_clock(new, "console", user=self.agent)
        self.assertFalse(new.marketplace_deadline or self.first.marketplace_deadline)
        responses = self.env["marketplace.response"].search([("ticket_id", "in", (self.first | new).ids)])
        self.assertEqual(responses.mapped("how"), ["console", "console"])
        self.assertEqual(responses.user_id, self.agent)

    def test_within_these_days_the_same_ticket_opens_again(self):
        self.close(self.first, days=13)
        self.assertEqual(self.write_again(), self.first)
        self.assertFalse(self.first.stage_id.closed)

    def test_an_open_ticket_goes_on_however_old_it_is(self):
        self.first.last_stage_update = fields.Datetime.now() - timedelta(days=90)
        self.assertEqual(self.write_again(), self.first)

    def test_what_counts_is_when_it_was_closed_last(self):
        self.close(self.first, days=40)
        self.first.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        self.first.stage_id = self.done
        self.assertEqual(self.write_again(), self.first)

    def test_by_default_it_is_the_same_ticket_for_ever(self):
        self.site_de.reopen = self.env["marketplace.site"].default_get(["reopen"])["reopen"]
        self.close(self.first, days=400)
        self.assertEqual(self.write_again(), self.first)

    def test_no_days_means_at_once(self):
        self.site_de.reopen_days = 0
        self.close(self.first, days=0.01)
        self.assertNotEqual(self.write_again(), self.first)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.site_de.reopen_days = -1
            self.site_de.flush_recordset()

    def test_a_claim_about_a_ticket_closed_long_ago_makes_a_new_one(self):
        self.close(self.first, days=15)
        new = self.write_again("", notice="atoz_claim")
        self.assertEqual((new.marketplace_previous_ticket_id, new.priority), (self.first, "3"))

    def test_a_mere_note_stays_on_the_closed_ticket(self):
        self.close(self.first, days=15)
        self.assertEqual(self.write_again("", notice="refund"), self.first)
        self.assertTrue(self.first.stage_id.closed)

    def test_an_archived_ticket_that_was_not_closed_comes_back(self):
        self.first.active = False
        self.assertEqual(self.write_again(), self.first)

    def test_the_new_ticket_gets_the_sites_template(self):
        Template = self.env["marketplace.ticket.template"]
        self.site_de.template_id = Template.create({"name": "T", "title_pattern": "Again {order}"})
        self.close(self.first, days=15)
        self.assertEqual(self.write_again().name, f"Again {DE_ORDER}")

    def test_changes_of_the_order_reach_both_tickets(self):
        self.close(self.first, days=15)
        new = self.write_again()
        order = new.marketplace_order_id
        order.status = "delivered"
        order.ticket_ids._marketplace_order_changed(order)
        self.assertEqual((self.first | new).mapped("marketplace_order_status"), ["delivered"] * 2)
