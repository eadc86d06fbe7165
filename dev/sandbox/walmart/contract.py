"""What calls of the Marketplace API must contain. By hand from developer.walmart.com and its OpenAPI, 2026-11-22."""

import re
from dataclasses import dataclass
from datetime import datetime, timezone

SERVICE = "Walmart Marketplace"
TOKEN, DETAIL, ORDERS, ORDER = "walmart_token", "walmart_token_detail", "walmart_orders", "walmart_order"
RETURNS, PROFILE = "walmart_returns", "walmart_partnerprofile"
STATUSES = ("Created", "Acknowledged", "Shipped", "Delivered", "Cancelled")
NODES = ("SellerFulfilled", "WFSFulfilled", "3PLFulfilled")
#: How long orders are told, and how far back a list goes that names no start.
ORDER_DAYS, DEFAULT_DAYS = 180, 7


@dataclass(frozen=True)
class Operation:
    """A call: its path, the scope that it needs, calls a minute (None: no limit is known), suffix of error codes."""

    path: str
    scope: str | None = None
    a_minute: int | None = None
    api: str = "GMP_GATEWAY_API"


OPERATIONS = {
    TOKEN: Operation("/v3/token"),
    DETAIL: Operation("/v3/token/detail"),
    ORDERS: Operation("/v3/orders", "orders", 5000, "GMP_ORDER_API"),
    ORDER: Operation("/v3/orders/<purchase_order_id>", "orders", 5000, "GMP_ORDER_API"),
    RETURNS: Operation("/v3/returns", "returns", 50, "GMP_RETURN_API"),
    PROFILE: Operation("/v3/settings/partnerprofile", None, 50, "GMP_SETTINGS_API"),
}
#: As :class:`sandbox.limits.Limits` wants it: calls a second and burst.
RATES = {name: (op.a_minute / 60, op.a_minute) for name, op in OPERATIONS.items() if op.a_minute}

_TEXT, _DAY, _YES_NO = "text", "day", ("true", "false")
_NUMBER = re.compile(r"[1-9]\d*")
_PARAMETERS = {
    ORDER: {"productInfo": _YES_NO, "replacementInfo": _YES_NO, "incentiveInfo": _YES_NO},
    ORDERS: {
        **dict.fromkeys(("sku", "customerOrderId", "purchaseOrderId"), _TEXT),
        **dict.fromkeys(("createdStartDate", "createdEndDate"), _DAY),
        **dict.fromkeys(("lastModifiedStartDate", "lastModifiedEndDate"), _DAY),
        **dict.fromkeys(("fromExpectedShipDate", "toExpectedShipDate"), _DAY),
        **dict.fromkeys(("productInfo", "replacementInfo", "incentiveInfo"), _YES_NO),
        **dict.fromkeys(("hasMoreElements", "soIndex", "poIndex", "partnerId", "sellerId"), _TEXT),
        "status": STATUSES,
        "orderType": ("REGULAR", "REPLACEMENT"),
        "shipNodeType": NODES,
        "limit": 200,
    },
    RETURNS: {
        **dict.fromkeys(("returnOrderId", "customerOrderId", "sellerId", "offset"), _TEXT),
        **dict.fromkeys(("returnCreationStartDate", "returnCreationEndDate"), _DAY),
        **dict.fromkeys(("returnLastModifiedStartDate", "returnLastModifiedEndDate"), _DAY),
        "status": ("INITIATED", "DELIVERED", "COMPLETED"),
        "isWFSEnabled": ("Y", "N"),
        "replacementInfo": _YES_NO,
        "limit": 200,
    },
}
#: Parameters of which one alone makes no sense.
_PAIRS = {
    RETURNS: (
        ("returnCreationStartDate", "returnCreationEndDate"),
        ("returnLastModifiedStartDate", "returnLastModifiedEndDate"),
    )
}


def check_headers(headers):
    """Return the name of the header that is missing or wrong, or None."""
    if headers.get("WM_SVC.NAME") != SERVICE:
        return "WM_SVC.NAME"
    return None if headers.get("WM_QOS.CORRELATION_ID", "").strip() else "WM_QOS.CORRELATION_ID"


def wants_json(headers):
    """Tell whether the caller asked for JSON in so many words: otherwise a token comes as XML."""
    return "application/json" in headers.get("Accept", "").lower()


def check_query(operation, query):
    """Return ``(parameter, what is wrong with it)``, or None.

    :param str operation: key of ``OPERATIONS``.
    :param dict query: the parameters. Unknown ones are wrong: a test shall notice that it misspelt one.
    """
    known = _PARAMETERS.get(operation, {})
    for name, value in query.items():
        if name not in known:
            return name, f"Unknown parameter {name}"
        if not _fits(known[name], value):
            return name, f"Invalid {name}"
    for pair in _PAIRS.get(operation, ()):
        given = [name in query for name in pair]
        if any(given) and not all(given):
            return pair[given.index(False)], f"{' and '.join(pair)} go together"
    return None


def _fits(rule, value):
    if rule is _TEXT:
        return bool(value)
    if rule is _DAY:
        return bool(read_day(value))
    if isinstance(rule, int):
        return bool(_NUMBER.fullmatch(value)) and int(value) <= rule
    return value in rule


def read_day(text):
    """Return a date or time of a query (``2026-03-16``, ``2026-03-16T10:30:15Z``) in UTC, or None."""
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)
