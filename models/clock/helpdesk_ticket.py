from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import sql

from ..ticket.helpdesk_ticket import as_html
from ..ticket.kinds import BUYER_KINDS, BUYER_WORDS

#: The part of the time to answer that is left when a countdown turns amber.
AMBER = 0.25


class HelpdeskTicket(models.Model):
    """The clock: until when a buyer must be answered, and what stops it.

    Only an answer that went to the buyer, an answer given in the marketplace's console or "no response needed" stop
    it. Messages posted on the ticket, by whomever or whatever, never do.
    """

    _inherit = "helpdesk.ticket"

    marketplace_response_id = fields.Many2one(
        "marketplace.response", string="Unanswered Turn", ondelete="set null", readonly=True, copy=False,
        index="btree_not_null", check_company=True,
    )  # fmt: skip
    marketplace_is_unanswered = fields.Boolean(compute="_compute_marketplace_is_unanswered")
    marketplace_claimed_at = fields.Datetime(string="Claimed On", readonly=True, copy=False)
    marketplace_claim_deadline = fields.Datetime(
        string="Answer Claim Before",
        readonly=True,
        copy=False,
        help="The marketplace's usual time; the claim itself may say less.",
    )
    marketplace_deadline = fields.Datetime(
        string="Answer Before", compute="_compute_marketplace_deadline", store=True, index="btree_not_null", copy=False
    )
    marketplace_amber_at = fields.Datetime(
        string="Answer Soon", compute="_compute_marketplace_deadline", store=True, copy=False
    )
    marketplace_console = fields.Char(compute="_compute_marketplace_console")

    # === COMPUTE METHODS === #

    def _auto_init(self):
        """Add the columns empty: on the tickets that are there already there is nothing to compute."""
        for name in ("marketplace_deadline", "marketplace_amber_at"):
            if not sql.column_exists(self.env.cr, self._table, name):
                sql.create_column(self.env.cr, self._table, name, "timestamp")
        return super()._auto_init()

    @api.depends("marketplace_response_id")
    def _compute_marketplace_is_unanswered(self):
        for ticket in self:
            ticket.marketplace_is_unanswered = bool(ticket.marketplace_response_id)

    @api.depends(
        "marketplace_response_id.deadline",
        "marketplace_response_id.asked_at",
        "marketplace_claim_deadline",
        "marketplace_claimed_at",
        "stage_id.closed",
    )
    def _compute_marketplace_deadline(self):
        for ticket in self:
            response_sudo = ticket.sudo().marketplace_response_id
            clocks = [(response_sudo.deadline, response_sudo.asked_at)]
            if not ticket.stage_id.closed:
                clocks.append((ticket.marketplace_claim_deadline, ticket.marketplace_claimed_at))
            deadline, start = min((clock for clock in clocks if clock[0]), default=(False, False))
            ticket.marketplace_deadline = deadline
            ticket.marketplace_amber_at = deadline and deadline - (deadline - (start or deadline)) * AMBER

    @api.depends("marketplace_app_id")
    def _compute_marketplace_console(self):
        known = self.env["marketplace.app"]._get_marketplaces()
        for ticket in self:
            marketplace = known.get(ticket.marketplace_app_id.sudo().code)
            ticket.marketplace_console = marketplace.console_name if marketplace else False

    @api.ondelete(at_uninstall=False)
    def _unlink_marketplace_open_turns(self):
        """Have nobody wait for an answer on a ticket that is gone."""
        self.sudo().marketplace_response_id.unlink()

    # === THE CLOCK === #

    def _marketplace_clock_start(self, date):
        """Start the clock for a buyer's message, or count the message to the turn that is unanswered already.

        :param datetime date: the mail's own date; one in the future counts as now.
        :return: the turn (``marketplace.response``), which is ended already when the message was answered in the
            marketplace's console before it reached us.
        """
        self.ensure_one()
        ticket_sudo = self.sudo()
        now = fields.Datetime.now()
        date = min(date or now, now)
        response_sudo = ticket_sudo.marketplace_response_id
        if not ticket_sudo.marketplace_site_id:
            return response_sudo
        if response_sudo:
            response_sudo._add_message(date)
            return response_sudo
        response_sudo = ticket_sudo.marketplace_response_id = response_sudo._open(ticket_sudo, date)
        answered = ticket_sudo._marketplace_find_posted(("answered",), [("date", ">=", date)])
        if answered:
            ticket_sudo._marketplace_clock_stop("console", answered[0].date)
        return response_sudo

    def _marketplace_clock_stop(self, how, moment=None, user=None, posted=None):
        """End the open turn; what the buyer wrote after that moment begins the next one.

        :param str how: ``reply``, ``console`` or ``none`` (no response needed).
        :param datetime moment: of the answer, by default now.
        :param user: who answered; by default the present user, nobody in a scheduled action.
        :param posted: the answer (``mail.message``) where it is ours: it answers what stood there before it, whatever
            the mails' own dates say.
        :return: the turn that ended, or an empty recordset: nothing was unanswered at that moment.
        """
        self.ensure_one()
        ended = self._marketplace_end_turn(how, moment, user, posted)
        # An answer here answers what was still unanswered on the ticket before this one as well.
        previous_sudo = self.sudo().marketplace_previous_ticket_id
        if previous_sudo.marketplace_response_id:
            previous_sudo._marketplace_clock_stop(how, moment, user)
        return ended

    def _marketplace_end_turn(self, how, moment, user, posted):
        ticket_sudo = self.sudo()
        response_sudo = ticket_sudo.marketplace_response_id
        moment = moment or fields.Datetime.now()
        if not response_sudo or moment < response_sudo.asked_at:
            return response_sudo.browse()
        if user is None:
            user = self.env.user.filtered(lambda one: one != self.env.ref("base.user_root"))
        response_sudo.write({"how": how, "answered_at": moment, "user_id": user.id})
        response_sudo.flush_recordset()
        after = [("id", ">", posted.id)] if posted else [("date", ">", moment)]
        later = ticket_sudo._marketplace_find_posted(BUYER_WORDS, after)
        ticket_sudo.marketplace_response_id = later and response_sudo._open(ticket_sudo, later[0].date, len(later))
        self._marketplace_changed()
        return response_sudo

    def _marketplace_clock_resume(self, response):
        """Open a turn of this ticket again, with its original deadline: its answer did not reach the buyer.

        A newer turn that is open becomes part of it.
        """
        self.ensure_one()
        ticket_sudo, response_sudo = self.sudo(), response.sudo()
        newer_sudo = ticket_sudo.marketplace_response_id - response_sudo
        ticket_sudo.marketplace_response_id = response_sudo
        if newer_sudo:
            response_sudo._absorb(newer_sudo)
        response_sudo.write({"how": False, "answered_at": False, "user_id": False})
        self._marketplace_changed()

    def _marketplace_find_posted(self, kinds, domain):
        """Return the messages of some marketplace kinds on this ticket, the oldest first."""
        mine = [("model", "=", self._name), ("res_id", "=", self.id), ("marketplace_kind", "in", kinds)]
        return self.env["mail.message"].sudo().search(mine + domain, order="date, id")

    # === NOTICES === #

    def _marketplace_claim_arrived(self, message, mail):
        """Raise the priority for a claim and start its own clock; a decision on it ends that clock."""
        self.ensure_one()
        hours = self.marketplace_app_id._get_class_or_gone().claim_hours(mail)
        self.write(
            {
                "priority": "3",
                "marketplace_claimed_at": hours and message.date,
                "marketplace_claim_deadline": hours and message.date + timedelta(hours=hours),
            }
        )

    def _marketplace_name_after_notice(self, message):
        """Say on a notice's own ticket what it is about: not a buyer who wrote."""
        self.ensure_one()
        label = message.notice_label or self.env._("Notice")
        text = self.env._("%(marketplace)s sent a notice: %(notice)s.", marketplace=message.app_id.name, notice=label)
        name = self.name if label in self.name else f"{label}: {self.name}"
        body = self._marketplace_frame(Markup("<p>%s</p>") % text, label)
        self.with_context(tracking_disable=True).write({"name": name, "description": body})

    def _marketplace_copy_arrived(self, message, mail):
        """Deal with the marketplace's copy of an answer that went to the buyer; return whether that is done.

        That of an answer of ours proves that it was accepted. Any other was given in the marketplace's console: it is
        posted as such and stops the clock.

        :param message: row of the ledger; ``mail_message_id`` is set to what is posted.
        """
        self.ensure_one()
        reply_sudo = self.env["marketplace.reply"].sudo()._find_for_copy(self, mail)
        if reply_sudo:
            reply_sudo._accept()
            message.mail_message_id = reply_sudo.mail_message_id
            return True
        message.mail_message_id = self._marketplace_post(
            message,
            "answered",
            body=as_html(message.app_id._get_class_or_gone().copied_words(mail)),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_from=message.site_id._sender(message.site_id.seller_name or message.app_id.name),
            attachments=[(file.name, file.content) for file in mail.attachments],
        )
        self._marketplace_clock_stop("console", message.date, user=self.env["res.users"])
        return True

    # === ACTION METHODS === #

    def action_marketplace_no_response(self):
        """Stop the clock and let the browser open the marketplace's own link that tells it so."""
        self.ensure_one()
        self.check_access("write")
        if not self.marketplace_response_id:
            raise UserError(self.env._("Nothing is unanswered here."))
        self._marketplace_clock_stop("none")
        self.message_post(body=self.env._("No response needed."), subtype_xmlid="mail.mt_note")
        url = self._marketplace_get_no_response_url()
        if url:
            return {"type": "ir.actions.act_url", "url": url, "target": "new"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "The clock is stopped here. The buyer's mail had no link for it: mark the message in %s too.",
                    self.marketplace_console,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _marketplace_get_no_response_url(self):
        """Return the link in the buyer's last message, for a person's browser only; never to be fetched from here."""
        domain = [("ticket_id", "=", self.id), ("kind", "in", BUYER_KINDS), ("state", "=", "done")]
        last_sudo = self.env["marketplace.message"].sudo().search(domain, order="date desc, id desc", limit=1)
        url = last_sudo.no_response_url or ""
        return url if url.startswith("https://") else False

    def action_marketplace_answered(self):
        """Open the dialog that records an answer given in the marketplace's console."""
        self.ensure_one()
        self.check_access("write")
        xmlid = "helpdesk_mgmt_marketplace.marketplace_answered_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        name = self.env._("Answered in %s", self.marketplace_console)
        return dict(action, name=name, context={"default_ticket_id": self.id})
