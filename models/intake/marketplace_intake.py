import base64
import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...marketplaces import read_mail
from ..order.marketplace_order import naive

PARAM = "helpdesk_mgmt_marketplace."
#: Minutes a new ticket waits for its order.
ORDER_WAIT = 5


class MarketplaceIntake(models.AbstractModel):
    """Brings a mail of the ledger where it belongs: quarantine, a note, or a buyer's message on a ticket."""

    _name = "marketplace.intake"
    _description = "Marketplace Mail Intake"

    @api.model
    def _process(self, message):
        """Process one locked row of the ledger in one transaction, without any call to a marketplace."""
        message.fetch([name for name, field in message._fields.items() if field.store and field.column_type])
        mail = self._read(message)
        if message.state == "waiting_order":
            # Read and judged before it began to wait.
            self._process_buyer_message(message, message.site_id, mail, message.order_id)
            return
        site = self._choose_site(message, mail)
        account = site.account_id
        whose = {"site_id": site.id, "account_id": account.id, "company_id": site.company_id.id}
        message.write(self._prepare_reading(mail, message) | whose)
        verdict = self._judge(message, mail)
        if verdict:
            message._finish(*verdict)
        elif self._is_buyer_message(message, mail):
            message.order_id = order = self._find_order(message, site, mail)
            self._process_buyer_message(message, site, mail, order)
        else:
            self._process_notice(message, site, mail)

    # === READING === #

    @api.model
    def _get_param(self, name, default=None):
        return self.env["ir.config_parameter"].sudo().get_param(PARAM + name) or default

    @api.model
    def _read(self, message):
        """Return what the marketplaces make of a message's raw mail (``schema.InboundMail``)."""
        return read_mail(
            base64.b64decode(message.raw or b""),
            authserv_id=self._get_param("authserv_id"),
            seller_names=self._get_seller_names(message),
            marketplaces=self.env["marketplace.app"]._get_marketplaces(),
        )

    @api.model
    def _get_seller_names(self, message):
        """Return all our own names that a mail may call us by."""
        accounts = message.mailbox_id.site_ids.account_id | message.account_id
        return tuple(name for one in accounts for name in message.site_id._get_seller_names(one.id))

    @api.model
    def _choose_site(self, message, mail):
        """Return the site that a mail is for, now that it is read (``schema.InboundMail``).

        A mailbox may serve many sites of several accounts: each thing that is known narrows them down.
        """
        Order = self.env["marketplace.order"]
        sites = message.mailbox_id.site_ids.filtered(lambda one: one.app_id.code == mail.app and one.state == "active")
        for fits in (
            lambda one: one.address in mail.recipients,
            lambda one: mail.seller_ref and one.account_id.seller_ref == mail.seller_ref,
            lambda one: mail.order_ref and Order._find(one.account_id, mail.order_ref),
            lambda one: one.code == mail.site,
        ):
            sites = sites.filtered(fits) or sites
        return (sites[:1] or message.site_id)._for_mail(mail)

    @api.model
    def _prepare_reading(self, mail, message):
        received = message.create_date
        # A clock must not start in the future, nor be lost with an unreadable date.
        date = min(naive(mail.date) or received, received)
        return {
            "kind": mail.kind,
            "notice": mail.notice,
            "is_urgent": mail.urgent,
            "is_presale": mail.presale,
            "authentication": mail.authentication,
            "reading": "; ".join(mail.reasons)[:500],
            "subject": (mail.subject or "")[:500],
            "sender": mail.sender,
            "reply_to": mail.reply_to,
            "no_response_url": mail.no_response_url,
            "order_ref": mail.order_ref,
            "date": date,
        }

    @api.model
    def _is_buyer_message(self, message, mail):
        return mail.kind in ("buyer_message", "unknown") or (message.is_accepted and mail.kind == "suspect")

    # === JUDGING === #

    @api.model
    def _judge(self, message, mail):
        """Return (state, reason) of a mail that goes no further, else None."""
        if own := self._find_own(mail):
            return own
        if not message.is_accepted:
            if mail.kind == "suspect":
                return "quarantined", self.env._("Looks forged: %s", "; ".join(mail.reasons)[:300])
            if why_gone := message.app_id._why_gone():
                return "quarantined", why_gone
            if not mail.app:
                return "quarantined", self.env._("Does not come from a marketplace.")
            if mail.app != message.app_id._get_code(message.app_id.id):
                return "quarantined", self.env._("Comes from another marketplace than this address is for.")
            if mail.authentication == "none" and self._get_param("unverified") == "quarantine":
                return "quarantined", self.env._("The receiving mail server did not say whether it is genuine.")
        return self._find_copy(message, mail)

    @api.model
    def _find_own(self, mail):
        """Return the verdict on an answer of ours that came back as it went, else None."""
        own = [("message_ref", "=", mail.message_id)] if mail.message_id else None
        if own and self.env["marketplace.reply"].search_count(own, limit=1):
            return "ignored", self.env._("Our own answer.")
        return None

    @api.model
    def _find_copy(self, message, mail):
        """Return the verdict on a further copy of a mail that is here already, else None."""
        key = mail.dedup_ref
        if mail.authentication != "pass":
            # Whoever forges the marketplace's own number must not suppress the real message.
            content = "\0".join((mail.text or mail.body, mail.order_ref or "", mail.reply_to or ""))
            key += "#" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
        earlier = message.search(
            [("account_id", "=", message.account_id.id), ("dedup_key", "=", key), ("id", "!=", message.id)], limit=1
        )
        if earlier:
            message.ticket_id = earlier.ticket_id
            return "ignored", self.env._("Copy of message %s.", earlier.id)
        message.dedup_key = key
        return None

    # === BUYERS' MESSAGES === #

    @api.model
    def _find_order(self, message, site, mail):
        """Return the order that a buyer's message is about, or an empty recordset."""
        Order = self.env["marketplace.order"]
        if mail.order_ref:
            return Order._find_or_create(site, mail.order_ref)
        account = site.account_id
        # What the buyer answers says more than who the buyer is; it is looked up with the conversation.
        if self.env["marketplace.conversation"]._find_by_answer(account, mail):
            return Order
        refs = self.env["marketplace.order.relay"]._find_order_refs(account, mail.reply_to)
        if not refs:
            return Order
        message.reading = f"{message.reading or ''}; order found by the buyer's address".strip("; ")
        open_here = Order.search([("account_id", "=", account.id), ("order_ref", "in", refs)]).filtered(
            lambda one: not all(one.ticket_ids.mapped("stage_id.closed"))
        )
        return open_here if len(open_here) == 1 else Order._find_or_create(site, refs[0])

    @api.model
    def _process_buyer_message(self, message, site, mail, order):
        if self._must_wait(message, mail, order):
            message.write({"state": "waiting_order", "next_attempt": message.wait_until})
            message._trigger_process(at=message.wait_until)
            return
        conversation = self.env["marketplace.conversation"]._find_or_create(site, mail, order)
        ticket = self._get_ticket(conversation, mail)
        posted = ticket._marketplace_post_buyer(message, mail)
        if mail.urgent:
            ticket.priority = "3"
        if order and not mail.order_ref and conversation.message_count == 1:
            ticket._marketplace_note(
                self.env._("The message names no order. This is the latest one of the buyer's address: please check.")
            )
        ticket._marketplace_clock_start(message.date)
        self._finish(message, conversation, ticket, posted)

    @api.model
    def _finish(self, message, conversation, ticket, posted):
        message._finish(
            "done",
            conversation_id=conversation.id,
            order_id=message.order_id.id or conversation.order_id.id,
            ticket_id=ticket.id,
            mail_message_id=posted.id,
        )

    @api.model
    def _must_wait(self, message, mail, order):
        """Tell whether a new ticket's message waits for its order; never longer than its deadline."""
        if not order or order.state != "pending" or not order.account_id._is_fetchable():
            return False
        if self.env["marketplace.conversation"]._find_for(order.account_id, mail, order).ticket_id:
            return False
        # Fails, and is tried again, when the order was stored since this transaction began.
        self.env.execute_query(SQL("SELECT 1 FROM marketplace_order WHERE id = %s FOR SHARE", order.id))
        now = fields.Datetime.now()
        if not message.wait_until:
            minutes = float(self._get_param("order_wait", ORDER_WAIT))
            message.wait_until = now + timedelta(minutes=minutes)
        return message.wait_until > now

    @api.model
    def _get_ticket(self, conversation, mail):
        """Return the conversation's current ticket, opened again or made; the conversation is locked."""
        ticket = conversation.ticket_id
        if not ticket or ticket._marketplace_is_over():
            new = self.env["helpdesk.ticket"]._marketplace_create(conversation, mail)
            conversation.ticket_id = new
            new._marketplace_continue(ticket)
            return new
        ticket._marketplace_reopen()
        ticket._marketplace_learn_order(conversation)
        ticket._marketplace_changed()
        return ticket

    # === NOTICES === #

    @api.model
    def _process_notice(self, message, site, mail):
        """Do with a notice what its site says: note on the order's ticket, ticket of its own, nothing."""
        policy = "urgent" if mail.urgent else site._get_notice_policy(mail.notice)
        if policy == "ignore":
            message._finish("ignored", self.env._("The site ignores notices of this kind."))
            return
        Order, Conversation = self.env["marketplace.order"], self.env["marketplace.conversation"]
        order = Order._find(site.account_id, mail.order_ref) if mail.order_ref else Order
        if policy != "note" and mail.order_ref and not order:
            order = Order._find_or_create(site, mail.order_ref)
        message.order_id = order
        found = Conversation._find_for(site.account_id, mail, order)
        if not found.ticket_id and policy == "note":
            message._finish("ignored", self.env._("No ticket of this order."))
            return
        conversation = Conversation._find_or_create(site, mail, order)
        ticket = self._get_notice_ticket(message, conversation, mail, policy)
        self._finish(message, conversation, ticket, self._post_notice(ticket, message, mail))

    @api.model
    def _get_notice_ticket(self, message, conversation, mail, policy):
        """Return the ticket that a notice goes to."""
        if policy == "urgent":
            ticket = self._get_ticket(conversation, mail)
            ticket._marketplace_claim_arrived(message, mail)
        elif policy == "ticket":
            ticket = self.env["helpdesk.ticket"]._marketplace_create(conversation, mail)
            ticket._marketplace_name_after_notice(message)
        else:
            ticket = conversation.ticket_id
            ticket._marketplace_changed()
        return ticket

    @api.model
    def _post_notice(self, ticket, message, mail):
        """Post a notice on its ticket; a copy of an answer is more than a notice."""
        kind = message.app_id._get_notice_kind(mail.notice)
        if kind and kind.is_copy and ticket._marketplace_copy_arrived(message, mail):
            return message.mail_message_id
        posted = ticket._marketplace_post_notice(message, mail)
        if mail.kind == "undelivered":
            self.env["marketplace.reply"]._note_undelivered(ticket, mail)
        return posted
