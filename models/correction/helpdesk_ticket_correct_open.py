from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


# Beside helpdesk_ticket_correct.py, which would get too long.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """Opening the dialogs that put right."""

    _inherit = "helpdesk.ticket"

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
