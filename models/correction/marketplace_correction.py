from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...marketplaces.schema import InboundMail
from ..errors import TicketRefused
from ..ticket.kinds import BUYER_WORDS
from .checks import check_correction, check_mergeable, check_together, look_again, say_elsewhere
from .move import get_movable, get_moving_keys, get_rows, move_posted, move_rest


class MarketplaceCorrection(models.Model):
    """What a person put right: which messages belong to which ticket or order, who said so and why. Only added to."""

    _name = "marketplace.correction"
    _inherit = ["marketplace.evidence.mixin"]
    _description = "Marketplace Correction"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("link", "Linked to an order"),
            ("move", "Message moved"),
            ("split", "Split"),
            ("merge", "Merged"),
            ("join", "Joined to the order it names"),
            ("confirm", "Buyer confirmed"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    reason = fields.Char(required=True, readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="From Ticket", readonly=True, ondelete="set null", index="btree_not_null"
    )
    target_id = fields.Many2one(
        "helpdesk.ticket", string="To Ticket", readonly=True, ondelete="set null", index="btree_not_null"
    )
    order_ref = fields.Char(string="From Order", readonly=True)
    target_order_ref = fields.Char(string="To Order", readonly=True)
    message_ids = fields.Many2many(
        "marketplace.message", "marketplace_correction_message_rel", string="Messages", readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_manager",
    )  # fmt: skip

    @api.model
    def _check_reason(self, reason):
        """Return the reason that somebody gave.

        :raise UserError: there is none.
        """
        text = (reason or "").strip()
        if not text:
            raise UserError(self.env._("Say in a few words why: it is kept with what you change."))
        return text[:500]

    @api.model
    def _log(self, kind, ticket, target, reason, messages=None, **values):
        """Keep what this user puts right; return it.

        :param ticket: where it was before.
        :param target: where it is from now on; the same for what only gets another order.
        :param messages: rows of the ledger that are concerned.
        :param values: ``order_ref`` and ``target_order_ref`` where they are not those of the tickets.
        """
        return self.sudo().create(
            {
                "kind": kind,
                "user_id": self.env.uid,
                "company_id": ticket.company_id.id,
                "reason": reason,
                "ticket_id": ticket.id,
                "target_id": target.id,
                "order_ref": ticket.marketplace_order_ref,
                "target_order_ref": target.marketplace_order_ref,
                "message_ids": [Command.set(messages.ids if messages else [])],
                **values,
            }
        )

    @api.model
    def _find_merged_into(self, ticket):
        """Return the ticket that another was merged into, or an empty recordset."""
        if not ticket.duplicate_id:
            return ticket.browse()
        merges = [("ticket_id", "=", ticket.id), ("kind", "=", "merge")]
        return ticket.duplicate_id if self.sudo().search_count(merges, limit=1) else ticket.browse()

    # === LINKING === #

    @api.model
    def _link(self, ticket, order, reason):
        """Make a ticket and its conversations an order's, and say so on it.

        :raise UserError: it is already, or the order goes on in another ticket.
        """
        ticket_sudo, Conversation = ticket.sudo(), self.env["marketplace.conversation"].sudo()
        former = ticket_sudo.marketplace_order_id
        if order == former:
            raise UserError(self.env._("This ticket is about order %s already.", order.order_ref))
        mine_sudo = Conversation._lock_of(ticket_sudo)
        self.env["marketplace.reply"]._lock_ticket(ticket)
        own_sudo = Conversation._find_or_create(ticket_sudo.marketplace_site_id, self._as_mail(ticket), order)
        if other := own_sudo.ticket_id - ticket_sudo:
            raise UserError(say_elsewhere(ticket, order, other))
        values = {"order_ref": former.order_ref, "target_order_ref": order.order_ref}
        rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", ticket.id)])
        self._log("link", ticket, ticket, reason, rows_sudo, **values)
        own_sudo.ticket_id = ticket_sudo
        # A merged ticket may have conversations of several orders: those stay.
        leaving = {False} if own_sudo in mine_sudo else {False, former.id}
        (mine_sudo - own_sudo).filtered(lambda one: one.order_id.id in leaving)._end_in(own_sudo)
        rows_sudo.filtered(lambda row: not row.order_id or row.order_id == former).order_id = order
        self._take_order(ticket_sudo, own_sudo)
        text = self.env._("Linked to order %s.", order.order_ref)
        if former:
            text = self.env._("Linked to order %(new)s, not %(old)s.", new=order.order_ref, old=former.order_ref)
        self._note(ticket, text, reason)

    @api.model
    def _take_order(self, ticket, conversation):
        """Make a ticket one of a conversation's order, with the values it would have had from the start."""
        former, order = ticket.marketplace_order_id, conversation.order_id
        name = (
            ticket.name.replace(former.order_ref, order.order_ref) if former else conversation._get_known_title(ticket)
        )
        values = {"name": name, "partner_name": ticket.partner_name or order.buyer_name}
        values |= ticket._marketplace_prepare_order_values(order)
        mapping = ticket.env["marketplace.field.mapping"]
        mapping._fill(ticket, values, order, mapping._prepare_refill(ticket, former, order))
        ticket._marketplace_changed()

    @api.model
    def _find_order(self, ticket, number, create=False):
        """Return the order of this ticket's account that a number means, or an empty recordset.

        :param bool create: have it fetched when it is not here yet.
        :raise UserError: it can't be a number of this marketplace, or can't be fetched.
        """
        site_sudo, Order = ticket.sudo().marketplace_site_id, self.env["marketplace.order"].sudo()
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

    @api.model
    def _find_current(self, ticket, number):
        """Return another ticket in which the order with this number goes on, or an empty recordset.

        :raise UserError: the number can't be one, or this user may not change that ticket.
        """
        order_sudo = self._find_order(ticket, number)
        if not order_sudo:
            return ticket.browse()
        other = self.env["marketplace.conversation"]._find_ticket(order_sudo).with_env(self.env) - ticket
        if other and not other.has_access("write"):
            raise UserError(say_elsewhere(ticket, order_sudo, other.sudo()))
        return other

    @api.model
    def _as_mail(self, ticket):
        """Return a mail of this ticket's buyer that says nothing else."""
        ticket_sudo = ticket.sudo()
        code = ticket_sudo.marketplace_app_id.code
        return InboundMail(app=code, kind="buyer_message", buyer_name=ticket_sudo.partner_name or None)

    # === MOVING AND SPLITTING === #

    @api.model
    def _move_messages(self, ticket, kind, messages, reason, ticket_id, number):
        """Move messages of a ticket to another one, made if need be; arguments as in ``action_marketplace_move``.

        :param str kind: ``move`` or ``split``.
        :return: {"ticket_id": of the ticket on which they are now}.
        :raise UserError: says what is in the way.
        """
        reason = check_correction(ticket, reason)
        rows_sudo = get_rows(ticket, messages)
        if not rows_sudo or (kind == "move" and messages - rows_sudo.mail_message_id):
            raise UserError(self.env._("Choose messages of the buyer or of the marketplace on this ticket."))
        with look_again(self.env):
            self.env["marketplace.conversation"].sudo()._lock_of(ticket)
            target, conversation_sudo = self._get_target(ticket, rows_sudo, ticket_id, number)
            for one in (ticket | target).sorted("id"):
                self.env["marketplace.reply"]._lock_ticket(one)
            self._move(ticket, kind, messages, rows_sudo, target, conversation_sudo, reason)
        return {"ticket_id": target.id}

    @api.model
    def _move(self, ticket, kind, messages, rows, target, conversation, reason):
        """Move messages and what belongs to them; the conversations are locked.

        :param rows: of the ledger, from which they were posted.
        :param conversation: which leads to the target.
        """
        self._log(kind, ticket, target, reason, rows)
        keys = get_moving_keys(ticket, rows)
        self.env["marketplace.response"]._move(ticket, messages, target)
        move_posted(ticket, messages, target)
        former = rows.conversation_id | conversation.search([("ticket_id", "=", ticket.id)])
        rows.write({"ticket_id": target.id, "conversation_id": conversation.id, "order_id": conversation.order_id.id})
        former._hand_keys_to(conversation, keys)
        rows._confirm_buyer()
        (ticket | target)._marketplace_update_doubt()
        if target.sudo().marketplace_response_id:
            target.sudo()._marketplace_reopen()
        words = messages.filtered(lambda one: one.marketplace_kind in BUYER_WORDS)
        count = len(words) or len(messages)
        self._note(ticket, self.env._("%s message(s) moved to", count), reason, target)
        self._note(target, self.env._("%s message(s) moved here from", count), reason, ticket)
        self._tell_moved(ticket | target)

    @api.model
    def _get_target(self, ticket, rows, ticket_id, number):
        """Return the ticket that messages go to, made if it takes that, and the conversation that leads there."""
        Conversation = self.env["marketplace.conversation"].sudo()
        if ticket_id:
            target = ticket.browse(ticket_id).exists()
            check_together(ticket, target)
            return target, Conversation._get_or_create_for(target.sudo())
        first_sudo = rows.filtered("raw")[:1]
        intake_sudo = self.env["marketplace.intake"].sudo()
        mail = intake_sudo._read(first_sudo) if first_sudo else self._as_mail(ticket)
        facts = intake_sudo._get_facts(first_sudo, mail) if first_sudo else mail
        site_sudo = rows[:1].site_id
        if not number:
            conversation_sudo = Conversation._create_apart(site_sudo, facts)
        else:
            order_sudo = self._find_order(ticket, number, create=True)
            conversation_sudo = Conversation._find_or_create(site_sudo, self._as_mail(ticket), order_sudo)
        if target := conversation_sudo.ticket_id.with_env(self.env):
            if not target.has_access("write"):
                raise UserError(say_elsewhere(ticket, order_sudo, target.sudo()))
            check_together(ticket, target)
        else:
            target = self._create_beside(ticket, conversation_sudo, mail)
        return target, conversation_sudo

    @api.model
    def _create_beside(self, ticket, conversation, mail):
        """Return a new ticket of a conversation, looked after by whoever looks after this one."""
        ticket.browse().check_access("create")
        try:
            ticket_sudo = conversation.ticket_id = conversation._create_ticket(mail, assign=False)
        except TicketRefused as error:
            raise UserError(self.env._("The ticket can't be made: %s", error)) from error
        same = {"team_id": ticket.team_id.id, "user_id": ticket.user_id.id}
        ticket_sudo.with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True).write(same)
        return ticket_sudo.with_env(self.env)

    # === MERGING AND JOINING === #

    @api.model
    def _merge_into(self, ticket, target, reason):
        """Move all that is on a ticket to another one, and close it as that one's duplicate."""
        conversations_sudo = self.env["marketplace.conversation"].sudo().search([("ticket_id", "=", ticket.id)])
        messages_sudo = get_movable(ticket)
        rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", ticket.id)])
        self._log("merge", ticket, target, reason, rows_sudo)
        self.env["marketplace.response"]._move_all(ticket, target)
        move_posted(ticket, messages_sudo, target)
        move_rest(ticket, target)
        if own_sudo := (conversations_sudo and conversations_sudo._lead_to(target.sudo())):
            own_sudo._tell_order(target.sudo())
        self._take_over(target, ticket)
        self._end_as_duplicate(ticket, target)
        self._note(ticket, self.env._("Merged into"), reason, target)
        self._note(target, self._describe_merged(ticket), reason, ticket)

    @api.model
    def _describe_merged(self, ticket):
        ref = ticket.marketplace_order_ref
        return self.env._("Merged with this ticket (order %s):", ref) if ref else self.env._("Merged with this ticket:")

    @api.model
    def _take_over(self, target, source):
        """Give a ticket the urgency of the one that was merged into it, and what only that one knew."""
        target_sudo, source_sudo = target.sudo(), source.sudo()
        values = {
            name: source_sudo[name]
            for name in ("partner_name", "marketplace_item_ref", "marketplace_check")
            if source_sudo[name] and not target_sudo[name]
        }
        if (source_sudo.priority or "0") > (target_sudo.priority or "0"):
            values["priority"] = source_sudo.priority
        claims = [one.marketplace_claim_deadline for one in (target_sudo, source_sudo)]
        if claims[1] and not (claims[0] and claims[0] <= claims[1]):
            names = ("marketplace_claim_deadline", "marketplace_claimed_at")
            values.update({name: source_sudo[name] for name in names})
        values["tag_ids"] = [Command.link(tag.id) for tag in source_sudo.tag_ids]
        target_sudo.write(values)
        if target_sudo.marketplace_response_id:
            target_sudo._marketplace_reopen()

    @api.model
    def _end_as_duplicate(self, ticket, target):
        """Close a merged ticket as helpdesk_mgmt closes a duplicate; its own duplicates are the other's."""
        ticket_sudo = ticket.sudo()
        # Nobody is told by mail: what is closed here goes on there.
        quiet_sudo = ticket_sudo.with_context(tracking_disable=True)
        quiet_sudo.with_context(active_test=False).duplicate_ids.duplicate_id = target
        quiet_sudo.write(
            {"duplicate_id": target.id, "marketplace_claimed_at": False, "marketplace_claim_deadline": False}
        )
        if stage := ticket.company_id.helpdesk_mgmt_duplicate_ticket_stage_id:
            quiet_sudo.stage_id = stage
        if not ticket_sudo.stage_id.closed:
            quiet_sudo._marketplace_close()

    @api.model
    def _get_joined(self, ticket, order):
        """Return the ticket in which an order goes on, or this one when there is none."""
        target = self.env["marketplace.conversation"]._find_ticket(order).with_env(self.env) or ticket
        if not target.has_access("write"):
            raise UserError(say_elsewhere(ticket, order, target.sudo()))
        return target

    @api.model
    def _join_into(self, ticket, target, reason):
        """Merge a ticket into the one in which the order goes on that its buyer names."""
        check_together(ticket, target)
        check_mergeable(ticket)
        self.env["marketplace.conversation"].sudo()._lock_of(ticket | target)
        for one in (ticket | target).sorted("id"):
            self.env["marketplace.reply"]._lock_ticket(one)
        self._merge_into(ticket, target, reason)
        self._tell_moved(ticket | target)

    # === TELLING === #

    @api.model
    def _note(self, ticket, text, reason, other=None):
        """Post a note on a ticket: what this user put right, and why."""
        link = Markup(" %s") % other._get_html_link(title=other.number) if other else ""
        body = Markup("%s%s<br/>%s") % (text, link, reason)
        ticket.message_post(body=body, subtype_xmlid="mail.mt_note")

    @api.model
    def _tell_moved(self, tickets):
        """Tell open forms of these tickets that messages came or went: what they show is to be read anew."""
        for ticket in tickets:
            self.env["bus.bus"]._sendone(ticket, "marketplace_messages_moved", {"ids": tickets.ids})
        tickets._marketplace_changed()
