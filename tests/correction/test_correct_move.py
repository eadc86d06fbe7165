from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.mails import File

from ..common import DE_ORDER
from .correct_common import OTHER_ORDER, WHY, CorrectCase


class TestCorrectMove(CorrectCase):
    """Agents move messages to where they belong, and split a conversation."""

    def setUp(self):
        super().setUp()
        self.first = self.write_in("First", hours=9)
        self.stray = self.write_in("About the other parcel", hours=4, attachments=[File("a.txt", "text/plain", b"a")])
        self.here = self.first.ticket_id

    def move(self, rows=None, **where):
        ids = (rows or self.stray).mail_message_id.ids
        result = self.by_agent(self.here).action_marketplace_move(ids, WHY, **where)
        return self.env["helpdesk.ticket"].browse(result["ticket_id"])

    def split(self, row=None, **where):
        message = (row or self.stray).mail_message_id
        result = self.by_agent(self.here).action_marketplace_split(message.id, WHY, **where)
        return self.env["helpdesk.ticket"].browse(result["ticket_id"])

    # === MOVING === #

    def test_a_message_goes_to_another_ticket_with_its_files_and_its_row(self):
        target = self.new_ticket()
        self.assertEqual(self.move(ticket_id=target.id), target)
        posted = self.stray.mail_message_id
        self.assertEqual((posted.res_id, posted.attachment_ids.res_id), (target.id, target.id))
        self.assertEqual((self.stray.ticket_id, self.stray.order_id), (target, target.marketplace_order_id))
        self.assertEqual(self.stray.conversation_id.ticket_id, target)
        self.assertEqual(self.first.ticket_id, self.here)
        self.assertNotIn("About the other parcel", self.bodies(self.here))

    def test_a_message_goes_to_an_orders_ticket_which_is_made(self):
        self.new_order(OTHER_ORDER, buyer="Robin Other")
        self.here.user_id = self.agent
        target = self.move(number=OTHER_ORDER.replace("-", " "))
        self.assertEqual((target.marketplace_order_ref, target.marketplace_order_state), (OTHER_ORDER, "pending"))
        self.assertEqual((target.team_id, target.user_id), (self.here.team_id, self.agent))
        self.fetch()
        self.assertEqual(target.marketplace_order_state, "known")
        self.assertEqual(self.write_in("Again", order_ref=OTHER_ORDER).ticket_id, target)

    def test_an_orders_ticket_that_is_there_is_taken(self):
        target = self.new_ticket()
        self.assertEqual(self.move(number=OTHER_ORDER), target)

    def test_the_thread_follows_its_newest_message_and_the_number_its_order(self):
        target = self.new_ticket()
        self.move(ticket_id=target.id)
        self.assertEqual(self.write_in("Thread only", name_order=False).ticket_id, target)
        self.assertEqual(self.write_in("With the number").ticket_id, self.here)

    def test_the_thread_stays_with_newer_messages_that_stay(self):
        target = self.new_ticket()
        self.move(self.first, ticket_id=target.id)
        self.assertEqual(self.write_in("Thread only", name_order=False).ticket_id, self.here)

    def test_the_clock_is_parted(self):
        target = self.new_ticket(hours=1)
        self.move(ticket_id=target.id)
        here, there = self.here.marketplace_response_id, target.marketplace_response_id
        self.assertEqual((here.asked_at, here.message_count), (self.ago(9), 1))
        self.assertEqual((there.asked_at, there.message_count), (self.ago(4), 2))

    def test_the_older_of_two_takes_the_older_clock_along(self):
        target = self.new_ticket(hours=1)
        self.move(self.first, ticket_id=target.id)
        self.assertEqual(self.here.marketplace_response_id.asked_at, self.ago(4))
        self.assertEqual(target.marketplace_response_id.asked_at, self.ago(9))

    def test_the_whole_turn_goes_with_all_its_messages(self):
        turn = self.here.marketplace_response_id
        target = self.move(self.first | self.stray)
        self.assertEqual((turn.ticket_id, target.marketplace_response_id), (target, turn))
        self.assertFalse(self.here.marketplace_deadline)
        self.assertFalse(target.marketplace_order_id)

    def test_what_was_answered_starts_no_clock(self):
        self.stop_clock(self.by_agent(self.here), "console")
        target = self.move()
        self.assertFalse(target.marketplace_deadline)
        self.assertFalse(self.here.marketplace_deadline)

    def test_a_closed_ticket_is_open_again_when_somebody_waits_there_now(self):
        target = self.new_ticket()
        self.stop_clock(self.by_agent(target), "none")
        target._marketplace_close()
        self.move(ticket_id=target.id)
        self.assertFalse(target.closed)

    def test_both_tickets_and_the_ledger_say_who_and_why(self):
        target = self.new_ticket()
        self.move(ticket_id=target.id)
        for ticket, other in ((self.here, target), (target, self.here)):
            note = ticket.message_ids.filtered(lambda one: WHY in one.body)
            self.assertEqual(note.author_id, self.agent.partner_id)
            self.assertTrue(note.subtype_id.internal)
            self.assertIn(other.number, note.body)
        correction = self.stray.correction_ids
        self.assertEqual((correction.kind, correction.user_id, correction.reason), ("move", self.agent, WHY))
        self.assertEqual((correction.order_ref, correction.target_order_ref), (DE_ORDER, OTHER_ORDER))

    def test_a_message_whose_mail_was_deleted_moves_all_the_same(self):
        self.stray.raw = False
        target = self.move()
        self.assertEqual(self.stray.ticket_id, target)

    def test_the_dialog_moves_the_message_that_was_chosen(self):
        target = self.new_ticket()
        action = self.by_agent(self.here).action_marketplace_open_move(self.stray.mail_message_id.id)
        dialog = self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])
        self.assertIn("About the other parcel", dialog.message_text)
        self.assertIn(target, self.env["helpdesk.ticket"].search(dialog.target_domain))
        dialog.write({"where": "ticket", "target_id": target.id, "reason": WHY, "scope": "later"})
        self.assertEqual(dialog.action_move()["params"]["ticket_id"], target.id)
        self.assertEqual((self.stray.ticket_id, self.first.ticket_id), (target, self.here))

    # === SPLITTING === #

    def test_all_from_a_message_on_goes_to_a_ticket_without_an_order(self):
        last = self.write_in("And this too", hours=2)
        note = self.by_agent(self.here).message_post(body="Look into it", subtype_xmlid="mail.mt_note")
        target = self.split()
        self.assertEqual((self.stray | last).ticket_id, target)
        self.assertEqual(note.sudo().res_id, target.id)
        self.assertEqual(self.first.ticket_id, self.here)
        self.assertFalse(target.marketplace_order_id)
        self.assertEqual(target.marketplace_site_id, self.site_de)
        self.assertEqual((self.stray | last).correction_ids.kind, "split")
        self.assertEqual(target.marketplace_response_id.message_count, 2)
        self.assertEqual(self.write_in("Thread only", name_order=False).ticket_id, target)

    def test_an_answer_goes_along_with_what_it_answers(self):
        self.env["ir.mail_server"].create(
            {"name": "Out", "smtp_host": "127.0.0.1", "smtp_port": 1, "from_filter": "shop.example"}
        )
        self.stop_clock(self.by_agent(self.here), "none", self.ago(8))
        result = self.by_agent(self.here).action_marketplace_reply("<p>Guten Tag, das klären wir.</p>", confirmed=True)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.run_cron("send_replies")
        turn = reply.response_id
        self.assertTrue(turn.answered_at)
        target = self.split()
        self.assertEqual((reply.ticket_id, reply.mail_message_id.res_id), (target, target.id))
        self.assertEqual((turn.ticket_id, turn.is_first), (target, True))
        self.assertFalse(target.marketplace_deadline)

    def test_an_answer_that_was_split_from_its_question_and_fails_opens_the_question_again(self):
        self.env["ir.mail_server"].create(
            {"name": "Out", "smtp_host": "127.0.0.1", "smtp_port": 1, "from_filter": "shop.example"}
        )
        result = self.by_agent(self.here).action_marketplace_reply("<p>Guten Tag, das klären wir.</p>", confirmed=True)
        reply = self.env["marketplace.reply"].browse(result["reply_id"])
        self.run_cron("send_replies")
        target = self.split()
        self.assertEqual((reply.ticket_id, reply.response_id.ticket_id), (target, self.here))
        reply._fail("The buyer opted out.", state="refused")
        self.assertEqual(self.here.marketplace_response_id.asked_at, self.ago(9))
        self.assertFalse(target.marketplace_response_id)

    # === WHAT CAN'T BE === #

    def test_only_what_came_in_can_be_moved(self):
        note = self.by_agent(self.here).message_post(body="Mine", subtype_xmlid="mail.mt_note")
        elsewhere = self.new_ticket().message_ids.filtered("marketplace_kind")[:1]
        for ids in ([], note.ids, elsewhere.ids, [*self.stray.mail_message_id.ids, 2**30]):
            with self.assertRaisesRegex(UserError, "Choose messages"):
                self.by_agent(self.here).action_marketplace_move(ids, WHY)
        with self.assertRaisesRegex(UserError, "Choose messages"):
            self.by_agent(self.here).action_marketplace_split(elsewhere.id, WHY)

    def test_it_takes_another_ticket_and_a_reason(self):
        with self.assertRaisesRegex(UserError, "another ticket"):
            self.move(ticket_id=self.here.id)
        with self.assertRaisesRegex(UserError, "another ticket"):
            self.move(number=DE_ORDER)
        with self.assertRaisesRegex(UserError, "another ticket"):
            self.move(ticket_id=2**30)
        with self.assertRaisesRegex(UserError, "why"):
            self.by_agent(self.here).action_marketplace_move(self.stray.mail_message_id.ids, "")

    def test_messages_do_not_go_to_ordinary_tickets(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Call", "description": "x"})
        with self.assertRaisesRegex(UserError, "not from a marketplace"):
            self.move(ticket_id=ticket.id)

    # === TICKETS THAT GO ON IN ANOTHER === #

    def test_moving_from_a_ticket_that_is_over_leaves_the_thread_where_it_goes_on(self):
        self.site_de.write({"reopen": "new", "reopen_days": 0})
        first = self.write_in("First")
        first.ticket_id.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        moment = fields.Datetime.now() - timedelta(days=1)
        first.ticket_id.write({"closed_date": moment, "last_stage_update": moment})
        second = self.write_in("Second")
        self.assertNotEqual(first.ticket_id, second.ticket_id)
        other = self.new_ticket()
        self.by_agent(first.ticket_id).action_marketplace_move(first.mail_message_id.ids, WHY, ticket_id=other.id)
        self.assertEqual(first.ticket_id, other)
        self.assertEqual(self.write_in("Third", name_order=False).ticket_id, second.ticket_id)

    def test_a_ticket_made_by_moving_is_nobodys_turn(self):
        users = self.make_user("turn", "group_helpdesk_user")
        Template = self.env["marketplace.ticket.template"]
        template = Template.create({"name": "T", "assign": "turns", "user_ids": [Command.set(users.ids)]})
        first = self.write_in("First")
        self.write_in("Second")
        self.site_de.template_id = template
        self.new_order(OTHER_ORDER)
        self.by_agent(first.ticket_id).action_marketplace_move(first.mail_message_id.ids, WHY, number=OTHER_ORDER)
        self.assertFalse(template.turn_ids)
        self.assertNotIn(users.partner_id, first.ticket_id.message_partner_ids)
