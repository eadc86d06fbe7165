from contextlib import contextmanager

from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command, Domain

from ...marketplaces.schema import InboundMail
from ..intake.marketplace_message import RIGHTFUL
from ..ticket.helpdesk_ticket import TicketRefused
from ..ticket.kinds import BUYER_WORDS

CORRECTION = "marketplace.correction"


class HelpdeskTicket(models.Model):
    """Putting right by hand: to which order a ticket belongs, and to which ticket a message does.

    Merging is in helpdesk_ticket_merge.py, what goes along with a message in helpdesk_ticket_move.py.
    """

    _inherit = "helpdesk.ticket"

    marketplace_correction_ids = fields.Many2many(CORRECTION, compute="_compute_marketplace_correction_ids")

    def _compute_marketplace_correction_ids(self):
        for ticket in self:
            mine = Domain("ticket_id", "in", ticket.ids) | Domain("target_id", "in", ticket.ids)
            ticket.marketplace_correction_ids = self.env[CORRECTION].search(mine)

    # === LINKING === #

    def action_marketplace_link_order(self, number, reason):
        """Say which order this ticket and its conversation are about; one that is not here yet is fetched later.

        :param str number: any of the order's numbers, as people write it.
        :param str reason: why, kept with the change.
        :return: {"ticket_id": this ticket's}.
        :raise UserError: it can't be, or the order goes on in another ticket: merge this one into that.
        """
        self.ensure_one()
        reason = self._marketplace_check_correction(reason)
        with self._marketplace_look_again():
            self._marketplace_link(self._marketplace_find_order(number, create=True), reason)
        return {"ticket_id": self.id}

    def _marketplace_link(self, order, reason):
        ticket_sudo, Conversation = self.sudo(), self.env["marketplace.conversation"].sudo()
        former = ticket_sudo.marketplace_order_id
        if order == former:
            raise UserError(self.env._("This ticket is about order %s already.", order.order_ref))
        mine_sudo = Conversation._lock_of(ticket_sudo)
        ticket_sudo._marketplace_take_turn()
        own_sudo = Conversation._find_or_create(ticket_sudo.marketplace_site_id, self._marketplace_as_mail(), order)
        if other := own_sudo.ticket_id - ticket_sudo:
            raise UserError(self._marketplace_say_elsewhere(order, other))
        values = {"order_ref": former.order_ref, "target_order_ref": order.order_ref}
        rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", self.id)])
        self.env[CORRECTION]._log("link", self, self, reason, rows_sudo, **values)
        own_sudo.ticket_id = ticket_sudo
        # A merged ticket may have conversations of several orders: those stay.
        leaving = {False} if own_sudo in mine_sudo else {False, former.id}
        (mine_sudo - own_sudo).filtered(lambda one: one.order_id.id in leaving)._end_in(own_sudo)
        rows_sudo.filtered(lambda row: not row.order_id or row.order_id == former).order_id = order
        ticket_sudo._marketplace_take_order(own_sudo)
        text = self.env._("Linked to order %s.", order.order_ref)
        if former:
            text = self.env._("Linked to order %(new)s, not %(old)s.", new=order.order_ref, old=former.order_ref)
        self._marketplace_note_correction(text, reason)

    def _marketplace_take_order(self, conversation):
        """Be about a conversation's order from now on, as if this ticket had been made with it."""
        former, order = self.marketplace_order_id, conversation.order_id
        name = (
            self.name.replace(former.order_ref, order.order_ref)
            if former
            else self._marketplace_get_title(conversation)
        )
        values = {"name": name, "partner_name": self.partner_name or order.buyer_name}
        values |= self._marketplace_prepare_order_values(order)
        self._marketplace_fill(values, order, self._marketplace_prepare_refill(former, order))
        self._marketplace_changed()

    def _marketplace_say_elsewhere(self, order, other):
        values = {"order": order.order_ref, "ticket": other.number}
        if not other.with_env(self.env).has_access("write"):
            return self.env._("Order %(order)s goes on in ticket %(ticket)s, which you may not change.", **values)
        return self.env._("Order %(order)s goes on in ticket %(ticket)s: merge this one into that.", **values)

    # === MOVING AND SPLITTING === #

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
        chosen_sudo = self._marketplace_get_movable().filtered(lambda one: one.id in message_ids)
        if len(chosen_sudo) < len(set(message_ids)):
            chosen_sudo = chosen_sudo.browse()
        return self._marketplace_correct_messages("move", chosen_sudo, reason, ticket_id, number)

    def action_marketplace_split(self, message_id, reason, ticket_id=None, number=None):
        """Move a message and all that was written after it, as ``action_marketplace_move``."""
        self.ensure_one()
        chosen_sudo = self._marketplace_get_movable(message_id)
        if message_id not in chosen_sudo.ids:
            chosen_sudo = chosen_sudo.browse()
        return self._marketplace_correct_messages("split", chosen_sudo, reason, ticket_id, number)

    def _marketplace_correct_messages(self, kind, messages, reason, ticket_id, number):
        reason = self._marketplace_check_correction(reason)
        rows_sudo = self._marketplace_get_rows(messages)
        if not rows_sudo or (kind == "move" and messages - rows_sudo.mail_message_id):
            raise UserError(self.env._("Choose messages of the buyer or of the marketplace on this ticket."))
        with self._marketplace_look_again():
            self.env["marketplace.conversation"].sudo()._lock_of(self)
            target, conversation_sudo = self._marketplace_get_target(rows_sudo, ticket_id, number)
            for ticket in (self | target).sorted("id"):
                ticket.sudo()._marketplace_take_turn()
            self._marketplace_move(kind, messages, rows_sudo, target, conversation_sudo, reason)
        return {"ticket_id": target.id}

    def _marketplace_move(self, kind, messages, rows, target, conversation, reason):
        self.env[CORRECTION]._log(kind, self, target, reason, rows)
        keys = self._marketplace_get_moving_keys(rows)
        self._marketplace_move_turns(messages, target)
        self._marketplace_move_posted(messages, target)
        former = rows.conversation_id | conversation.search([("ticket_id", "=", self.id)])
        rows.write({"ticket_id": target.id, "conversation_id": conversation.id, "order_id": conversation.order_id.id})
        former._hand_keys_to(conversation, keys)
        rows._confirm_buyer()
        (self | target)._marketplace_update_doubt()
        if target.sudo().marketplace_response_id:
            target.sudo()._marketplace_reopen()
        words = messages.filtered(lambda one: one.marketplace_kind in BUYER_WORDS)
        count = len(words) or len(messages)
        self._marketplace_note_correction(self.env._("%s message(s) moved to", count), reason, target)
        target._marketplace_note_correction(self.env._("%s message(s) moved here from", count), reason, self)
        (self | target)._marketplace_moved()

    def _marketplace_get_target(self, rows, ticket_id, number):
        """Return the ticket that messages go to, made if it takes that, and the conversation that leads there."""
        Conversation = self.env["marketplace.conversation"].sudo()
        if ticket_id:
            target = self.browse(ticket_id).exists()
            self._marketplace_check_together(target)
            return target, Conversation._get_or_create_for(target.sudo())
        first_sudo = rows.filtered("raw")[:1]
        intake_sudo = self.env["marketplace.intake"].sudo()
        mail = intake_sudo._read(first_sudo) if first_sudo else self._marketplace_as_mail()
        facts = intake_sudo._get_facts(first_sudo, mail) if first_sudo else mail
        site_sudo = rows[:1].site_id
        if not number:
            conversation_sudo = Conversation._create_apart(site_sudo, facts)
        else:
            order_sudo = self._marketplace_find_order(number, create=True)
            conversation_sudo = Conversation._find_or_create(site_sudo, self._marketplace_as_mail(), order_sudo)
        if target := conversation_sudo.ticket_id.with_env(self.env):
            if not target.has_access("write"):
                raise UserError(self._marketplace_say_elsewhere(order_sudo, target.sudo()))
            self._marketplace_check_together(target)
        else:
            target = self._marketplace_create_beside(conversation_sudo, mail)
        return target, conversation_sudo

    def _marketplace_create_beside(self, conversation, mail):
        """Return a new ticket of a conversation, looked after by whoever looks after this one."""
        self.browse().check_access("create")
        try:
            ticket_sudo = conversation.ticket_id = self.sudo()._marketplace_create_taken(conversation, mail)
        except TicketRefused as error:
            raise UserError(self.env._("The ticket can't be made: %s", error)) from error
        same = {"team_id": self.team_id.id, "user_id": self.user_id.id}
        ticket_sudo.with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True).write(same)
        return ticket_sudo.with_env(self.env)

    # === CHECKS === #

    def _marketplace_check_correction(self, reason):
        """Check that this user may put these tickets right; return the reason.

        :raise AccessError: the tickets are not this user's to change.
        :raise UserError: there is nothing to put right, or no reason given.
        """
        self.check_access("write")
        self._marketplace_check_agent()
        for ticket in self:
            if into := self.env[CORRECTION]._find_merged_into(ticket):
                raise UserError(
                    self.env._("%(ticket)s goes on in %(other)s.", ticket=ticket.number, other=into.sudo().number)
                )
        return self.env[CORRECTION]._check_reason(reason)

    def _marketplace_check_together(self, target):
        """Check that what is on these tickets may be on another one.

        :raise UserError: not on that one.
        """
        if not target or target in self:
            raise UserError(self.env._("Choose another ticket."))
        target.check_access("write")
        if target.duplicate_id:
            raise UserError(self.env._("%s is itself a duplicate: choose the ticket that goes on.", target.number))
        if not target.marketplace_site_id:
            raise UserError(
                self.env._("%s is not from a marketplace: it can't take a buyer's messages.", target.number)
            )
        for ticket in self:
            if ticket.company_id != target.company_id:
                raise UserError(
                    self.env._(
                        "%(one)s and %(other)s belong to different companies.", one=ticket.number, other=target.number
                    )
                )
            account_sudo = ticket.sudo().marketplace_site_id.account_id
            if account_sudo and account_sudo != target.sudo().marketplace_site_id.account_id:
                raise UserError(
                    self.env._(
                        "%(one)s and %(other)s belong to different marketplace accounts: an answer could not reach the "
                        "buyer.", one=ticket.number, other=target.number,
                    )
                )  # fmt: skip

    def _marketplace_find_order(self, number, create=False):
        """Return the order of this ticket's account that a number means, or an empty recordset.

        :param bool create: have it fetched when it is not here yet.
        :raise UserError: it can't be a number of this marketplace, or can't be fetched.
        """
        site_sudo, Order = self.sudo().marketplace_site_id, self.env["marketplace.order"].sudo()
        if not site_sudo:
            raise UserError(self.env._("This ticket is not from a marketplace."))
        text = (number or "").strip()
        ref = site_sudo.app_id._get_class().normalize_ref(text)
        account_sudo = site_sudo.account_id
        # A seller's own number may have any form: it is known once the order is here.
        found_sudo = (ref and Order._find(account_sudo, ref)) or (text and Order._find(account_sudo, text)) or Order
        if found_sudo or not create:
            if create and found_sudo.is_hint:
                found_sudo.is_hint = False
            return found_sudo
        if not ref:
            values = {"number": text, "marketplace": site_sudo.app_id.name}
            raise UserError(self.env._("“%(number)s” is no order number of %(marketplace)s.", **values))
        if not account_sudo._is_fetchable():
            raise UserError(self.env._("Order %s is not here, and its account is not connected at present.", ref))
        return Order._find_or_create(site_sudo, ref)

    def _marketplace_as_mail(self):
        """Return a mail of this ticket's buyer that says nothing else."""
        ticket_sudo = self.sudo()
        code = ticket_sudo.marketplace_app_id.code
        return InboundMail(app=code, kind="buyer_message", buyer_name=ticket_sudo.partner_name or None)

    @api.model
    @contextmanager
    def _marketplace_look_again(self):
        """Have Odoo begin again when mail of the same order or thread came at this very moment."""
        try:
            yield
            self.env.flush_all()
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    # === TELLING === #

    def _marketplace_note_correction(self, text, reason, other=None):
        """Say on this ticket what this user put right, and why."""
        link = Markup(" %s") % other._get_html_link(title=other.number) if other else ""
        body = Markup("%s%s<br/>%s") % (text, link, reason)
        self.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _marketplace_moved(self):
        """Tell open forms of these tickets that messages came or went: what they show is to be read anew."""
        for ticket in self:
            self.env["bus.bus"]._sendone(ticket, "marketplace_messages_moved", {"ids": self.ids})
        self._marketplace_changed()

    # Opening the dialogs that put right.

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

    def _marketplace_find_current(self, number):
        """Return another ticket in which the order with this number goes on, or an empty recordset.

        :raise UserError: the number can't be one, or this user may not change that ticket.
        """
        order_sudo = self._marketplace_find_order(number)
        if not order_sudo:
            return self.browse()
        other = self._marketplace_get_first(order_sudo).with_env(self.env) - self
        if other and not other.has_access("write"):
            raise UserError(self._marketplace_say_elsewhere(order_sudo, other.sudo()))
        return other

    # What a person says with one click where no mail proves it; who said it is kept.

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
