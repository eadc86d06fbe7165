from odoo import api, models


class MarketplaceIntake(models.AbstractModel):
    """Putting right by itself: a message whose proof came after its ticket was made."""

    _inherit = "marketplace.intake"

    @api.model
    def _proof_arrived(self, message):
        """Move a message where its now proved values lead, with all that came of the same claim.

        :param message: locked row of the ledger, posted already, whose ``authentication`` has become "pass".
        """
        mail = self._read(message)
        facts, site, ticket = self._get_facts(message, mail), message.site_id, message.ticket_id
        order = self._find_order(message, site, mail, facts)
        named_ref = mail.order_ref if not facts.order_ref and not order else None
        former = message.conversation_id
        conversation = self.env["marketplace.conversation"]._find_or_create(site, facts, order, named_ref)
        if message.mail_message_id.marketplace_kind == "unverified":
            message.mail_message_id.marketplace_kind = "buyer"
        if conversation != former:
            target = conversation.ticket_id
            conversation.ticket_id = target or ticket
            former.filtered(lambda one: not one.order_id)._end_in(conversation)
            message.write({"conversation_id": conversation.id, "order_id": conversation.order_id.id})
            if target and target != ticket:
                reason = self.env._("The proof of where this mail comes from arrived.")
                self.env["marketplace.correction"]._merge_into(ticket, target, reason)
                ticket = target
        ticket._marketplace_reopen()
        conversation._tell_order(ticket)
        ticket._marketplace_update_doubt()
        ticket._marketplace_changed()
