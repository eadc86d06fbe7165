"""The Marketplace API v3: one call each, typed errors, nothing kept.

The access token comes with the credentials: whoever calls renews, stores and shares it. No sleeping and no retries.
What is one call for us takes several requests there: Walmart tells orders by the kind of place they are sent from.
"""

import logging
import re
import string
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from ..errors import Forbidden, MarketplaceError, NotFound, Refused, Throttled, TokenExpired, Unavailable, Unreadable
from ..schema import Credentials, Order, OrderPage, Participation, Scope
from ..transport import json_values
from ..transport.answer import TOTAL_SECONDS, Deadline
from . import const, orders
from .answers import WHO, make_headers, read_answer
from .refs import normalize_ref
from .returns import returns_from_json
from .wire import Wire

_logger = logging.getLogger(__name__)
_TOKEN = re.compile(r"[\x21-\x7e]+")
#: A query as it stands in an address, and the characters that are left alone when one has others.
_CURSOR = re.compile(r"\?[\x21\x22\x24-\x7e]{1,8000}")
_CURSOR_CHARS = "".join(char for char in string.punctuation if char != "#")
#: Node type, when the search began, cursor.
_PAGE_TOKEN = re.compile(r"([0-9])\|([0-9T:.+-]{1,40})\|(|\?.*)", re.DOTALL)
_CAME_SO_FAR = ("partially_shipped", "shipped", "delivered", "refunded")


class Client:
    """One seller account at the Marketplace API.

    :param Credentials credentials: ``site_ref`` and ``access_token`` are used.
    :param dict endpoints: ``api`` replaces the official address (sandbox only).
    :param transport: a ``requests.adapters.BaseAdapter`` in place of the network (tests).
    :param float seconds: when each method gives up.
    :param on_request: called before each request that counts against the rate limit of the method (``const.RATES``):
        the one for returns beside an order, the one for the seller beside the scopes, all of a search.
    """

    def __init__(
        self, credentials: Credentials, *, endpoints=None, transport=None, seconds=TOTAL_SECONDS, on_request=None
    ):
        self._credentials = credentials
        self._base_url = ((endpoints or {}).get("api") or const.API_URL).rstrip("/")
        self._transport = transport
        self._seconds = seconds
        self._on_request = on_request or (lambda: None)

    def get_order(self, order_ref: str) -> Order:
        """Return the buyer's order that has this number, or one of whose purchase orders has it.

        With its returns, once something was sent; when Walmart does not tell those, the order comes without.

        :raise NotFound: no such order in this account, or an older one.
        :raise Refused: when the text is no order number (without asking Walmart).
        """
        ref = normalize_ref(order_ref)
        if not ref:
            raise Refused("This is no Walmart order number: one has 15 digits (older ones 13), as 200011412345678.")
        refusals = []
        with self._open() as wire:
            rows = self._find_orders(wire, "customerOrderId", ref, refusals)
            if not rows:
                rows = self._find_orders(wire, "purchaseOrderId", ref, refusals)
                whole = next(filter(None, (_number(row, "customerOrderId") for row in rows)), None)
                rows += self._find_orders(wire, "customerOrderId", whole, refusals) if whole else []
            if not rows:
                raise refusals[0] if len(refusals) == 2 else _not_found(ref)
            order = orders.orders_from_json(rows)[0]
            return replace(order, returns=self._find_returns(wire, order))

    def search_orders(self, updated_after: datetime, page_token=None) -> OrderPage:
        """Return a page of at most 200 purchase orders changed since ``updated_after`` (aware).

        Pages of one kind of place after those of another: neither sorted, nor is a buyer's order with several
        purchase orders complete in one. ``complete_until`` is the same on all pages: when the search began.

        :param str page_token: ``next_token`` of the page before; everything else must stay the same.
        :raise Refused: the token is no longer good.
        """
        if updated_after.tzinfo is None:
            raise ValueError("updated_after needs a time zone")
        now = datetime.now(timezone.utc)
        node, began, cursor = _read_token(page_token) if page_token else (0, now, "")
        params = _order_params(const.SHIP_NODE_TYPES[node], now) | {
            "lastModifiedStartDate": _format_time(updated_after)
        }
        with self._open() as wire:
            try:
                rows, following = self._ask_page(wire, params, cursor, self._on_request)
            except (Forbidden, Refused):
                if cursor or not node:
                    raise
                rows, following = [], None  # not every kind of place is every seller's
        if following:
            token = f"{node}|{began.isoformat()}|{following}"
        else:
            node += 1
            token = f"{node}|{began.isoformat()}|" if node < len(const.SHIP_NODE_TYPES) else None
        return OrderPage(
            orders=tuple(orders.orders_from_json(rows)) if rows else (),
            next_token=token,
            complete_until=began - timedelta(seconds=const.SEARCH_MARGIN_SECONDS),
            is_partial=True,
        )

    def get_participations(self) -> list[Participation]:
        """Return the one storefront of the account, with what the keys open and who the seller is."""
        site = next((site for site in const.SITES if site.site_ref == self._credentials.site_ref), const.SITES[0])
        with self._open() as wire:
            detail = self._get(wire, "/v3/token/detail", "the access token's details", "any part of the API")
            if not isinstance(detail, dict):
                raise Unreadable(f"{WHO} tells nothing about the access token.")
            partner = self._get_partner(wire)
        return [
            Participation(
                site_ref=site.site_ref,
                country=site.code,
                name=site.name,
                store_name=_text(partner, "partnerDisplayName") or _text(partner, "partnerName"),
                active=detail.get("is_valid") not in (False, "false"),
                seller_ref=_text(partner, "partnerId"),
                scopes=tuple(_read_scope(code, detail) for code in const.SCOPES),
            )
        ]

    # --- several requests ----------------------------------------------------------------------------

    def _find_orders(self, wire, name, ref, refusals):
        """Return the purchase orders with a number, from all kinds of places.

        :param str name: which number it is: "customerOrderId" or "purchaseOrderId".
        :param list refusals: grows when Walmart refuses it; other kinds of places are not every seller's.
        """
        rows = []
        for node_type in const.SHIP_NODE_TYPES:
            params = _order_params(node_type, datetime.now(timezone.utc)) | {name: ref}
            try:
                rows += self._ask_all(wire, params)
            except (Forbidden, Refused) as error:
                if node_type == const.SHIP_NODE_TYPES[0]:
                    refusals.append(error)
        # Whoever answers without minding the number must not show another buyer's order.
        return [row for row in rows if _number(row, name) == ref]

    def _ask_all(self, wire, params):
        """Return the purchase orders of all pages."""
        found, cursor, seen = [], "", set()
        for _page in range(const.MAX_PAGES):
            rows, cursor = self._ask_page(wire, params, cursor)
            found += rows
            if not cursor or cursor in seen:
                break
            seen.add(cursor)
        return found

    def _ask_page(self, wire, params, cursor, on_request=None):
        """Return the purchase orders of a page, and the cursor of the next one."""
        if on_request:
            on_request()
        # A cursor is a whole query, to be sent as it came.
        data = self._get(wire, "/v3/orders" + cursor, "to read orders", "orders", None if cursor else params)
        if data is None:
            return [], None
        if not isinstance(json_values.dig(data, "list"), dict):
            raise Unreadable(f"{WHO}'s answer about orders holds no “list”.")
        try:
            rows = orders.unwrap(data)
        except Unreadable:  # a list without orders
            rows = []
        following = _text(data, "list", "meta", "nextCursor") or ""
        if following:
            following = quote("?" + following.removeprefix("?"), safe=_CURSOR_CHARS)
        goes_on = _CURSOR.fullmatch(following) and "hasMoreElements=false" not in following and following != cursor
        return rows, following if goes_on and rows else None

    def _find_returns(self, wire, order):
        """Return the returns of an order; never worth losing the order.

        Nothing can have come back before something was sent, and this is the request that Walmart counts narrowly.
        """
        if not {order.status, *(line.status for line in order.lines)}.intersection(_CAME_SO_FAR) and not order.refunds:
            return ()
        params = {"customerOrderId": order.order_ref, "limit": const.PAGE_SIZE}
        if order.fulfilled_by == "marketplace":
            params["isWFSEnabled"] = "Y"
        self._on_request()
        try:
            found = returns_from_json(self._get(wire, "/v3/returns", "to read returns", "returns", params) or [])
        except MarketplaceError as error:
            _logger.info("Returns of Walmart order %s are not told: %s", order.order_ref, error)
            return None
        return tuple(one for order_ref, one in found if order_ref == order.order_ref)

    def _get_partner(self, wire):
        """Return what Walmart tells of the seller; nothing when the keys don't open it.

        Source: developer.walmart.com/us-marketplace/docs/get-partner-configurations-1, 2026-11-22.
        """
        self._on_request()
        try:
            data = self._get(wire, "/v3/settings/partnerprofile", "to read the seller's profile", "settings")
        except (Throttled, Unavailable):
            raise
        except MarketplaceError as error:
            _logger.info("The seller's profile is not told: %s", error)
            return {}
        return json_values.mapping(json_values.dig(data, "partner"))

    # --- one request ---------------------------------------------------------------------------------

    def _open(self):
        if not _TOKEN.fullmatch(self._credentials.access_token or ""):
            raise TokenExpired("There is no access token yet: renew it.")
        return Wire(Deadline(self._seconds), self._transport)

    def _get(self, wire, path, doing, scope, params=None):
        """Return the decoded answer, None when there is nothing of what was asked for."""
        headers = make_headers(self._credentials.site_ref, self._credentials.access_token)
        answer = wire.request("GET", self._base_url + path, params=params, headers=headers)
        try:
            return read_answer(answer, doing, scope, headers["WM_QOS.CORRELATION_ID"])
        except NotFound:
            return None


def _order_params(node_type, now):
    return {
        "shipNodeType": node_type,
        "createdStartDate": _format_time(now - timedelta(days=const.SEARCH_DAYS)),
        "limit": const.PAGE_SIZE,
        "productInfo": "true",
        "replacementInfo": "true",
    }


def _format_time(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _not_found(ref):
    days = const.ORDER_DAYS
    return NotFound(f"{WHO} knows no order {ref} in this account; it tells only those of the last {days} days.")


def _read_token(text):
    """Return kind of place, beginning of the search and cursor of a page's token."""
    match = _PAGE_TOKEN.fullmatch(text) if isinstance(text, str) else None
    began = match and json_values.moment(match[2])
    is_good = began and int(match[1]) < len(const.SHIP_NODE_TYPES) and (not match[3] or _CURSOR.fullmatch(match[3]))
    if not is_good:
        raise Refused("This search of Walmart orders can't go on where it was: start it again.")
    return int(match[1]), began, match[3]


def _text(data, *keys):
    return json_values.text(json_values.dig(data, *keys))


def _number(row, name):
    told = _text(row, name)
    return told and (normalize_ref(told) or told)


def _read_scope(code, detail):
    label, needed_for = const.SCOPES[code]
    level = const.SCOPE_LEVELS.get((_text(detail, "scopes", code) or "").lower(), "none")
    return Scope(code=code, label=label, level=level, needed_for=needed_for)
