from datetime import timedelta
from email.utils import make_msgid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...marketplaces.schema import BuyerMail
from ..queue.pauses import get_pause
from ..ticket.text import as_html
from .answering import Answering
from .marketplace_reply_api import ReplyApi
from .marketplace_reply_sender import ReplySender

#: After so long an agent is told that an answer does not leave.
PATIENCE = timedelta(hours=24)


class MarketplaceReply(models.Model):
    """An agent's answer on its way to a buyer, and what became of it. The rows are the queue.

    Beside the ledger of what came in (``marketplace.message``), whose states, keys and workers are others.
    """

    _name = "marketplace.reply"
    _inherit = ["marketplace.evidence.mixin"]
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
    response_id = fields.Many2one("marketplace.response", ondelete="set null")
    user_id = fields.Many2one("res.users", string="Agent", ondelete="set null")
    # What goes out
    kind = fields.Selection(
        [("mail", "Mail"), ("message", "Message of the Marketplace"), ("review", "Request for a Review")],
        default="mail",
        required=True,
        readonly=True,
        help="Mails go through a mail server; the others through the marketplace's API.",
    )
    is_first = fields.Boolean(string="Written First", readonly=True, help="No message of the buyer's is answered.")
    action_code = fields.Char(readonly=True, help="The marketplace's own name of its message.")
    action_values = fields.Json(readonly=True, help="What its form was filled with, but for the files.")
    sender = fields.Char(readonly=True)
    recipient = fields.Char(readonly=True, groups="base.group_system")
    subject = fields.Char(readonly=True)
    text = fields.Text(readonly=True)
    important_word = fields.Char(readonly=True, help="What the marketplace's refusal asks for in the subject.")
    is_important = fields.Boolean(readonly=True, help="Sent although the buyer opted out: only by hand.")
    attachment_ids = fields.Many2many("ir.attachment", "marketplace_reply_attachment_rel")
    message_ref = fields.Char(string="Message-ID", readonly=True)
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
    activity_id = fields.Many2one("mail.activity", ondelete="set null", help="Tells somebody that it did not arrive.")
    refusal = fields.Char(readonly=True, help="Kind of refusal, as the marketplace's class names it.")
    can_mark = fields.Boolean(
        compute="_compute_can_mark", help="The marketplace lets it through when a person marks it as important."
    )
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True, default=fields.Datetime.now)
    may_have_gone = fields.Boolean(readonly=True, help="Sent again by hand when nobody knew whether it went.")
    is_server_busy = fields.Boolean(readonly=True, help="Waits, with all others of its sender, for the mail server.")
    lease_until = fields.Datetime(readonly=True)
    queued_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    handed_over_at = fields.Datetime(readonly=True)
    accepted_at = fields.Datetime(readonly=True)
    purge_after = fields.Date(readonly=True, index="btree_not_null")
    purged_at = fields.Datetime(readonly=True)

    _message_ref_unique = models.Constraint("UNIQUE(message_ref)", "A reply is sent under its own number.")
    _mail_complete = models.Constraint(
        "CHECK(kind <> 'mail' OR purged_at IS NOT NULL OR num_nulls(sender, recipient, message_ref) = 0)",
        "A mail to a buyer has a sender, a recipient and a number.",
    )
    _message_complete = models.Constraint(
        "CHECK(kind <> 'message' OR action_code IS NOT NULL)", "A message of the marketplace is of a certain kind."
    )
    _queue_index = models.Index("(next_attempt, id) WHERE state IN ('queued', 'sending')")
    _account_index = models.Index("(account_id, id)")
    _ticket_index = models.Index("(ticket_id, state)")

    @api.depends("state", "refusal")
    def _compute_can_mark(self):
        for reply in self:
            reply.can_mark = (
                reply.state == "refused" and reply.refusal in reply.app_id._get_class_or_gone().important_after
            )

    # === MAKING === #

    @api.model
    def _queue(self, ticket, text, attachments, answers):
        """Put an answer into the queue and on the ticket; return it. Nothing is sent before the commit.

        :param str text: plain, as the buyer is to read it.
        :param answers: row of the ledger with the buyer's message that is answered; empty when we write first.
        """
        site_sudo, order_sudo = ticket.sudo().marketplace_site_id, ticket._marketplace_get_order()
        posted = self._post(ticket, text, attachments)
        reply_sudo = self.sudo().create(
            {
                **self._prepare_values(ticket, posted),
                "answers_id": answers.id,
                "is_first": not answers,
                "sender": site_sudo.address,
                # In the marketplace's own spelling: nobody knows whether its mail server minds upper and lower case.
                "recipient": (answers.sudo().reply_to or order_sudo.relay).strip(),
                "subject": answers.sudo().subject,
                "text": text,
                "message_ref": make_msgid(domain=site_sudo.address.partition("@")[2]),
                "purge_after": answers.sudo().purge_after or order_sudo.purge_after,
            }
        )
        self._trigger_send()
        return reply_sudo

    @api.model
    def _post(self, ticket, text, attachments):
        """Show an answer in the conversation; return the mail.message. It is not what goes out."""
        return ticket.sudo().message_post(
            body=as_html(text),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids,
            marketplace_kind="reply",
            email_add_signature=False,
            force_send=False,  # followers' mails: the agent waits for no mail server
        )

    @api.model
    def _lock_ticket(self, ticket):
        """Lock what is sent from a ticket: of two clicks, or two agents, the second waits, fails and looks again."""
        ticket.ensure_one()
        ticket.sudo().marketplace_reply_count += 1
        ticket.flush_recordset(["marketplace_reply_count"])

    @api.model
    def _prepare_values(self, ticket, posted):
        """Return what a reply of any kind has of its ticket and of what stands there."""
        site_sudo = ticket.sudo().marketplace_site_id
        return {
            "ticket_id": ticket.id,
            "site_id": site_sudo.id,
            "account_id": site_sudo.account_id.id,
            "company_id": site_sudo.company_id.id,
            "app_id": site_sudo.app_id.id,
            "order_id": ticket._marketplace_get_order().id,
            "mail_message_id": posted.id,
            "user_id": self.env.uid,
            "attachment_ids": posted.attachment_ids.ids,
        }

    # === WHOSE IT IS === #

    @api.model
    def _find_answered(self, account, mail):
        """Return the answers of ours that a mail says it answers, copies or gives back."""
        refs = [ref.value for ref in mail.thread_refs if ref.type == "in_reply_to"]
        return self.search([("account_id", "=", account.id), ("message_ref", "in", refs)]) if refs else self.browse()

    @api.model
    def _find_copied(self, account, mail):
        """Return the answer that the marketplace's copy shows word by word, of those about the order that it names.

        Only one that was handed over: what nobody proved to be its copy may confirm it, and stops no clock.
        """
        if not mail.order_ref:
            return self.browse()
        mine = Domain("account_id", "=", account.id) & Domain("order_id.order_ref", "=", mail.order_ref)
        return self._pick_copied(mine & Domain("state", "=", "handed_over"), account.app_id._get_class_or_gone(), mail)

    def _get_relay_key(self):
        """Return what is the same in all addresses of the buyer whom this went to, or None."""
        self.ensure_one()
        return self.app_id._get_class_or_gone().relay_key(self.recipient or None)

    def _why_not_to(self):
        """Return why this mail may not go to its recipient, or False: nobody proved that it is the ticket's buyer."""
        self.ensure_one()
        if self.kind != "mail":
            return False
        if self.answers_id and self.answers_id._is_rightful():
            return False
        key = self._get_relay_key()
        known = self.app_id._get_class_or_gone().relay_key(self.order_id.relay or None)
        if key and key == known or self.purged_at:
            return False
        return Answering(self.ticket_id).say_unproved(self.recipient)

    # === SENDING === #

    @api.model
    def _get_sender_class(self):
        """Return the class (``ReplySender`` or one made of it) that sends queued replies; hook for other add-ons."""
        return ReplySender

    @api.model
    def _get_api(self):
        """Return what puts messages into the queue that go by the marketplace's API; hook for other add-ons."""
        return ReplyApi(self.env)

    @api.model
    def _cron_send(self):
        """Send the replies that are due."""
        self._get_sender_class()(self.env).send_due()

    @api.model
    def _trigger_send(self, at=None):
        self.env["ir.cron"]._marketplace_wake("ir_cron_send_replies", at=at)

    # === ACTION METHODS === #

    def action_retry(self):
        """Send answers again that did not reach the buyer, or of which nobody knows whether they did."""
        self._check_agent()
        if any(reply.state not in ("failed", "refused", "unknown") for reply in self.sudo()):
            raise UserError(self.env._("Only answers that did not reach the buyer can be sent again."))
        for reply in self.sudo():
            if why_not := reply._why_not_to():
                raise UserError(why_not)
        now = fields.Datetime.now()
        for reply in self.sudo():
            again = {"next_attempt": now, "queued_at": now, "attempts": 0, "is_server_busy": False, "refusal": False}
            again["may_have_gone"] = reply.state == "unknown"
            if reply.state == "refused" and reply.kind == "mail":
                # What was refused under one number may be refused unread; what may have gone keeps it.
                again["message_ref"] = make_msgid(domain=reply.sender.partition("@")[2])
            reply._note("queued", **again)
        self.sudo().activity_id.filtered("active").action_feedback(self.env._("Sent again."))
        self._trigger_send()

    def action_send_important(self):
        """Send answers again that the buyer's opt-out stopped, marked as important; only a person decides that."""
        self._check_agent()
        if not all(self.sudo().mapped("can_mark")):
            raise UserError(self.env._("Only an answer that the buyer's opt-out stopped can be marked as important."))
        self.sudo().is_important = True
        self.action_retry()

    def _check_agent(self):
        """Check that this user may answer on these tickets.

        :raise AccessError: they may not.
        :raise UserError: an admin barred them from this marketplace, or its site was deleted.
        """
        tickets = self.sudo().ticket_id.with_env(self.env)
        tickets.check_access("write")
        self.env.user._marketplace_check_agent()
        if any(reply.purged_at for reply in self.sudo()):
            raise UserError(self.env._("The buyer's data was deleted: there is nothing left to send."))
        for ticket in tickets:
            if why_not := Answering(ticket).why_barred():
                raise UserError(why_not)

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
        """Return the buyer's mail that is answered, None when we write first.

        When its content is gone: what is left to tie the answer to it.
        """
        if self.is_first:
            return None
        answers = self.answers_id
        if answers.raw:
            return self.env["marketplace.intake"]._read(answers)
        return BuyerMail(subject=self.subject or "", reply_to=self.recipient)

    def _describe(self):
        """Return the state for the conversation, as plain data."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "state": self.state,
            "label": labels[self.state],
            "reason": self.reason or "",
            "can_retry": self.state in ("failed", "refused", "unknown"),
            "can_mark": self.can_mark,
        }

    # === WHAT BECAME OF IT === #
    # Written here, told to the ticket, shown in the conversation.

    def _note(self, state, reason=False, **values):
        """Write what became of these replies, and tell the open forms of their tickets."""
        self.write(dict(values, state=state, reason=reason, lease_until=False))
        self.ticket_id._marketplace_changed()

    def _hand_over(self):
        waiting = self._get_waiting()
        self._note("handed_over", handed_over_at=fields.Datetime.now(), next_attempt=False, is_server_busy=False)
        self._stop_clock()
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
        work, tries = ("probe", sum(waiting.mapped("attempts"))) if is_server else ("reply", 0)
        pause = max(get_pause(work, self.attempts + tries + 1), wait)
        self._wait(pause, reason, attempts=self.attempts + 1, is_server_busy=is_server)

    def _fail(self, reason, state="failed"):
        """Note that the buyer did not get these answers: their tickets are open again, on their original clock."""
        for reply in self:
            reply._note(state, reason, next_attempt=False)
            reply._reopen_ticket()

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
            self._stop_clock()

    def _confirm(self):
        """Note that the marketplace itself took this: no copy has to prove it."""
        now = fields.Datetime.now()
        self._note("accepted", handed_over_at=now, accepted_at=now, next_attempt=False)
        if self.kind == "message" and self.app_id._get_class().message_answers:
            self._stop_clock()

    def _stop_clock(self):
        """Stop the clock of the ticket: the buyer was answered."""
        self.ensure_one()
        stop = self.env["marketplace.response"]._stop
        if response := stop(self.ticket_id, "reply", self._get_moment(), self.user_id, self.mail_message_id):
            self.response_id = response

    def _reopen_ticket(self):
        """Reopen the ticket whose buyer did not get this, on its original clock, and schedule an activity."""
        self.ensure_one()
        ticket = self.ticket_id
        if self.kind != "review":
            ticket._marketplace_reopen()
        if self.response_id:
            # A conversation that was split may have left the question on the other ticket.
            self.response_id._resume(self.response_id.ticket_id or ticket)
        agent = (self.user_id | ticket.user_id | ticket.team_id.user_ids).filtered("active")[:1]
        if agent:
            self.activity_id = ticket.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self._get_failure(),
                note=as_html(self.reason or ""),
                user_id=agent.id,
            )

    def _wait(self, seconds, reason=False, **values):
        """Try this again after some seconds, or fail when it has waited longer than ``PATIENCE``."""
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

    # === WHAT MAIL SAYS OF IT === #

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
