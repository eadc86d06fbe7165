from dataclasses import asdict
from datetime import datetime, timezone

from babel import Locale, UnknownLocaleError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ...marketplaces.errors import Throttled
from ...marketplaces.schema import MessageAction, ReplyFile
from ...models.reply.answering import ANSWERED, TWICE, Answering

#: Code of the request for a review in the dialog; marketplaces have their own names for it.
REVIEW = "review"
#: Seconds after which the dialog asks again by itself, and no longer.
SHORT = 3


class MarketplaceMessageCompose(models.TransientModel):
    """Dialog with the messages that the marketplace sends for us about an order.

    It opens at once; the browser then has it ask the marketplace what is allowed (``action_ask``).
    """

    _name = "marketplace.message.compose"
    _inherit = ["marketplace.ticket.dialog"]
    _description = "Message by the Marketplace"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    order_ref = fields.Char(related="ticket_id.marketplace_order_ref", related_sudo=False)
    marketplace = fields.Char(compute="_compute_marketplace")
    is_unanswered = fields.Boolean(compute="_compute_marketplace")
    offer = fields.Json(readonly=True, help="What the marketplace allows now; empty until it was asked.")
    action_code = fields.Char(string="Message")
    content = fields.Json(help="What the chosen message's form is filled with.")
    html = fields.Html(string="Text", sanitize_attributes=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Attach Files")
    has_html = fields.Boolean(compute="_compute_kinds")
    has_files = fields.Boolean(compute="_compute_kinds")
    findings = fields.Json(readonly=True)
    can_override = fields.Boolean(compute="_compute_can_override")
    reply_id = fields.Many2one("marketplace.reply", readonly=True, groups="base.group_system")

    # === COMPUTE METHODS === #

    @api.depends("ticket_id")
    def _compute_marketplace(self):
        for dialog in self:
            ticket_sudo = dialog.ticket_id.sudo()
            dialog.marketplace = ticket_sudo.marketplace_app_id.name
            waits = ticket_sudo.marketplace_is_unanswered
            dialog.is_unanswered = waits and not ticket_sudo.marketplace_app_id._get_class().message_answers

    @api.depends("action_code")
    def _compute_kinds(self):
        for dialog in self:
            action = dialog._get_action()
            kinds = {one.kind for one in action.fields} if action else ()
            dialog.has_html, dialog.has_files = "html" in kinds, "files" in kinds

    @api.depends("findings")
    def _compute_can_override(self):
        for dialog in self:
            found = dialog.findings or []
            dialog.can_override = bool(found) and all(one["level"] == "warn" for one in found)

    def _get_action(self):
        """Return the chosen message (``MessageAction``), or None: not chosen, or a request for a review."""
        marketplace = self.ticket_id.sudo().marketplace_app_id._get_class()
        return marketplace.get_message_action(self.action_code) if self.action_code else None

    # === ASKING === #

    def action_ask(self, is_last=False):
        """Ask the marketplace what it allows; called from the open dialog. Commits, and may take seconds.

        :param bool is_last: the dialog has asked often enough.
        :return: seconds after which to ask again, 0 when the dialog has its answer.
        """
        self.ensure_one()
        Answering(self.ticket_id).check_message()
        marketplace = self.ticket_id.sudo().marketplace_app_id._get_class()
        offer, wait = {"actions": [], "lang": False, "error": False, "review": False}, 0
        if marketplace.message_actions:
            actions, error = self._ask("fetch_message_actions")
            wait = self._get_short_wait(error)
            offer["error"] = str(error) if error else False
            offer["actions"] = [asdict(one) for one in actions or ()]
        if marketplace.review_action and (is_last or not wait):
            offer["review"], wait = self._ask_review(marketplace)
        if wait and not is_last:
            return wait
        if any(one["kind"] in ("text", "html") for action in offer["actions"] for one in action["fields"]):
            offer["lang"] = self._get_lang_name(self._ask("fetch_buyer_lang")[0])
        self.write({"offer": offer, "findings": False, "action_code": self._keep_code(offer)})
        return 0

    def _ask(self, name):
        return self.env["marketplace.reply"]._get_api().ask(self.ticket_id, name)

    def _ask_review(self, marketplace):
        """Return the review's part of the offer, and the seconds after which to ask again."""
        action, error = self._ask("fetch_review_action")
        order_sudo = self.ticket_id._marketplace_get_order()
        snapshot = order_sudo._as_snapshot()
        why_not = str(error) if error else False
        if not action and not error:
            why_not = snapshot and marketplace.explain_review(snapshot, datetime.now(timezone.utc))
            why_not = why_not or self.env._("%s does not allow it for this order now.", self.marketplace)
        known = action or marketplace.review_action
        review = {"code": REVIEW, "title": known.title, "help": known.help, "fields": [], "why_not": why_not}
        return review, self._get_short_wait(error)

    @api.model
    def _get_short_wait(self, error):
        """Return the seconds that a call has to wait when they are too few to tell the user, else 0."""
        wait = error.retry_after if isinstance(error, Throttled) else 0
        return wait if wait <= SHORT else 0

    def _keep_code(self, offer):
        """Return the code of the chosen message if it is still allowed, or of the only one that is."""
        codes = self._get_codes(offer)
        if self.action_code in codes:
            return self.action_code
        return codes[0] if len(codes) == 1 else False

    @api.model
    def _get_codes(self, offer):
        """Return the codes of what may be chosen of an offer."""
        has_review = offer and offer["review"] and not offer["review"]["why_not"]
        return [one["code"] for one in offer["actions"]] + [REVIEW] * bool(has_review) if offer else []

    @api.model
    def _get_lang_name(self, lang):
        """Return the name of a language such as "de-DE", False for an unknown one."""
        try:
            return Locale.parse(lang or "", sep="-").get_display_name(self.env.lang or "en_US") or False
        except (UnknownLocaleError, ValueError):
            return False

    # === SENDING === #

    def action_send(self):
        """Queue the message, or show the findings."""
        return self._send()

    def action_send_anyway(self):
        """Queue the message in spite of the warnings that are shown."""
        return self._send(confirmed=self.findings)

    def _send(self, confirmed=None):
        self.ensure_one()
        ticket = self.ticket_id
        Answering(ticket).check_message()
        self.env["marketplace.reply"]._lock_ticket(ticket)
        self._check_choice()
        action, content = self._get_action(), self._get_content()
        if not self.sudo().reply_id and not self._find_same(content):
            findings = [] if self.action_code == REVIEW else self._check(action, content)
            known = [(one["code"], one["text"]) for one in confirmed or []]
            if any(one.level == "block" or (one.code, one.text) not in known for one in findings):
                self.findings = [asdict(one) for one in findings]
                return self._show()
            self.sudo().reply_id = self._queue(action, content)
        return {"type": "ir.actions.act_window_close"}

    def _queue(self, action, content):
        kind = "message"
        if self.action_code == REVIEW:
            kind, action = "review", MessageAction(REVIEW, self.offer["review"]["title"], "")
        return self.env["marketplace.reply"]._get_api().queue(self.ticket_id, kind, action, content, self._get_files())

    def _get_files(self):
        return self.attachment_ids if self.has_files else self.attachment_ids.browse()

    def _check_choice(self):
        """Check that what was chosen is what the marketplace offered.

        :raise UserError: it isn't.
        """
        if self.action_code not in self._get_codes(self.offer):
            raise UserError(self.env._("Choose a message first."))

    def _get_content(self):
        """Return the values of the chosen message's form, without the files."""
        action, given = self._get_action(), self.content or {}
        content = {}
        for one in action.fields if action else ():
            if one.kind == "html":
                content[one.name] = False if is_html_empty(self.html) else str(self.html)
            elif one.kind != "files":
                content[one.name] = str(given.get(one.name) or "").strip()
        return {name: value for name, value in content.items() if value}

    def _check(self, action, content):
        """Return the findings on the message (``schema.Finding``)."""
        ticket_sudo = self.ticket_id.sudo()
        days = {one.name for one in action.fields if one.kind == "date"}
        values = {name: fields.Date.to_date(value) if name in days else value for name, value in content.items()}
        files = self._get_files()
        files.check_access("read")
        return ticket_sudo.marketplace_app_id._get_class().check_message(
            action.code,
            values,
            [ReplyFile(one.name, one.mimetype or "", one.file_size) for one in files],
            site=Answering(self.ticket_id).get_api_order()[1],
            order=self.ticket_id._marketplace_get_order()._as_snapshot(),
        )

    def _find_same(self, content):
        """Return the same message queued a moment ago by another dialog: a second click is no second message."""
        domain = [
            ("ticket_id", "=", self.ticket_id.id),
            ("kind", "=", "review" if self.action_code == REVIEW else "message"),
            ("state", "in", ANSWERED),
        ]
        if self.action_code == REVIEW:
            return self.env["marketplace.reply"].sudo().search(domain, limit=1)
        domain += [("action_code", "=", self.action_code), ("create_date", ">", fields.Datetime.now() - TWICE)]
        same_sudo = self.env["marketplace.reply"].sudo().search(domain)
        files = sorted(self._get_files().mapped("checksum"))
        return same_sudo.filtered(
            lambda one: one.action_values == content and sorted(one.attachment_ids.mapped("checksum")) == files
        )[:1]

    def _show(self):
        """Return the action that shows this dialog."""
        self.ensure_one()
        xmlid = "helpdesk_mgmt_marketplace.marketplace_message_compose_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        name = self.env._("Messages by %s", self.marketplace)
        return dict(action, name=name, res_id=self.id)
