"""Walmart's orders as the buyer's page lists them."""

from datetime import datetime, timezone
from decimal import Decimal

from ..message import conversation_key
from .mails import product_of
from .sites import get_site
from .wire import buyer_of, lines_of, statuses_of


def order_rows(world, seller):
    """Return the customer orders of a seller, newest first, each with what the page shows of it."""
    site, by_ref = get_site(seller.site), {}
    for _code, order in world.walmart.orders.all(seller.code):
        by_ref.setdefault(order["customerOrderId"], []).append(order)
    return [_row(world, seller, site, orders) for orders in by_ref.values()]


def _row(world, seller, site, orders):
    first, buyer = orders[0], buyer_of(orders[0])
    key = conversation_key(seller, site, first["customerOrderId"], buyer)
    entries = world.conversations.get(key, [])
    lines = [line for order in orders for line in lines_of(order)]
    statuses = sorted({row["status"] for line in lines for row in statuses_of(line)})
    item_id, title = product_of(first)
    return {
        "ref": first["customerOrderId"],
        "key": key,
        "buyer": buyer,
        "product": title,
        "asin": item_id,
        "others": len(lines) - 1,
        "status": " / ".join(statuses),
        "carrier": " and ".join(sorted({_carrier(order) for order in orders})),
        "total": {"amount": str(sum(map(_total, lines))), "currencyCode": site.currency},
        "date": f"{datetime.fromtimestamp(first['orderDate'] / 1000, timezone.utc):%Y-%m-%d}",
        "messages": len(entries),
        "last": entries[-1]["side"] if entries else None,
    }


def _carrier(order):
    node = order.get("shipNode", {}).get("type", "SellerFulfilled")
    return {"WFSFulfilled": "shipped by Walmart", "3PLFulfilled": "shipped by a 3PL"}.get(node, "shipped by the seller")


def _total(line):
    total = Decimal(0)
    for charge in line["charges"]["charge"]:
        total += Decimal(str(charge["chargeAmount"]["amount"]))
        if charge.get("tax"):
            total += Decimal(str(charge["tax"]["taxAmount"]["amount"]))
    return total
