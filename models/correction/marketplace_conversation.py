from odoo import api, models
from odoo.fields import Domain


class MarketplaceConversation(models.Model):
    """Conversations put right by hand: only their keys and tickets change, so that later mail follows.

    The number of an order always leads to that order's conversation; what moves are threads, cases and addresses.
    """

    _inherit = "marketplace.conversation"

    @api.model
    def _lock_of(self, tickets):
        """Lock and return the conversations of tickets: of a mail and a correction at once, the second looks again."""
        mine = self.search([("ticket_id", "in", tickets.ids)], order="id")
        for conversation in mine:
            conversation.message_count += 1
        mine.flush_recordset(["message_count"])
        return mine

    @api.model
    def _get_or_create_for(self, ticket):
        """Return the conversation that leads to a ticket, locked; one without any key yet when none does."""
        mine = self._lock_of(ticket)
        own = mine.filtered(lambda one: one.order_id == ticket.marketplace_order_id)[:1] or mine[:1]
        return own or self._create_apart(ticket.marketplace_site_id, order=ticket.marketplace_order_id, ticket=ticket)

    @api.model
    def _create_apart(self, site, mail=None, **records):
        """Return a new conversation that no key leads to yet.

        :param InboundMail mail: one of its buyer's.
        :param records: ``order`` and ``ticket``, where there are.
        """
        return self.create(
            {
                "account_id": site.account_id.id,
                "company_id": site.company_id.id,
                "site_id": site.id,
                "buyer_alias": mail and self._get_alias(mail),
                "message_count": 1,
                **{f"{name}_id": record.id for name, record in records.items()},
            }
        )

    @api.model
    def _get_movable_keys(self, mail):
        """Return the keys in a mail that lead to wherever a person puts it: all but the order's number."""
        alias = self._get_alias(mail)
        return self._get_keys(mail, None) + ([("alias", alias)] if alias else [])

    def _hand_keys_to(self, other, keys=None):
        """Hand keys over to another conversation, so that later mail of these threads and buyers goes there.

        :param keys: only these, as (type, value).
        """
        others = self - other
        found = others.key_ids.filtered(
            lambda key: key.type != "order" and (keys is None or (key.type, key.value) in keys)
        )
        found.conversation_id = other
        other.buyer_alias = other.buyer_alias or next(filter(None, others.mapped("buyer_alias")), False)

    def _end_in(self, other):
        """Hand all over to another conversation: one without an order is gone then, others wait for their next mail."""
        self._hand_keys_to(other)
        orderless = self.filtered(lambda one: not one.order_id)
        mine = Domain("conversation_id", "in", orderless.ids)
        for conversation in self - orderless:
            on_ticket = Domain("ticket_id", "=", conversation.ticket_id.id)
            mine |= Domain("conversation_id", "=", conversation.id) & on_ticket
        self.env["marketplace.message"].search(mine).conversation_id = other
        (self - orderless).ticket_id = False
        self.env.flush_all()
        orderless.unlink()

    def _lead_to(self, ticket):
        """Make a ticket the current one of these conversations; return the one that is the ticket's own.

        Those with an order keep it: what names that order belongs to them. Those without join the ticket's own.
        """
        own = self.search([("ticket_id", "=", ticket.id)], order="id")
        both = own | self
        ordered = both.filtered("order_id")
        main = ordered.filtered(lambda one: one.order_id == ticket.marketplace_order_id)[:1] or ordered[:1] or both[:1]
        both.ticket_id = ticket
        (both - ordered - main)._end_in(main)
        return main
