import base64
import functools
import hashlib
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...marketplaces import read_mail
from ..moments import naive
from ..parameters import PARAM

#: Minutes a new ticket waits for its order.
ORDER_WAIT = 5
#: Whatever a mail says, a clock starts at most so long before it reached us.
OLDEST = timedelta(hours=24)


class MarketplaceIntake(models.AbstractModel):
    """Brings a mail of the ledger where it belongs: quarantine, a note, or a buyer's message on a ticket."""

    _name = "marketplace.intake"
    _description = "Marketplace Mail Intake"

    @api.model
    def _process(self, message, refused=None):
        """Process one locked row of the ledger in one transaction, without any call to a marketplace.

        :param str refused: why its ticket could not be made as configured: it is made bare.
        """
        message.fetch([name for name, field in message._fields.items() if field.store and field.column_type])
        mail = self._read(message)
        if message._waits_for_proof(mail):
            return
        if message.state == "waiting_order":
            # Read and judged before it began to wait.
            self._process_buyer_message(message, message.site_id, mail, message.order_id, refused)
            return
        site = self._choose_site(message, mail)
        account = site.account_id
        whose = {"site_id": site.id, "account_id": account.id, "company_id": site.company_id.id}
        message.write(self._prepare_reading(mail, message) | whose)
        verdict = self._judge(message, mail)
        if verdict:
            message._finish(*verdict)
        elif self._is_buyer_message(message, mail):
            message.order_id = order = self._find_order(message, site, mail, self._get_facts(message, mail))
            self._process_buyer_message(message, site, mail, order, refused)
        else:
            self._process_notice(message, site, mail, refused)

    # === READING === #

    @api.model
    def _get_param(self, name, default=None):
        return self.env["ir.config_parameter"].sudo().get_param(PARAM + name) or default

    @api.model
    def _read(self, message):
        """Return what the marketplaces make of a message's raw mail (``schema.InboundMail``)."""
        raw = base64.b64decode(message.raw or b"")
        read = functools.partial(
            read_mail,
            raw,
            seller_names=self._get_seller_names(message),
            marketplaces=self.env["marketplace.app"]._get_marketplaces(),
        )
        return message._read_proved(raw, read)

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
        Order, Conversation = self.env["marketplace.order"], self.env["marketplace.conversation"]
        # What a person may have typed says nothing of whose mail it is.
        ref, alias = mail.order_ref if "order" not in mail.typed else None, mail.find_ref("alias")
        sites = message.mailbox_id.site_ids.filtered(lambda one: one.app_id.code == mail.app and one.state == "active")
        for fits in (
            lambda one: one.address in mail.recipients,
            lambda one: mail.seller_ref and one.account_id.seller_ref == mail.seller_ref,
            lambda one: ref and Order._find(one.account_id, ref),
            lambda one: alias and Conversation._has_buyer(one.account_id, alias),
            lambda one: one.code == mail.site,
        ):
            sites = sites.filtered(fits) or sites
        return (sites[:1] or message.site_id)._for_mail(mail)

    @api.model
    def _prepare_reading(self, mail, message):
        received = message.create_date
        # A clock must not start in the future, nor long ago, nor be lost with an unreadable date; and a mail that
        # nobody vouches for has no date but that of its receipt.
        sent = naive(mail.date) if mail.authentication == "pass" else None
        date = max(min(sent or received, received), received - OLDEST)
        return {
            "kind": mail.kind,
            "notice": mail.notice,
            "is_urgent": mail.urgent,
            "is_presale": mail.presale,
            "authentication": mail.authentication,
            "proof": mail.proof or False,
            "reading": "; ".join(mail.reasons)[:500],
            "subject": (mail.subject or "")[:500],
            "sender": mail.sender,
            "reply_to": mail.reply_to,
            "no_response_url": mail.no_response_url,
            "order_ref": mail.order_ref,
            "typed": " ".join(sorted(mail.typed)) or False,
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
        if why_parked := self.env["marketplace.flood"]._park(message, mail):
            return "quarantined", why_parked
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
                return "quarantined", self.env._("Neither your mail server nor a signature proves it.")
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
        if mail.authentication != "pass" or "token" in mail.typed:
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
    def _get_facts(self, message, mail):
        """Return of a mail what it proves (``InboundMail.facts``), as the marketplace or a person's word has it."""
        if message._is_rightful() and mail.authentication != "pass":
            mail = replace(mail, authentication="pass")
        return mail.facts()

    @api.model
    def _find_order(self, message, site, mail, facts):
        """Return the order that a buyer's message is about, as far as that is proved, or an empty recordset.

        :param InboundMail facts: what is proved of the mail.
        """
        Order, account = self.env["marketplace.order"], site.account_id
        if facts.order_ref:
            return Order._find_or_create(site, facts.order_ref)
        if mail.order_ref:
            return self._check_hint(facts, Order._find(account, mail.order_ref))
        # What the buyer answers says more than who the buyer is; it is looked up with the conversation.
        if not facts.find_ref("alias") or self.env["marketplace.conversation"]._find_by_answer(account, facts):
            return Order
        refs = self.env["marketplace.order.relay"]._find_order_refs(account, facts.reply_to)
        if not refs:
            return Order
        message.reading = f"{message.reading or ''}; order found by the buyer's address".strip("; ")
        open_here = Order.search([("account_id", "=", account.id), ("order_ref", "in", refs)]).filtered(
            lambda one: not all(one.ticket_ids.mapped("stage_id.closed"))
        )
        return open_here if len(open_here) == 1 else Order._find_or_create(site, refs[0])

    @api.model
    def _check_hint(self, facts, order):
        """Return an order that the buyer's own words name, if the buyer is known to be its buyer; else nothing."""
        alias = facts.find_ref("alias")
        is_known = order and alias and self.env["marketplace.conversation"]._is_known_buyer(order, alias)
        return order if is_known else order.browse()

    @api.model
    def _process_buyer_message(self, message, site, mail, order, refused=None):
        facts = self._get_facts(message, mail)
        hint = mail.order_ref if not facts.order_ref else None
        if hint and order:
            order = message.order_id = self._check_hint(facts, order)
        if hint and not order:
            must_wait = self._must_wait_for_hint(message, site, mail, facts)
        else:
            must_wait = self._must_wait(message, facts, order)
        if must_wait:
            message.write({"state": "waiting_order", "next_attempt": message.wait_until})
            message._trigger_process(at=message.wait_until)
            return
        named_ref = hint if not order else None
        conversation, ticket = self._place(site, mail, facts, order, named_ref, refused)
        again = self._find_same_words(message, conversation, mail)
        posted = message._post_buyer(ticket, mail, again)
        if mail.urgent:
            ticket.priority = "3"
        if order and not mail.order_ref and conversation.message_count == 1:
            ticket._marketplace_note(
                self.env._("The message names no order. This is the latest one of the buyer's address: please check.")
            )
        self.env["marketplace.response"]._start(ticket, message.date)
        self._finish(message, conversation, ticket, posted)
        if not message._is_rightful() or ticket.marketplace_doubt or ticket.marketplace_named_ref:
            ticket._marketplace_update_doubt()

    @api.model
    def _find_same_words(self, message, conversation, mail):
        """Return the last message of the conversation with the same words and no files, or an empty recordset.

        A buyer's own words are never shown as those sent again that somebody else may have sent in the buyer's name.
        """
        words = " ".join((mail.text or "").split())
        if not words or mail.attachments:
            return message.browse()
        message.words_digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
        if conversation.message_count == 1:
            return message.browse()
        # Not by a search, which would first write what is known of this message so far.
        query = """
            SELECT id FROM marketplace_message
             WHERE conversation_id = %s AND words_digest = %s AND id <> %s AND state = 'done'
               AND (authentication = 'pass' OR is_accepted OR is_confirmed OR NOT %s)
             ORDER BY date DESC LIMIT 1
        """
        which = (conversation.id, message.words_digest, message.id, message._is_rightful())
        same = self.env.execute_query(SQL(query, *which))
        return message.browse(row[0] for row in same)

    @api.model
    def _place(self, site, mail, facts, order, named_ref, refused=None):
        """Return the conversation and the ticket that a buyer's message goes to, the conversation locked."""
        Conversation = self.env["marketplace.conversation"]
        if facts.authentication == "pass":
            conversation = Conversation._find_or_create(site, facts, order, named_ref)
            return conversation, conversation._get_ticket(mail, refused)
        conversation, beside = Conversation._find_or_create_doubtful(site, mail)
        ticket = conversation.ticket_id
        if ticket:
            ticket._marketplace_changed()
        else:
            # Marked from its first moment: rules see it.
            ticket = conversation.ticket_id = conversation._create_ticket(mail, doubt="sender", refused=refused)
            conversation._note_beside(ticket, beside)
        return conversation, ticket

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
    def _must_wait(self, message, facts, order):
        """Tell whether a new ticket's message waits for its order; never longer than its deadline."""
        if not order or not self._is_awaited(order):
            return False
        if self.env["marketplace.conversation"]._find_for(order.account_id, facts, order).ticket_id:
            return False
        return self._may_wait_for(message, order)

    @api.model
    def _is_awaited(self, order):
        return order.state == "pending" and order.account_id._is_fetchable()

    @api.model
    def _may_wait_for(self, message, order):
        if not self._is_awaited(order):
            return False
        # Fails, and is tried again, when the order was stored since this transaction began.
        self.env.execute_query(SQL("SELECT 1 FROM marketplace_order WHERE id = %s FOR SHARE", order.id))
        now = fields.Datetime.now()
        if not message.wait_until:
            minutes = float(self._get_param("order_wait", ORDER_WAIT))
            message.wait_until = now + timedelta(minutes=minutes)
        return message.wait_until > now

    @api.model
    def _must_wait_for_hint(self, message, site, mail, facts):
        """Tell whether a proved message waits for an order that the buyer names: its buyer's address may be the same.

        The order is asked for when no proved one is due. It is the message's while that waits, and afterwards only
        if it turned out to be the buyer's.
        """
        Order = self.env["marketplace.order"]
        find = self.env["marketplace.conversation"]._find_for
        message.order_id = Order
        if not facts.find_ref("alias") or find(site.account_id, facts, Order, mail.order_ref):
            return False
        order = Order._find_or_create(site, mail.order_ref, is_hint=True)
        if not self._may_wait_for(message, order):
            return False
        message.order_id = order
        return True

    # === NOTICES === #

    @api.model
    def _process_notice(self, message, site, mail, refused=None):
        """Do with a notice what its site says: note on the order's ticket, ticket of its own, nothing.

        What is not proved to be about a ticket is told on it at most, and has no consequences.
        """
        policy = "urgent" if mail.urgent else site._get_notice_policy(mail.notice)
        if policy == "ignore":
            message._finish("ignored", self.env._("The site ignores notices of this kind."))
            return
        if ticket := self._find_answered(message, site, mail):
            # What came back, or is copied, is our own answer: its number says so.
            self._finish(message, self._get_conversation(ticket), ticket, self._post_notice(ticket, message, mail))
            return
        facts = self._get_facts(message, mail)
        is_named = any(map(facts.get_identity, ("order", "token", "case", "alias")))
        if facts.authentication != "pass" or mail.order_ref and not is_named:
            self._process_doubtful_notice(message, site, mail, policy, refused)
            return
        Order, Conversation = self.env["marketplace.order"], self.env["marketplace.conversation"]
        order = Order._find(site.account_id, facts.order_ref) if facts.order_ref else Order
        if policy != "note" and facts.order_ref and not order:
            order = Order._find_or_create(site, facts.order_ref)
        message.order_id = order
        found = Conversation._find_for(site.account_id, facts, order)
        if not found.ticket_id and policy == "note":
            message._finish("ignored", self.env._("No ticket of this order."))
            return
        conversation = Conversation._find_or_create(site, facts, order)
        ticket = self._get_notice_ticket(message, conversation, mail, policy, refused)
        self._finish(message, conversation, ticket, self._post_notice(ticket, message, mail))

    @api.model
    def _find_answered(self, message, site, mail):
        """Return the ticket of the answer of ours that a mail gives back or copies, or an empty recordset."""
        kind = message.app_id._get_notice_kind(mail.notice)
        is_copy = bool(kind and kind.is_copy) and mail.authentication == "pass"
        if not is_copy and mail.kind != "undelivered":
            return self.env["helpdesk.ticket"]
        replies = self.env["marketplace.reply"]._find_answered(site.account_id, mail)
        if is_copy:
            return (replies or self.env["marketplace.reply"]._find_copied(site.account_id, mail))[:1].ticket_id
        # Only who got our answer, or carried it, knows its number and where it went.
        alias = mail.find_ref("alias")
        return replies.filtered(lambda one: alias and one._get_relay_key() == alias)[:1].ticket_id

    @api.model
    def _get_conversation(self, ticket):
        return self.env["marketplace.conversation"].search([("ticket_id", "=", ticket.id)], order="id", limit=1)

    @api.model
    def _process_doubtful_notice(self, message, site, mail, policy, refused=None):
        """Tell of a notice that nothing proves: a note on the ticket it names, or a ticket of its own, marked."""
        Conversation = self.env["marketplace.conversation"]
        order = self.env["marketplace.order"]
        order = order._find(site.account_id, mail.order_ref) if mail.order_ref else order
        found = Conversation._find_for(site.account_id, mail, order) if order or mail.thread_refs else Conversation
        if policy == "note":
            ticket = found.ticket_id
            if not ticket:
                message._finish("ignored", self.env._("No ticket of this order."))
                return
            self._finish(message, found, ticket, message._post_doubtful_notice(ticket, mail))
            return
        conversation, beside = Conversation._find_or_create_doubtful(site, mail)
        ticket = conversation.ticket_id
        if not ticket:
            ticket = conversation.ticket_id = conversation._create_ticket(mail, doubt="sender", refused=refused)
            message._name_ticket(ticket, refused)
            conversation._note_beside(ticket, beside)
        if policy == "urgent":
            ticket._marketplace_claim_arrived(message, mail)
        self._finish(message, conversation, ticket, message._post_doubtful_notice(ticket, mail))
        ticket._marketplace_update_doubt()

    @api.model
    def _get_notice_ticket(self, message, conversation, mail, policy, refused=None):
        """Return the ticket that a notice goes to."""
        if policy == "urgent":
            ticket = conversation._get_ticket(mail, refused)
            ticket._marketplace_claim_arrived(message, mail)
        elif policy == "ticket":
            ticket = conversation._create_ticket(mail, refused=refused)
            message._name_ticket(ticket, refused)
        else:
            ticket = conversation.ticket_id
            ticket._marketplace_changed()
        return ticket

    @api.model
    def _post_notice(self, ticket, message, mail):
        """Post a notice on its ticket; a copy of an answer is more than a notice."""
        kind = message.app_id._get_notice_kind(mail.notice)
        if kind and kind.is_copy and message._process_copy(ticket, mail):
            return message.mail_message_id
        posted = message._post_notice(ticket, mail)
        if mail.kind == "undelivered":
            self.env["marketplace.reply"]._note_undelivered(ticket, mail)
        return posted
