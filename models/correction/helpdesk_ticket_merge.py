from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from .helpdesk_ticket import CORRECTION


# Beside helpdesk_ticket_correct.py, which would get too long.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """Merging tickets: one goes on with all that was on the others, which are closed as its duplicates.

    An ordinary ticket may join a marketplace's, but for one whose sender waits for an answer by e-mail: from a
    marketplace's ticket nobody else than its buyer can be answered.
    """

    _inherit = "helpdesk.ticket"

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
