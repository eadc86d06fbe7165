from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..intake.marketplace_message import RIGHTFUL
from .helpdesk_ticket import CORRECTION


# Beside helpdesk_ticket.py, which would get too long: saying what no mail proved is a subject of its own.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """What a person says with one click where no mail proves it; who said it is kept."""

    _inherit = "helpdesk.ticket"

    def action_marketplace_join(self):
        """Join this ticket to the order that its buyer names; return the action that shows where it goes on.

        The order is fetched if it is not here. Of a sender who is not verified nothing is said: see
        ``action_marketplace_confirm_buyer``.

        :raise UserError: nothing is named here, or the order goes on in a ticket that this user may not change.
        """
        self.ensure_one()
        if not self.marketplace_named_ref or self.marketplace_order_id:
            raise UserError(self.env._("This ticket names no order that it could be joined to."))
        ref = self.marketplace_named_ref
        reason = self._marketplace_check_correction(self.env._("The buyer names order %s.", ref))
        with self._marketplace_look_again():
            order_sudo = self._marketplace_find_order(ref, create=True)
            target = self._marketplace_get_joined(order_sudo)
            rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", self.id)])
            values = {"order_ref": False, "target_order_ref": order_sudo.order_ref}
            self.env[CORRECTION]._log("join", self, target, reason, rows_sudo, **values)
            self.sudo().marketplace_named_ref = False
            if target == self:
                self._marketplace_link(order_sudo, reason)
            else:
                self._marketplace_join_into(target, reason)
            rows_sudo.order_id = order_sudo
            (self | target)._marketplace_update_doubt()
        return self.env["marketplace.correct.mixin"]._open(target, self)

    @api.model
    def _marketplace_get_joined(self, order):
        """Return the ticket in which an order goes on, or this one when there is none."""
        target = self._marketplace_get_first(order).with_env(self.env) or self
        if not target.has_access("write"):
            raise UserError(self._marketplace_say_elsewhere(order, target.sudo()))
        return target

    def _marketplace_join_into(self, target, reason):
        self._marketplace_check_together(target)
        self._marketplace_check_mergeable()
        self.env["marketplace.conversation"].sudo()._lock_of(self | target)
        for ticket in (self | target).sorted("id"):
            ticket.sudo()._marketplace_take_turn()
        self._marketplace_merge_into(target, reason)
        (self | target)._marketplace_moved()

    def action_marketplace_confirm_buyer(self):
        """Say that whoever wrote here is this conversation's buyer, so that answers go there.

        :raise UserError: nobody is in doubt here.
        """
        for ticket in self:
            reason = ticket._marketplace_check_correction(self.env._("This is our buyer."))
            mine = Domain("ticket_id", "=", ticket.id) & Domain("state", "=", "done")
            rows_sudo = self.env["marketplace.message"].sudo().search(mine & ~RIGHTFUL, order="id")
            if not rows_sudo:
                raise UserError(self.env._("Nobody is in doubt here."))
            self.env[CORRECTION]._log("confirm", ticket, ticket, reason, rows_sudo)
            rows_sudo._confirm_buyer()
            ticket._marketplace_update_doubt()
            senders = ", ".join(sorted(set(filter(None, rows_sudo.mapped("reply_to")))))
            text = self.env._("Confirmed as this conversation's buyer: %s", senders or self.env._("the sender"))
            ticket._marketplace_note_correction(text, reason)
            ticket.sudo()._marketplace_changed()
        return True
