from datetime import timedelta
from email.utils import make_msgid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..marketplaces.schema import BuyerMail

#: Pauses before a reply that could not be handed over is tried again, in seconds.
RETRIES = (10, 30, 60, 300, 900, 1800, 3600, 7200)
#: Pauses before a mail server that has no time at all is tried again with one reply: what waits leaves soon after.
PROBES = (5, 10, 20, 40)
#: After so long an agent is told that an answer does not leave.
PATIENCE = timedelta(hours=24)
#: A worker that holds a reply longer than this was killed: what became of the mail is not known. No worker holds it
#: half as long: see marketplace_reply_smtp.py.
LEASE = timedelta(minutes=3)
#: States in which the buyer was answered as far as anybody knows.
ANSWERED = ("queued", "sending", "handed_over", "accepted", "unknown")


class MarketplaceReply(models.Model):
    """An agent's answer on its way to a buyer, and what became of it. The rows are the queue.

    Beside the ledger of what came in (``marketplace.message``), whose states, keys and workers are others.
    """

    _name = "marketplace.reply"
    _description = "Marketplace Reply"
    _order = "id desc"
    _rec_name = "subject"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="restrict", index=True)
    site_id = fields.Many2one("marketplace.site", required=True, ondelete="restrict")
    account_id = fields.Many2one("marketplace.account", required=True, ondelete="restrict", groups="base.group_system")
    company_id = fields.Many2one("res.company", required=True, index=True)
    app_id = fields.Many2one("marketplace.app", string="Marketplace", required=True, ondelete="restrict")
    order_id = fields.Many2one("marketplace.order", ondelete="restrict", index="btree_not_null")
    answers_id = fields.Many2one("marketplace.message", string="Answered Message", ondelete="set null")
    mail_message_id = fields.Many2one("mail.message", ondelete="set null", index="btree_not_null")
    response_id = fields.Many2one("marketplace.response", string="Turn", ondelete="set null")
    user_id = fields.Many2one("res.users", string="Agent", ondelete="set null")
    # What goes out
    sender = fields.Char(required=True, readonly=True)
    recipient = fields.Char(required=True, readonly=True, groups="base.group_system")
    subject = fields.Char(readonly=True)
    text = fields.Text(readonly=True)
    important_word = fields.Char(readonly=True, help="What the marketplace's refusal asks for in the subject.")
    is_important = fields.Boolean(readonly=True, help="Sent although the buyer opted out: only by hand.")
    attachment_ids = fields.Many2many("ir.attachment", "marketplace_reply_attachment_rel")
    message_ref = fields.Char(string="Message-ID", required=True, readonly=True)
    # What became of it
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sending", "Being Sent"),
            ("handed_over", "Handed Over"),
            ("accepted", "Accepted"),
            ("unknown", "Outcome Unknown"),
            ("refused", "Refused"),
            ("failed", "Not Sent"),
        ],
        default="queued",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True, default=fields.Datetime.now)
    is_server_busy = fields.Boolean(readonly=True, help="Waits, with all others of its sender, for the mail server.")
    lease_until = fields.Datetime(readonly=True)
    queued_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    handed_over_at = fields.Datetime(readonly=True)
    accepted_at = fields.Datetime(readonly=True)
    purge_after = fields.Date(readonly=True, index="btree_not_null")

    _message_ref_unique = models.Constraint("UNIQUE(message_ref)", "A reply is sent under its own number.")
    _queue_index = models.Index("(next_attempt, id) WHERE state IN ('queued', 'sending')")
    _ticket_index = models.Index("(ticket_id, state)")

    # === MAKING === #

    @api.model
    def _queue(self, ticket, text, attachments, answers, is_important=False):
        """Put an answer into the queue and on the ticket; return it. Nothing is sent before the commit.

        :param str text: plain, as the buyer is to read it.
        :param answers: row of the ledger with the buyer's message that is answered.
        """
        ticket_sudo, site_sudo = ticket.sudo(), ticket.sudo().marketplace_site_id
        posted = ticket._marketplace_post_reply(text, attachments)
        reply_sudo = self.sudo().create(
            {
                "ticket_id": ticket.id,
                "site_id": site_sudo.id,
                "account_id": site_sudo.account_id.id,
                "company_id": site_sudo.company_id.id,
                "app_id": site_sudo.app_id.id,
                "order_id": ticket_sudo.marketplace_order_id.id,
                "answers_id": answers.id,
                "mail_message_id": posted.id,
                "user_id": self.env.uid,
                "sender": site_sudo.address,
                "recipient": answers.sudo().reply_to,
                "subject": answers.sudo().subject,
                "text": text,
                "is_important": is_important,
                "attachment_ids": posted.attachment_ids.ids,
                "message_ref": make_msgid(domain=site_sudo.address.partition("@")[2]),
                "purge_after": answers.sudo().purge_after,
            }
        )
        self._trigger_send()
        return reply_sudo

    @api.model
    def _trigger_send(self, at=None):
        self.env["ir.cron"]._marketplace_wake("ir_cron_send_replies", at=at)

    # === OUTCOMES === #

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
        return self.search([*domain, ("id", "!=", self.id)])

    def _put_off(self, reason, is_server=False):
        """Try again later: the mail server had no time for it.

        :param bool is_server: nor for any other of this sender.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.queued_at < now - PATIENCE:
            self._fail(self.env._("The mail server did not take it for a day: %s", reason))
            return
        waiting = self._get_waiting()
        # Two that it has no time for are a server without time: it is asked for one, and the others wait for that.
        same = [("sender", "=", self.sender), ("state", "=", "queued"), ("attempts", ">", 0), ("id", "!=", self.id)]
        is_server = is_server or bool(self.search_count(same, limit=1))
        pauses, tries = (PROBES, sum(waiting.mapped("attempts"))) if is_server else (RETRIES, 0)
        at = now + timedelta(seconds=pauses[min(self.attempts + tries, len(pauses) - 1)])
        self._note("queued", reason, attempts=self.attempts + 1, next_attempt=at, is_server_busy=is_server)
        self._trigger_send(at=at)

    def _fail(self, reason, state="failed"):
        """Note that the buyer did not get these answers: their tickets are open again, on their original clock."""
        for reply in self:
            reply._note(state, reason, next_attempt=False)
            reply.ticket_id._marketplace_reply_failed(reply)

    def _accept(self):
        is_news = self.state != "handed_over"
        self._note("accepted", accepted_at=fields.Datetime.now(), next_attempt=False)
        if is_news:
            self.ticket_id._marketplace_replied(self)

    def _get_moment(self):
        """Return when the answer was given: what the buyer wrote later is not answered by it."""
        self.ensure_one()
        # Clocks of two servers may differ: what it answers was there before it.
        given = max(filter(None, (self.queued_at, self.answers_id.date)))
        return min(given, fields.Datetime.now())

    @api.model
    def _find_for_copy(self, ticket, mail):
        """Return the reply that the marketplace's copy shows, or an empty recordset."""
        candidates = self.search(
            [("ticket_id", "=", ticket.id), ("state", "in", ("handed_over", "unknown", "sending"))]
        )
        marketplace = ticket.marketplace_app_id._get_class()
        found = candidates.sorted("id").filtered(lambda reply: marketplace.matches_reply(mail, reply.text))
        # Of several that are alike, such as twice the same, the oldest.
        return max(found, key=lambda reply: marketplace.reply_similarity(mail, reply.text), default=found)

    @api.model
    def _note_undelivered(self, ticket, mail):
        """Note that the marketplace, or a mail server on the way, did not deliver an answer; return that answer.

        :param InboundMail mail: what it says.
        """
        states = ("handed_over", "unknown", "sending")
        candidates = self.search([("ticket_id", "=", ticket.id), ("state", "in", states)])
        refs = {ref.value for ref in mail.thread_refs}
        reply = candidates.filtered(lambda one: one.message_ref in refs)[:1] or candidates[:1]
        reply.important_word = mail.important_word
        reply._fail(mail.refusal_text or mail.subject or "", state="refused")
        return reply

    # === ACTION METHODS === #

    def action_retry(self):
        """Send answers again that did not reach the buyer, or of which nobody knows whether they did."""
        self._check_agent()
        if any(reply.state not in ("failed", "refused", "unknown") for reply in self.sudo()):
            raise UserError(self.env._("Only answers that did not reach the buyer can be sent again."))
        now = fields.Datetime.now()
        self.sudo()._note("queued", next_attempt=now, queued_at=now, attempts=0, is_server_busy=False)
        self._trigger_send()

    def action_send_important(self):
        """Send answers again that the buyer's opt-out stopped, marked as important; only a person decides that."""
        self._check_agent()
        self.sudo().is_important = True
        self.action_retry()

    def _check_agent(self):
        """Check that this user may answer on these tickets.

        :raise AccessError: they may not.
        """
        tickets = self.sudo().ticket_id.with_env(self.env)
        tickets.check_access("write")
        tickets._marketplace_check_agent()

    # === THE MAIL === #

    def _prepare_mail(self):
        """Return the mail (``schema.MailReply``) as the marketplace expects it."""
        self.ensure_one()
        return self.app_id._get_class().make_reply(
            site=self.site_id._get_storefront(),
            site_address=self.sender,
            site_name=self.site_id.seller_name or self.company_id.name,
            text=self.text,
            buyer_mail=self._get_buyer_mail(),
            recipient=self.recipient,
            order_ref=self.order_id.order_ref or None,
            signature=self.site_id.reply_signature or None,
            important=self.is_important,
            important_word=self.important_word or None,
        )

    def _get_buyer_mail(self):
        """Return the buyer's mail that is answered; when its content is gone, what is left to tie the answer to it."""
        answers = self.answers_id
        if answers.raw:
            return self.env["marketplace.intake"]._read(answers)
        return BuyerMail(subject=self.subject or "", reply_to=self.recipient)

    def _describe(self):
        """Return the state for the conversation, as plain data."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {"id": self.id, "state": self.state, "label": labels[self.state], "reason": self.reason or ""}
