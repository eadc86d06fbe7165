from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...marketplaces.errors import MarketplaceError
from ...marketplaces.mailbox.tls import Untrusted
from ..connection.marketplace_health_mixin import SERIOUS
from ..queue.pauses import get_pause
from .mailbox_imap import ImapReader
from .mailbox_pop import PopReader
from .mailbox_reader import MailboxReader

#: A mailbox is looked at again after so many seconds: at each run of its scheduled action, which runs every minute.
EVERY = 45
#: Seconds for which a reader may be silent before another one takes over.
LEASE = 60
#: Clocks and time zones of mail servers are trusted this far, for mail that came after we began.
CLOCK_SLACK = timedelta(days=1)
CRONS = ("ir_cron_read_mailboxes", "ir_cron_read_mailboxes_2")
#: Of each of these (and those that do the same) one must be switched on, or buyers' mail gets no further.
NEEDED_CRONS = ("ir_cron_read_mailboxes", "ir_cron_process_messages")


class MarketplaceMailbox(models.Model):
    """An ordinary mailbox, known to Odoo as an incoming mail server, in which buyers' mail is found."""

    _name = "marketplace.mailbox"
    _description = "Marketplace Mailbox"
    _order = "name, id"

    name = fields.Char(related="server_id.name", store=True, readonly=False)
    active = fields.Boolean(default=True)
    server_id = fields.Many2one(
        "fetchmail.server",
        string="Incoming Mail Server",
        required=True,
        ondelete="restrict",
        domain=[("server_type", "!=", "local")],
    )
    site_ids = fields.One2many("marketplace.site", "mailbox_id", string="Sites")
    other_mail = fields.Selection(
        [("leave", "Leave it in the mailbox"), ("odoo", "Hand it to Odoo, as before")],
        string="All Other Mail",
        default="leave",
        required=True,
        help="Mail that is not from a marketplace never enters the list of messages. It may be handed to Odoo's mail "
        "gateway, once each, as the incoming mail server would do.",
    )
    is_shared = fields.Boolean(
        string="People Also Read It",
        default=True,
        help="POP servers only: nothing is deleted from a mailbox that people read too.",
    )
    read_from = fields.Datetime(
        string="Read Mail Since",
        required=True,
        default=fields.Datetime.now,
        help="Buyers' mail that the server got earlier is left alone.",
    )
    taken_over_at = fields.Datetime(
        string="Connected On", required=True, readonly=True, default=fields.Datetime.now, copy=False
    )
    is_pop = fields.Boolean(compute="_compute_is_pop")
    # How it goes
    is_paused = fields.Boolean(string="Paused", readonly=True, copy=False)
    next_read_at = fields.Datetime(string="Next Reading", readonly=True, default=fields.Datetime.now, copy=False)
    lease_until = fields.Datetime(readonly=True, copy=False)
    read_at = fields.Datetime(string="Last Read", readonly=True, copy=False)
    failure_count = fields.Integer(string="Failures in a Row", readonly=True, copy=False)
    error = fields.Char(string="Last Error", readonly=True, copy=False)
    error_date = fields.Datetime(string="Last Error On", readonly=True, copy=False)
    certificate = fields.Char(related="server_id.marketplace_certificate")
    certificate_seen = fields.Char(related="server_id.marketplace_certificate_seen")
    certificate_note = fields.Char(related="server_id.marketplace_certificate_note")
    is_undecided = fields.Boolean(related="server_id.marketplace_is_undecided")
    status = fields.Selection(
        [
            ("reading", "Being Read"),
            ("waiting", "Waiting After an Error"),
            ("paused", "Paused"),
            ("off", "Switched Off"),
        ],
        compute="_compute_status",
    )
    off_reason = fields.Char(compute="_compute_status")
    position_ids = fields.One2many("marketplace.mailbox.position", "mailbox_id", string="Folders")
    mail_ids = fields.One2many("marketplace.mailbox.mail", "mailbox_id", string="Mails")
    backlog = fields.Integer(string="Waiting", compute="_compute_backlog")
    taken_count = fields.Integer(string="Taken", compute="_compute_counts")
    left_count = fields.Integer(string="Left Alone", compute="_compute_counts")
    handed_count = fields.Integer(string="Handed to Odoo", compute="_compute_counts")
    failed_count = fields.Integer(string="Could Not Be Read", compute="_compute_counts")

    _server_unique = models.Constraint(
        "UNIQUE(server_id)", "This incoming mail server is read for marketplaces already."
    )
    _due_index = models.Index("(next_read_at) WHERE active AND NOT is_paused")

    # === COMPUTE METHODS === #

    @api.depends("server_id.server_type")
    def _compute_is_pop(self):
        for mailbox in self:
            mailbox.is_pop = mailbox.server_id._get_connection_type() == "pop"

    @api.depends("is_paused", "failure_count", "active", "server_id.active")
    def _compute_status(self):
        idle = self.env["ir.cron"]._marketplace_get_idle(*NEEDED_CRONS)
        for mailbox in self:
            mailbox.off_reason = False
            if not mailbox.active:
                mailbox.off_reason = self.env._("It is archived.")
            elif not mailbox.server_id.active:
                mailbox.off_reason = self.env._("The incoming mail server %s is archived.", mailbox.server_id.name)
            elif idle:
                names = ", ".join(idle.mapped("cron_name"))
                mailbox.off_reason = self.env._("Odoo's scheduled actions are switched off: %s.", names)
            running = "paused" if mailbox.is_paused else "waiting" if mailbox.failure_count else "reading"
            mailbox.status = "off" if mailbox.off_reason else running

    @api.depends("position_ids.backlog")
    def _compute_backlog(self):
        for mailbox in self:
            mailbox.backlog = sum(mailbox.position_ids.mapped("backlog"))

    def _compute_counts(self):
        groups = self.env["marketplace.mailbox.mail"]._read_group(
            [("mailbox_id", "in", self.ids)], ["mailbox_id", "state"], ["__count"]
        )
        counts = {(mailbox.id, state): count for mailbox, state, count in groups}
        for mailbox in self:
            for state in ("taken", "left", "handed", "failed"):
                mailbox[f"{state}_count"] = counts.get((mailbox.id, state), 0)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        used = self.env["marketplace.message"].sudo().search_count([("mailbox_id", "in", self.ids)], limit=1)
        if used or self.with_context(active_test=False).site_ids:
            raise UserError(
                self.env._("Sites or messages belong to this mailbox. Archive it, and Odoo reads the server as before.")
            )

    # === ACTION METHODS === #

    def action_read_now(self):
        """Read this mailbox here and now, for as long as one turn takes, and tell what came of it."""
        self.ensure_one()
        self.check_access("write")
        before = {state: self[f"{state}_count"] for state in ("taken", "left", "handed")}
        mailbox_sudo = self.sudo()
        mailbox_sudo.write({"next_read_at": fields.Datetime.now(), "is_paused": False})
        if not MailboxReader(mailbox_sudo.env).read_now(mailbox_sudo):
            return self._notify(self.env._("It is being read already."), "", "info")
        self.invalidate_recordset()
        if self.error:
            return self._notify(self.env._("It could not be read"), self.error, "danger")
        new = {state: self[f"{state}_count"] - count for state, count in before.items()}
        text = self.env._("Nothing new.")
        if self.backlog or any(new.values()):
            text = self.env._(
                "%(taken)s messages taken, %(left)s mails left alone, %(handed)s handed to Odoo, %(backlog)s waiting.",
                backlog=self.backlog,
                **new,
            )
        return self._notify(self.env._("The mailbox was read"), text, "success")

    def action_pause(self):
        """Stop reading until somebody resumes it."""
        self.check_access("write")
        self.is_paused = True

    def action_resume(self):
        """Read again, at once."""
        self.check_access("write")
        self.write({"is_paused": False, "failure_count": 0})
        self._wake()

    def action_test_reading(self):
        """Open the mailbox and tell what is in it."""
        self.ensure_one()
        self.check_access("write")
        try:
            found = self.server_id.sudo()._marketplace_describe()
        except MarketplaceError as error:
            return self._notify(self.env._("It can't be read"), str(error), "danger")
        return self._notify(self.env._("It can be read"), found, "success")

    def action_accept_certificate(self):
        """Read this mailbox although its server's certificate can't be verified: an administrator knows it."""
        self.check_access("write")
        self.server_id.action_marketplace_accept_certificate()

    def action_verify_certificate(self):
        """Read this mailbox only while its server's certificate can be verified."""
        self.check_access("write")
        self.server_id.action_marketplace_verify_certificate()

    def action_switch_on(self):
        """Switch on again what Odoo or somebody switched off."""
        self.check_access("write")
        self.active = True
        self.server_id.sudo().active = True
        self.env["ir.cron"]._marketplace_get_idle(*NEEDED_CRONS)._marketplace_switch_on()
        self.action_resume()

    def action_connect(self):
        """Open the dialog that begins to read a mailbox."""
        self.check_access("create")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_marketplace.marketplace_mailbox_connect_action"
        )

    def action_show_mails(self):
        """List what became of this mailbox's mails."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_marketplace.marketplace_mailbox_mail_action"
        )
        return dict(action, domain=[("mailbox_id", "=", self.id)], context=self.env.context.get("filters", {}))

    def _notify(self, title, message, kind):
        return self.env["marketplace.account"]._notify(title, message, kind)

    # === BUSINESS METHODS === #

    @api.model
    def _cron_read(self):
        """Read the mailboxes that are due."""
        MailboxReader(self.env).read_due()

    @api.model
    def _get_reader_class(self, protocol):
        """Return the class, a ``MailboxReader``, that walks through mailboxes of a protocol; hook for other add-ons.

        :param str protocol: "imap" or "pop".
        """
        return {"imap": ImapReader, "pop": PopReader}[protocol]

    def _get_findings(self):
        """Return what is wrong with reading this mailbox, as (level, text)."""
        self.ensure_one()
        if self.off_reason:
            return [
                ("danger", self.env._("The mailbox %(name)s is not read. %(why)s", name=self.name, why=self.off_reason))
            ]
        if self.is_paused:
            return [("warning", self.env._("Reading of the mailbox %s is paused.", self.name))]
        tls = self.server_id.sudo()._marketplace_get_tls_findings()
        if self.failure_count:
            is_serious = self.failure_count >= SERIOUS or self.certificate_seen
            level = "danger" if is_serious else "warning"
            return [(level, self.env._("The mailbox %(name)s: %(why)s", name=self.name, why=self.error))]
        return tls

    def _wake(self):
        """Have these mailboxes read as soon as there is a worker for it."""
        self.sudo().filtered(lambda one: not one.is_paused).next_read_at = fields.Datetime.now()
        self.env["ir.cron"]._marketplace_wake(*CRONS)

    def _renew_lease(self):
        self.lease_until = fields.Datetime.now() + timedelta(seconds=LEASE)

    def _note_success(self, has_more):
        """Give the lease back after a turn; the next one comes at once when there is more, after all others."""
        now = fields.Datetime.now()
        next_read_at = now if has_more else now + timedelta(seconds=EVERY)
        self.write(
            {"lease_until": False, "read_at": now, "next_read_at": next_read_at, "failure_count": 0, "error": False}
        )

    def _note_failure(self, error):
        """Give the lease back and wait, longer each time, before the next try."""
        if isinstance(error, Untrusted):
            self.server_id._marketplace_note_certificate(error.certificate)
        now = fields.Datetime.now()
        pause = timedelta(seconds=get_pause("mailbox", self.failure_count + 1))
        self.write(
            {
                "lease_until": False,
                "next_read_at": now + pause,
                "failure_count": self.failure_count + 1,
                "error": str(error)[:500],
                "error_date": now,
            }
        )

    def _get_marketplaces(self):
        """Return {code: class} of the marketplaces whose sites use this mailbox."""
        known = self.env["marketplace.app"]._get_marketplaces()
        codes = {site.app_id.code for site in self.site_ids if site.state == "active"}
        return {code: known[code] for code in codes if code in known}

    def _get_site(self, code, recipients):
        """Return the site that a marketplace's mail is for as far as its envelope tells; reading it may tell better."""
        sites = self.site_ids.filtered(lambda site: site.app_id.code == code and site.state == "active")
        named = sites.filtered(lambda site: site.address in recipients)
        return (named or sites)[:1]

    def _is_in_time(self, head, code, is_new):
        """Tell whether a mail came after the moment since when this mailbox is read for its marketplace.

        :param str code: the marketplace, or None for mail to an address of ours.
        """
        sites = self.site_ids.filtered(lambda site: site.app_id.code == code and site.mailbox_since)
        since = min(sites.mapped("mailbox_since"), default=self.read_from) - (CLOCK_SLACK if is_new else timedelta())
        return not head.date or head.date >= since.replace(tzinfo=timezone.utc)

    def _would_be_fetched(self, head):
        """Tell whether Odoo would have fetched a mail of the inbox: unread, or come since we read in its place."""
        return not head.seen or not head.date or head.date >= self.taken_over_at.replace(tzinfo=timezone.utc)

    def _read_since(self, moment):
        """Read from this moment on; what was left alone is looked at again, once, as far back as that is."""
        if not self.active:
            # Nobody read it meanwhile: begin anew.
            self.write({"active": True, "read_from": moment, "taken_over_at": fields.Datetime.now()})
            self.position_ids.sudo().start_uid = 0
        elif moment < fields.Datetime.now() - timedelta(minutes=1):
            self.read_from = min(self.read_from, moment)
            self.position_ids.sudo()._read_again()
