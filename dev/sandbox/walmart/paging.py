"""Pages of lists. A cursor is a whole query string, which the caller appends as it is."""

from urllib.parse import urlencode

from ..times import now
from .contract import read_day

_SIZES = {"orders": 100, "returns": 10}


def page_orders(found, query, seller):
    """Return one page of the orders that a query found, and its ``meta``."""
    size, start = int(query.get("limit", _SIZES["orders"])), _position(query.get("poIndex"))
    meta = {"totalCount": len(found), "limit": size}
    if start + size < len(found):
        own = ("limit", "hasMoreElements", "soIndex", "poIndex", "partnerId", "sellerId")
        cursor = {
            "limit": size,
            "hasMoreElements": "true",
            "soIndex": len(found),
            "poIndex": start + size,
            "partnerId": seller.partner_id,
            "sellerId": seller.partner_id[-5:],
            **{name: value for name, value in query.items() if name not in own},
        }
        cursor.setdefault("createdEndDate", f"{now():%Y-%m-%dT%H:%M:%S.%f}Z")  # later orders must not move the pages
        meta["nextCursor"] = f"?{urlencode(cursor, safe=':')}"
    return found[start : start + size], meta


def page_returns(returns, query, seller):
    """Return one page of a seller's returns that fit a query, and its ``meta``."""
    found = [one for one in returns if _matches(one, query)]
    size, start = int(query.get("limit", _SIZES["returns"])), _position(query.get("offset"))
    meta = {"totalCount": len(found), "limit": size}
    if start + size < len(found):
        rest = {name: value for name, value in query.items() if name not in ("sellerId", "limit", "offset")}
        cursor = {"sellerId": seller.partner_id[-5:], "limit": size, "offset": start + size, **rest}
        meta["nextCursor"] = f"?{urlencode(cursor, safe=':')}"
    return found[start : start + size], meta


def _position(text):
    return int(text) if text and text.isdecimal() else 0


def _matches(one, query):
    created = read_day(one["returnOrderDate"])
    modified = max(read_day(line["statusTime"]) for line in one["returnOrderLines"])
    tests = {
        "returnOrderId": lambda value: one["returnOrderId"] == value,
        "customerOrderId": lambda value: one["customerOrderId"] == value,
        "status": lambda value: any(line["status"] == value for line in one["returnOrderLines"]),
        "returnCreationStartDate": lambda value: created >= read_day(value),
        "returnCreationEndDate": lambda value: created <= read_day(value),
        "returnLastModifiedStartDate": lambda value: modified >= read_day(value),
        "returnLastModifiedEndDate": lambda value: modified <= read_day(value),
    }
    return all(test(query[name]) for name, test in tests.items() if name in query)
