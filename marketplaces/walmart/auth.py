"""Access tokens for a seller's own keys.

There is no refresh token: client id and secret give a new access token, for 15 minutes, as often as asked.
Source: developer.walmart.com/us-marketplace/docs/get-an-access-token and
/global-marketplace/reference/tokenapi, 2026-11-22.
"""

import base64
import html
import re
from datetime import datetime, timedelta, timezone

from ..errors import BadCredentials, Refused, Unavailable, Unreadable
from ..schema import Credentials, Token
from ..transport import json_values
from ..transport.answer import TOTAL_SECONDS, Deadline
from . import const
from .answers import make_headers, read_code, throttled
from .wire import Wire

_WHO = "Walmart"
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+)?html", re.IGNORECASE | re.DOTALL)
#: The answer in XML, which comes when "Accept" got lost on the way: <OAuthTokenDTO><accessToken>…
_XML_VALUE = r"<(?:\w+:)?{}>\s*([^<>\s]+)\s*</"
_REFUSED = (
    "Walmart refuses the Client ID or Client Secret: enter those of your own key (not one for a solution provider) "
    "from the Production tab, not Sandbox, of developer.walmart.com › My Account › API Keys. When the secret was reset "
    "there, the new one is needed here."
)


def renew_token(credentials: Credentials, *, endpoints=None, transport=None, seconds=TOTAL_SECONDS) -> Token:
    """Return a new access token for the account.

    :param dict endpoints: ``api`` replaces the official address (sandbox only).
    :param transport: a ``requests.adapters.BaseAdapter`` in place of the network (tests).
    :param float seconds: when to give up.
    :raise BadCredentials: client id or secret is missing or refused.
    """
    if not (credentials.client_id and credentials.client_secret):
        raise BadCredentials("Client ID or Client Secret is empty: enter both as developer.walmart.com shows them.")
    url = ((endpoints or {}).get("api") or const.API_URL).rstrip("/") + "/v3/token"
    keys = f"{credentials.client_id}:{credentials.client_secret}".encode()
    headers = make_headers(credentials.site_ref) | {"Authorization": "Basic " + base64.b64encode(keys).decode("ascii")}
    asked_at = datetime.now(timezone.utc)
    with Wire(Deadline(seconds), transport) as wire:
        answer = wire.request("POST", url, form={"grant_type": "client_credentials"}, headers=headers)
    request_id = headers["WM_QOS.CORRELATION_ID"]
    if answer.status != 200 or read_code(answer) is not None:
        raise _error(answer, request_id)
    return _read_token(_read_data(answer), asked_at)


def _read_data(answer):
    """Return what an answer tells of the token, as JSON or XML.

    :raise Unavailable: it is neither.
    """
    body = answer.body.decode("utf-8", "replace")
    if "OAuthTokenDTO" not in body[:1000]:
        return answer.json(_WHO)
    data = {}
    for key, name in (("access_token", "accessToken"), ("expires_in", "expiresIn")):
        match = re.search(_XML_VALUE.format(f"(?:{key}|{name})"), body)
        data[key] = match and html.unescape(match[1])
    return data


def _read_token(data, asked_at):
    access_token = json_values.text(json_values.dig(data, "access_token")) or ""
    if not _TOKEN.fullmatch(access_token):
        raise Unreadable(f"{_WHO} answered without a usable access token.")
    lifetime = json_values.number(json_values.dig(data, "expires_in"))
    seconds = const.TOKEN_SECONDS if lifetime is None or lifetime <= 0 else min(lifetime, 24 * 3600)
    return Token(access_token=access_token, expires_at=asked_at + timedelta(seconds=int(seconds)))


def _error(answer, request_id):
    """Return the typed error of a refusal; its text never repeats what Walmart wrote, which may quote our header."""
    details = {"code": read_code(answer) or None, "request_id": request_id}
    if answer.status in (413, 429):
        return throttled(answer, "for the access token", **details)
    if answer.status >= 500:
        return Unavailable(f"{_WHO} has a fault (HTTP {answer.status}); try again later.", **details)
    # Gateways on the way answer with pages, Walmart itself with a bare "Bad Request".
    if _PAGE.match(answer.body):
        message = f"{_WHO} answered with a page instead of data (HTTP {answer.status}); try again later."
        return Unavailable(message, **details)
    if answer.status in (400, 401, 403):
        return BadCredentials(_REFUSED, **details)
    reason = details["code"] or answer.status
    return Refused(f"{_WHO} refuses to give an access token ({reason}): check the account's keys.", **details)
