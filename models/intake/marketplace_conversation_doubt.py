from odoo import api, models
from odoo.fields import Domain

from .marketplace_message import RIGHTFUL


# Beside marketplace_conversation.py, which would get too long: what nobody proved is a subject of its own.
class MarketplaceConversation(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """Where mail goes that proves nothing of itself: beside the buyer's proved mail at most, never in its place.

    Such mails tie nothing together but each other, by a key of their own ("claim").
    """

    _inherit = "marketplace.conversation"

    @api.model
    def _find_or_create_doubtful(self, site, mail):
        """Return (conversation, its closed ticket or none) for a mail that proves nothing, the conversation locked.

        One is found only where address and thread are what proved mail, or a person, made known there, or among
        mails of the same claim. On one whose ticket is closed it must not go on: it begins beside it.

        :param InboundMail mail: all that it says of itself.
        """
        found = self._find_doubtful(site.account_id, mail)
        open_ones = found.filtered(lambda one: one.ticket_id and not one.ticket_id._marketplace_is_closed())
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
        """Have later mail of the same claim come here; two workers with two such mails meet at its row."""
        domain = [("account_id", "=", self.account_id.id), ("type", "=", "claim")]
        value = self._get_claim(mail)
        key = self.env["marketplace.conversation.key"].search([*domain, ("value", "=", value)])
        if key:
            key.conversation_id = self
        else:
            key.create(dict(self._prepare_key("claim", value), conversation_id=self.id))
        self.env.flush_all()

    def _learn_confirmed(self, rows):
        """Know the buyer of this conversation by messages that a person confirmed.

        :param rows: of the ledger, the newest last.
        """
        self.ensure_one()
        alias = next(filter(None, (row._get_relay_key() for row in reversed(rows))), False)
        self.buyer_alias = self.buyer_alias or alias
