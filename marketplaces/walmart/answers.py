"""What Walmart's answers mean: typed errors, whatever form a refusal has.

Errors come as JSON in three shapes, as XML, as a page, or with nothing at all.
Source: developer.walmart.com/us-marketplace/docs/error-codes and answers in public code, 2026-11-22.
"""

import json
import re
import uuid
from datetime import datetime, timezone

from ..errors import Forbidden, NotFound, Refused, Throttled, TokenExpired, Unavailable, Unreadable
from . import const
from .shapes import error_code, moment

WHO = "Walmart"
#: Only what looks like a code is ever repeated: "UNAUTHORIZED.GMP_GATEWAY_API", OAuth's "invalid_client".
_CODE = re.compile(
    r"[A-Z]{2,40}(?:_[A-Z]{1,40}){0,8}(?:\.[A-Z]{2,40}(?:_[A-Z]{1,40}){0,8})?|[a-z]{2,20}(?:_[a-z]{2,20}){1,3}"
)
_XML_CODE = re.compile(rb"<(?:\w+:)?code>\s*([A-Za-z_.]{1,200})\s*</", re.ASCII)
#: Codes that mean the same as a status, with whichever one they come.
_CODE_STATUSES = {
    "UNAUTHORIZED": 401,
    "INVALID_TOKEN": 401,
    "FORBIDDEN": 403,
    "CONTENT_NOT_FOUND": 404,
    "REQUEST_THRESHOLD_VIOLATED": 429,
    "INVALID_SYSTEM_STATE": 500,
    "SYSTEM_ERROR": 500,
    "DOWNSTREAM_SYSTEM_TIME_OUT": 504,
}


def make_headers(site_ref: str | None, access_token: str | None = None) -> dict[str, str]:
    """Return the headers of a request; its id is a new one each time.

    :param str site_ref: the storefront, None for the United States.
    :raise Refused: we know no such storefront.
    """
    market = const.MARKETS.get(site_ref or "walmart.com")
    if not market:
        raise Refused(f"Walmart has no storefront “{site_ref}” that can be connected: choose another one.")
    headers = {
        "User-Agent": const.USER_AGENT,
        "WM_SVC.NAME": const.SERVICE,
        "WM_QOS.CORRELATION_ID": str(uuid.uuid4()),
        "WM_MARKET": market,
    }
    if market != "us":
        headers["WM_GLOBAL_VERSION"] = const.GLOBAL_VERSION
    return headers | ({"WM_SEC.ACCESS_TOKEN": access_token} if access_token else {})


def read_answer(answer, doing: str, scope: str, request_id: str):
    """Return the decoded answer of a call that went well, None when it says that there is nothing.

    :param str doing: what was asked for, in words; ``scope``: the part of the API that it needs.
    :param str request_id: the id that was sent, which Walmart's support asks for.
    :raise MarketplaceError: typed, in any other case.
    """
    if answer.status == 204:
        return None
    if answer.status not in (200, 201, 206):
        raise _error(answer, read_code(answer) or None, doing, scope, request_id)
    try:
        data = answer.json(WHO)
    except Unavailable as error:
        error.request_id = request_id
        raise
    code = error_code(data)
    if code is not None:
        raise _error(answer, _repeatable(code) or "ERROR", doing, scope, request_id)
    return data


def read_code(answer) -> str | None:
    """Return the code of an error answer, "" for one without a code that can be repeated; None when it is none."""
    try:
        code = error_code(json.loads(answer.body))
    except (ValueError, RecursionError):
        match = _XML_CODE.search(answer.body)
        code = match and match[1].decode("ascii")
    return code if code is None else _repeatable(code)


def _repeatable(code):
    return code if _CODE.fullmatch(code) else ""


def throttled(answer, doing: str, **details) -> Throttled:
    """Return the error of too many requests, with how long to wait."""
    wait = min(answer.retry_after() or _until_replenished(answer) or const.RETRY_SECONDS, const.MAX_RETRY_SECONDS)
    return Throttled(f"{WHO} asks us to wait {wait:g} seconds ({doing}).", retry_after=float(wait), **details)


def _error(answer, code, doing, scope, request_id):
    """Return the typed error for a status and the code beside it."""
    details = {"code": code, "request_id": request_id}
    status = _CODE_STATUSES.get((code or "").partition(".")[0], answer.status)
    if status in (413, 429):
        return throttled(answer, doing, **details)
    if status >= 500:
        return Unavailable(f"{WHO} has a fault (HTTP {answer.status}, {doing}); try again later.", **details)
    if status == 401:
        return TokenExpired(f"{WHO} no longer takes the access token: renew it.", **details)
    if status == 403:
        message = (
            f"{WHO} does not allow {doing}: the keys need access to “{scope}”. Make a key with it at "
            "developer.walmart.com › My Account › API Keys, and enter it here."
        )
        return Forbidden(message, **details)
    # A path that Walmart does not know says nothing about what was asked for.
    if status == 404 and not (code or "").startswith("URI_NOT_FOUND"):
        return NotFound(f"{WHO} knows no such thing in this account ({doing}).", **details)
    if status >= 400 or code:
        return Refused(f"{WHO} refuses {doing} as invalid ({code or answer.status}).", **details)
    return Unreadable(f"{WHO}'s answer to {doing} can't be understood (HTTP {answer.status}).", **details)


def _until_replenished(answer):
    """Return the seconds until the next request is allowed, at least 1; None when that is not told."""
    told = next(filter(None, map(answer.headers.get, const.REPLENISH_HEADERS)), None)
    until = moment(told)
    return until and max(1.0, round((until - datetime.now(timezone.utc)).total_seconds(), 1))
