import logging

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, models
from odoo.fields import Datetime
from odoo.tools import clean_context

from ...marketplaces.schema import InboundMail
from ..errors import TicketRefused
from .creation import fill_required
from .text import with_link

_logger = logging.getLogger(__name__)


class MarketplaceConversation(models.Model):
    """The tickets of a conversation: how they are made, opened again and followed by a new one."""

    _inherit = "marketplace.conversation"

    # === THE CURRENT TICKET === #

    def _get_ticket(self, mail, refused=None):
        """Return the current ticket, opened again or made; the conversation is locked.

        :param str refused: see ``_create_ticket``.
        """
        ticket = self.ticket_id
        if not ticket or self._is_over():
            new = self._create_ticket(mail, refused=refused)
            self.ticket_id = new
            self._link_to_previous(new, ticket)
            return new
        ticket._marketplace_reopen()
        self._tell_order(ticket)
        ticket._marketplace_changed()
        return ticket

    def _is_over(self):
        """Tell whether the ticket has been closed for so long that its site wants a new one in its place."""
        ticket = self.ticket_id
        site_sudo = ticket.sudo().marketplace_site_id
        if site_sudo.reopen != "new" or not ticket.stage_id.closed:
            return False
        closed_at = max(filter(None, (ticket.closed_date, ticket.last_stage_update)), default=ticket.write_date)
        return (Datetime.now() - closed_at).total_seconds() > site_sudo.reopen_days * 86400

    @api.model
    def _link_to_previous(self, ticket, previous):
        """Link a new ticket and the one before it of its conversation; nothing when there was none."""
        if not previous:
            return
        ticket.with_context(tracking_disable=True).marketplace_previous_ticket_id = previous
        for one, text, other in (
            (ticket, self.env._("Continues %s, which was closed when the buyer wrote again."), previous),
            (previous, self.env._("The buyer wrote again: the conversation goes on in %s."), ticket),
        ):
            one._marketplace_note(with_link(text, other))
            one._marketplace_changed()

    @api.model
    def _note_beside(self, ticket, closed):
        """Post on a new ticket and on a closed one that they may belong together: nothing is proved of the new one.

        :param closed: the ticket that proved mail would have opened again; may be empty.
        """
        if not closed:
            return
        for one, text, other in (
            (ticket, self.env._("May continue %s, which stays closed: this mail is not verified."), closed),
            (closed, self.env._("A mail that is not verified may belong here: see %s."), ticket),
        ):
            one._marketplace_note(with_link(text, other))

    def _tell_order(self, ticket):
        """Tell a ticket the order of this conversation, which had none when the ticket was made.

        An ordinary ticket that the conversation was moved to becomes one of its site: the buyer waits there.
        """
        mapping = self.env["marketplace.field.mapping"]
        if not ticket.marketplace_site_id:
            ticket.write(mapping._prepare_joining(self.site_id))
        order = self.order_id
        if order and not ticket.marketplace_order_id:
            values = {"name": self._get_known_title(ticket), **ticket._marketplace_prepare_order_values(order)}
            mapping._fill(ticket, values, order)

    @api.model
    def _find_ticket(self, order):
        """Return the current ticket of an order, or an empty recordset, whoever may see it."""
        mail = InboundMail(app=order.app_id.sudo().code, kind="buyer_message")
        return self.sudo()._find_for(order.account_id, mail, order).ticket_id

    # === CREATION === #

    def _create_ticket(self, mail, doubt=None, refused=None, assign=True):
        """Return a new ticket, which does not become the current one yet.

        :param InboundMail mail: what it is made for.
        :param str doubt: what is in doubt of it besides an order that is named only.
        :param str refused: why it could not be made as configured: it is made bare, with a note that says so.
        :param bool assign: False when somebody is about to take it, so that nobody has a turn.
        :raise TicketRefused: the caller begins a new transaction and asks again, with the reason.
        """
        # Whoever causes it says nothing about it by defaults.
        Ticket = (
            self.env["helpdesk.ticket"]
            .with_company(self.company_id)
            .with_context(
                clean_context(self.env.context),
                mail_create_nosubscribe=True,
                mail_create_nolog=True,
                tracking_disable=True,
            )
        )
        values = self._prepare_ticket_values(mail)
        values["marketplace_doubt"] = doubt or ("order" if values["marketplace_named_ref"] else False)
        if refused:
            return self._create_bare(Ticket, values, refused)
        template_sudo = self.site_id._get_template()
        try:
            ticket = Ticket.create(template_sudo._fill(values, self, mail, assign))
            template_sudo._finish(ticket)
            ticket.flush_recordset()
        except OperationalError:
            raise
        except Exception as error:
            _logger.exception("The ticket of conversation %s can't be made as configured", self.id)
            raise TicketRefused(str(error)) from error
        return ticket.with_env(self.env)

    @api.model
    def _create_bare(self, Ticket, values, refused):
        """Return a ticket without anything that a person configured, and with a note why."""
        # Odoo's create lies between: nothing is to be added to the values there.
        Ticket = Ticket.with_context(marketplace_bare=True)
        bare = {**values, "team_id": False, "category_id": False}
        # Past the automation rules: one of them may be what refuses.
        create = getattr(type(Ticket).create, "origin", type(Ticket).create)
        ticket = create(Ticket, [fill_required(Ticket, bare)]).with_env(self.env)
        ticket._marketplace_note(
            self.env._("Made bare: its team, category, template or mapped fields were refused: %s", refused)
        )
        return ticket

    def _prepare_ticket_values(self, mail):
        """Return the create values of this conversation's ticket. The buyer's words stand in none of them."""
        site, order = self.site_id, self.order_id
        return {
            "name": self._get_title(mail.presale),
            "description": Markup("<p>%s</p>") % self._get_description(mail.presale),
            "company_id": self.company_id.id,
            "channel_id": site.app_id.channel_id.id,
            "team_id": site.team_id.filtered("active").id,
            "category_id": site.category_id.filtered("active").id,
            "user_id": False,
            "partner_id": self._get_contact(mail).id,
            "partner_name": mail.buyer_name or order.buyer_name,
            "partner_email": False,
            "priority": "3" if mail.urgent else "1",
            "marketplace_site_id": site.id,
            "marketplace_item_ref": mail.item_ref,
            "marketplace_named_ref": False if self.order_id else self.named_ref,
            **self.env["helpdesk.ticket"]._marketplace_prepare_order_values(order),
        }

    def _get_title(self, presale=False):
        if self.order_id:
            return self.env._("Order %(order)s on %(site)s", order=self.order_id.order_ref, site=self.site_id.name)
        if self.named_ref:
            return self.env._(
                "Names order %(order)s on %(site)s, not proved", order=self.named_ref, site=self.site_id.name
            )
        if presale:
            return self.env._("Question before buying on %s", self.site_id.name)
        return self.env._("Message without an order on %s", self.site_id.name)

    def _get_known_title(self, ticket):
        """Return the title that a ticket of this conversation gets once the order is known."""
        template_sudo, order = self.site_id._get_template(), self.order_id
        topic = template_sudo._get_topic(order=order)
        values = template_sudo._get_values(self.site_id, order, topic, ticket.marketplace_item_ref)
        return template_sudo and template_sudo._fill_title(values) or self._get_title()

    def _get_description(self, presale):
        if self.order_id:
            return self.env._(
                "A buyer on %(site)s wrote about order %(order)s. The conversation is beside this text.",
                site=self.site_id.name,
                order=self.order_id.order_ref,
            )
        if self.named_ref:
            return self.env._(
                "Somebody wrote on %(site)s and names order %(order)s. Nothing proves that it is this buyer's.",
                site=self.site_id.name,
                order=self.named_ref,
            )
        if presale:
            return self.env._("Somebody asks about a product on %s; there is no order yet.", self.site_id.name)
        return self.env._("A buyer on %s wrote; the message names no order.", self.site_id.name)

    def _get_contact(self, mail):
        if not self.site_id.create_contacts or not self.buyer_alias:
            return self.env["res.partner"]
        return self.env["res.partner"]._marketplace_find_or_create(self, mail)

    # === SHOWING === #

    @api.model
    def _describe_others(self, ticket):
        """Return the other tickets of a ticket's buyer, newest first, as far as the ticket's user may see them."""
        mine = self.search([("ticket_id", "=", ticket.id)], limit=1)
        if not mine.buyer_alias:
            return []
        domain = [
            ("account_id", "=", mine.account_id.id),
            ("buyer_alias", "=", mine.buyer_alias),
            ("id", "!=", mine.id),
        ]
        others = self.search(domain, limit=20).ticket_id.with_env(ticket.env)._filtered_access("read") - ticket
        return [
            {
                "id": other.id,
                "number": other.number,
                "name": other.name,
                "stage": other.stage_id.name,
                "order_ref": other.marketplace_order_ref,
            }
            for other in others
        ]
