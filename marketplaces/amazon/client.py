"""The Selling Partner API: one call each, typed errors, nothing kept.

The access token comes with the credentials: whoever calls renews, stores and shares it. No sleeping and no retries
but one, without personal data, when the application's roles don't reach it.
"""

import re
from dataclasses import replace
from datetime import datetime, timezone

from ..errors import (
    BadCredentials,
    Forbidden,
    MarketplaceError,
    NotFound,
    Refused,
    Throttled,
    TokenExpired,
    Unavailable,
    Unconfirmed,
    Unreadable,
)
from ..schema import Credentials, Order, OrderPage, Participation
from ..transport import json_values
from ..transport.answer import TOTAL_SECONDS, Deadline
from . import const
from .library import open_wire, orders_api, sellers_api
from .orders import normalize_ref, order_from_json

_WHO = "Amazon"
_TOKEN = re.compile(r"[\x21-\x7e]+")
_TOKEN_ENDED = re.compile(r"access token.*(expired|invalid|revoked|malformed|missing)", re.IGNORECASE | re.DOTALL)
#: "Invalid amazonOrderId and template combination". Source: issues of the models' repository, 2022–2026.
_NOT_ALLOWED = re.compile(r"template combination|not eligible|already been (?:sent|requested)", re.IGNORECASE)
_SECRET_ENDED = re.compile(r"LWA secret|client secret", re.IGNORECASE)


class Client:
    """One seller account at the Selling Partner API.

    :param Credentials credentials: ``region`` and ``access_token`` are used, no other secret.
    :param dict endpoints: ``api`` replaces the official address (sandbox only).
    :param transport: an ``httpx.BaseTransport`` in place of the network (tests).
    :param float seconds: when each method gives up.
    :param on_request: called before each request that counts against a rate limit.
    """

    def __init__(
        self, credentials: Credentials, *, endpoints=None, transport=None, seconds=TOTAL_SECONDS, on_request=None
    ):
        self._credentials = credentials
        self._base_url = ((endpoints or {}).get("api") or const.API_URLS.get(credentials.region, "")).rstrip("/")
        self._transport = transport
        self._seconds = seconds
        self._on_request = on_request or (lambda: None)

    def get_order(self, order_ref: str) -> Order:
        """Return the order with this number; ``limited`` when Amazon held back personal data.

        :raise NotFound: no such order in this account and region.
        :raise Refused: when the text is no order number (without asking Amazon).
        """
        ref = normalize_ref(order_ref)
        if not ref:
            raise Refused("This is no Amazon order number: one looks like 123-1234567-1234567.")
        data, limited = self._call_orders("getOrder", lambda api, groups: api.get_order(ref, includedData=groups))
        if not isinstance(json_values.dig(data, "order"), dict):
            raise Unreadable(f"{_WHO}'s answer to getOrder holds no “order”.")
        return replace(order_from_json(data["order"]), limited=limited)

    def search_orders(self, updated_after: datetime, site_refs=(), page_token=None) -> OrderPage:
        """Return a page of at most 100 orders changed since ``updated_after`` (aware).

        Without an end Amazon itself takes the present (less two minutes) and tells it: ``complete_until``.

        :param site_refs: ids of storefronts, those unknown to us left out; empty for all of the region.
        :param str page_token: ``next_token`` of the page before; everything else must stay the same.
        """
        params = {
            "lastUpdatedAfter": _format_time(updated_after),
            "maxResultsPerPage": const.PAGE_SIZE,
        }
        if site_refs:
            params["marketplaceIds"] = _known_sites(site_refs)
        if page_token:
            params["paginationToken"] = page_token
        data, limited = self._call_orders(
            "searchOrders", lambda api, groups: api.search_orders(**params, includedData=groups)
        )
        if not isinstance(json_values.dig(data, "orders"), list):
            raise Unreadable(f"{_WHO}'s answer to searchOrders holds no list of “orders”.")
        return OrderPage(
            orders=tuple(replace(order_from_json(item), limited=limited) for item in data["orders"]),
            next_token=json_values.text(json_values.dig(data, "pagination", "nextToken")),
            complete_until=json_values.moment(data.get("lastUpdatedBefore")),
        )

    def get_participations(self) -> list[Participation]:
        """Return the storefronts of the account, without Amazon's "Non-Amazon" pseudo marketplaces."""
        with self._open() as wire:
            send = self._sender(wire, "getMarketplaceParticipations")
            data = sellers_api(send).get_marketplace_participation()
        if not isinstance(json_values.dig(data, "payload"), list):
            raise Unreadable(f"{_WHO}'s answer to getMarketplaceParticipations holds no list in “payload”.")
        found = (_read_participation(item) for item in json_values.mappings(data["payload"]))
        return [participation for participation in found if participation]

    # --- one call ------------------------------------------------------------------------------------

    def _call_orders(self, operation, call):
        """Return an answer and whether it had to do without personal data.

        Reports differ on what a missing role does: 403, 400, or data left out. Source: facts on access by role,
        github.com/amzn/selling-partner-api-models/issues/5319 and /5365, read 2026-11-22.
        """
        with self._open() as wire:
            api = orders_api(self._sender(wire, operation))
            try:
                return call(api, [*const.PERSONAL_DATA, *const.INCLUDED_DATA]), False
            except (Forbidden, Refused):
                return call(api, list(const.INCLUDED_DATA)), True

    def _open(self):
        if not self._base_url:
            raise Refused(f"Amazon has no region “{self._credentials.region}”: choose one of the account's form.")
        if not _TOKEN.fullmatch(self._credentials.access_token or ""):
            raise TokenExpired("There is no access token yet: renew it.")
        return open_wire(Deadline(self._seconds), self._transport)

    def _sender(self, wire, operation, once=False):
        """Return what makes a call for the library: takes method, path, query and body, returns the decoded answer.

        :param bool once: what is asked must not happen twice, so it must be told whether it may have happened.
        """

        def send(method, path, params, body=None):
            self._on_request()
            options = {"params": params, "json": body, "headers": self._headers()}
            return _check(wire.request(method, self._base_url + path, **options), operation)

        def send_once(*request):
            try:
                return send(*request)
            except (Unavailable, Unreadable) as error:
                # Amazon says with 503 and 429 that it has not begun.
                if getattr(error, "unsent", False) or error.code == "ServiceUnavailable":
                    raise
                message = (
                    f"{_WHO} may have done it or not ({operation}): its answer got lost. Look before trying again."
                )
                raise Unconfirmed(message, request_id=error.request_id) from None

        return send_once if once else send

    def _headers(self):
        return {
            "user-agent": const.USER_AGENT,
            "x-amz-access-token": self._credentials.access_token,
            "x-amz-date": datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ"),
        }


# --- requests ------------------------------------------------------------------------------------------


def _format_time(moment):
    if moment.tzinfo is None:
        raise ValueError("updated_after needs a time zone")
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _known_sites(site_refs):
    """Return known ids only (fewer than the 50 allowed): any other one makes Amazon refuse the whole search."""
    known = [site.site_ref for site in const.SITES if site.site_ref in site_refs]
    if not known:
        raise Refused("None of these storefronts is an Amazon marketplace: choose others.")
    return known


# --- answers -------------------------------------------------------------------------------------------


def _read_participation(data):
    site_ref = json_values.text(json_values.dig(data, "marketplace", "id"))
    site = next((site for site in const.SITES if site.site_ref == site_ref), None)
    return site and Participation(
        site_ref=site.site_ref,
        country=site.code,
        name=json_values.text(json_values.dig(data, "marketplace", "name")),
        store_name=json_values.text(data.get("storeName")),
        active=json_values.dig(data, "participation", "isParticipating") is True,
        suspended=json_values.dig(data, "participation", "hasSuspendedListings") is True,
    )


def _check(answer, operation):
    """Return the decoded answer of a call that went well.

    :raise MarketplaceError: typed, in any other case.
    """
    request_id = answer.headers.get("x-amzn-requestid")
    status = answer.status
    if status == 429 or status >= 500:  # whatever the body is
        raise _error(status, "ServiceUnavailable" if status == 503 else "", "", answer, operation, request_id)
    try:
        data = {} if status >= 201 and not answer.body else answer.json(_WHO)
    except MarketplaceError as error:
        error.request_id = request_id
        raise
    errors = json_values.mappings(json_values.dig(data, "errors"))
    if status in (200, 201) and not errors:
        return data
    first = errors[0] if errors else {}
    told = [first.get("message"), first.get("details"), json_values.dig(data, "message")]
    text = " ".join(filter(None, map(json_values.text, told)))
    code = json_values.text(first.get("code")) or ""
    if status < 400:
        status = const.ERROR_STATUSES.get(code, 0)
    raise _error(status, code, text, answer, operation, request_id)


def _error(status, code, text, answer, operation, request_id):
    """Return the typed error for a status and what Amazon says about it."""
    details = {"code": code or None, "request_id": request_id}
    if status == 429:
        wait = answer.retry_after() or _pause(answer, operation)
        return Throttled(f"{_WHO} asks us to wait {wait:g} seconds ({operation}).", retry_after=wait, **details)
    if status >= 500:
        return Unavailable(f"{_WHO} has a fault (HTTP {answer.status}, {operation}); try again later.", **details)
    if status in (401, 403) and _SECRET_ENDED.search(text):
        message = f"{_WHO} says that the client secret ended: make a new one in Seller Central and enter it."
        return BadCredentials(message, **details)
    if status == 401 or status == 403 and _TOKEN_ENDED.search(text):
        return TokenExpired(f"{_WHO} no longer takes the access token: renew it.", **details)
    if status in (400, 403) and _NOT_ALLOWED.search(text):
        return Refused(f"{_WHO} does not allow this message for this order (any more).", **details)
    if status == 403:
        message = f"{_WHO} does not allow {operation}: check the application's roles and the account's authorization."
        return Forbidden(message, **details)
    if status == 404:
        return NotFound(f"{_WHO} knows no such thing in this account and region ({operation}).", **details)
    if status >= 400:
        return Refused(f"{_WHO} refuses {operation} as invalid ({code or answer.status}).", **details)
    return Unreadable(f"{_WHO}'s answer to {operation} can't be understood (HTTP {answer.status}).", **details)


def _pause(answer, operation):
    """Return the seconds until Amazon allows one more call, by the rate it tells, else by its usage plan."""
    rate = json_values.number(answer.headers.get("x-amzn-ratelimit-limit"))
    return float(round(1 / (float(rate) if rate and rate > 0 else const.RATES[operation][0]), 1))
