from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...marketplaces.errors import BadCredentials, MarketplaceError, NotAuthorized
from .marketplace_account_api import AccountApi
from .marketplace_account_onboarding import AccountOnboarding
from .marketplace_account_watch import AccountWatch
from .marketplace_health_mixin import LEVELS, SERIOUS, shorten


class MarketplaceAccount(AccountApi, AccountOnboarding, AccountWatch, models.Model):
    """One seller account at a marketplace."""

    _name = "marketplace.account"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "marketplace.secret.mixin",
        "marketplace.health.mixin",
    ]
    _description = "Marketplace Account"
    _order = "app_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    app_id = fields.Many2one(
        "marketplace.app",
        string="Marketplace",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["marketplace.app"].search([], limit=1),
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Gets an activity when something ends soon or has fallen silent.",
    )
    region = fields.Selection(selection="_selection_region", required=True, tracking=True)
    seller_ref = fields.Char(
        string="Seller ID",
        tracking=True,
        help="The marketplace's own id of the seller.",
    )
    credential_id = fields.Many2one(
        "marketplace.credential",
        ondelete="restrict",
        check_company=True,
        domain="[('app_id', '=', app_id), ('company_id', '=', company_id)]",
    )
    refresh_token = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_refresh_token",
        groups="base.group_system",
        copy=False,
        exportable=False,
    )
    refresh_token_encrypted = fields.Char(groups="base.group_system", copy=False, exportable=False)
    access_token = fields.Char(compute="_compute_secrets", groups="base.group_system", copy=False, exportable=False)
    access_token_encrypted = fields.Char(groups="base.group_system", copy=False, exportable=False)
    access_token_expires_at = fields.Datetime(groups="base.group_system", copy=False)
    state = fields.Selection(
        [
            ("draft", "Not Connected"),
            ("connected", "Connected"),
            ("reauthorize", "Authorize Again"),
            ("credentials", "Fix Credentials"),
            ("deleted", "Deleted"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_message = fields.Char(readonly=True, copy=False)
    authorized_at = fields.Datetime(string="Authorized On", readonly=True, copy=False, tracking=True)
    renew_before = fields.Date(compute="_compute_renew_before", store=True)
    secret_valid_until = fields.Date(related="credential_id.valid_until", string="Rotate Secret Before")
    participations = fields.Json(readonly=True, copy=False)
    searched_until = fields.Datetime(
        string="Order Changes Read Until", readonly=True, copy=False, help="Changed orders are known up to here."
    )
    search_token = fields.Char(groups="base.group_system", copy=False, help="Where the search for changes goes on.")
    template_id = fields.Many2one(
        "marketplace.ticket.template", string="Ticket Template", check_company=True, ondelete="restrict", tracking=True,
        help="What new tickets of sites without a template of their own look like.",
    )  # fmt: skip
    site_ids = fields.One2many("marketplace.site", "account_id")
    operation_ids = fields.One2many("marketplace.operation", "account_id")
    is_silent = fields.Boolean(compute="_compute_is_silent")
    reminders = fields.Json(
        readonly=True, copy=False, help="What there is an activity about: {kind: {occasion, id of the activity}}"
    )
    mail_date = fields.Datetime(string="Last Mail", compute="_compute_mail")
    mail_error = fields.Char(string="Last Mail Error", compute="_compute_mail")
    order_date = fields.Datetime(string="Last Order Fetched", compute="_compute_order")
    order_error = fields.Char(string="Last Order Error", compute="_compute_order")
    reply_date = fields.Datetime(string="Last Reply Handed Over", compute="_compute_reply")
    reply_error = fields.Char(string="Last Reply Error", compute="_compute_reply")
    onboarding = fields.Json(compute="_compute_onboarding")
    missing_sites = fields.Char(compute="_compute_missing_sites")
    has_own_keys = fields.Boolean(compute="_compute_has_own_keys")
    scopes = fields.Char(string="Keys Allow", compute="_compute_scopes", help="What the account's keys open.")

    _app_region_seller_unique = models.UniqueIndex(
        "(app_id, region, seller_ref) WHERE seller_ref IS NOT NULL AND seller_ref != ''",
        "This seller account can't be connected here.",
    )

    # === COMPUTE AND INVERSE METHODS === #

    @api.model
    def _selection_region(self):
        known = self.env["marketplace.app"]._get_marketplaces().values()
        regions = dict(region for marketplace in known for region in marketplace.regions)
        return self.env["marketplace.app"]._add_stored(self, "region", regions)

    def _secret_names(self):
        return ("refresh_token", "access_token")

    def _inverse_refresh_token(self):
        self._set_secret("refresh_token")
        self.sudo().write({"access_token_encrypted": False, "access_token_expires_at": False})
        self._resume()

    @api.depends("authorized_at", "app_id")
    def _compute_renew_before(self):
        for account in self:
            days = account.app_id._get_class_or_gone().authorization_days if account.authorized_at else None
            account.renew_before = days and (account.authorized_at + timedelta(days=days)).date()

    def _compute_is_silent(self):
        self.is_silent = bool(self.env["marketplace.home"]._why_silent())

    @api.constrains("app_id", "region")
    def _check_region(self):
        for account in self:
            regions = dict(account.app_id._get_class().regions)
            if account.region not in regions:
                raise ValidationError(
                    self.env._(
                        "%(app)s has no such region. Choose one of: %(regions)s.",
                        app=account.app_id.name,
                        regions=", ".join(regions.values()),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["marketplace.home"]._settle()
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.env["marketplace.message"].sudo().search_count([("account_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("Messages of this account are kept here. Archive the account in place of deleting it.")
            )

    # === HEALTH === #

    @api.depends(
        "state", "state_message", "authorized_at", "participations", "site_ids.health", "credential_id.valid_until"
    )
    def _compute_health(self):
        self._update_health()

    def _get_findings(self):
        """Return what keeps this account from working."""
        self.ensure_one()
        if self.state == "deleted" or (self.state == "draft" and not self.state_message):
            return None
        findings = self._get_idle_findings()
        if why_silent := self.env["marketplace.home"]._why_silent():
            findings.insert(0, ("danger", why_silent))
        if why_gone := self.app_id._why_gone():
            findings.append(("danger", why_gone))
        if self.state != "connected":
            findings.append(("danger", self.state_message or self.env._("It is not connected.")))
        try:
            self._check_keys()
        except UserError as error:
            findings.append(("danger", str(error)))
        findings += self._get_ending_findings(
            self.renew_before,
            self.env._("The authorization has ended. Authorize again."),
            self.env._("The authorization ends on %s. Authorize again before.", self.renew_before),
        )
        findings += self._get_ending_findings(
            self.secret_valid_until,
            self.env._("The application's secret has ended. Enter the new one."),
            self.env._("The application's secret ends on %s. Rotate it before.", self.secret_valid_until),
        )
        findings += self._get_scope_findings()
        for operation in self.operation_ids.filtered(lambda one: one.failure_count > 1):
            level = "danger" if operation.failure_count >= SERIOUS else "warning"
            findings.append((level, f"{operation.label}: {operation.error}"))
        if strangers := self._get_strangers():
            names = shorten(strangers.mapped("name"))
            text = self.env._(
                "Not among the account's storefronts: %s. Delete these sites, or begin to sell there.", names
            )
            findings.append(("warning", text))
        findings += self._get_site_findings()
        return sorted(findings, key=lambda finding: -LEVELS.index(finding[0]))

    def _get_site_findings(self):
        """Return what is wrong with the sites; what several have in common is said once."""
        sites_by_finding = {}
        for site, found in self.site_ids._get_findings_by_site().items():
            for finding in found or []:
                sites_by_finding.setdefault(finding, []).append(site.name)
        return [(level, f"{text} ({shorten(names)})") for (level, text), names in sites_by_finding.items()]

    # === ACTION METHODS === #

    def action_open_credential(self):
        """Open the keys of the account's application."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "marketplace.credential",
            "res_id": self.credential_id.id,
            "views": [(False, "form")],
        }

    def _open(self):
        """Return the action that shows this account."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "main",
        }

    def action_claim_home(self):
        """Have this database, which is a copy of another one, fetch and send from now on."""
        self.check_access("write")
        self.env["marketplace.home"]._move_here()
        text = self.env._("Orders and mail are fetched again. Answers that waited are marked: look at them.")
        return self._notify(self.env._("This is the new home"), text, "success")

    def action_delete(self):
        """Open the dialog that says what goes and what stays."""
        return self._open_delete_dialog()

    def _open_delete_dialog(self, sites=None):
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_delete_action")
        return dict(action, context={"default_account_id": self.id, "default_site_ids": sites.ids if sites else []})

    def action_test_connection(self):
        """Ask the marketplace which storefronts the account has; tell what came back."""
        self.ensure_one()
        try:
            found = self._read_participations()
        except MarketplaceError as error:
            return self._notify(self.env._("Connection failed"), str(error), "danger")
        names = [self.app_id._get_class().get_site(one.site_ref).name for one in found if one.active]
        text = self.env._("Takes part in: %s", ", ".join(names)) if names else self.env._("No storefront is active.")
        if self.scopes:
            text = f"{text}. {self.scopes}"
        return self._notify(self.env._("Connected"), text, "success")

    def _notify(self, title, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": kind,
                "sticky": kind == "danger" and not self.state_message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _is_fetchable(self):
        """Tell whether orders of this account can be asked for at all."""
        self.ensure_one()
        return self.active and self.state == "connected" and not self.app_id._why_gone()

    def _note_success(self):
        for account in self.filtered(lambda one: one.state != "connected"):
            account.write({"state": "connected", "state_message": False})

    def _note_failure(self, error):
        """Remember an error that only a person can end, so that nothing knocks in vain."""
        states = {NotAuthorized: "reauthorize", BadCredentials: "credentials"}
        state = states.get(type(error))
        if state and (self.state, self.state_message) != (state, str(error)):
            self.write({"state": state, "state_message": str(error)})

    def _resume(self):
        """Try again what waited for a person: new secrets are a reason to call at once."""
        # A draft waits for a person who connects it.
        for account in self.filtered(lambda one: one.state_message and one.state != "draft"):
            account.write({"state": "connected", "state_message": False})
        self.sudo().operation_ids.write({"paused_until": False, "failure_count": 0})
        self.env["marketplace.order"]._trigger_fetch()
