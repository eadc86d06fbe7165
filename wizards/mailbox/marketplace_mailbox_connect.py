from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ...marketplaces.errors import MarketplaceError
from ...marketplaces.mailbox.tls import Untrusted


class MarketplaceMailboxConnect(models.TransientModel):
    """Dialog that connects a mailbox: for sites, or as the catch-all mailbox of this Odoo's own addresses."""

    _name = "marketplace.mailbox.connect"
    _description = "Connect a Mailbox"

    site_ids = fields.Many2many("marketplace.site", string="For the Sites")
    server_id = fields.Many2one(
        "fetchmail.server",
        string="Mailbox",
        required=True,
        domain=[("server_type", "!=", "local")],
        default=lambda self: self._default_server(),
    )
    is_pop = fields.Boolean(compute="_compute_mailbox")
    mailbox_id = fields.Many2one("marketplace.mailbox", string="Current Mailbox", compute="_compute_mailbox")
    address = fields.Char(
        string="Its Address",
        compute="_compute_address",
        store=True,
        readonly=False,
        help="Where buyers' mail is sent to: the address that you enter at the marketplace.",
    )
    start = fields.Selection(
        [("now", "From now on"), ("days", "Also recent mail")],
        string="Read Buyers' Mail",
        default="now",
        required=True,
    )
    days = fields.Integer(string="Days to Go Back", default=7)
    other_mail = fields.Selection(
        selection=lambda self: self.env["marketplace.mailbox"]._fields["other_mail"].selection,
        string="All Other Mail",
        compute="_compute_mailbox_settings",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    is_shared = fields.Boolean(
        string="People Also Read It", compute="_compute_mailbox_settings", store=True, precompute=True, readonly=False
    )
    has_alias_domain = fields.Boolean(compute="_compute_has_alias_domain")
    outgoing_server = fields.Char(string="Sends With", compute="_compute_outgoing_server")
    certificate_seen = fields.Char(related="server_id.marketplace_certificate_seen")
    finding = fields.Char(readonly=True)
    is_readable = fields.Boolean(readonly=True)
    sending_finding = fields.Char(readonly=True)
    can_send = fields.Boolean(readonly=True)

    # === COMPUTE METHODS === #

    @api.model
    def _default_server(self):
        servers = self.env["fetchmail.server"].search([("server_type", "!=", "local")], limit=2)
        return servers if len(servers) == 1 else False

    @api.depends("server_id")
    def _compute_mailbox(self):
        for wizard in self:
            server = wizard.server_id
            wizard.mailbox_id = server.with_context(active_test=False).marketplace_mailbox_ids[:1]
            wizard.is_pop = bool(server) and server._get_connection_type() == "pop"

    @api.depends("server_id")
    def _compute_address(self):
        for wizard in self:
            wizard.address = wizard.address or email_normalize(wizard.server_id.user or "") or False

    @api.depends("server_id")
    def _compute_mailbox_settings(self):
        for wizard in self:
            mailbox, server = wizard.mailbox_id, wizard.server_id
            # What Odoo has fetched so far goes on to Odoo.
            is_fetched = server.state == "done" and (server.date or server.object_id)
            wizard.other_mail = mailbox.other_mail or ("odoo" if is_fetched else "leave")
            wizard.is_shared = mailbox.is_shared if mailbox else True

    @api.depends("site_ids")
    def _compute_has_alias_domain(self):
        for wizard in self:
            wizard.has_alias_domain = bool(self.env["mail.alias.domain"].sudo().search_count([], limit=1))

    @api.depends("address")
    def _compute_outgoing_server(self):
        for wizard in self:
            address = email_normalize(wizard.address or "")
            wizard.outgoing_server = address and self.env["marketplace.site"]._find_outgoing_server(address).name

    @api.onchange("server_id")
    def _onchange_server(self):
        self.finding = self.is_readable = self.sending_finding = self.can_send = False

    # === ACTION METHODS === #

    def action_test(self):
        """Try to read the mailbox and stay in the dialog."""
        self.ensure_one()
        try:
            finding, is_readable = self.server_id.sudo()._marketplace_describe(), True
        except MarketplaceError as error:
            finding, is_readable = str(error), False
            if isinstance(error, Untrusted):
                self.server_id._marketplace_note_certificate(error.certificate)
        self.write({"finding": finding, "is_readable": is_readable})
        return dict(self.site_ids[:1].mailbox_id.action_connect(), res_id=self.id)

    def action_accept_certificate(self):
        """Accept the certificate that the test found as the server's own, and test again."""
        self.ensure_one()
        self.server_id.action_marketplace_accept_certificate()
        return self.action_test()

    def action_test_sending(self):
        """Try to send as the address, up to the point where the mail would be sent, and stay in the dialog."""
        self.ensure_one()
        address = email_normalize(self.address or "")
        server_sudo = self.env["marketplace.site"]._find_outgoing_server(address)
        finding, can_send = (
            self.env._("%(server)s sends as %(address)s.", server=server_sudo.name, address=address),
            True,
        )
        try:
            server_sudo.with_context(marketplace_test_address=address).test_smtp_connection()
        except UserError as error:
            finding, can_send = f"{server_sudo.name}: {error}", False
        self.write({"sending_finding": finding, "can_send": can_send})
        return dict(self.site_ids[:1].mailbox_id.action_connect(), res_id=self.id)

    def action_start(self):
        """Begin to read the mailbox."""
        self.ensure_one()
        self.site_ids.check_access("write")
        address = email_normalize(self.address or "")
        if self.site_ids and not address:
            raise UserError(self.env._("Enter the e-mail address whose mail arrives in this mailbox."))
        if self.start == "days" and not 1 <= self.days <= 365:
            raise UserError(self.env._("Choose from 1 to 365 days."))
        try:
            self.server_id.sudo()._marketplace_describe()
        except MarketplaceError as error:
            raise UserError(str(error)) from error
        now = fields.Datetime.now()
        since = now - timedelta(days=self.days) if self.start == "days" else now
        mailbox = self._save_mailbox(since)
        self.site_ids.write({"mailbox_id": mailbox.id, "mailbox_address": address, "mailbox_since": since})
        mailbox._wake()
        if len(self.site_ids) == 1:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": "marketplace.mailbox",
            "res_id": mailbox.id,
            "views": [(False, "form")],
        }

    def _save_mailbox(self, since):
        """Return the mailbox of the chosen server; one that is read already keeps its position."""
        values = {"other_mail": self.other_mail, "is_shared": self.is_shared}
        mailbox = self.mailbox_id
        if self.other_mail == "leave":
            # Odoo must not fetch it either, should it be read for marketplaces no longer.
            self.server_id.sudo().set_draft()
        if not mailbox:
            return mailbox.create(dict(values, server_id=self.server_id.id, read_from=since))
        mailbox.write(dict(values, is_paused=False))
        mailbox._read_since(since)
        return mailbox
