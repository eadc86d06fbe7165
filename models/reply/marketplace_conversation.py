from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ...marketplaces.schema import InboundMail
from ..errors import TicketRefused
from .answering import why_not_first


class MarketplaceConversation(models.Model):
    """Writing first: the ticket of an order whose buyer did not write."""

    _inherit = "marketplace.conversation"

    @api.model
    def _open_first(self, order, is_to_write=True):
        """Return the current ticket of an order, made for this agent when the buyer never wrote.

        :param bool is_to_write: the buyer is to be written to, which must be possible.
        :raise UserError: the ticket is somebody else's, or can't be made.
        """
        # An update is the lock: of two agents, the second fails and finds the first one's ticket.
        self.env.execute_query(
            SQL("UPDATE marketplace_order SET order_ref = order_ref WHERE id = %s RETURNING id", order.id)
        )
        return self._check_first(order) or self._create_first(order, is_to_write)

    @api.model
    def _check_first(self, order):
        """Return the current ticket of an order, or an empty recordset.

        :raise UserError: it is somebody else's.
        """
        ticket = self._find_ticket(order).with_env(self.env)
        if ticket and not ticket.has_access("read"):
            raise UserError(self.env._("Ticket %s is about this order, but you may not see it.", ticket.sudo().number))
        return ticket

    @api.model
    def _create_first(self, order, is_to_write):
        """Return a new ticket on which nobody waits for an answer, so that no clock runs."""
        self.env["helpdesk.ticket"].check_access("create")
        why_not = is_to_write and why_not_first(order)
        if why_not:
            raise UserError(why_not)
        mail = InboundMail(app=order.app_id.sudo().code, kind="buyer_message", buyer_name=order.buyer_name or None)
        try:
            conversation_sudo = self.sudo()._find_or_create(order.site_id, mail, order)
            ticket_sudo = conversation_sudo.ticket_id = conversation_sudo._create_ticket(mail, assign=False)
        except UniqueViolation as error:
            # The buyer wrote at this very moment: Odoo begins again, and finds that ticket.
            raise ConcurrencyError(str(error)) from error
        except TicketRefused as error:
            raise UserError(self.env._("The ticket can't be made: %s", error)) from error
        text = Markup("<p>%s</p>") % self.env._("The buyer has not written. The order is beside this text.")
        body = self.env["marketplace.ticket.template"]._frame(ticket_sudo, text)
        ticket_sudo.with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True).write(
            {"description": body, "user_id": self.env.uid}
        )
        ticket = ticket_sudo.with_env(self.env)
        note = self.env._("Opened to write to the buyer.") if is_to_write else self.env._("Opened by hand.")
        ticket.message_post(body=note, subtype_xmlid="mail.mt_note")
        return ticket
