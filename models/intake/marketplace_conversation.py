from odoo import api, fields, models
from odoo.fields import Command, Domain

from .marketplace_message import RIGHTFUL

#: Kinds of thread references that are keys, strongest first; a reply header only confirms.
KEY_TYPES = ("token", "case")


#: So many messages of an order tell which addresses its buyer has.
KNOWN_LIMIT = 200


class MarketplaceConversation(models.Model):
    """What belongs together, and its current ticket.

    The only row that is locked to decide where a message goes. Whoever decides also writes it
    (``message_count``), so that a worker who waited for the lock fails, and looks again, instead of deciding
    on an old snapshot.
    """

    _name = "marketplace.conversation"
    _inherit = ["marketplace.evidence.mixin"]
    _description = "Marketplace Conversation"
    _order = "id desc"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    site_id = fields.Many2one("marketplace.site", required=True, ondelete="restrict")
    order_id = fields.Many2one("marketplace.order", ondelete="restrict", index="btree_not_null")
    ticket_id = fields.Many2one("helpdesk.ticket", ondelete="set null", index="btree_not_null")
    buyer_alias = fields.Char(index="btree_not_null", help="Proved, or confirmed by a person.")
    named_ref = fields.Char(string="Order Named", help="By a buyer who was not seen to be this order's.")
    message_count = fields.Integer()
    key_ids = fields.One2many("marketplace.conversation.key", "conversation_id")

    # === FINDING === #

    @api.model
    def _find_or_create(self, site, mail, order, named_ref=None):
        """Return the conversation of a mail, locked: a worker who comes second fails and tries again.

        :param InboundMail mail: what is proved of it (``InboundMail.facts``).
        :param order: the order it names, or an empty recordset.
        :param str named_ref: an order that the buyer names, and that nobody proved to be the buyer's.
        """
        keys = self._get_keys(mail, order)
        known = self._get_known_keys(site.account_id, keys)
        conversation = self._find(site.account_id, mail, order, keys, known, named_ref)
        if conversation:
            conversation._lock()
        else:
            conversation = self._create_for(site, mail, order, named_ref)
        conversation._learn(keys, known, order)
        return conversation

    def _lock(self):
        """Hold this row: the write waits for whoever holds it, then fails if they changed it."""
        self.message_count += 1
        self.flush_recordset(["message_count"])

    @api.model
    def _get_keys(self, mail, order):
        """Return the keys in a mail as (type, value), strongest first."""
        refs = [(ref.type, ref.value) for type_ in KEY_TYPES for ref in mail.thread_refs if ref.type == type_]
        return ([("order", order.order_ref)] if order else []) + refs

    @api.model
    def _get_known_keys(self, account, keys):
        """Return the rows of those keys that lead somewhere already."""
        types, values = [key[0] for key in keys], [key[1] for key in keys]
        return self.env["marketplace.conversation.key"].search(
            [("account_id", "=", account.id), ("type", "in", types), ("value", "in", values)]
        )

    @api.model
    def _find(self, account, mail, order, keys, known, named_ref=None):
        """Return the conversation that the strongest of the keys leads to, or an empty recordset."""
        by_key = {(key.type, key.value): key.conversation_id for key in known}
        for key in keys:
            conversation = by_key.get(key, self.browse())
            # A thread that is about another order than the mail names is not this mail's thread.
            if conversation and not (order and conversation.order_id and conversation.order_id != order):
                return conversation
        if order:
            return self.browse()
        return self._find_by_answer(account, mail) or self._find_by_alias(account, mail, named_ref)

    @api.model
    def _find_for(self, account, mail, order, named_ref=None):
        """Return the conversation of a mail without locking or making one."""
        keys = self._get_keys(mail, order)
        return self._find(account, mail, order, keys, self._get_known_keys(account, keys), named_ref)

    @api.model
    def _find_by_answer(self, account, mail):
        """Return the conversation of the answer of ours that a mail answers, when it went to this buyer's address."""
        if not account.app_id._get_class_or_gone().threads_by_answer:
            return self.browse()
        alias = self._get_alias(mail)
        replies = self.env["marketplace.reply"]._find_answered(account, mail)
        ticket = replies.filtered(lambda one: alias and one._get_relay_key() == alias)[:1].ticket_id
        found, seen = self.browse(), ticket.browse()
        # A ticket that was closed for long may go on in another one, which may have been merged.
        while ticket - seen and not found:
            seen |= ticket
            mine = [("account_id", "=", account.id), ("ticket_id", "=", ticket.id)]
            found = self.search(mine, order="id", limit=1)
            ticket = ticket.marketplace_next_ticket_id or ticket.duplicate_id
        return found

    @api.model
    def _find_by_alias(self, account, mail, named_ref=None):
        """Return the buyer's only open conversation; several, or none, decide nothing, nor one about another order."""
        alias = self._get_alias(mail)
        if not alias:
            return self.browse()
        mine = [("account_id", "=", account.id)]
        # Where each mail of a buyer has an address of its own, the ledger knows those of later mails.
        written = [*mine, ("reply_to", "=", mail.reply_to or alias), ("conversation_id", "!=", False)]
        candidates = self.search([*mine, ("buyer_alias", "=", alias)])
        candidates |= self.env["marketplace.message"].search(Domain(written) & RIGHTFUL, limit=50).conversation_id
        if named_ref:
            candidates = candidates.filtered(lambda one: named_ref in (one.named_ref, one.order_id.order_ref))
        open_ones = candidates.filtered(lambda one: one.ticket_id and not one.ticket_id.stage_id.closed)
        # Several of one ticket were brought together by a person.
        return open_ones.sorted("id")[:1] if len(open_ones.ticket_id) == 1 else self.browse()

    @api.model
    def _get_alias(self, mail):
        return mail.find_ref("alias") or False

    @api.model
    def _has_buyer(self, account, alias):
        """Tell whether the buyer with this address has a conversation with an account."""
        return bool(self.search_count([("account_id", "=", account.id), ("buyer_alias", "=", alias)], limit=1))

    @api.model
    def _is_known_buyer(self, order, alias):
        """Tell whether a proved address is known to be that of an order's buyer.

        It is by what the marketplace's API says, by earlier mail about the order, or by a person's word.

        :param str alias: as in the thread references of a mail.
        """
        marketplace = order.app_id._get_class_or_gone()
        if alias and alias == marketplace.relay_key(order.relay or None):
            return True
        if order.order_ref in self.env["marketplace.order.relay"]._find_order_refs(order.account_id, alias):
            return True
        mine = Domain("order_id", "=", order.id) & Domain("state", "=", "done") & Domain("reply_to", "!=", False)
        rows = self.env["marketplace.message"].search(mine & RIGHTFUL, limit=KNOWN_LIMIT)
        return any(row._get_relay_key() == alias for row in rows)

    # === CHANGING === #

    @api.model
    def _create_for(self, site, mail, order, named_ref=None):
        conversation = self.create(
            {
                "account_id": site.account_id.id,
                "company_id": site.company_id.id,
                "site_id": site.id,
                "order_id": order.id,
                "buyer_alias": self._get_alias(mail),
                "named_ref": named_ref,
                "message_count": 1,
            }
        )
        if not self._get_keys(mail, order) and conversation.buyer_alias:
            conversation._take_alias()
        return conversation

    def _take_alias(self):
        """Lead those mails of this buyer here that nothing else ties to a conversation.

        The row is what two workers with two such mails meet at; it moves on to the newest conversation.
        """
        domain = [("account_id", "=", self.account_id.id), ("type", "=", "alias"), ("value", "=", self.buyer_alias)]
        key = self.env["marketplace.conversation.key"].search(domain)
        if key:
            key.conversation_id = self
        else:
            self.key_ids = [Command.create(dict(self._prepare_key("alias", self.buyer_alias)))]
        self.env.flush_all()

    def _learn(self, keys, known, order):
        """Add keys and the order learnt from a mail; keys of a thread without an order come over."""
        self.ensure_one()
        if order and not self.order_id:
            self.write({"order_id": order.id, "named_ref": False})
        orderless = known.filtered(lambda key: key.conversation_id != self and not key.conversation_id.order_id)
        orderless.conversation_id = self
        known_keys = set(known.mapped(lambda key: (key.type, key.value)))
        self.env["marketplace.conversation.key"].create(
            [
                dict(self._prepare_key(*key), conversation_id=self.id)
                for key in dict.fromkeys(keys)
                if key not in known_keys
            ]
        )

    def _join(self, other, order):
        """Join these conversations, whose order turned out to be another one, with that order's.

        Their tickets stay; whoever looks after one is told where it goes on.
        """
        self.order_id = order
        if not other:
            self.key_ids.filtered(lambda key: key.type == "order").value = order.order_ref
            return
        self.key_ids.filtered(lambda key: key.type == "order").unlink()
        self.key_ids.conversation_id = other
        keys = [("order", order.order_ref)]
        other._learn(keys, self._get_known_keys(order.account_id, keys), order)
        for conversation in self.filtered("ticket_id"):
            other.ticket_id = other.ticket_id or conversation.ticket_id
            if conversation.ticket_id != other.ticket_id:
                text = self.env._(
                    "This is about order %(order)s, which goes on in ticket %(ticket)s.",
                    order=order.order_ref,
                    ticket=other.ticket_id.number,
                )
                conversation.ticket_id._marketplace_note(text)

    def _prepare_key(self, type_, value):
        return {"account_id": self.account_id.id, "type": type_, "value": value}

    # === IN DOUBT === #
    # Where mail goes that proves nothing of itself: beside the buyer's proved mail at most, never in its place.
    # Such mails tie nothing together but each other, by a key of their own ("claim").

    @api.model
    def _find_or_create_doubtful(self, site, mail):
        """Return (conversation, its closed ticket or none) for a mail that proves nothing, the conversation locked.

        One is found only where address and thread are what proved mail, or a person, made known there, or among
        mails of the same claim. On one whose ticket is closed it must not go on: it begins beside it.

        :param InboundMail mail: all that it says of itself.
        """
        found = self._find_doubtful(site.account_id, mail)
        open_ones = found.filtered(
            lambda one: one.ticket_id.active and not one.ticket_id.stage_id.closed  # none is not active either
        )
        conversation = open_ones[:1]
        if conversation:
            conversation._lock()
            return conversation, conversation.ticket_id.browse()
        conversation = self._create_apart(site)
        conversation.named_ref = mail.order_ref
        conversation._take_claim(mail)
        return conversation, found.ticket_id[:1]

    @api.model
    def _find_doubtful(self, account, mail):
        """Return the conversations that a mail fits into which proves nothing: of the same claim, then known ones."""
        claim = [("account_id", "=", account.id), ("type", "=", "claim"), ("value", "=", self._get_claim(mail))]
        found = self.env["marketplace.conversation.key"].search(claim).conversation_id
        alias, keys = self._get_alias(mail), self._get_keys(mail, self.env["marketplace.order"])
        if alias and keys:
            known = self._get_known_keys(account, keys).conversation_id
            found |= known.filtered(lambda one: one._knows(alias))
        return found

    def _knows(self, alias):
        """Tell whether an address is known to be that of this conversation's buyer."""
        if self.buyer_alias == alias:
            return True
        rows = self.env["marketplace.message"].search(RIGHTFUL & Domain("conversation_id", "=", self.id), limit=200)
        return any(row._get_relay_key() == alias for row in rows)

    @api.model
    def _get_claim(self, mail):
        """Return what is the same in unproved mails of one buyer about one thing."""
        thread = mail.find_ref("token") or mail.find_ref("case") or mail.order_ref or ""
        return f"{self._get_alias(mail) or mail.sender or ''}|{thread}"[:500]

    def _take_claim(self, mail):
        """Lead later mail of the same claim here; two workers with two such mails meet at its row."""
        domain = [("account_id", "=", self.account_id.id), ("type", "=", "claim")]
        value = self._get_claim(mail)
        key = self.env["marketplace.conversation.key"].search([*domain, ("value", "=", value)])
        if key:
            key.conversation_id = self
        else:
            key.create(dict(self._prepare_key("claim", value), conversation_id=self.id))
        self.env.flush_all()

    def _learn_confirmed(self, rows):
        """Add the address of the buyer, from messages that a person confirmed.

        :param rows: of the ledger, the newest last.
        """
        self.ensure_one()
        alias = next(filter(None, (row._get_relay_key() for row in reversed(rows))), False)
        self.buyer_alias = self.buyer_alias or alias
