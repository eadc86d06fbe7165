from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...marketplaces.schema import ORDER_STATUSES
from .kinds import BUYER_WORDS, OTHER, is_evidence

#: Where a sales order may hold a marketplace's number.
SALE_FIELDS = ("client_order_ref", "origin", "name")


def may_read_sales(env):
    """Tell whether the Sales app is installed and the user may read its orders."""
    return "sale.order" in env and env["sale.order"].has_access("read")


class HelpdeskTicket(models.Model):
    """The ticket of a marketplace: its pointers, its Order tab, and that nothing but a reply goes to a buyer."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "marketplace.guard.mixin"]
    _check_company_auto = True

    marketplace_site_id = fields.Many2one(
        "marketplace.site", string="Site", index="btree_not_null", copy=False, readonly=True, check_company=True
    )
    marketplace_app_id = fields.Many2one(
        related="marketplace_site_id.app_id", string="Marketplace", store=True, precompute=True, index="btree_not_null"
    )
    marketplace_order_id = fields.Many2one(
        "marketplace.order", index="btree_not_null", copy=False, readonly=True, check_company=True
    )
    marketplace_order_ref = fields.Char(string="Order Number", index="trigram", copy=False, readonly=True)
    marketplace_order_state = fields.Selection(
        [("none", "No Order"), ("pending", "Being Fetched"), ("known", "Known"), ("unavailable", "Not Available")],
        string="Order Data",
        copy=False,
        readonly=True,
    )
    marketplace_item_ref = fields.Char(string="Item Asked About", copy=False, readonly=True)
    marketplace_check = fields.Boolean(
        string="To Check", copy=False, readonly=True, help="A mail of a form not seen before."
    )
    marketplace_number = fields.Char(
        string="Any Order Number",
        compute="_compute_marketplace_number",
        search="_search_marketplace_number",
        help="The order's number, or another one that means the same order, with or without dashes.",
    )
    # What automation rules can look at, besides channel, marketplace, site, order data and deadline: all stored.
    marketplace_order_status = fields.Selection(
        [(code, code.replace("_", " ").capitalize()) for code in ORDER_STATUSES],
        string="Current Order Status",
        readonly=True,
        copy=False,
        help="As the marketplace last told it. A rule that is to look at it once watches Order Data: "
        "the first fill writes both together.",
    )
    marketplace_last_notice = fields.Selection(
        selection="_selection_marketplace_notice", string="Last Notice", readonly=True, copy=False
    )
    marketplace_last_notice_at = fields.Datetime(
        string="Last Notice On",
        readonly=True,
        copy=False,
        help="A rule that is to run for each notice, also for the same kind again, watches this.",
    )
    marketplace_order_data = fields.Json(compute="_compute_marketplace_order_data")

    # Beside the trigram index, which serves parts of a number but is slow for a whole one.
    _marketplace_order_ref_index = models.Index("(marketplace_order_ref) WHERE marketplace_order_ref IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("marketplace_order_ref")
    def _compute_marketplace_number(self):
        for ticket in self:
            ticket.marketplace_number = ticket.marketplace_order_ref

    @api.model
    def _search_marketplace_number(self, operator, value):
        """Look other numbers up first: conditions on indexed columns stay fast on any number of tickets."""
        own = Domain("marketplace_order_ref", operator, value)
        if operator not in ("ilike", "=ilike", "in"):
            return own
        forms = self.env["marketplace.order"]._get_number_forms(value)
        if not forms:
            return own
        others = self.env["marketplace.order.ref"].sudo().search([("name", "in", forms)]).order_id
        whole = Domain("marketplace_order_ref", "in", forms) | Domain("marketplace_order_id", "in", others.ids)
        if isinstance(value, str) and self.sudo().with_context(active_test=False).search_count(whole, limit=1):
            return whole
        # A part of one marketplace's number may look like another's whole one.
        return own | whole

    @api.model
    def _selection_marketplace_notice(self):
        known = self.env["marketplace.app"]._get_marketplaces().values()
        labels = {kind.code: kind.label for marketplace in known for kind in marketplace.notices if not kind.is_copy}
        # Sites know the kinds of marketplaces that are gone; tickets are too many to be asked.
        policies = self.env["marketplace.notice.policy"]
        return [*self.env["marketplace.app"]._add_stored(policies, "code", labels), (OTHER, self.env._("Other notice"))]

    def _compute_marketplace_order_data(self):
        for ticket in self:
            # Of what is stored: a form that is being filled says nothing of orders.
            stored = ticket._origin
            ticket.marketplace_order_data = bool(stored) and stored._marketplace_describe()

    # === THE TICKET ITSELF === #

    def _marketplace_reopen(self):
        """Open a closed or archived ticket again: the buyer wrote."""
        for ticket in self:
            if not ticket.active:
                ticket.active = True
            if ticket.stage_id.closed:
                stages = ticket._marketplace_get_stages()
                ticket.stage_id = stages.filtered(lambda stage: not stage.closed)[:1] or ticket.stage_id

    def _marketplace_get_stages(self):
        """Return the stages that this ticket may be in, in their order."""
        return self.team_id._get_applicable_stages() or self.env["helpdesk.ticket.stage"].search([], limit=50)

    def _marketplace_close(self):
        """Move the ticket to its first closed stage, if there is one."""
        self.stage_id = self._marketplace_get_stages().filtered("closed")[:1] or self.stage_id

    def _marketplace_note(self, text):
        """Post a note of the system's."""
        self.message_post(body=text, author_id=self.env.ref("base.partner_root").id, marketplace_kind="notice")

    def _marketplace_changed(self):
        """Tell open forms of these tickets to load again, after the commit."""
        for ticket in self:
            self.env["bus.bus"]._sendone(ticket, "marketplace_ticket_changed", {"id": ticket.id})

    def action_marketplace_checked(self):
        """Note that somebody looked at the mail whose form was not known."""
        self.ensure_one()
        self.check_access("write")
        self.env.user._marketplace_check_agent()
        if self.marketplace_check:
            self.sudo().marketplace_check = False
            self.message_post(body=self.env._("Checked."), subtype_xmlid="mail.mt_note")

    # === ORDER === #

    @api.model
    def _marketplace_prepare_order_values(self, order):
        """Return the values of a ticket that is about an order, or about none."""
        known = {"marketplace_named_ref": False} if order else {}
        return known | {
            "marketplace_order_id": order.id,
            "marketplace_order_ref": order.order_ref,
            "marketplace_order_state": order.state if order else "none",
            "marketplace_order_status": order.status if order.state == "known" else False,
        }

    def _marketplace_order_changed(self, order, before=None):
        """Follow an order: its first fill is one write together with its state, which rules can use.

        :param dict before: what the order gave to the fields that follow it, before it changed.
        """
        values = self._marketplace_prepare_order_values(order)
        mapping = self.env["marketplace.field.mapping"]
        first = self.filtered(lambda ticket: ticket.marketplace_order_state != order.state)
        for ticket in first:
            mapping._fill(ticket, dict(values, partner_name=ticket.partner_name or order.buyer_name), order)
        mapping._follow(self - first, order, before)
        self._marketplace_changed()

    def _marketplace_renumber(self, former_ref, order):
        """Write that the order turned out to have another number, or to be another one."""
        for ticket in self:
            name = ticket.name.replace(former_ref, order.order_ref)
            ticket.write({"name": name, "marketplace_order_id": order.id, "marketplace_order_ref": order.order_ref})

    def action_marketplace_refresh(self):
        """Ask for the order again, in the background."""
        self.marketplace_order_id.action_refresh()

    # === THE ORDER TAB === #

    def _marketplace_get_order(self):
        """Return this ticket's order, as superuser: whoever may read the ticket may read its order.

        :raise AccessError: the user may not read the ticket.
        """
        self.check_access("read")
        ticket_sudo = self.sudo()
        order_sudo = ticket_sudo.marketplace_order_id
        # Before pointers were facts, a ticket could be made to point at another company's.
        return order_sudo if order_sudo.company_id == ticket_sudo.company_id else order_sudo.browse()

    def _marketplace_describe(self):
        """Return what the Order tab shows, or False for a ticket that is not from a marketplace."""
        self.ensure_one()
        if not self.marketplace_site_id:
            return False
        ticket_sudo, order_sudo = self.sudo(), self._marketplace_get_order()
        storefront = ticket_sudo.marketplace_site_id._get_storefront()
        marketplace = ticket_sudo.marketplace_app_id._get_class_or_gone()
        item = ticket_sudo.marketplace_item_ref
        return {
            "site": ticket_sudo.marketplace_site_id.name,
            "marketplace": ticket_sudo.marketplace_app_id.name,
            "console": marketplace.console_name,
            "named_ref": ticket_sudo.marketplace_named_ref,
            "item_ref": item,
            "item_url": bool(item and storefront) and marketplace.item_url(storefront, item),
            "order": order_sudo._describe() if order_sudo else False,
            "others": self.env["marketplace.conversation"].sudo()._describe_others(self),
            "has_sale_orders": may_read_sales(self.env),
        }

    # === SALES ORDERS === #

    def _marketplace_get_sale_orders(self):
        """Return the sales orders with any of the order's numbers that this user may read (hook for add-ons).

        :return: recordset of ``sale.order``; without the Sales app an empty list.
        """
        self.ensure_one()
        if not may_read_sales(self.env):
            return []
        order_sudo = self._marketplace_get_order()
        refs = [one for one in (order_sudo.order_ref, *order_sudo.ref_ids.mapped("name")) if one]
        if not refs:
            return self.env["sale.order"]
        numbers = Domain.OR(Domain(name, "in", refs) for name in SALE_FIELDS)
        mine = Domain("company_id", "=", self.company_id.id) & numbers
        return self.env["sale.order"].search(mine, order="id desc", limit=5)

    def marketplace_find_sale_orders(self):
        """Return id and name of the order's sales orders, for the Order tab, which asks once it is shown."""
        self.ensure_one()
        self.check_access("read")
        return [{"id": one.id, "name": one.display_name} for one in self._marketplace_get_sale_orders()]

    # === NOTHING BUT A REPLY GOES TO A BUYER === #

    def message_post(self, **kwargs):
        """Answer the buyer, where the composer is for that; mark what else is posted for the outside as not sent."""
        if self.marketplace_site_id and self.env.context.get("marketplace_reply"):
            if self._marketplace_is_for_outside(kwargs):
                return self._marketplace_reply_by_post(kwargs)
        if not self.env.su:
            kwargs.pop("marketplace_kind", None)
        if self.marketplace_site_id and "marketplace_kind" not in kwargs:
            if kwargs.get("message_type") == "email" or self._marketplace_is_for_outside(kwargs):
                kwargs["marketplace_kind"] = "not_sent"
        return super().message_post(**kwargs)

    @api.model
    def _marketplace_is_for_outside(self, values):
        """Tell whether a message with these values is one that people outside are to read."""
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return values.get("subtype_xmlid") == "mail.mt_comment" or values.get("subtype_id") == comment

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        """Send followers' mails soon, but not inside the transaction that brings a buyer's message."""
        result = super()._notify_thread_by_email(message, recipients_data, **kwargs)
        if not kwargs.get("force_send", True) and any(one["notif"] == "email" for one in recipients_data):
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return result

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {"marketplace_kind"}

    def _track_template(self, tracking):
        """Leave out the stage's mail to the customer: marketplaces allow answers only."""
        templates = super()._track_template(tracking)
        if self[:1].marketplace_site_id:
            templates.pop("stage_id", None)
        return templates

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Suggest nobody: whoever wrote on a marketplace ticket can't be reached by e-mail."""
        suggested = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        for ticket in self.filtered("marketplace_site_id"):
            suggested[ticket.id] = []
        return suggested

    # === POINTERS ARE FACTS === #

    @api.model
    def _marketplace_say_facts(self, labels):
        """Tell whoever wants to write a pointer, a counter or a state what to do instead."""
        return self.env._(
            "%s: what a ticket is about, and how it stands with the marketplace, is written by the system only. "
            "To say which order it is about, use Link to an Order; to move messages, Move or Merge; to end the clock, "
            "answer the buyer or use No response needed.",
            labels,
        )

    # === FOR PEOPLE OF THE HELPDESK ONLY === #

    def _marketplace_is_closed_to(self, user):
        """Tell whether this is a ticket of a marketplace and the user not one of the helpdesk."""
        return bool(self.sudo().marketplace_site_id) and not user._marketplace_is_helpdesk()

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """Open no marketplace's conversation by a token or a signed link."""
        thread = super()._get_thread_with_access(thread_id, **kwargs)
        return thread.browse() if thread and thread._marketplace_is_closed_to(self.env.user) else thread

    # === WHO IS TOLD OF WHAT === #
    # No automatic mail carries a buyer's words: it says that there is something, on which ticket, with a link. Told are
    # people of the helpdesk who may see the ticket, whoever else follows it. A company may have the words in their
    # mails; what an agent forwards goes as it is.

    def _marketplace_hides_words(self, message, msg_vals=False):
        """Tell whether a message's words stay out of mails and of notifications on devices."""
        if len(self) != 1 or not is_evidence(message, msg_vals):
            return False
        return not self.sudo().company_id.marketplace_words_by_mail

    def _marketplace_say_news(self, message):
        """Return what a person is told instead of the words."""
        if message.marketplace_kind in BUYER_WORDS:
            return self.env._("The buyer wrote on %s.", self.number)
        return self.env._("There is news on %s.", self.number)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not recipients or len(self) != 1 or not is_evidence(message, msg_vals):
            return recipients
        told_sudo = self.env["res.users"].sudo().browse([one["uid"] for one in recipients if one["uid"]])
        told_sudo = told_sudo.filtered(
            lambda user: user._marketplace_is_helpdesk() and self.with_user(user).has_access("read")
        )
        return [one for one in recipients if one["uid"] in told_sudo.ids]

    def _notify_by_email_prepare_rendering_context(self, message, msg_vals=False, **kwargs):
        values = super()._notify_by_email_prepare_rendering_context(message, msg_vals=msg_vals, **kwargs)
        if not self._marketplace_hides_words(message, msg_vals):
            return values
        ticket = self.with_context(lang=values["lang"])
        said = {"body": Markup("<p>%s</p>") % ticket._marketplace_say_news(message), "model": self._name}
        return {
            **values,
            "message": self.env["mail.message"].sudo().new({**said, "res_id": self.id}),
            "record_name": self.number,
            "subtitles": [self.number],
            "tracking_values": [],
            "author_user": False,
            "email_add_signature": False,
            "signature": "",
        }

    def _notify_by_email_get_base_mail_values(self, message, recipients_data, additional_values=None):
        """Make the mail one of its own: that of a buyer's message would have its sender, subject and files."""
        values = super()._notify_by_email_get_base_mail_values(message, recipients_data, additional_values)
        if not self._marketplace_hides_words(message):
            return values
        site_sudo = self.sudo().marketplace_site_id
        kept = {name: value for name, value in values.items() if name not in ("mail_message_id", "subject")}
        return {
            **kept,
            "message_type": "user_notification",  # shown on no ticket
            "model": self._name,
            "res_id": self.id,
            "message_id": message.message_id,  # an answer to it finds the ticket by this
            "author_id": self.env.ref("base.partner_root").id,
            "email_from": site_sudo._sender(site_sudo.name) if site_sudo else message.email_from,
            "reply_to": message.reply_to,
            "subject": self._marketplace_say_news(message),
        }

    def _notify_by_web_push_prepare_payload(self, message, msg_vals=False, force_record_name=False):
        payload = super()._notify_by_web_push_prepare_payload(message, msg_vals, force_record_name)
        if self._marketplace_hides_words(message, msg_vals):
            payload["title"] = self.number
            payload["options"].update(
                body=self._marketplace_say_news(message), icon="/web/static/img/odoo-icon-192x192.png"
            )
        return payload

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        """Answer no buyer by itself."""
        if len(self) == 1 and is_evidence(message, msg_vals):
            return self.env["mail.message"]
        return super()._notify_thread_with_out_of_office(message, recipients_data, msg_vals=msg_vals, **kwargs)
