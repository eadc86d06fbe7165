from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ...marketplaces.schema import InboundMail
from ..ticket.helpdesk_ticket import TicketRefused

COMPOSE = "marketplace.message.compose"


# Beside helpdesk_ticket_reply.py, which would get too long: what is no answer by mail is a subject of its own.
class HelpdeskTicket(models.Model):  # pylint: disable=consider-merging-classes-inherited
    """Writing to the buyer in other ways: messages that the marketplace sends for us, and writing first."""

    _inherit = "helpdesk.ticket"

    marketplace_has_messages = fields.Boolean(compute="_compute_marketplace_has_messages")

    @api.depends("marketplace_app_id", "marketplace_order_id")
    def _compute_marketplace_has_messages(self):
        known = self.env["marketplace.app"]._get_marketplaces()
        for ticket in self:
            marketplace = known.get(ticket.marketplace_app_id.sudo().code)
            offers = marketplace and (marketplace.message_actions or marketplace.review_action)
            ticket.marketplace_has_messages = bool(ticket.marketplace_order_id and offers)

    # === WHETHER === #

    def _marketplace_why_barred(self):
        """Return why this user may write to this ticket's buyer in no way at all, or False."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        site_sudo, app_sudo = ticket_sudo.marketplace_site_id, ticket_sudo.marketplace_app_id
        if not site_sudo:
            return self.env._("This ticket is not from a marketplace.")
        if app_sudo in self.env.user.sudo().marketplace_barred_app_ids:
            return self.env._("You may not answer on %s. An administrator can change that on your user.", app_sudo.name)
        if site_sudo.state != "active" or site_sudo.account_id.state == "deleted":
            return self.env._("%s was deleted here.", site_sudo.name)
        if self.env["marketplace.home"]._is_copy():
            return self.env._("This is a copy of another database: buyers are not answered from here.")
        return app_sudo._why_gone()

    def _marketplace_why_no_account(self):
        """Return why the marketplace can't be asked for anything about this ticket, or False."""
        self.ensure_one()
        site_sudo = self.sudo().marketplace_site_id
        if not self._marketplace_get_order():
            return self.env._("There is no order yet.")
        if site_sudo.state != "active" or not site_sudo.account_id._is_fetchable():
            return self.env._("%s is not connected at present. An administrator can mend that.", site_sudo.name)
        return False

    def _marketplace_why_not_first(self):
        """Return why the buyer, who wrote nothing that can be answered, can't be written to first, or False."""
        self.ensure_one()
        order_sudo, app_sudo = self._marketplace_get_order(), self.sudo().marketplace_app_id
        if not order_sudo or not app_sudo._get_class().has_write_first:
            return self.env._("There is no message of the buyer's here that can be answered.")
        return self._marketplace_why_not_about(order_sudo)

    @api.model
    def _marketplace_why_not_about(self, order):
        """Return why the buyer of an order can't be written to before writing, or False."""
        if order.state == "pending":
            return self.env._("The order is being fetched: wait a moment.")
        can_reply = order.app_id._get_class().can_reply
        return can_reply(reply_to=order.relay or None, order=order._as_snapshot(), is_answer=False) or False

    # === MESSAGES OF THE MARKETPLACE === #

    def action_marketplace_messages(self):
        """Open the dialog with the messages that the marketplace sends about the order.

        :raise UserError: there can't be any.
        """
        self.ensure_one()
        self._marketplace_check_message()
        return self.env[COMPOSE].create({"ticket_id": self.id})._show()

    def _marketplace_check_message(self):
        """Check that this user may have the marketplace send messages about this ticket's order.

        :raise UserError: says why not.
        """
        self.check_access("write")
        self._marketplace_check_agent()
        if why_not := self._marketplace_why_barred() or self._marketplace_why_no_account():
            raise UserError(why_not)

    def _marketplace_get_api_order(self):
        """Return the order's number and its storefront, as calls of the contract take them."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        order_sudo = self._marketplace_get_order()
        site_sudo = order_sudo.site_id or ticket_sudo.marketplace_site_id
        return order_sudo.order_ref, site_sudo._get_storefront()

    def _marketplace_take_turn(self):
        """Lock what is sent from this ticket: of two clicks, or two agents, the second waits, fails and looks again."""
        self.ensure_one()
        self.sudo().marketplace_reply_count += 1
        self.flush_recordset(["marketplace_reply_count"])

    def _marketplace_adopt_files(self, attachments):
        """Keep files of a dialog, which would go with it, on the ticket."""
        self.ensure_one()
        attachments.check_access("read")
        mine = attachments.filtered(lambda one: one.res_model == COMPOSE)
        mine.sudo().write({"res_model": self._name, "res_id": self.id})

    # === WRITING FIRST === #

    @api.model
    def _marketplace_open_first(self, order, is_to_write=True):
        """Return the current ticket of an order, made for this agent when the buyer never wrote.

        :param bool is_to_write: the buyer is to be written to, which must be possible.
        :raise UserError: the ticket is somebody else's, or can't be made.
        """
        # An update is the lock: of two agents, the second fails and finds the first one's ticket.
        self.env.execute_query(
            SQL("UPDATE marketplace_order SET order_ref = order_ref WHERE id = %s RETURNING id", order.id)
        )
        return self._marketplace_check_first(order) or self._marketplace_create_first(order, is_to_write)

    @api.model
    def _marketplace_check_first(self, order):
        """Return the current ticket of an order, or an empty recordset.

        :raise UserError: it is somebody else's.
        """
        ticket = self._marketplace_get_first(order).with_env(self.env)
        if ticket and not ticket.has_access("read"):
            raise UserError(self.env._("Ticket %s is about this order, but you may not see it.", ticket.sudo().number))
        return ticket

    @api.model
    def _marketplace_get_first(self, order):
        """Return the current ticket of an order, or an empty recordset, whoever may see it."""
        mail = InboundMail(app=order.app_id.sudo().code, kind="buyer_message")
        return self.env["marketplace.conversation"].sudo()._find_for(order.account_id, mail, order).ticket_id

    @api.model
    def _marketplace_create_first(self, order, is_to_write):
        """Return a new ticket on which nobody waits for an answer, so that no clock runs."""
        self.check_access("create")
        why_not = is_to_write and self._marketplace_why_not_about(order)
        if why_not:
            raise UserError(why_not)
        mail = InboundMail(app=order.app_id.sudo().code, kind="buyer_message", buyer_name=order.buyer_name or None)
        try:
            conversation_sudo = self.env["marketplace.conversation"].sudo()._find_or_create(order.site_id, mail, order)
            ticket_sudo = conversation_sudo.ticket_id = self.sudo()._marketplace_create_taken(conversation_sudo, mail)
        except UniqueViolation as error:
            # The buyer wrote at this very moment: Odoo begins again, and finds that ticket.
            raise ConcurrencyError(str(error)) from error
        except TicketRefused as error:
            raise UserError(self.env._("The ticket can't be made: %s", error)) from error
        text = self.env._("The buyer has not written. The order is beside this text.")
        ticket_sudo.with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True).write(
            {"description": ticket_sudo._marketplace_frame(Markup("<p>%s</p>") % text), "user_id": self.env.uid}
        )
        ticket = ticket_sudo.with_env(self.env)
        note = self.env._("Opened to write to the buyer.") if is_to_write else self.env._("Opened by hand.")
        ticket.message_post(body=note, subtype_xmlid="mail.mt_note")
        return ticket
