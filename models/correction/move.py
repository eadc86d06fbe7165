from odoo import api, models
from odoo.fields import Domain

from ..clock.helpdesk_ticket import BUYER_KINDS, BUYER_WORDS

#: Mails that are read again to see which threads they belong to; more than these say nothing new.
READ_LIMIT = 100


# Beside helpdesk_ticket_correct.py, which would get too long: how things go to another ticket is its own subject.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """Taking messages, and all that belongs to them, to another ticket. Callers check access and hold the locks."""

    _inherit = "helpdesk.ticket"

    # === WHAT IS POSTED === #

    def _marketplace_get_movable(self, from_id=0):
        """Return what people and marketplaces wrote on this ticket; the log of the ticket itself is not of it."""
        domain = [("model", "=", self._name), ("res_id", "=", self.id), ("id", ">=", from_id)]
        posted_sudo = self.env["mail.message"].sudo().search(domain, order="id")
        return posted_sudo.filtered(
            lambda one: (
                one.marketplace_kind
                or (
                    not one.tracking_value_ids
                    and one.message_type != "user_notification"
                    and (one.body or one.attachment_ids)
                )
            )
        )

    def _marketplace_get_rows(self, messages):
        """Return the rows of the ledger that these messages were posted from."""
        rows_sudo = self.env["marketplace.message"].sudo()
        return rows_sudo.search([("mail_message_id", "in", messages.ids), ("ticket_id", "=", self.id)], order="id")

    def _marketplace_move_posted(self, messages, target):
        """Move messages with their files and answers to another ticket."""
        messages_sudo, here = messages.sudo(), {"res_model": self._name, "res_id": self.id}
        # A message never answers one that stands elsewhere.
        answering = messages_sudo.search([("parent_id", "in", messages.ids)]) - messages_sudo
        (answering | messages_sudo.filtered(lambda one: one.parent_id not in messages_sudo)).parent_id = False
        files_sudo = messages_sudo.attachment_ids.filtered(
            lambda one: one.res_model == here["res_model"] and one.res_id == here["res_id"]
        )
        files_sudo.res_id = target.id
        messages_sudo.res_id = target.id
        replies_sudo = self.env["marketplace.reply"].sudo()
        replies_sudo.search([("ticket_id", "=", self.id), ("mail_message_id", "in", messages.ids)]).ticket_id = target

    def _marketplace_move_rest(self, target):
        """Move what else is on this ticket: files, activities, answers, rows of the ledger, followers from inside."""
        mine = [("ticket_id", "=", self.id)]
        self.env["marketplace.reply"].sudo().search(mine).ticket_id = target
        self.env["marketplace.message"].sudo().search(mine).ticket_id = target
        files = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)]
        self.env["ir.attachment"].sudo().search(files).res_id = target.id
        self.sudo().with_context(active_test=False).activity_ids.res_id = target.id
        # Nobody from outside reads along with a marketplace's conversation.
        for follower_sudo in self.sudo().message_follower_ids:
            partner_sudo = follower_sudo.partner_id
            if partner_sudo.user_ids.filtered(lambda user: user._is_internal()) and partner_sudo.active:
                target.sudo().message_subscribe(partner_sudo.ids, follower_sudo.subtype_ids.ids)

    # === THE CLOCK === #

    def _marketplace_find_unanswered(self):
        """Return the buyer's messages of the turn that is open."""
        turn_sudo = self.sudo().marketplace_response_id
        if not turn_sudo:
            return self.env["mail.message"].sudo()
        ended = [("ticket_id", "=", self.id), ("response_id.answered_at", "!=", False)]
        replies_sudo = self.env["marketplace.reply"].sudo().search(ended)
        last = max(replies_sudo.mail_message_id.ids, default=0)
        return self._marketplace_find_posted(BUYER_WORDS, [("date", ">=", turn_sudo.asked_at), ("id", ">", last)])

    def _marketplace_move_turns(self, messages, target):
        """Have the turns of messages that are about to move go along; a turn of which some stay is parted."""
        unanswered_sudo = self._marketplace_find_unanswered()
        going_sudo = unanswered_sudo & messages.sudo()
        staying_sudo = unanswered_sudo - going_sudo
        turn_sudo = self.sudo().marketplace_response_id
        if going_sudo and staying_sudo:
            turn_sudo.write({"asked_at": min(staying_sudo.mapped("date")), "message_count": len(staying_sudo)})
            for message_sudo in going_sudo:
                target._marketplace_clock_start(message_sudo.date)
        elif going_sudo:
            self._marketplace_hand_turn_to(target)
        ended_sudo = turn_sudo.search([("ticket_id", "=", self.id), ("answered_at", "!=", False)])
        ended_sudo.filtered(lambda turn: self._marketplace_is_turn_of(turn, messages)).ticket_id = target
        (self | target)._marketplace_order_turns()

    def _marketplace_is_turn_of(self, turn, messages):
        """Tell whether an ended turn is about these messages only, its answer included."""
        while_open = [("date", ">=", turn.asked_at), ("date", "<=", turn.answered_at)]
        asked_sudo = self._marketplace_find_posted(BUYER_WORDS, while_open)
        answers_sudo = self.env["marketplace.reply"].sudo().search([("response_id", "=", turn.id)])
        return bool(asked_sudo) and asked_sudo | answers_sudo.mail_message_id <= messages.sudo()

    def _marketplace_hand_turn_to(self, target):
        """Have the open turn of this ticket be the other's; two that are open become one, from the older question."""
        turn_sudo, target_sudo = self.sudo().marketplace_response_id, target.sudo()
        if not turn_sudo:
            return
        self.sudo().marketplace_response_id = False
        if target_sudo.marketplace_response_id:
            target_sudo.marketplace_response_id._absorb(turn_sudo)
        else:
            turn_sudo.ticket_id = target
            target_sudo.marketplace_response_id = turn_sudo

    def _marketplace_move_all_turns(self, target):
        self._marketplace_hand_turn_to(target)
        self.env["marketplace.response"].sudo().search([("ticket_id", "=", self.id)]).ticket_id = target
        target._marketplace_order_turns()

    def _marketplace_order_turns(self):
        """Say of each turn of these tickets whether it is the ticket's first."""
        self.env.flush_all()
        for ticket in self:
            turns_sudo = self.env["marketplace.response"].sudo().search([("ticket_id", "=", ticket.id)])
            first_sudo = turns_sudo.sorted(lambda turn: (turn.asked_at, turn.id))[:1]
            (turns_sudo - first_sudo).filtered("is_first").is_first = False
            first_sudo.filtered(lambda turn: not turn.is_first).is_first = True

    # === THREADS === #

    def _marketplace_get_moving_keys(self, rows):
        """Return the keys of these rows of the ledger that lead to the other ticket from now on.

        A thread goes where the newest of its messages is.
        """
        # Of a ticket that goes on in another one, what came later is there.
        domain = Domain("ticket_id", "=", self.id) | Domain("conversation_id", "in", rows.conversation_id.ids)
        domain &= Domain("id", ">", min(rows.ids, default=0)) & Domain("kind", "in", BUYER_KINDS)
        staying_sudo = rows.sudo().search(domain, order="id desc", limit=READ_LIMIT) - rows
        newest = {}
        for row_sudo in (rows.sudo()[-READ_LIMIT:] | staying_sudo).sorted("id"):
            for key in self._marketplace_read_keys(row_sudo):
                newest[key] = row_sudo
        return {key for key, row_sudo in newest.items() if row_sudo in rows}

    @api.model
    def _marketplace_read_keys(self, row):
        """Return the keys of a row of the ledger, as far as its mail is still here."""
        if not row.raw or row.kind not in BUYER_KINDS:
            return []
        intake_sudo = self.env["marketplace.intake"].sudo()
        mail = intake_sudo._read(row)
        facts = intake_sudo._get_facts(row, mail)
        keys = self.env["marketplace.conversation"]._get_movable_keys(facts)
        if facts.authentication != "pass":
            keys.append(("claim", self.env["marketplace.conversation"]._get_claim(mail)))
        return keys
