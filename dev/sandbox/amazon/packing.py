"""Packages of orders, and what can happen to an order after it was placed."""

from datetime import timedelta

from ..sites import get_site
from ..times import now, stamp
from .catalogue import CARRIERS
from .identity import digits, rng


def make_package(number, items, site, source, created):
    """Return the n-th package of an order with everything in it of some lines."""
    carrier, mask = CARRIERS.get(site.code, CARRIERS["DE"])
    shipped = created + timedelta(days=1)
    delivered = shipped + timedelta(days=3) < now()
    return {
        "packageReferenceId": str(number),
        "createdTime": stamp(shipped - timedelta(hours=3)),
        "packageStatus": {
            "status": "DELIVERED" if delivered else "IN_TRANSIT",
            "detailedStatus": "DELIVERED" if delivered else "PICKED_UP",
        },
        "carrier": carrier,
        "shipTime": stamp(shipped),
        "shippingService": "Standard",
        "trackingNumber": "".join(digits(source, 1) if c == "#" else c for c in mask),
        "shipFromAddress": {"name": "Sandbox Warehouse", "city": "Sandbox", "countryCode": site.code},
        "packageItems": [{"orderItemId": i["orderItemId"], "quantity": i["quantityOrdered"]} for i in items],
    }


def change_order(order, change):
    """Change an order in place as life does.

    :param str change: a key of ``CHANGES``.
    :raise ValueError: no such change.
    """
    if change not in CHANGES:
        raise ValueError(f"change must be one of {', '.join(CHANGES)}")
    CHANGES[change](order)
    order["lastUpdatedTime"] = stamp(now())


def _set_status(order, status):
    order.setdefault("fulfillment", {})["fulfillmentStatus"] = status


def _release(order):
    _set_status(order, "UNSHIPPED")


def _ship(order):
    _set_status(order, "SHIPPED")
    for item in order["orderItems"]:
        item["fulfillment"] = {"quantityFulfilled": item["quantityOrdered"], "quantityUnfulfilled": 0}
    if order["fulfillment"].get("fulfilledBy") == "AMAZON":
        return
    packed = {i["orderItemId"] for p in order.get("packages", ()) for i in p.get("packageItems", ())}
    rest = [i for i in order["orderItems"] if i["orderItemId"] not in packed]
    if rest:
        packages = order.setdefault("packages", [])
        site = get_site(order["salesChannel"]["marketplaceId"])
        number = len(packages) + 1
        source = rng("package", order["orderId"], number)
        packages.append(make_package(number, rest, site, source, now() - timedelta(days=1)))


def _deliver(order):
    _ship(order)
    for package in order.get("packages", ()):
        package["packageStatus"] = {"status": "DELIVERED", "detailedStatus": "DELIVERED"}


def _cancel(order):
    _set_status(order, "CANCELLED")
    for item in order["orderItems"]:
        execution = {"cancelledBy": "MERCHANT", "cancelReason": "BUYER_CANCELED"}
        item["cancellation"] = item.get("cancellation", {}) | {"cancellationExecution": execution}


def _request(order):
    for item in order["orderItems"]:
        item["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "NO_LONGER_NEEDED"}}


CHANGES = {"release": _release, "ship": _ship, "deliver": _deliver, "cancel": _cancel, "request_cancel": _request}
