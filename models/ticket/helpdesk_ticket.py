import logging

from markupsafe import Markup, escape
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import clean_context, format_datetime

_logger = logging.getLogger(__name__)

#: Longer texts stay readable in the attached file only.
TEXT_LIMIT = 50_000
#: Class of the line of ours above words that were sent before.
AGAIN = "o_marketplace_again"
#: Who said it; anything an agent posts gets "not_sent" until an answer really goes out.
MESSAGE_KINDS = [
    ("buyer", "Buyer"),
    ("unverified", "Buyer, not verified"),
    ("check", "Unrecognised form, please check"),
    ("notice", "Notice"),
    ("reply", "Answer to the buyer"),
    ("not_sent", "Not sent to the buyer"),
    ("answered", "Answered at the marketplace"),
]


class TicketRefused(Exception):
    """A ticket can't be made as its site is configured; the message says why."""


def as_html(text):
    """Return plain text as harmless HTML: links stay text, direction follows the language."""
    lines = escape(text[:TEXT_LIMIT]).replace("\n", Markup("<br/>"))
    return Markup('<div dir="auto">%s</div>') % lines


class HelpdeskTicket(models.Model):
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
    marketplace_order_data = fields.Json(compute="_compute_marketplace_order_data")

    # Beside the trigram index, which serves parts of a number but is slow for a whole one.
    _marketplace_order_ref_index = models.Index("(marketplace_order_ref) WHERE marketplace_order_ref IS NOT NULL")

    def _compute_marketplace_order_data(self):
        for ticket in self:
            # Of what is stored: a form that is being filled says nothing of orders.
            stored = ticket._origin
            ticket.marketplace_order_data = bool(stored) and stored._marketplace_describe()

    # === CREATION === #

    @api.model
    def _marketplace_create(self, conversation, mail, doubt=None):
        """Return a new ticket for a conversation; a bare one with a note when it was refused as configured.

        :param str doubt: what is in doubt of it besides an order that is named only.
        :raise TicketRefused: the caller begins a new transaction and asks again, with the reason in the context.
        """
        # Whoever causes it says nothing about it by defaults.
        Ticket = self.with_company(conversation.company_id).with_context(
            clean_context(self.env.context), mail_create_nosubscribe=True, mail_create_nolog=True, tracking_disable=True
        )
        values = conversation._prepare_ticket_values(mail)
        values["marketplace_doubt"] = doubt or ("order" if values["marketplace_named_ref"] else False)
        refused = self.env.context.get("marketplace_refused")
        if refused:
            bare = {**values, "team_id": False, "category_id": False}
            # Past the automation rules: one of them may be what refuses.
            create = getattr(type(Ticket).create, "origin", type(Ticket).create)
            ticket = create(Ticket, [Ticket._marketplace_fill_required(bare)]).with_env(self.env)
            ticket._marketplace_note(
                self.env._("Made bare: its team, category, template or mapped fields were refused: %s", refused)
            )
            return ticket
        template_sudo = conversation.site_id._get_template().with_context(**self.env.context)
        try:
            ticket = Ticket.create(template_sudo._fill(values, conversation, mail))
            template_sudo._finish(ticket)
            ticket.flush_recordset()
        except OperationalError:
            raise
        except Exception as error:
            _logger.exception("The ticket of conversation %s can't be made as configured", conversation.id)
            raise TicketRefused(str(error)) from error
        return ticket.with_env(self.env)

    @api.model
    def _marketplace_fill_required(self, values):
        """Return create values with something in each required field that nobody gave a value."""
        fillers = {
            "char": "-",
            "text": "-",
            "html": "-",
            "date": fields.Date.today(),
            "datetime": fields.Datetime.now(),
        }
        given = {**self.default_get(list(self._fields)), **values}
        for name, field in self._fields.items():
            if field.required and field.store and not field.compute and not given.get(name):
                if field.type == "many2one":
                    given[name] = self.env[field.comodel_name].search([], limit=1).id
                elif field.type == "selection":
                    given[name] = field.get_values(self.env)[0]
                else:
                    given[name] = fillers.get(field.type, 0)
        return given

    @api.model
    def _marketplace_prepare_order_values(self, order):
        known = {"marketplace_named_ref": False} if order else {}
        return known | {
            "marketplace_order_id": order.id,
            "marketplace_order_ref": order.order_ref,
            "marketplace_order_state": order.state if order else "none",
        }

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

    # === POSTING === #

    def _marketplace_post_buyer(self, message, mail, again=None):
        """Post a buyer's words and files; returns the mail.message.

        :param again: row of the ledger with the same words, sent before: they are shown collapsed, never left out.
        """
        kind = "check" if mail.kind != "buyer_message" else "buyer"
        if kind == "buyer" and mail.authentication != "pass":
            kind = "unverified"
        if kind == "check":
            self.marketplace_check = True
        name = mail.buyer_name or self.partner_name or self.env._("Buyer on %s", message.site_id.name)
        text = mail.text if mail.kind == "buyer_message" else mail.body
        body = as_html(text) if text else Markup("<em>%s</em>") % self.env._("No text, only files.")
        if again:
            body = self._marketplace_collapse(body, again)
        files = [(file.name, file.content) for file in mail.attachments]
        if text and len(text) > TEXT_LIMIT:
            files.append(("message.txt", text.encode()))
        return self._marketplace_post(
            message,
            kind,
            body=body,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            email_from=message.site_id._sender(name.replace('"', "'")),
            attachments=files,
        )

    def _marketplace_collapse(self, body, again):
        """Return the HTML of words behind the line that they were sent before; one click shows them."""
        said = self.env._("The buyer sent the same words again (first on %s).", format_datetime(self.env, again.date))
        return Markup('<p class="%s"><em>%s</em></p><div data-o-mail-quote="1">%s</div>') % (AGAIN, said, body)

    def _marketplace_post_notice(self, message, mail):
        """Post what the marketplace tells as an internal note; returns the mail.message."""
        label = message.notice_label or self.env._("Not delivered")
        title = Markup("<strong>%s</strong>") % f"{message.app_id.name}: {label}"
        return self._marketplace_post(
            message,
            "notice",
            body=title + as_html(mail.body),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_from=message.site_id._sender(message.app_id.name),
            attachments=[(file.name, file.content) for file in mail.attachments],
        )

    def _marketplace_post(self, message, kind, **values):
        # Without an author nobody is looked up by e-mail; no file must stay active content.
        ticket = self.with_context(marketplace_files=True, mail_post_autofollow=False)
        return ticket.message_post(
            author_id=False,
            reply_to=self.company_id.catchall_formatted or False,
            date=message.date,
            email_add_signature=False,
            force_send=False,
            marketplace_kind=kind,
            **values,
        )

    def _marketplace_note(self, text):
        self.message_post(body=text, author_id=self.env.ref("base.partner_root").id, marketplace_kind="notice")

    # === ORDER === #

    def _marketplace_learn_order(self, conversation):
        """Take over the order of a conversation that had none when the ticket was made.

        An ordinary ticket that a conversation was moved to becomes one of its site: its buyer waits there.
        """
        if not self.marketplace_site_id:
            self.write(self._marketplace_prepare_joining(conversation.site_id))
        order = conversation.order_id
        if order and not self.marketplace_order_id:
            values = {
                "name": self._marketplace_get_title(conversation),
                **self._marketplace_prepare_order_values(order),
            }
            self._marketplace_fill(values, order)

    def _marketplace_order_changed(self, order, before=None):
        """Follow an order: its first fill is one write together with its state, which rules can use.

        :param dict before: what the order gave to the fields that follow it, before it changed.
        """
        values = self._marketplace_prepare_order_values(order)
        first = self.filtered(lambda ticket: ticket.marketplace_order_state != order.state)
        for ticket in first:
            ticket._marketplace_fill(dict(values, partner_name=ticket.partner_name or order.buyer_name), order)
        (self - first)._marketplace_follow(order, before)
        self._marketplace_changed()

    def action_marketplace_checked(self):
        """Note that somebody looked at the mail whose form was not known."""
        self.ensure_one()
        self.check_access("write")
        self._marketplace_check_agent()
        if self.marketplace_check:
            self.sudo().marketplace_check = False
            self.message_post(body=self.env._("Checked."), subtype_xmlid="mail.mt_note")

    def action_marketplace_refresh(self):
        """Ask for the order again, in the background."""
        self.marketplace_order_id.action_refresh()

    # === LIVE === #

    def _marketplace_changed(self):
        """Tell open forms of these tickets to load again, after the commit."""
        for ticket in self:
            self.env["bus.bus"]._sendone(ticket, "marketplace_ticket_changed", {"id": ticket.id})

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
        }

    # === NOTHING BUT A REPLY GOES TO A BUYER === #

    def message_post(self, **kwargs):
        """Mark whatever a person posts for the outside as not sent to the buyer."""
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
        """Have followers' mails sent at once although not inside the transaction that brings a buyer's message."""
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
