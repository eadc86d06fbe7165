from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..intake.marketplace_message import RIGHTFUL
from .checks import CORRECTION, check_correction, check_mergeable, check_together, look_again
from .move import get_movable


class HelpdeskTicket(models.Model):
    """Putting right by hand: to which order a ticket belongs, and to which ticket a message does.

    Of merged tickets one goes on with all that was on the others, which are closed as its duplicates. An ordinary
    ticket may join a marketplace's, but for one whose sender waits for an answer by e-mail: from a marketplace's
    ticket nobody else than its buyer can be answered.
    """

    _inherit = "helpdesk.ticket"

    marketplace_correction_ids = fields.Many2many(CORRECTION, compute="_compute_marketplace_correction_ids")

    def _compute_marketplace_correction_ids(self):
        for ticket in self:
            mine = Domain("ticket_id", "in", ticket.ids) | Domain("target_id", "in", ticket.ids)
            ticket.marketplace_correction_ids = self.env[CORRECTION].search(mine)

    def action_marketplace_link_order(self, number, reason):
        """Link this ticket and its conversation to an order; one that is not here yet is fetched later.

        :param str number: any of the order's numbers, as people write it.
        :param str reason: why, kept with the change.
        :return: {"ticket_id": this ticket's}.
        :raise UserError: it can't be, or the order goes on in another ticket: merge this one into that.
        """
        self.ensure_one()
        reason = check_correction(self, reason)
        with look_again(self.env):
            correction = self.env[CORRECTION]
            correction._link(self, correction._find_order(self, number, create=True), reason)
        return {"ticket_id": self.id}

    def action_marketplace_move(self, message_ids, reason, ticket_id=None, number=None):
        """Move messages of a buyer or of the marketplace to where they belong; later mail of their thread follows.

        :param list message_ids: of ``mail.message`` on this ticket.
        :param str reason: why, kept with the change.
        :param int ticket_id: the ticket to move them to, or
        :param str number: of the order to whose ticket, made if there is none; without both to a new ticket without
            an order.
        :return: {"ticket_id": of the ticket on which they are now}.
        :raise UserError: says what is in the way.
        """
        self.ensure_one()
        chosen_sudo = get_movable(self).filtered(lambda one: one.id in message_ids)
        if len(chosen_sudo) < len(set(message_ids)):
            chosen_sudo = chosen_sudo.browse()
        return self.env[CORRECTION]._move_messages(self, "move", chosen_sudo, reason, ticket_id, number)

    def action_marketplace_split(self, message_id, reason, ticket_id=None, number=None):
        """Move a message and all that was written after it, as ``action_marketplace_move``."""
        self.ensure_one()
        chosen_sudo = get_movable(self, message_id)
        if message_id not in chosen_sudo.ids:
            chosen_sudo = chosen_sudo.browse()
        return self.env[CORRECTION]._move_messages(self, "split", chosen_sudo, reason, ticket_id, number)

    def action_marketplace_merge(self, target_id, reason):
        """Merge these tickets into another: what is on them, and later mail of their buyers, is there from now on.

        :param int target_id: of the ticket that goes on; left out of those to merge when it is among them.
        :param str reason: why, kept with the change.
        :return: {"ticket_id": target_id}.
        :raise UserError: says what is in the way.
        """
        self.check_access("write")
        target = self.browse(target_id).exists()
        sources = (self - target).sorted("id")
        if not sources:
            raise UserError(self.env._("Choose another ticket."))
        reason = check_correction(sources | target, reason)
        check_together(sources, target)
        check_mergeable(sources)
        with look_again(self.env):
            self.env["marketplace.conversation"].sudo()._lock_of(sources | target)
            for ticket in (sources | target).sorted("id"):
                self.env["marketplace.reply"]._lock_ticket(ticket)
            for source in sources:
                rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", source.id)])
                self.env[CORRECTION]._merge_into(source, target, reason)
                rows_sudo._confirm_buyer()
            (sources | target)._marketplace_update_doubt()
            self.env[CORRECTION]._tell_moved(sources | target)
        return {"ticket_id": target.id}

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
        reason = check_correction(self, self.env._("The buyer names order %s.", ref))
        correction = self.env[CORRECTION]
        with look_again(self.env):
            order_sudo = correction._find_order(self, ref, create=True)
            target = correction._get_joined(self, order_sudo)
            rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", self.id)])
            values = {"order_ref": False, "target_order_ref": order_sudo.order_ref}
            correction._log("join", self, target, reason, rows_sudo, **values)
            self.sudo().marketplace_named_ref = False
            if target == self:
                correction._link(self, order_sudo, reason)
            else:
                correction._join_into(self, target, reason)
            rows_sudo.order_id = order_sudo
            (self | target)._marketplace_update_doubt()
        return self.env["marketplace.correct.mixin"]._open(target, self)

    def action_marketplace_confirm_buyer(self):
        """Confirm that whoever wrote here is this conversation's buyer, so that answers go there.

        :raise UserError: nobody is in doubt here.
        """
        for ticket in self:
            reason = check_correction(ticket, self.env._("This is our buyer."))
            mine = Domain("ticket_id", "=", ticket.id) & Domain("state", "=", "done")
            rows_sudo = self.env["marketplace.message"].sudo().search(mine & ~RIGHTFUL, order="id")
            if not rows_sudo:
                raise UserError(self.env._("Nobody is in doubt here."))
            self.env[CORRECTION]._log("confirm", ticket, ticket, reason, rows_sudo)
            rows_sudo._confirm_buyer()
            ticket._marketplace_update_doubt()
            senders = ", ".join(sorted(set(filter(None, rows_sudo.mapped("reply_to")))))
            text = self.env._("Confirmed as this conversation's buyer: %s", senders or self.env._("the sender"))
            self.env[CORRECTION]._note(ticket, text, reason)
            ticket.sudo()._marketplace_changed()
        return True

    # === OPENING THE DIALOGS === #

    def action_marketplace_open_link(self):
        """Open the dialog that says which order this ticket is about.

        :raise UserError: it is no ticket of a marketplace.
        """
        self.ensure_one()
        self.check_access("write")
        if not self.marketplace_site_id:
            raise UserError(self.env._("This ticket is not from a marketplace."))
        return self.env["marketplace.correct.link"].create({"ticket_id": self.id})._show()

    def action_marketplace_open_merge(self):
        """Open the dialog that merges these tickets; of several the oldest of a marketplace's goes on.

        :raise UserError: there is none of a marketplace among them.
        """
        self.check_access("write")
        values = {"ticket_ids": [Command.set(self.ids)]}
        if len(self) > 1:
            values["target_id"] = self.filtered("marketplace_site_id").sorted("id")[:1].id
            if not values["target_id"]:
                raise UserError(self.env._("Choose the marketplace's ticket too, with which it goes on."))
        return self.env["marketplace.correct.merge"].create(values)._show()

    def action_marketplace_open_move(self, message_id):
        """Open the dialog that moves a message of this ticket.

        :param int message_id: of the ``mail.message``.
        """
        self.ensure_one()
        self.check_access("write")
        values = {"ticket_id": self.id, "message_key": message_id}
        return self.env["marketplace.correct.move"].create(values)._show()
