from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..ticket.kinds import BUYER_KINDS, BUYER_WORDS
from .helpdesk_ticket import CORRECTION

#: Mails that are read again to see which threads they belong to; more than these say nothing new.
READ_LIMIT = 100


class HelpdeskTicket(models.Model):
    """Taking messages, and all that belongs to them, to another ticket. Callers check access and hold the locks."""

    _inherit = "helpdesk.ticket"

    # === WHAT IS POSTED === #

    def _marketplace_get_movable(self, from_id=0):
        """Return what people and marketplaces wrote on this ticket; the log of the ticket itself is not of it."""
        domain = [("model", "=", self._name), ("res_id", "=", self.id), ("id", ">=", from_id)]
        posted_sudo = self.env["mail.message"].sudo().search(domain, order="id")
        return posted_sudo.filtered(
            lambda one: (
                one.marketplace_kind
                or (
                    not one.tracking_value_ids
                    and one.message_type != "user_notification"
                    and (one.body or one.attachment_ids)
                )
            )
        )

    def _marketplace_get_rows(self, messages):
        """Return the rows of the ledger that these messages were posted from."""
        rows_sudo = self.env["marketplace.message"].sudo()
        return rows_sudo.search([("mail_message_id", "in", messages.ids), ("ticket_id", "=", self.id)], order="id")

    def _marketplace_move_posted(self, messages, target):
        """Move messages with their files and answers to another ticket."""
        messages_sudo, here = messages.sudo(), {"res_model": self._name, "res_id": self.id}
        # A message never answers one that stands elsewhere.
        answering = messages_sudo.search([("parent_id", "in", messages.ids)]) - messages_sudo
        (answering | messages_sudo.filtered(lambda one: one.parent_id not in messages_sudo)).parent_id = False
        files_sudo = messages_sudo.attachment_ids.filtered(
            lambda one: one.res_model == here["res_model"] and one.res_id == here["res_id"]
        )
        files_sudo.res_id = target.id
        messages_sudo.res_id = target.id
        replies_sudo = self.env["marketplace.reply"].sudo()
        replies_sudo.search([("ticket_id", "=", self.id), ("mail_message_id", "in", messages.ids)]).ticket_id = target

    def _marketplace_move_rest(self, target):
        """Move what else is on this ticket: files, activities, answers, rows of the ledger, followers from inside."""
        mine = [("ticket_id", "=", self.id)]
        self.env["marketplace.reply"].sudo().search(mine).ticket_id = target
        self.env["marketplace.message"].sudo().search(mine).ticket_id = target
        files = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)]
        self.env["ir.attachment"].sudo().search(files).res_id = target.id
        self.sudo().with_context(active_test=False).activity_ids.res_id = target.id
        # Nobody from outside reads along with a marketplace's conversation.
        for follower_sudo in self.sudo().message_follower_ids:
            partner_sudo = follower_sudo.partner_id
            if partner_sudo.user_ids.filtered(lambda user: user._is_internal()) and partner_sudo.active:
                target.sudo().message_subscribe(partner_sudo.ids, follower_sudo.subtype_ids.ids)

    # === THE CLOCK === #

    def _marketplace_find_unanswered(self):
        """Return the buyer's messages of the turn that is open."""
        turn_sudo = self.sudo().marketplace_response_id
        if not turn_sudo:
            return self.env["mail.message"].sudo()
        ended = [("ticket_id", "=", self.id), ("response_id.answered_at", "!=", False)]
        replies_sudo = self.env["marketplace.reply"].sudo().search(ended)
        last = max(replies_sudo.mail_message_id.ids, default=0)
        return self._marketplace_find_posted(BUYER_WORDS, [("date", ">=", turn_sudo.asked_at), ("id", ">", last)])

    def _marketplace_move_turns(self, messages, target):
        """Have the turns of messages that are about to move go along; a turn of which some stay is parted."""
        unanswered_sudo = self._marketplace_find_unanswered()
        going_sudo = unanswered_sudo & messages.sudo()
        staying_sudo = unanswered_sudo - going_sudo
        turn_sudo = self.sudo().marketplace_response_id
        if going_sudo and staying_sudo:
            turn_sudo.write({"asked_at": min(staying_sudo.mapped("date")), "message_count": len(staying_sudo)})
            for message_sudo in going_sudo:
                target._marketplace_clock_start(message_sudo.date)
        elif going_sudo:
            self._marketplace_hand_turn_to(target)
        ended_sudo = turn_sudo.search([("ticket_id", "=", self.id), ("answered_at", "!=", False)])
        ended_sudo.filtered(lambda turn: self._marketplace_is_turn_of(turn, messages)).ticket_id = target
        (self | target)._marketplace_order_turns()

    def _marketplace_is_turn_of(self, turn, messages):
        """Tell whether an ended turn is about these messages only, its answer included."""
        while_open = [("date", ">=", turn.asked_at), ("date", "<=", turn.answered_at)]
        asked_sudo = self._marketplace_find_posted(BUYER_WORDS, while_open)
        answers_sudo = self.env["marketplace.reply"].sudo().search([("response_id", "=", turn.id)])
        return bool(asked_sudo) and asked_sudo | answers_sudo.mail_message_id <= messages.sudo()

    def _marketplace_hand_turn_to(self, target):
        """Have the open turn of this ticket be the other's; two that are open become one, from the older question."""
        turn_sudo, target_sudo = self.sudo().marketplace_response_id, target.sudo()
        if not turn_sudo:
            return
        self.sudo().marketplace_response_id = False
        if target_sudo.marketplace_response_id:
            target_sudo.marketplace_response_id._absorb(turn_sudo)
        else:
            turn_sudo.ticket_id = target
            target_sudo.marketplace_response_id = turn_sudo

    def _marketplace_move_all_turns(self, target):
        self._marketplace_hand_turn_to(target)
        self.env["marketplace.response"].sudo().search([("ticket_id", "=", self.id)]).ticket_id = target
        target._marketplace_order_turns()

    def _marketplace_order_turns(self):
        """Say of each turn of these tickets whether it is the ticket's first."""
        self.env.flush_all()
        for ticket in self:
            turns_sudo = self.env["marketplace.response"].sudo().search([("ticket_id", "=", ticket.id)])
            first_sudo = turns_sudo.sorted(lambda turn: (turn.asked_at, turn.id))[:1]
            (turns_sudo - first_sudo).filtered("is_first").is_first = False
            first_sudo.filtered(lambda turn: not turn.is_first).is_first = True

    # === THREADS === #

    def _marketplace_get_moving_keys(self, rows):
        """Return the keys of these rows of the ledger that lead to the other ticket from now on.

        A thread goes where the newest of its messages is.
        """
        # Of a ticket that goes on in another one, what came later is there.
        domain = Domain("ticket_id", "=", self.id) | Domain("conversation_id", "in", rows.conversation_id.ids)
        domain &= Domain("id", ">", min(rows.ids, default=0)) & Domain("kind", "in", BUYER_KINDS)
        staying_sudo = rows.sudo().search(domain, order="id desc", limit=READ_LIMIT) - rows
        newest = {}
        for row_sudo in (rows.sudo()[-READ_LIMIT:] | staying_sudo).sorted("id"):
            for key in self._marketplace_read_keys(row_sudo):
                newest[key] = row_sudo
        return {key for key, row_sudo in newest.items() if row_sudo in rows}

    @api.model
    def _marketplace_read_keys(self, row):
        """Return the keys of a row of the ledger, as far as its mail is still here."""
        if not row.raw or row.kind not in BUYER_KINDS:
            return []
        intake_sudo = self.env["marketplace.intake"].sudo()
        mail = intake_sudo._read(row)
        facts = intake_sudo._get_facts(row, mail)
        keys = self.env["marketplace.conversation"]._get_movable_keys(facts)
        if facts.authentication != "pass":
            keys.append(("claim", self.env["marketplace.conversation"]._get_claim(mail)))
        return keys

    # Merging tickets: one goes on with all that was on the others, which are closed as its duplicates.
    #
    # An ordinary ticket may join a marketplace's, but for one whose sender waits for an answer by e-mail: from a
    # marketplace's ticket nobody else than its buyer can be answered.

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
        reason = (sources | target)._marketplace_check_correction(reason)
        sources._marketplace_check_together(target)
        sources._marketplace_check_mergeable()
        with self._marketplace_look_again():
            self.env["marketplace.conversation"].sudo()._lock_of(sources | target)
            for ticket in (sources | target).sorted("id"):
                ticket.sudo()._marketplace_take_turn()
            for source in sources:
                rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", source.id)])
                source._marketplace_merge_into(target, reason)
                rows_sudo._confirm_buyer()
            (sources | target)._marketplace_update_doubt()
            (sources | target)._marketplace_moved()
        return {"ticket_id": target.id}

    def _marketplace_check_mergeable(self):
        """Check that nobody is left waiting by merging these tickets.

        :raise UserError: names the ticket and the way out.
        """
        for ticket in self:
            mails = [("model", "=", self._name), ("res_id", "=", ticket.id), ("message_type", "=", "email")]
            if not ticket.marketplace_site_id and self.env["mail.message"].sudo().search_count(mails, limit=1):
                raise UserError(
                    self.env._(
                        "%s is an e-mail conversation: its sender can't be answered from a marketplace's ticket. "
                        "Answer there, or mark it as a duplicate.", ticket.number,
                    )
                )  # fmt: skip
        scheduled_sudo = self.env["mail.scheduled.message"].sudo()
        found_sudo = scheduled_sudo.search([("model", "=", self._name), ("res_id", "in", self.ids)], limit=1)
        if found_sudo:
            number = self.browse(found_sudo.res_id).number
            raise UserError(self.env._("A message is scheduled on %s: send or cancel it first.", number))

    def _marketplace_merge_into(self, target, reason):
        conversations_sudo = self.env["marketplace.conversation"].sudo().search([("ticket_id", "=", self.id)])
        messages_sudo = self._marketplace_get_movable()
        rows_sudo = self.env["marketplace.message"].sudo().search([("ticket_id", "=", self.id)])
        self.env[CORRECTION]._log("merge", self, target, reason, rows_sudo)
        self._marketplace_move_all_turns(target)
        self._marketplace_move_posted(messages_sudo, target)
        self._marketplace_move_rest(target)
        if own_sudo := (conversations_sudo and conversations_sudo._lead_to(target.sudo())):
            target.sudo()._marketplace_learn_order(own_sudo)
        target._marketplace_take_over(self)
        self._marketplace_end_as_duplicate(target)
        self._marketplace_note_correction(self.env._("Merged into"), reason, target)
        target._marketplace_note_correction(self._marketplace_describe_merged(), reason, self)

    def _marketplace_describe_merged(self):
        ref = self.marketplace_order_ref
        return self.env._("Merged with this ticket (order %s):", ref) if ref else self.env._("Merged with this ticket:")

    def _marketplace_take_over(self, source):
        """Be as urgent as the ticket that was merged into this one, and know what it knew."""
        target_sudo, source_sudo = self.sudo(), source.sudo()
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

    def _marketplace_end_as_duplicate(self, target):
        """Close a merged ticket as helpdesk_mgmt closes a duplicate; its own duplicates are the other's."""
        ticket_sudo = self.sudo()
        # Nobody is told by mail: what is closed here goes on there.
        quiet_sudo = ticket_sudo.with_context(tracking_disable=True)
        quiet_sudo.with_context(active_test=False).duplicate_ids.duplicate_id = target
        quiet_sudo.write(
            {"duplicate_id": target.id, "marketplace_claimed_at": False, "marketplace_claim_deadline": False}
        )
        if stage := self.company_id.helpdesk_mgmt_duplicate_ticket_stage_id:
            quiet_sudo.stage_id = stage
        if not ticket_sudo.stage_id.closed:
            quiet_sudo._marketplace_close()
