import binascii
import hashlib
import logging
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import hash_sign, verify_hash_signed

from ...marketplaces.errors import MarketplaceError

_logger = logging.getLogger(__name__)

SCOPE = "helpdesk_mgmt_marketplace_consent"
#: Minutes in which a seller has to come back from the marketplace.
MINUTES = 60


class ConsentRefused(Exception):
    """A person came back in a way that we don't follow; the message is safe to show, the log says more."""


class MarketplaceConsent(models.Model):
    """One way of a browser to the marketplace and back, bound to a user, a company and an account, used once."""

    _name = "marketplace.consent"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Consent"
    _order = "id desc"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    seller_ref = fields.Char(help="The seller that the marketplace named when it asked for a log-in here.")
    digest = fields.Char(required=True, help="Hash of the number that only the browser carries.")
    expires_at = fields.Datetime(required=True)
    used_at = fields.Datetime()

    _digest_unique = models.Constraint("UNIQUE(digest)", "A consent is asked for once.")

    # === GOING === #

    @api.model
    def _start(self, account):
        """Return the address at the marketplace where the seller's owner allows an account to be connected.

        :raise UserError: the credential lacks what this needs.
        """
        if why_silent := account.env["marketplace.home"]._why_silent():
            raise UserError(why_silent)
        marketplace, credential_sudo = account.app_id._get_class(), account.sudo().credential_id
        try:
            return marketplace.consent_url(
                region=account.region,
                site_ref=account.site_ids[:1].site_ref or None,
                application_ref=credential_sudo.application_ref or None,
                state=self._make_state(account),
                redirect_uri=account._get_callback_url(marketplace.code, "callback"),
                is_draft=credential_sudo.is_draft,
                endpoints=account._get_endpoints(marketplace.code),
            )
        except MarketplaceError as error:
            raise UserError(str(error)) from error

    @api.model
    def _make_state(self, account, seller_ref=None):
        """Return a signed state that is good for one hour, this user, this account and perhaps one seller, once."""
        nonce = secrets.token_urlsafe(32)
        consent_sudo = self.sudo().create(
            {
                "account_id": account.id,
                "company_id": account.company_id.id,
                "user_id": self.env.uid,
                "seller_ref": seller_ref,
                "digest": self._hash(nonce),
                "expires_at": fields.Datetime.now() + timedelta(minutes=MINUTES),
            }
        )
        return hash_sign(self.sudo().env, SCOPE, [consent_sudo.id, nonce], expiration=timedelta(minutes=MINUTES))

    @api.model
    def _hash(self, nonce):
        return hashlib.sha256(nonce.encode()).hexdigest()

    @api.model
    def _continue(self, code, params):
        """Return where the browser goes on when the marketplace asks who is logged in here.

        The seller began either here, or in the marketplace's own store of applications.

        :raise ConsentRefused: with words for the page.
        """
        app = self._get_app(code)
        marketplace = app._get_class()
        try:
            login = marketplace.read_login(params, endpoints=app.env["marketplace.account"]._get_endpoints(code))
        except MarketplaceError as error:
            self._refuse("log-in with parameters that were refused (%s)", error, text=str(error))
        account = self._find_or_create_account(app, login)
        return marketplace.login_url(
            login,
            state=self._make_state(account, login.seller_ref),
            redirect_uri=account._get_callback_url(code, "callback"),
        )

    @api.model
    def _find_or_create_account(self, app, login):
        """Return the account that a seller who came from the marketplace's store is to be connected as."""
        domain = [("app_id", "=", app.id), ("application_ref", "=", login.application_ref)]
        credential = login.application_ref and self.env["marketplace.credential"].search(domain, limit=1)
        if not credential:
            text = self.env._(
                "Your company has no credential for this application yet. Add it first, then start again."
            )
            self._refuse("log-in for application %s, which has no credential", login.application_ref, text=text)
        Account = self.env["marketplace.account"]
        region = login.region or self._get_begun(credential).region or credential.account_ids[:1].region
        if not region:
            text = self.env._("It is not known to which region this seller belongs. Connect the account in Odoo first.")
            self._refuse("log-in of an unknown region", text=text)
        mine = [("app_id", "=", app.id), ("region", "=", region), ("company_id", "=", credential.company_id.id)]
        known = Account.search([*mine, ("seller_ref", "=", login.seller_ref)], limit=1)
        waiting = self._get_begun(credential) or Account.search(
            [*mine, ("seller_ref", "=", False), ("credential_id", "=", credential.id)], limit=1
        )
        if waiting.region == region and not waiting.seller_ref:
            known = known or waiting
        return known or Account.create(
            {
                "name": f"{app.name} {dict(app._get_class().regions).get(region, '')}".strip(),
                "app_id": app.id,
                "region": region,
                "company_id": credential.company_id.id,
                "credential_id": credential.id,
            }
        )

    @api.model
    def _get_begun(self, credential):
        """Return the account that this user sent to the marketplace last and did not come back for yet."""
        domain = [
            ("user_id", "=", self.env.uid),
            ("used_at", "=", False),
            ("expires_at", ">", fields.Datetime.now()),
            ("account_id.credential_id", "=", credential.id),
        ]
        return self.sudo().search(domain, limit=1).account_id.with_env(self.env)

    # === COMING BACK === #

    @api.model
    def _finish(self, code, params):
        """Connect the account that a browser came back for; return it.

        :raise ConsentRefused: with words for the page.
        """
        marketplace = self._get_app(code)._get_class()
        try:
            told = marketplace.read_callback(params)
        except MarketplaceError as error:
            self._refuse("came back with parameters that were refused (%s)", error, text=str(error))
        consent_sudo = self._use(told.state)
        account = consent_sudo.account_id.with_env(self.env)
        if account.app_id.code != code:
            self._refuse("state of another marketplace")
        if told.error_code or not told.code:
            text = told.error_text or self.env._("%s did not say why.", marketplace.console_name)
            self._refuse("the marketplace refused: %s", told.error_code, text=text, account=account)
        if consent_sudo.seller_ref and consent_sudo.seller_ref != told.seller_ref:
            self._refuse("another seller than the one who began", account=account)
        return self._exchange(account, told)

    @api.model
    def _use(self, state):
        """Return the consent of a state, now used up and committed.

        :raise ConsentRefused: forged, too old, used before, or another user's; always in the same words.
        """
        try:
            consent_id, nonce = verify_hash_signed(self.sudo().env, SCOPE, state or "")
        except (ValueError, TypeError, binascii.Error):
            self._refuse("state is forged or too old")
        consent_sudo = self.sudo().browse(consent_id).exists()
        if not consent_sudo or consent_sudo.digest != self._hash(nonce):
            self._refuse("state is not known")
        consent_sudo = consent_sudo.try_lock_for_update()
        if not consent_sudo or consent_sudo.used_at:
            self._refuse("state was used before")
        if consent_sudo.user_id != self.env.user or consent_sudo.company_id not in self.env.user.company_ids:
            self._refuse("state belongs to user %s", consent_sudo.user_id.id)
        if consent_sudo.expires_at < fields.Datetime.now():
            self._refuse("state is too old")
        consent_sudo.used_at = fields.Datetime.now()
        # Committed before anything is asked of the marketplace: no second try with the same state, whatever comes.
        self.env["ir.cron"]._commit_progress()
        return consent_sudo

    @api.model
    def _exchange(self, account, told):
        redirect_uri = account._get_callback_url(account.app_id.code, "callback")
        try:
            return account._connect_code(told, redirect_uri)
        except (MarketplaceError, UserError) as error:
            self.env.cr.rollback()
            self._refuse("the code was not exchanged: %s", type(error).__name__, text=str(error), account=account)

    # === PARTS === #

    @api.model
    def _get_app(self, code):
        app = self.env["marketplace.app"].search([("code", "=", code)], limit=1)
        if not app or code not in app._get_marketplaces() or not app._get_class().has_consent:
            self._refuse("no marketplace that is connected this way")
        return app

    @api.model
    def _refuse(self, reason, *args, text=None, account=None):
        """Log why, and leave with words that give nothing away.

        :raise ConsentRefused: always.
        """
        _logger.warning("Connecting a marketplace was refused for user %s: " + reason, self.env.uid, *args)
        refused = ConsentRefused(
            text or self.env._("This link is not valid any more. Start again from the account in Odoo.")
        )
        refused.account_id = account.id if account else None
        raise refused

    @api.autovacuum
    def _gc_consents(self):
        self.search([("expires_at", "<", fields.Datetime.now() - timedelta(days=1))]).unlink()
