"""Walmart's purchase orders and returns: kept, found, searched."""

import copy
import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ..times import now
from .changes import CHANGES, change_order
from .contract import DEFAULT_DAYS, ORDER_DAYS, read_day
from .data import make_order, relay_address
from .returns import finish, make_return
from .sites import PLACEHOLDER
from .wire import buyer_of, lines_of, stamp_ms, statuses_of

_ORDER_REF = re.compile(r"\d{13}|\d{15}|\d{10}|Y\d{8}")
#: Age of an order that is made when somebody asks for it.
_YOUNG = timedelta(hours=1)


@dataclass(frozen=True)
class _Row:
    seller: str
    order: dict
    modified: datetime

    @property
    def created(self):
        return datetime.fromtimestamp(self.order["orderDate"] / 1000, timezone.utc)


class Orders:
    """The purchase orders of all sellers, and their returns. Safe to use from several threads.

    What it returns is shared, so nobody changes it: :meth:`change` puts a changed copy in its place.
    """

    def __init__(self):
        self._rows = {}
        self._returns = []
        self._lock = threading.RLock()

    def put(self, seller, order, modified=None):
        """Add or replace a purchase order of a seller (its code)."""
        with self._lock:
            self._rows[seller, order["purchaseOrderId"]] = _Row(seller, order, modified or now())

    def put_return(self, seller, return_order):
        """Add or replace a return order of a seller (its code)."""
        with self._lock:
            key = return_order["returnOrderId"]
            self._returns = [row for row in self._returns if row[1]["returnOrderId"] != key]
            self._returns.append((seller, return_order))

    def get(self, seller, purchase_order):
        """Return a purchase order that is not too old to be told, or None."""
        with self._lock:
            row = self._rows.get((seller, purchase_order))
        return row.order if row and row.created >= now() - timedelta(days=ORDER_DAYS) else None

    def make_missing(self, seller, ref):
        """Make an order of a seller that was never seen, if its number is well formed."""
        if _ORDER_REF.fullmatch(ref) and not self.find(ref, seller.code):
            self.put(seller.code, make_order(ref, seller=seller.code, site=seller.site, created=now() - _YOUNG))

    def find(self, ref, seller=None):
        """Return ``(seller code, [purchase order])`` of a customer order's or purchase order's number, or None."""
        ref = re.sub(r"[#\s-]", "", ref or "")
        found = [
            (code, order)
            for code, order in self.all(seller)
            if ref in (order["purchaseOrderId"], re.sub(r"[#\s-]", "", order["customerOrderId"]))
        ]
        return (found[0][0], [order for code, order in found if code == found[0][0]]) if found else None

    def all(self, seller=None):
        """Return ``[(seller code, purchase order)]`` of one or all sellers, newest first."""
        with self._lock:
            rows = [row for row in self._rows.values() if seller in (None, row.seller)]
        rows.sort(key=lambda row: (-row.order["orderDate"], row.order["purchaseOrderId"]))
        return [(row.seller, row.order) for row in rows]

    def returns(self, seller=None):
        """Return the return orders of one or all sellers, newest first."""
        with self._lock:
            rows = [one for code, one in self._returns if seller in (None, code)]
        return sorted(rows, key=lambda one: one["returnOrderDate"], reverse=True)

    def change(self, ref, change, seller=None):
        """Change a purchase order, or all of a customer order, and return them.

        :param str change: see :mod:`.changes`; ``return`` makes a return order, ``address`` gives the buyer's address
            where only the placeholder was, and the other way round with ``placeholder``.
        :raise KeyError: no such order.
        """
        found = self.find(ref, seller)
        if not found:
            raise KeyError(f"No order {ref}")
        code, changed = found[0], []
        for order in map(copy.deepcopy, found[1]):
            if change in ("address", "placeholder"):
                site = "CA" if order["shippingInfo"]["postalAddress"]["country"] == "CAN" else "US"
                relay = relay_address(buyer_of(order), code, site)
                order["customerEmailId"] = relay if change == "address" else PLACEHOLDER
            else:
                change_order(order, change)
            self._follow(code, order, change)
            self.put(code, order)
            changed.append(order)
        return changed

    def _follow(self, code, order, change):
        """Begin a return, or end it with the refund."""
        if change == "return":
            self.put_return(code, make_return(order, now(), code))
        elif change == "refund":
            for one in self.returns(code):
                if one["returnOrderLines"][0]["purchaseOrderId"] == order["purchaseOrderId"]:
                    self.put_return(code, finish(one, now()))

    def search(self, seller, query):
        """Return the purchase orders that a query finds, newest first.

        A query that names no start finds those of the last seven days only, even when it asks for later changes.
        """
        start = read_day(query.get("createdStartDate", "")) or now() - timedelta(days=DEFAULT_DAYS)
        start = max(start, now() - timedelta(days=ORDER_DAYS))
        end = read_day(query.get("createdEndDate", "")) or now()
        with self._lock:
            rows = [row for row in self._rows.values() if row.seller == seller]
        rows = [row for row in rows if start <= row.created <= end and _matches(row, query)]
        rows.sort(key=lambda row: (-row.order["orderDate"], row.order["purchaseOrderId"]))
        return [row.order for row in rows]

    def clear(self):
        """Forget everything."""
        with self._lock:
            self._rows.clear()
            self._returns.clear()


def _matches(row, query):
    order, lines = row.order, lines_of(row.order)
    tests = {
        "customerOrderId": lambda value: order["customerOrderId"] == value,
        "purchaseOrderId": lambda value: order["purchaseOrderId"] == value,
        "orderType": lambda value: order["orderType"] == value,
        "sku": lambda value: any(line["item"]["sku"] == value for line in lines),
        "status": lambda value: any(s["status"] == value for line in lines for s in statuses_of(line)),
        "lastModifiedStartDate": lambda value: row.modified >= read_day(value),
        "lastModifiedEndDate": lambda value: row.modified <= read_day(value),
        "fromExpectedShipDate": lambda value: _ship_by(order) >= stamp_ms(read_day(value)),
        "toExpectedShipDate": lambda value: _ship_by(order) <= stamp_ms(read_day(value)),
    }
    node = query.get("shipNodeType", "SellerFulfilled")
    if order.get("shipNode", {}).get("type", "SellerFulfilled") != node:
        return False
    return all(test(query[name]) for name, test in tests.items() if name in query)


def _ship_by(order):
    return order["shippingInfo"].get("estimatedShipDate") or 0


#: What :meth:`Orders.change` knows.
ALL_CHANGES = (*CHANGES, "address", "placeholder")
