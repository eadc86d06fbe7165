from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

#: Pauses before a reply that could not be handed over is tried again, in seconds.
RETRIES = (10, 30, 60, 300, 900, 1800, 3600, 7200)
#: Pauses before a mail server that has no time at all is tried again with one reply: what waits leaves soon after.
PROBES = (5, 10, 20, 40)
#: After so long an agent is told that an answer does not leave.
PATIENCE = timedelta(hours=24)


class Outcome(NamedTuple):
    """What became of trying to send a reply.

    :ivar str state: the reply's next.
    :ivar is_server: who is to take it has no time for any other of this sender either.
    :ivar wait: seconds that must pass at least before it is tried again.
    :ivar is_turn: nothing went wrong, it's only not its turn yet.
    """

    state: str
    reason: str | bool = False
    is_server: bool = False
    wait: int = 0
    is_turn: bool = False


# Beside marketplace_reply.py, which would get too long: what becomes of a reply is a subject of its own.
class MarketplaceReply(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """What became of an answer: written here, told to its ticket, shown in the conversation."""

    _inherit = "marketplace.reply"

    def _note(self, state, reason=False, **values):
        """Write what became of these replies, and tell the open forms of their tickets."""
        self.write(dict(values, state=state, reason=reason, lease_until=False))
        self.ticket_id._marketplace_changed()

    def _hand_over(self):
        waiting = self._get_waiting()
        self._note("handed_over", handed_over_at=fields.Datetime.now(), next_attempt=False, is_server_busy=False)
        self.ticket_id._marketplace_replied(self)
        waiting.write({"is_server_busy": False, "next_attempt": fields.Datetime.now()})

    def _get_waiting(self):
        """Return the replies of this sender that wait until the mail server has time again."""
        self.ensure_one()
        domain = [("sender", "=", self.sender), ("state", "=", "queued"), ("is_server_busy", "=", True)]
        return self.search([*domain, ("id", "!=", self.id)]) if self.sender else self.browse()

    def _put_off(self, reason, is_server=False, wait=0):
        """Try again later: whoever is to take it had no time.

        :param bool is_server: nor for any other of this sender.
        :param int wait: seconds that must pass at least.
        """
        self.ensure_one()
        waiting = self._get_waiting()
        # Two that it has no time for are a server without time: it is asked for one, and the others wait for that.
        same = [("sender", "=", self.sender), ("state", "=", "queued"), ("attempts", ">", 0), ("id", "!=", self.id)]
        is_server = is_server or bool(self.sender and self.search_count(same, limit=1))
        pauses, tries = (PROBES, sum(waiting.mapped("attempts"))) if is_server else (RETRIES, 0)
        pause = max(pauses[min(self.attempts + tries, len(pauses) - 1)], wait)
        self._wait(pause, reason, attempts=self.attempts + 1, is_server_busy=is_server)

    def _fail(self, reason, state="failed"):
        """Note that the buyer did not get these answers: their tickets are open again, on their original clock."""
        for reply in self:
            reply._note(state, reason, next_attempt=False)
            reply.ticket_id._marketplace_reply_failed(reply)

    def _get_failure(self):
        """Return in a few words what went wrong when this did not arrive."""
        if self.kind == "review":
            return self.env._("The buyer was not asked for a review")
        if self.kind == "message":
            return self.env._("The buyer did not get your message: %s", self.subject)
        return self.env._("The buyer did not get your answer")

    def _accept(self):
        is_news = self.state != "handed_over"
        self._note("accepted", accepted_at=fields.Datetime.now(), next_attempt=False, may_have_gone=False)
        if is_news:
            self.ticket_id._marketplace_replied(self)

    def _confirm(self):
        """Note that the marketplace itself took this: no copy has to prove it."""
        now = fields.Datetime.now()
        self._note("accepted", handed_over_at=now, accepted_at=now, next_attempt=False)
        if self.kind == "message" and self.app_id._get_class().message_answers:
            self.ticket_id._marketplace_replied(self)

    def _wait(self, seconds, reason=False, **values):
        """Leave this in the queue for some seconds, but not longer than an agent's patience."""
        now = fields.Datetime.now()
        reason = reason or self.reason
        if self.queued_at < now - PATIENCE:
            self._fail(self.env._("It was not taken for a day: %s", reason or ""))
            return
        at = now + timedelta(seconds=seconds)
        self._note("queued", reason, next_attempt=at, **values)
        self._trigger_send(at=at)

    def _get_moment(self):
        """Return when the answer was given: what the buyer wrote later is not answered by it."""
        self.ensure_one()
        # Clocks of two servers may differ: what it answers was there before it.
        given = max(filter(None, (self.queued_at, self.answers_id.date)))
        return min(given, fields.Datetime.now())

    @api.model
    def _of_conversation(self, ticket):
        """Return the domain of replies on a ticket, and on others about its order: a conversation may have moved."""
        mine = Domain("ticket_id", "=", ticket.id)
        order = ticket.marketplace_order_id
        return mine | Domain("order_id", "=", order.id) if order else mine

    @api.model
    def _find_for_copy(self, ticket, mail):
        """Return the reply that the marketplace's copy shows, or an empty recordset."""
        marketplace = ticket.marketplace_app_id._get_class()
        return self._pick_copied(self._of_conversation(ticket) & self._get_copyable(), marketplace, mail)

    @api.model
    def _get_copyable(self):
        """Return the domain of replies of which a copy may still come."""
        is_open = Domain("state", "in", ("handed_over", "unknown", "sending"))
        # Somebody had it sent again before its copy came: it has gone already.
        is_open |= Domain("state", "=", "queued") & Domain("may_have_gone", "=", True)
        # What the API took is accepted already; should a copy of it come, it's no answer of somebody else's.
        return is_open | Domain("kind", "=", "message") & Domain("state", "=", "accepted")

    @api.model
    def _pick_copied(self, domain, marketplace, mail):
        """Return the reply of a domain that the marketplace's copy shows, or an empty recordset."""
        candidates = self.search(domain & Domain("text", "!=", False), limit=200)
        found = candidates.sorted("id").filtered(lambda reply: marketplace.matches_reply(mail, reply.text))
        # Of several that are alike, such as twice the same, the oldest.
        return max(found, key=lambda reply: marketplace.reply_similarity(mail, reply.text), default=found)

    @api.model
    def _note_undelivered(self, ticket, mail):
        """Note that the marketplace, or a mail server on the way, did not deliver an answer; return that answer.

        The notice may name it, also one that was taken for accepted; one that is named twice was refused once.

        :param InboundMail mail: what it says.
        """
        mails = self._of_conversation(ticket) & Domain("kind", "=", "mail")
        refs = [ref.value for ref in mail.thread_refs]
        named = self.search(mails & Domain("message_ref", "in", refs), limit=1)
        last = mails & Domain("state", "in", ("handed_over", "unknown", "sending"))
        alias = mail.find_ref("alias")
        # A refusal of a mail to somebody else is none of this buyer's.
        sent = self.search(last, limit=20).filtered(lambda one: not alias or one._get_relay_key() == alias)
        reply = named or sent[:1]
        if reply.state in ("handed_over", "unknown", "sending", "accepted"):
            reply.write({"important_word": mail.important_word, "refusal": mail.refusal})
            reply._fail(mail.refusal_text or mail.subject or "", state="refused")
        return reply
