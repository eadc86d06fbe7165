import re

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ...marketplaces.reply.placeholders import COMMON

#: One or two pairs of braces; what stands inside is looked up without regard to case.
_BRACES = re.compile(r"\{\{?\s*([^{}]*?)\s*\}?\}")
#: What a value that is missing leaves behind: empty brackets, two separators in a row.
_HOLES = re.compile(r"\(\s*\)|\[\s*\]")
_TWICE = re.compile(r"([-–—·|/:,;])(?:\s*[-–—·|/:,;])+(?=\s|$)")
_ENDS = " -–—·|/:,;"
#: Characters of a title, and of one value in it.
TITLE_LIMIT, VALUE_LIMIT = 250, 120
#: What an order says that a title or a description may hold: nothing about the buyer, and nothing a buyer wrote.
ORDER_FACTS = {one.name: one for one in COMMON if one.name in ("items", "skus", "order_date", "total")}


def find_unknown(text, known):
    """Return what stands in braces in a text and is not known, a brace without its partner as well."""
    unknown = [f"{{{name}}}" for name in _BRACES.findall(text) if name.lower() not in known]
    return unknown + [brace for brace in "{}" if brace in _BRACES.sub("", text)]


def fill(text, values):
    """Return a text with its placeholders filled; those without a value, or not known, are left out."""
    return _BRACES.sub(lambda match: values.get(match[1].lower()) or "", text)


def fill_title(pattern, values):
    """Return a title on one line, without the separators around values that are missing."""
    title = fill(pattern, values)
    if any(not values.get(name.lower()) for name in _BRACES.findall(pattern)):
        title = _TWICE.sub(r"\1", _HOLES.sub(" ", title)).rstrip(f"{_ENDS}#").lstrip(_ENDS)
    return " ".join(title.split())[:TITLE_LIMIT]


class MarketplaceTicketTextMixin(models.AbstractModel):
    """Title and description of new tickets, with placeholders that are filled from the order; and how they look.

    Titles and descriptions are copied into mails and reports, where nobody finds them when a buyer's data must go:
    that is why nothing about the buyer is offered.
    """

    _name = "marketplace.ticket.text.mixin"
    _description = "Marketplace Ticket Texts"

    title_pattern = fields.Char(
        string="Title",
        help="With placeholders in braces, such as {order} {site} {topic}. "
        "What is not known when the ticket is made is left out. Without a pattern tickets have the usual title.",
    )
    text_above = fields.Html(string="Above", help="Stands in the description, before what the ticket is about.")
    text_below = fields.Html(string="Below", help="Stands in the description, after what the ticket is about.")
    placeholder_help = fields.Html(compute="_compute_placeholder_help", sanitize=False, exportable=False)
    preview_order_id = fields.Many2one(
        "marketplace.order",
        string="With Order",
        compute="_compute_preview_order_id",
        readonly=False,
        exportable=False,
        help="The order that the preview shows; by default the latest of a site that uses the template.",
    )
    preview_title = fields.Char(string="Title Shown", compute="_compute_preview", exportable=False)
    preview_description = fields.Html(string="Description Shown", compute="_compute_preview", exportable=False)

    # === COMPUTE METHODS === #

    @api.model
    def _get_placeholders(self):
        """Return {name: label} of what titles and descriptions may hold in braces; no personal data."""
        return {
            "order": self.env._("Order number"),
            "site": self.env._("Storefront"),
            "marketplace": self.env._("Marketplace"),
            "country": self.env._("Country of the storefront"),
            "shop": self.env._("Your name on the storefront"),
            "topic": self.env._("What it is about: a buyer's message, a question before buying, a notice's kind"),
            "item": self.env._("Item asked about"),
            **{name: one.label for name, one in ORDER_FACTS.items()},
        }

    @api.depends("preview_order_id")
    def _compute_placeholder_help(self):
        row = Markup('<tr><td class="pe-3"><code>{%s}</code></td><td>%s</td><td class="text-muted">%s</td></tr>')
        for record in self:
            values = record._get_preview_values()
            rows = [row % (name, label, values.get(name) or "") for name, label in self._get_placeholders().items()]
            record.placeholder_help = Markup('<table class="table table-sm mb-0">%s</table>') % Markup().join(rows)

    @api.depends("company_id")
    def _compute_preview_order_id(self):
        Order = self.env["marketplace.order"]
        for record in self:
            mine = Domain("company_id", "=", record.company_id.id) if record.company_id else Domain.TRUE
            sites = record._origin.site_ids | record._origin.account_ids.site_ids
            used = Domain("site_id", "in", sites.ids)
            known = Domain("state", "=", "known")
            domains = (mine & used & known, mine & known, mine)
            record.preview_order_id = next(filter(None, (Order.search(one, limit=1) for one in domains)), Order)

    @api.depends("preview_order_id", "title_pattern", "text_above", "text_below")
    def _compute_preview(self):
        Conversation = self.env["marketplace.conversation"]
        for record in self:
            order = record.preview_order_id._origin
            shown = Conversation.new({"order_id": order.id, "site_id": order.site_id.id})
            values = record._get_preview_values()
            body = Markup("<p>%s</p>") % shown._get_description(False)
            record.preview_title = bool(order) and (record._fill_title(values) or shown._get_title())
            record.preview_description = bool(order) and record._fill_frame(body, values)

    def _get_preview_values(self):
        order = self.preview_order_id._origin
        return self._get_values(order.site_id, order, self._get_topic(order=order)) if order else {}

    # === CONSTRAINTS === #

    @api.constrains("title_pattern", "text_above", "text_below")
    def _check_placeholders(self):
        for record in self:
            if faults := record._get_text_faults():
                known = " ".join(f"{{{name}}}" for name in self._get_placeholders())
                raise ValidationError(
                    self.env._("%(faults)s You can use: %(known)s", faults=" ".join(faults), known=known)
                )

    def _get_text_faults(self):
        """Return, in words, what in the texts can't be filled."""
        self.ensure_one()
        known = self._get_placeholders()
        faults = []
        for name in ("title_pattern", "text_above", "text_below"):
            if unknown := find_unknown(self[name] or "", known):
                label = self._fields[name]._description_string(self.env)
                faults.append(
                    self.env._("%(field)s: no such placeholder: %(unknown)s.", field=label, unknown=" ".join(unknown))
                )
        return faults

    # === FILLING === #

    @api.model
    def _get_topic(self, app=None, mail=None, order=None):
        """Return what a ticket is about, in our own words.

        :param InboundMail mail: what arrived; a buyer's message by default.
        """
        if mail and mail.notice and mail.kind in ("notice", "undelivered"):
            return app._get_notice_label(mail.notice)
        if order:
            return self.env._("Buyer's message")
        if mail and mail.presale:
            return self.env._("Question before buying")
        return self.env._("Message without an order")

    @api.model
    def _get_values(self, site, order, topic, item=None):
        """Return {name: text} of the placeholders that have a value; no personal data."""
        snapshot, storefront = order and order._as_snapshot(), site._get_storefront()
        values = {
            "order": order.order_ref,
            "site": site.name,
            "marketplace": site.app_id.name,
            "country": site.code,
            "shop": site.seller_name,
            "topic": topic,
            "item": item,
        }
        if snapshot:
            values |= {name: one.value(snapshot, storefront) for name, one in ORDER_FACTS.items()}
        return {name: str(text)[:VALUE_LIMIT] for name, text in values.items() if text}

    def _fill_title(self, values):
        """Return the title of a ticket, or False: there is no pattern, a bad one, or nothing is left of it."""
        pattern = self.title_pattern or ""
        if not pattern or find_unknown(pattern, self._get_placeholders()):
            return False
        return fill_title(pattern, values) or False

    def _fill_frame(self, body, values):
        """Return the HTML of a description, between what is to stand above and below; bad parts are left out."""
        escaped = {name: escape(text) for name, text in values.items()}
        known = self._get_placeholders()
        above, below = (
            Markup("") if is_html_empty(text) or find_unknown(text, known) else Markup(fill(text, escaped))
            for text in (self.text_above or "", self.text_below or "")
        )
        return above + body + below
