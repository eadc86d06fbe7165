import logging
import os
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config

from ..marketplaces.errors import BadCredentials, MarketplaceError, NotAuthorized, Throttled, TokenExpired
from ..marketplaces.schema import Credentials

_logger = logging.getLogger(__name__)

#: First key of the advisory lock under which an access token is renewed; the second is the account's id.
TOKEN_LOCK = 0x6D6B7470
#: A token this close to its end is renewed before use.
TOKEN_MARGIN = timedelta(seconds=120)


class MarketplaceAccount(models.Model):
    """One seller account at a marketplace."""

    _name = "marketplace.account"
    _inherit = ["mail.thread", "mail.activity.mixin", "marketplace.secret.mixin"]
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
    region = fields.Selection(selection="_selection_region", required=True, tracking=True)
    seller_ref = fields.Char(
        string="Merchant ID",
        tracking=True,
        help="The marketplace's id of the seller. Amazon: Seller Central › Account Info › Merchant Token.",
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
    participations = fields.Json(readonly=True, copy=False)
    missing_sites = fields.Char(compute="_compute_missing_sites")
    searched_until = fields.Datetime(
        string="Order Changes Read Until", readonly=True, copy=False, help="Changed orders are known up to here."
    )
    site_ids = fields.One2many("marketplace.site", "account_id")
    operation_ids = fields.One2many("marketplace.operation", "account_id")

    _app_region_seller_unique = models.UniqueIndex(
        "(app_id, region, seller_ref) WHERE seller_ref IS NOT NULL AND seller_ref != ''",
        "This seller account can't be connected here.",
    )

    # === COMPUTE AND INVERSE METHODS === #

    @api.model
    def _selection_region(self):
        known = self.env["marketplace.app"]._get_marketplaces().values()
        return list(dict(region for marketplace in known for region in marketplace.regions).items())

    def _secret_names(self):
        return ("refresh_token", "access_token")

    def _inverse_refresh_token(self):
        self._set_secret("refresh_token")
        self.sudo().write({"access_token_encrypted": False, "access_token_expires_at": False})
        self._resume()

    @api.depends("participations", "site_ids.site_ref")
    def _compute_missing_sites(self):
        for account in self:
            account.missing_sites = ", ".join(site.name for site in account._get_missing_sites()) or False

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

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.env["marketplace.message"].sudo().search_count([("account_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("Messages of this account are kept here. Archive the account in place of deleting it.")
            )

    # === ACTION METHODS === #

    def action_test_connection(self):
        """Ask the marketplace which storefronts the account has; tell what came back."""
        self.ensure_one()
        try:
            found = self._request("fetch_participations", lambda api_: api_.fetch_participations())
        except MarketplaceError as error:
            self._note_failure(error)
            return self._notify(self.env._("Connection failed"), str(error), "danger")
        self.participations = [
            {"site_ref": one.site_ref, "store_name": one.store_name, "active": one.active} for one in found
        ]
        self._resume()
        self._note_success()
        names = [self.app_id._get_class().get_site(one.site_ref).name for one in found if one.active]
        text = self.env._("Takes part in: %s", ", ".join(names)) if names else self.env._("No storefront is active.")
        return self._notify(self.env._("Connected"), text, "success")

    def action_add_sites(self):
        """Create the sites that the last connection test found and that are not here yet."""
        self.ensure_one()
        stores = {one["site_ref"]: one["store_name"] for one in self.participations or []}
        self.env["marketplace.site"].create(
            [
                {"account_id": self.id, "site_ref": site.site_ref, "seller_name": stores.get(site.site_ref)}
                for site in self._get_missing_sites()
            ]
        )

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

    def _get_missing_sites(self):
        self.ensure_one()
        known = set(self.with_context(active_test=False).site_ids.mapped("site_ref"))
        refs = [one["site_ref"] for one in self.participations or [] if one["active"]]
        found = (self.app_id._get_class().get_site(ref) for ref in refs if ref not in known)
        return [site for site in found if site]

    def _is_fetchable(self):
        """Tell whether orders of this account can be asked for at all."""
        self.ensure_one()
        return self.active and self.state == "connected"

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
        for account in self.filtered("state_message"):
            account.write({"state": "connected", "state_message": False})
        self.sudo().operation_ids.write({"paused_until": False, "failure_count": 0})
        self.env["marketplace.order"]._trigger_fetch()

    # === REQUEST HELPERS === #

    def _marketplace(self, access_token=None):
        """Return the marketplace object of this account: the only place where one is built.

        :raise BadCredentials: when no credential is set.
        """
        self.ensure_one()
        account_sudo = self.sudo()
        credential_sudo = account_sudo.credential_id
        marketplace = account_sudo.app_id._get_class()
        if not credential_sudo:
            raise BadCredentials(self.env._("Choose or create a credential for %s first.", account_sudo.name))
        credentials = Credentials(
            region=account_sudo.region,
            seller_ref=account_sudo.seller_ref or None,
            client_id=credential_sudo.client_id or "",
            client_secret=credential_sudo._get_secret("client_secret"),
            refresh_token=account_sudo._get_secret("refresh_token"),
            access_token=access_token or "",
        )
        return marketplace(
            credentials, endpoints=self._get_endpoints(account_sudo.app_id._get_code(account_sudo.app_id.id))
        )

    @api.model
    def _get_endpoints(self, code):
        """Return base URLs that replace the official ones (sandbox): environment or server configuration only."""
        prefix = f"marketplace_{code}_"
        options = {**config.options, **{key.lower(): value for key, value in os.environ.items()}}
        return {
            key[len(prefix) : -len("_url")]: value
            for key, value in options.items()
            if key.startswith(prefix) and key.endswith("_url")
        }

    def _request(self, operation, call):
        """Return the answer of one API call. Nothing may be locked, nothing pending on this account.

        :param str operation: contract method that is called, for the log.
        :param call: function of the marketplace object.
        :raise MarketplaceError: whatever went wrong, ready to be shown.
        """
        self.ensure_one()
        token = self._get_access_token()
        try:
            return call(self._marketplace(token))
        except TokenExpired:
            _logger.info("Access token of account %s ended early (%s)", self.id, operation)
        return call(self._marketplace(self._renew_access_token(stale=token)))

    def _get_access_token(self):
        account_sudo = self.sudo()
        expires_at = account_sudo.access_token_expires_at
        if expires_at and expires_at - TOKEN_MARGIN > fields.Datetime.now():
            return account_sudo._get_secret("access_token")
        return self._renew_access_token()

    def _renew_access_token(self, stale=None):
        """Return a fresh access token; one worker at a time renews it, the others come back later.

        The lock's own transaction has a snapshot from before the wait, so the look and the store use another.

        :param str stale: the token that was just refused.
        """
        self.ensure_one()
        with self.env.registry.cursor() as lock_cr:
            lock_cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [TOKEN_LOCK, self.id])
            if not lock_cr.fetchone()[0]:
                raise Throttled(self.env._("The access token is being renewed."), retry_after=2)
            with self.env.registry.cursor() as cr:
                account_sudo = self.with_env(self.env(cr=cr)).sudo()
                current = account_sudo._get_secret("access_token")
                expires_at = account_sudo.access_token_expires_at
                if current and current != stale and expires_at - TOKEN_MARGIN > fields.Datetime.now():
                    return current
                token = account_sudo._store_token(account_sudo._marketplace().renew_token())
                self.invalidate_recordset()
                return token

    def _store_token(self, token):
        values = {
            "access_token_encrypted": self._encrypt(token.access_token),
            "access_token_expires_at": token.expires_at.astimezone(timezone.utc).replace(tzinfo=None),
        }
        if token.refresh_token and token.refresh_token != self._get_secret("refresh_token"):
            values["refresh_token_encrypted"] = self._encrypt(token.refresh_token)
        self.write(values)
        return token.access_token
