"""Numbers and times as the Marketplace API writes them."""

from datetime import timezone


def number(amount):
    """Return a ``Decimal`` as a JSON number."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def stamp_ms(when):
    """Return a moment in milliseconds, as orders have it."""
    return int(when.timestamp() * 1000)


def stamp_iso(when):
    """Return a moment as text, as returns have it."""
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def lines_of(order):
    """Return the lines of a purchase order."""
    return order["orderLines"]["orderLine"]


def statuses_of(line):
    """Return the statuses of a line; a line can be split over several."""
    return line["orderLineStatuses"]["orderLineStatus"]


def buyer_of(order):
    """Return the name of who gets a purchase order; the API tells no other."""
    return order.get("shippingInfo", {}).get("postalAddress", {}).get("name") or "Walmart Customer"
