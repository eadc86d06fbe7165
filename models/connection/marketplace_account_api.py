import logging
import os
from datetime import timedelta, timezone
from urllib.parse import urlsplit

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import config

from ...marketplaces.errors import (
    BadCredentials,
    Forbidden,
    MarketplaceError,
    NotFound,
    Refused,
    Throttled,
    TokenExpired,
    Unavailable,
    Unreadable,
)
from ...marketplaces.schema import Credentials
from ...marketplaces.transport.answer import is_loopback
from ..privacy.silent_log import expecting_conflicts

_logger = logging.getLogger(__name__)

#: Errors that are about one thing that was asked for, not about the account: the next one may well be had.
ABOUT_ORDER = (NotFound, Refused, Forbidden, Unreadable)
#: First key of the advisory lock under which an access token is renewed; the second is the account's id.
TOKEN_LOCK = 0x6D6B7470
#: A token this close to its end is renewed before use.
TOKEN_MARGIN = timedelta(seconds=120)


class AccountApi:
    """How an account speaks to its marketplace: the one door, and the access token that opens it.

    A part of ``marketplace.account``, whose fields stand in its own file.
    """

    __slots__ = ()

    def _marketplace(self, access_token=None, refresh_token=None, keys=None):
        """Return the marketplace object of this account: the only place where one is built.

        :param str refresh_token: one to be tried, in place of the stored one.
        :param dict keys: ``client_id`` and ``client_secret`` to be tried, in place of the stored ones.
        :raise BadCredentials: when no credential is set.
        :raise Unavailable: when another database is the home of the accounts.
        """
        self.ensure_one()
        if why_silent := self.env["marketplace.home"]._why_silent():
            raise Unavailable(why_silent)
        account_sudo, keys = self.sudo(), keys or {}
        credential_sudo = account_sudo.credential_id
        marketplace = account_sudo.app_id._get_class()
        if not credential_sudo:
            raise BadCredentials(self.env._("Choose or create a credential for %s first.", account_sudo.name))
        credentials = Credentials(
            region=account_sudo.region,
            seller_ref=account_sudo.seller_ref or None,
            site_ref=account_sudo.site_ids[:1].site_ref if marketplace.has_one_site else None,
            client_id=keys.get("client_id") or credential_sudo.client_id or "",
            client_secret=keys.get("client_secret") or credential_sudo._get_secret("client_secret"),
            refresh_token=refresh_token or account_sudo._get_secret("refresh_token"),
            access_token=access_token or "",
        )
        return marketplace(
            credentials, endpoints=self._get_endpoints(account_sudo.app_id._get_code(account_sudo.app_id.id))
        )

    @api.model
    def _get_endpoints(self, code):
        """Return base URLs that replace the official ones (sandbox): environment or server configuration only.

        :raise Unavailable: one that would carry secrets over a line without encryption.
        """
        prefix = f"marketplace_{code}_"
        options = {**config.options, **{key.lower(): value for key, value in os.environ.items()}}
        found = {key: value for key, value in options.items() if key.startswith(prefix) and key.endswith("_url")}
        for key, value in found.items():
            url = urlsplit(value or "")
            if not url.hostname or url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname)):
                text = self.env._(
                    "%s, in the environment or configuration of the server, must begin with https:// and name a host; "
                    "http:// is for this machine only. Correct it, or take it out.",
                    key.upper(),
                )
                raise Unavailable(text)
        return {key[len(prefix) : -len("_url")]: value for key, value in found.items()}

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
        return self._get_stored_token() or self._renew_access_token()

    def _get_stored_token(self):
        """Return the access token in store, or an empty string when it ends or can't be read."""
        account_sudo = self.sudo()
        expires_at = account_sudo.access_token_expires_at
        if not expires_at or expires_at - TOKEN_MARGIN <= fields.Datetime.now():
            return ""
        try:
            return account_sudo._get_secret("access_token")
        except UserError:
            return ""  # its key is gone; another token is had easily, if the other secrets can be read

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
                current = account_sudo._get_stored_token()
                if current and current != stale:
                    return current
                token = account_sudo._marketplace().renew_token()
                # Others may have changed the account during the call: begin anew, so that the token is not lost.
                cr.rollback()
                with expecting_conflicts():
                    stored = retrying(lambda: account_sudo._store_token(token), account_sudo.env)
                self.invalidate_recordset()
                return stored

    def _store_token(self, token):
        values = {
            "access_token_encrypted": self._encrypt(token.access_token),
            "access_token_expires_at": token.expires_at.astimezone(timezone.utc).replace(tzinfo=None),
        }
        if token.refresh_token and token.refresh_token != self._get_secret("refresh_token"):
            values["refresh_token_encrypted"] = self._encrypt(token.refresh_token)
        self.write(values)
        return token.access_token

    def _check_keys(self):
        """Check that this server can read what it takes to speak for the account.

        :raise UserError: says which key it lacks.
        """
        account_sudo = self.sudo()
        account_sudo._get_secret("refresh_token")
        for credential_sudo in account_sudo.credential_id:
            credential_sudo._get_secret("client_secret")

    # === CLAIMED CALLS === #

    def _call(self, operation, name, call):
        """Make one claimed call of this account and note how it went.

        :param str name: method of the contract that is called.
        :param call: function of the marketplace object.
        :return: (answer or None, error or None), in a new transaction.
        """
        answer = error = None
        apis = []  # more than one when the access token was renewed in between
        try:
            answer = self._request(name, lambda api_: apis.append(api_) or call(api_))
        except MarketplaceError as caught:
            _logger.info("%s of account %s: %s", name, self.id, caught)
            error = caught
        except Exception as caught:
            _logger.exception("%s of account %s failed", name, self.id)
            error = Unavailable(str(caught))
        # A new transaction: what others committed during the call must be seen by what is stored.
        self.env["ir.cron"]._commit_progress()
        trouble = None if isinstance(error, ABOUT_ORDER) else error
        operation._release(trouble, getattr(error, "retry_after", 0), sum(api_.requests for api_ in apis))
        if error:
            self._note_failure(error)
        return answer, error
