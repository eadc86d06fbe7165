from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import is_html_empty

from .texts import ORDER_FACTS, VALUE_LIMIT, fill, fill_title, find_unknown


class MarketplaceTicketTemplate(models.Model):
    """What a site's new tickets look like. A site's own team and category stand in where the template has none.

    Whatever of it can't be used any more, such as a team that was archived, is left out with a note on the ticket.
    """

    _name = "marketplace.ticket.template"
    _description = "Marketplace Ticket Template"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for all companies. Then team, category and tags must be for all companies too.",
    )
    team_id = fields.Many2one("helpdesk.ticket.team", check_company=True, help="Empty: the site's own team.")
    category_id = fields.Many2one(
        "helpdesk.ticket.category", check_company=True, help="Empty: the site's own category."
    )
    tag_ids = fields.Many2many("helpdesk.ticket.tag", string="Tags", check_company=True)
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        default="1",
        help="Claims are always very high.",
    )
    assign = fields.Selection(
        [("nobody", "Nobody"), ("user", "One person"), ("turns", "In turn")],
        string="Assign To",
        default="nobody",
        required=True,
    )
    user_id = fields.Many2one("res.users", string="Person", check_company=True, domain="[('share', '=', False)]")
    user_ids = fields.Many2many(
        "res.users",
        "marketplace_ticket_template_user_rel",
        string="In Turn Among",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Empty: the members of the team. Who waits longest gets the next ticket.",
    )
    follower_ids = fields.Many2many(
        "res.users",
        "marketplace_ticket_template_follower_rel",
        string="Followers",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Colleagues who get each buyer's message of these tickets; never a buyer.",
    )
    # Titles and descriptions are copied into mails and reports, where nobody finds them when a buyer's data must go:
    # that is why nothing about the buyer is offered.
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
    turn_ids = fields.One2many("marketplace.ticket.turn", "template_id", string="Rotation", readonly=True)
    site_ids = fields.One2many("marketplace.site", "template_id", string="Sites", readonly=True)
    account_ids = fields.One2many("marketplace.account", "template_id", string="Accounts", readonly=True)
    next_user_id = fields.Many2one("res.users", string="Next", compute="_compute_next_user_id", exportable=False)
    faults = fields.Text(string="What Is Wrong", compute="_compute_faults", exportable=False)

    # === COMPUTE METHODS === #

    @api.depends("assign", "user_id", "user_ids", "team_id", "turn_ids.turn", "preview_order_id")
    def _compute_next_user_id(self):
        Turn = self.env["marketplace.ticket.turn"]
        for template in self:
            site = template.preview_order_id._origin.site_id
            company = template.company_id or site.company_id or self.env.company
            users = template._get_candidates(company, template.team_id or site.team_id)
            is_in_turn = template.assign == "turns"
            template.next_user_id = Turn._peek(template._origin, users) if is_in_turn else users

    @api.depends(
        "title_pattern", "text_above", "text_below", "team_id", "category_id", "tag_ids", "assign", "user_id",
        "user_ids", "follower_ids", "preview_order_id",
    )  # fmt: skip
    def _compute_faults(self):
        for template in self:
            company = template.company_id or self.env.company
            team = template.team_id or template.preview_order_id._origin.site_id.team_id
            template.faults = "\n".join(template._get_faults(company, team or None)) or False

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

    @api.constrains("user_id", "user_ids", "follower_ids")
    def _check_internal(self):
        for template in self:
            if outside := (template.user_id | template.user_ids | template.follower_ids).filtered("share"):
                names = ", ".join(outside.mapped("name"))
                raise ValidationError(self.env._("Only colleagues can be assigned or follow: %s.", names))

    @api.constrains("company_id")
    def _check_chosen_by(self):
        """Refuse to take a template away from sites and accounts of another company."""
        for template in self.filtered("company_id"):
            for name in ("account", "site"):
                domain = [("template_id", "=", template.id), ("company_id", "!=", template.company_id.id)]
                Chosen = self.env[f"marketplace.{name}"].sudo().with_context(active_test=False)
                if others := Chosen.search(domain):
                    names = ", ".join(others.mapped("name"))
                    raise ValidationError(self.env._("Another company uses this template: %s.", names))

    # === NEW TICKETS === #

    def _fill(self, values, conversation, mail, assign=True):
        """Return the create values of a ticket as this template has them; no template changes nothing.

        :param dict values: as they are without a template.
        :param InboundMail mail: what the ticket is made for.
        :param bool assign: False when somebody is about to take the ticket: it is nobody's turn.
        """
        if not self:
            return values
        company, order = conversation.company_id, conversation.order_id
        topic = self._get_topic(conversation.site_id.app_id, mail, order)
        texts = self._get_values(conversation.site_id, order, topic, mail.item_ref)
        team_id = self._get_usable("team_id", company).id or values["team_id"]
        team = self.env["helpdesk.ticket.team"].browse(team_id)
        user = self._assign(company, team) if assign else self.env["res.users"]
        return {
            **values,
            "name": self._fill_title(texts) or values["name"],
            "description": self._fill_frame(values["description"], texts),
            "team_id": team_id,
            "category_id": self._get_usable("category_id", company).id or values["category_id"],
            "tag_ids": [Command.set(self._get_usable("tag_ids", company).ids)],
            "priority": values["priority"] if mail.urgent else self.priority or values["priority"],
            "user_id": user.id,
        }

    def _assign(self, company, team):
        """Return who gets a new ticket."""
        users = self._get_candidates(company, team)
        return self.env["marketplace.ticket.turn"]._take(self, users) if self.assign == "turns" else users

    def _finish(self, ticket):
        """Add followers to a new ticket, and say on it what of the template had to be left out."""
        if not self:
            return
        company = ticket.company_id
        is_relay = self.env["marketplace.app"]._is_relay_address
        users = self._keep_colleagues(self.follower_ids, company).filtered(lambda one: not is_relay(one.email or ""))
        if partners := (users | ticket.user_id).partner_id:
            ticket.message_subscribe(partner_ids=partners.ids)
        if faults := self._get_faults(company, ticket.team_id):
            text = self.env._(
                "Of the template %(name)s could not be used: %(faults)s", name=self.name, faults=" ".join(faults)
            )
            ticket._marketplace_note(text)

    @api.model
    def _frame(self, ticket, body, topic=None):
        """Return the HTML of a ticket's description within what its site's template wants above and below.

        :param str topic: what the ticket is about, by default what its order makes it.
        """
        site_sudo, order_sudo = ticket.sudo().marketplace_site_id, ticket.sudo().marketplace_order_id
        template_sudo = site_sudo._get_template()
        if not template_sudo:
            return body
        topic = topic or template_sudo._get_topic(order=order_sudo)
        values = template_sudo._get_values(site_sudo, order_sudo, topic, ticket.marketplace_item_ref)
        return template_sudo._fill_frame(body, values)

    # === TITLE AND DESCRIPTION === #

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

    # === WHAT CAN BE USED === #

    def _get_usable(self, name, company):
        """Return what a field holds, without what is archived or belongs to another company."""
        return self[name].filtered(lambda one: one.active and one.company_id in (company.browse(), company))

    @api.model
    def _keep_colleagues(self, users, company):
        """Return those of some users who work, inside, for a company."""
        return users.filtered(lambda one: one.active and not one.share and company in one.company_ids)

    def _get_candidates(self, company, team):
        """Return who may get a new ticket, in a lasting order."""
        if self.assign == "nobody":
            return self.env["res.users"]
        # Archived ones too: when all of those that were chosen have gone, it's not suddenly the whole team.
        chosen = self.user_id if self.assign == "user" else self.with_context(active_test=False).user_ids
        users = chosen if chosen or self.assign == "user" else team.user_ids
        return self._keep_colleagues(users._origin, company).sorted("id")

    def _get_faults(self, company, team):
        """Return, in words, what of this template can't be used in a company.

        :param team: of the ticket; None where it will be a site's own that is not known here.
        """
        self.ensure_one()
        faults = self._get_text_faults()
        for name in ("team_id", "category_id", "tag_ids"):
            chosen = self.with_context(active_test=False)
            for one in chosen[name] - chosen._get_usable(name, company):
                why = self.env._("belongs to another company") if one.active else self.env._("is archived")
                label = self._fields[name]._description_string(self.env)
                faults.append(f"{label}: {one.display_name} {why}.")
        is_open = team is None and self.assign == "turns" and not self.with_context(active_test=False).user_ids
        if self.assign != "nobody" and not is_open and not self._get_candidates(company, team or self.team_id.browse()):
            faults.append(self.env._("There is nobody to assign to."))
        return faults

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
