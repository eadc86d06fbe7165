from datetime import timedelta
from email.utils import make_msgid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...marketplaces.schema import BuyerMail

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
    response_id = fields.Many2one("marketplace.response", string="Turn", ondelete="set null")
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
        posted = ticket._marketplace_post_reply(text, attachments)
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
        return self.ticket_id._marketplace_say_unproved(self.recipient)

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
        tickets._marketplace_check_agent()
        if any(reply.purged_at for reply in self.sudo()):
            raise UserError(self.env._("The buyer's data was deleted: there is nothing left to send."))
        for ticket in tickets:
            if why_not := ticket._marketplace_why_barred():
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
