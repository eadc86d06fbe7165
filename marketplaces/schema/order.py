"""What crosses the wall about an order: frozen data, as in :mod:`.schema`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

ORDER_STATUSES = (
    "pending",
    "unshipped",
    "partially_shipped",
    "shipped",
    "delivered",
    "cancelled",
    "refunded",
    "unknown",
)


@dataclass(frozen=True)
class Address:
    name: str | None = None
    lines: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class OrderLine:
    """One item of an order. ``total`` includes tax and has the line's discounts taken off."""

    line_ref: str | None
    sku: str | None
    item_ref: str | None
    title: str | None
    quantity: Decimal
    unit_price: Decimal | None = None
    total: Decimal | None = None
    tax: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None
    status: str | None = None
    image: str | None = None
    promotions: tuple[str, ...] = ()
    cancel_requested: bool = False


@dataclass(frozen=True)
class Package:
    package_ref: str | None
    carrier: str | None = None
    tracking: str | None = None
    url: str | None = None
    status: str | None = None
    shipped: datetime | None = None


@dataclass(frozen=True)
class Refund:
    """Money that went back, or is to go back, to the buyer for one line. ``amount`` is positive and includes tax."""

    refund_ref: str | None = None
    line_ref: str | None = None
    amount: Decimal | None = None
    reason: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Return:
    """Goods that come back. ``items`` are what and why, in words; ``amount`` is what the buyer gets for them."""

    return_ref: str
    status: str | None = None
    items: tuple[str, ...] = ()
    amount: Decimal | None = None
    carrier: str | None = None
    tracking: str | None = None
    url: str | None = None
    created: datetime | None = None


@dataclass(frozen=True)
class Order:
    """Snapshot of an order.

    ``other_refs`` are all other numbers that mean this order; ``related_refs`` are other orders that this one replaces
    or is exchanged for, never the same. ``total`` is what the buyer pays, taxes and
    shipping included, discounts taken off; ``discount`` is a positive amount. ``limited`` is true when the
    marketplace held back personal data because a role is missing. ``returns`` is None when it did not tell of any
    now, so that what it told before still holds.
    """

    order_ref: str
    other_refs: tuple[str, ...] = ()
    site: str | None = None
    site_ref: str | None = None
    status: str = "unknown"
    raw_status: str | None = None
    fulfilled_by: str | None = None
    currency: str | None = None
    total: Decimal | None = None
    tax: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None
    lines: tuple[OrderLine, ...] = ()
    packages: tuple[Package, ...] = ()
    recipient: Address | None = None
    buyer_name: str | None = None
    relay: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    programs: tuple[str, ...] = ()
    promotions: tuple[str, ...] = ()
    buyer_company: str | None = None
    buyer_purchase_order: str | None = None
    service_level: str | None = None
    limited: bool = False
    refunds: tuple[Refund, ...] = ()
    returns: tuple[Return, ...] | None = None
    related_refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderPage:
    """One answer of a search: orders, the token of the next page, and how far in time it is complete.

    ``is_partial``: an order may lack parts that did not change, so it has to be fetched to be known.
    """

    orders: tuple[Order, ...]
    next_token: str | None = None
    complete_until: datetime | None = None
    is_partial: bool = False
