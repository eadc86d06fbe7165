"""The pretend Amazon's orders: kept, shown as far as asked for, searched."""

import base64
import copy
import hashlib
import json
import threading

from ..times import moment
from .data import make_order
from .identity import guess_site
from .packing import change_order

#: What each value of includedData opens: attributes of the order and of its items.
_DATASETS = {
    "buyer": "BUYER",
    "recipient": "RECIPIENT",
    "proceeds": "PROCEEDS",
    "expense": "EXPENSE",
    "promotion": "PROMOTION",
    "cancellation": "CANCELLATION",
    "fulfillment": "FULFILLMENT",
    "packages": "PACKAGES",
    "tax": "TAX",
    "payment": "PAYMENT",
    "fulfillmentOrders": "FULFILLMENT_ORDERS",
}


class InvalidToken(ValueError):
    """A pagination token is unknown or was made for other parameters."""


class Orders:
    """The orders of all sellers. Safe to use from several threads.

    What it returns is shared, so nobody changes it: :meth:`change` puts a changed copy in its place.
    """

    def __init__(self):
        self._orders = {}
        self._lock = threading.Lock()

    def put(self, seller, order):
        """Add or replace an order of a seller (its code)."""
        with self._lock:
            self._orders[seller, order["orderId"]] = order

    def get(self, seller, ref):
        """Return an order, or None."""
        with self._lock:
            return self._orders.get((seller, ref))

    def get_or_make(self, seller, ref):
        """Return an order; one that was never seen is made on the spot."""
        if not self.get(seller.code, ref):
            self.put(seller.code, make_order(ref, guess_site(ref, seller.sites), seller=seller))
        return self.get(seller.code, ref)

    def change(self, ref, change, seller=None):
        """Change an order (see :func:`packing.change_order`) and return it.

        :raise KeyError: no such order.
        """
        found = self.find(ref, seller)
        if not found:
            raise KeyError(f"No order {ref}")
        code, order = found[0], copy.deepcopy(found[1])
        change_order(order, change)
        self.put(code, order)
        return order

    def all(self, seller=None):
        """Return ``[(seller code, order)]`` of one or all sellers, newest first."""
        with self._lock:
            rows = [(code, o) for (code, _ref), o in self._orders.items() if seller in (None, code)]
        return sorted(rows, key=lambda row: row[1]["createdTime"], reverse=True)

    def find(self, ref, seller=None):
        """Return ``(seller code, order)`` of an order number, or None."""
        with self._lock:
            codes = [seller] if seller else {code for code, _ref in self._orders}
            return next(((c, self._orders[c, ref]) for c in codes if (c, ref) in self._orders), None)

    def clear(self):
        """Forget all orders."""
        with self._lock:
            self._orders.clear()


def project(order, included, pii="full"):
    """Return an order with only what was asked for and may be seen.

    :param set included: values of includedData.
    :param str pii: ``omitted`` leaves out personal data.
    """
    if pii == "omitted":
        included = set(included) - {"BUYER", "RECIPIENT", "TAX"}
    hidden = {attribute for attribute, dataset in _DATASETS.items() if dataset not in included}
    result = {key: value for key, value in order.items() if key not in hidden}
    result["orderItems"] = [{k: v for k, v in item.items() if k not in hidden} for item in order["orderItems"]]
    return result


def search(orders, query, before):
    """Return one page of a search and the token of the next (or None).

    :param list orders: orders of one seller.
    :param dict query: checked parameters of searchOrders.
    :param datetime before: nothing changed or created later is found.
    """
    attribute = "createdTime" if "createdAfter" in query else "lastUpdatedTime"
    after = moment(query.get("createdAfter") or query["lastUpdatedAfter"])
    start, before = _read_token(query, before)
    found = [o for o in orders if after <= moment(o[attribute]) <= before and _matches(o, query)]
    found.sort(key=lambda o: (o[attribute], o["orderId"]))
    size = int(query.get("maxResultsPerPage", 100))
    more = len(found) > start + size
    return found[start : start + size], _make_token(query, start + size, before) if more else None, before


def _matches(order, query):
    fulfillment = order.get("fulfillment", {})
    return all(
        value in query[name].split(",")
        for name, value in (
            ("marketplaceIds", order["salesChannel"].get("marketplaceId")),
            ("fulfillmentStatuses", fulfillment.get("fulfillmentStatus")),
            ("fulfilledBy", fulfillment.get("fulfilledBy")),
        )
        if name in query
    )


def _fingerprint(query):
    others = sorted((k, v) for k, v in query.items() if k != "paginationToken")
    return hashlib.sha256(repr(others).encode()).hexdigest()[:16]


def _make_token(query, start, before):
    payload = json.dumps([_fingerprint(query), start, before.isoformat()])
    return base64.urlsafe_b64encode(payload.encode()).decode()


def _read_token(query, before):
    if "paginationToken" not in query:
        return 0, before
    try:
        fingerprint, start, frozen = json.loads(base64.urlsafe_b64decode(query["paginationToken"]))
        assert fingerprint == _fingerprint(query)
    except (ValueError, AssertionError) as error:
        raise InvalidToken from error
    return start, moment(frozen)
