"""Amazon's orders as the buyer's page lists them."""

from ..message import conversation_key


def order_rows(world, seller, site):
    """Return the orders of a seller on a storefront, newest first, each with what the page shows of it."""
    orders = [o for _c, o in world.orders.all(seller.code) if o["salesChannel"]["marketplaceId"] == site.site_ref]
    return [_row(world, seller, site, order) for order in orders]


def _row(world, seller, site, order):
    buyer = order.get("buyer", {}).get("buyerName", "?")
    key = conversation_key(seller, site, order["orderId"], buyer)
    entries = world.conversations.get(key, [])
    first, *others = order["orderItems"]
    fulfillment = order.get("fulfillment", {})
    return {
        "ref": order["orderId"],
        "key": key,
        "buyer": buyer,
        "product": first["product"].get("title", ""),
        "asin": first["product"].get("asin"),
        "others": len(others),
        "status": fulfillment.get("fulfillmentStatus", ""),
        "carrier": "shipped by Amazon" if fulfillment.get("fulfilledBy") == "AMAZON" else "shipped by the seller",
        "total": order.get("proceeds", {}).get("grandTotal"),
        "date": order["createdTime"][:10],
        "messages": len(entries),
        "last": entries[-1]["side"] if entries else None,
    }
