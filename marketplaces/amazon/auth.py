"""Access tokens from Login with Amazon.

Source: developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api, read 2026-11-22;
/website-authorization-workflow for the exchange of a code, read 2026-11-25.
"""

import re
from datetime import datetime, timedelta, timezone

from ..errors import BadCredentials, NotAuthorized, Refused, Throttled, Unavailable, Unreadable
from ..schema import Credentials, Token
from ..transport import json_values
from ..transport.answer import TOTAL_SECONDS, Deadline
from . import const
from .library import code_grant, open_wire, refresh_grant

_WHO = "Login with Amazon"
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
_ENDED = "Amazon no longer accepts this authorization (revoked or expired): authorize the account again."
_CODE_ENDED = (
    "Amazon does not take this authorization code: it was used before, is older than five minutes, or was given for "
    "another application or redirect URI. Start the authorization again and finish it without a break."
)


def renew_token(credentials: Credentials, *, endpoints=None, transport=None, seconds=TOTAL_SECONDS) -> Token:
    """Return a new access token for the account; its ``refresh_token`` is set only if Amazon changed it.

    :param dict endpoints: ``lwa`` replaces the official address (sandbox only).
    :param transport: an ``httpx.BaseTransport`` in place of the network (tests).
    :param float seconds: when to give up.
    :raise NotAuthorized: the seller's authorization ended or was revoked.
    :raise BadCredentials: client id or secret is refused.
    """
    _check_client(credentials)
    if not credentials.refresh_token:
        raise NotAuthorized("There is no refresh token: connect the account to Amazon first.")
    answer, asked_at = _ask(refresh_grant(credentials), endpoints, transport, seconds)
    if answer.status == 200:
        return _read_token(answer.json(_WHO), asked_at, credentials.refresh_token)
    raise _error(answer, "renew the access token", _ENDED)


def exchange_code(
    credentials: Credentials, code, redirect_uri=None, *, endpoints=None, transport=None, seconds=TOTAL_SECONDS
) -> Token:
    """Return access and refresh token for the code that came back from Seller Central.

    :param str code: ``spapi_oauth_code``; works once, within five minutes.
    :param str redirect_uri: where it came to.
    :param dict endpoints: ``lwa`` replaces the official address (sandbox only).
    :param transport: an ``httpx.BaseTransport`` in place of the network (tests).
    :param float seconds: when to give up.
    :raise NotAuthorized: the code was used, is too old or another application's.
    :raise BadCredentials: client id or secret is refused.
    """
    _check_client(credentials)
    if not _TOKEN.fullmatch(code or ""):
        raise NotAuthorized("There is no authorization code: start the authorization again.")
    answer, asked_at = _ask(code_grant(credentials, code, redirect_uri), endpoints, transport, seconds)
    if answer.status != 200:
        raise _error(answer, "take the authorization code", _CODE_ENDED)
    token = _read_token(answer.json(_WHO), asked_at, None)
    if not token.refresh_token:
        raise Unreadable(f"{_WHO} answered without a usable refresh token: start the authorization again.")
    return token


def _check_client(credentials):
    if not (credentials.client_id and credentials.client_secret):
        raise BadCredentials("Client id or client secret is empty: enter both as Seller Central shows them.")


def _ask(form, endpoints, transport, seconds):
    """Return the answer to a token request and when it was asked."""
    url = (endpoints or {}).get("lwa") or const.LWA_URL
    asked_at = datetime.now(timezone.utc)
    with open_wire(Deadline(seconds), transport) as wire:
        return wire.request("POST", url, form=form, headers={"user-agent": const.USER_AGENT}), asked_at


def _read_token(data, asked_at, refresh_token):
    access_token = json_values.text(json_values.dig(data, "access_token")) or ""
    if not _TOKEN.fullmatch(access_token):
        raise Unreadable(f"{_WHO} answered without a usable access token.")
    lifetime = json_values.number(json_values.dig(data, "expires_in"))
    seconds = const.TOKEN_SECONDS if lifetime is None or lifetime <= 0 else min(lifetime, 24 * 3600)
    renewed = json_values.text(json_values.dig(data, "refresh_token")) or ""
    return Token(
        access_token=access_token,
        expires_at=asked_at + timedelta(seconds=int(seconds)),
        refresh_token=renewed if _TOKEN.fullmatch(renewed) and renewed != refresh_token else None,
    )


def _error(answer, doing, ended):
    """Return the typed error of a refusal; its text never repeats what Amazon wrote, which may quote our form.

    :param str doing: what is refused; ``ended``: what it means when the token or code is no longer good.
    """
    if answer.status == 429:
        wait = answer.retry_after() or const.TOKEN_RETRY_SECONDS
        return Throttled(f"{_WHO} asks us to wait {wait:g} seconds.", retry_after=wait)
    if answer.status >= 500:
        return Unavailable(f"{_WHO} has a fault (HTTP {answer.status}); try again later.")
    data = answer.json(_WHO)
    code = next((known for known in const.LWA_ERRORS if known == json_values.dig(data, "error")), None)
    details = {"code": code, "request_id": json_values.text(json_values.dig(data, "request_id"))}
    if code == "invalid_grant":
        return NotAuthorized(ended, **details)
    if code in ("invalid_client", "unauthorized_client"):
        message = "Amazon refuses the client id or client secret: enter the current ones (secrets end after 180 days)."
        return BadCredentials(message, **details)
    if code in ("server_error", "temporarily_unavailable"):
        return Unavailable(f"{_WHO} has a fault ({code}); try again later.", **details)
    reason = code or "no known reason"
    return Refused(f"{_WHO} refuses to {doing} ({reason}): check the account's credentials.", **details)
