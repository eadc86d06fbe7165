from odoo import api, models

from ..ticket.kinds import BUYER_WORDS


class MarketplaceResponse(models.Model):
    """Turns of a buyer that go to another ticket with their messages."""

    _inherit = "marketplace.response"

    @api.model
    def _find_unanswered(self, ticket):
        """Return the buyer's messages of the turn that is open."""
        turn_sudo = ticket.sudo().marketplace_response_id
        if not turn_sudo:
            return self.env["mail.message"].sudo()
        ended = [("ticket_id", "=", ticket.id), ("response_id.answered_at", "!=", False)]
        replies_sudo = self.env["marketplace.reply"].sudo().search(ended)
        last = max(replies_sudo.mail_message_id.ids, default=0)
        since = [("date", ">=", turn_sudo.asked_at), ("id", ">", last)]
        return self.env["mail.message"]._marketplace_find(ticket, BUYER_WORDS, since)

    @api.model
    def _move(self, ticket, messages, target):
        """Move the turns of messages that are about to move; a turn of which some stay becomes two."""
        unanswered_sudo = self._find_unanswered(ticket)
        going_sudo = unanswered_sudo & messages.sudo()
        staying_sudo = unanswered_sudo - going_sudo
        turn_sudo = ticket.sudo().marketplace_response_id
        if going_sudo and staying_sudo:
            turn_sudo.write({"asked_at": min(staying_sudo.mapped("date")), "message_count": len(staying_sudo)})
            for message_sudo in going_sudo:
                self._start(target, message_sudo.date)
        elif going_sudo:
            self._move_open(ticket, target)
        ended_sudo = turn_sudo.search([("ticket_id", "=", ticket.id), ("answered_at", "!=", False)])
        ended_sudo.filtered(lambda turn: self._is_about(ticket, turn, messages)).ticket_id = target
        self._mark_first(ticket | target)

    @api.model
    def _is_about(self, ticket, turn, messages):
        """Tell whether an ended turn is about these messages only, its answer included."""
        while_open = [("date", ">=", turn.asked_at), ("date", "<=", turn.answered_at)]
        asked_sudo = self.env["mail.message"]._marketplace_find(ticket, BUYER_WORDS, while_open)
        answers_sudo = self.env["marketplace.reply"].sudo().search([("response_id", "=", turn.id)])
        return bool(asked_sudo) and asked_sudo | answers_sudo.mail_message_id <= messages.sudo()

    @api.model
    def _move_open(self, ticket, target):
        """Move the open turn of a ticket; two that are open become one, from the older question."""
        turn_sudo, target_sudo = ticket.sudo().marketplace_response_id, target.sudo()
        if not turn_sudo:
            return
        ticket.sudo().marketplace_response_id = False
        if target_sudo.marketplace_response_id:
            target_sudo.marketplace_response_id._absorb(turn_sudo)
        else:
            turn_sudo.ticket_id = target
            target_sudo.marketplace_response_id = turn_sudo

    @api.model
    def _move_all(self, ticket, target):
        """Move all turns of a ticket."""
        self._move_open(ticket, target)
        self.sudo().search([("ticket_id", "=", ticket.id)]).ticket_id = target
        self._mark_first(target)

    @api.model
    def _mark_first(self, tickets):
        """Write to each turn of these tickets whether it is the ticket's first."""
        self.env.flush_all()
        for ticket in tickets:
            turns_sudo = self.sudo().search([("ticket_id", "=", ticket.id)])
            first_sudo = turns_sudo.sorted(lambda turn: (turn.asked_at, turn.id))[:1]
            (turns_sudo - first_sudo).filtered("is_first").is_first = False
            first_sudo.filtered(lambda turn: not turn.is_first).is_first = True
