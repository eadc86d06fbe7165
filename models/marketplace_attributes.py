"""What an order tells that a ticket's field may hold. A buyer's relay address, street and phone are none of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


@dataclass(frozen=True)
class Attribute:
    """One thing that an order tells.

    ``read(site, order)`` returns a str, a list of str, a code, a naive UTC datetime or a number, as ``kind`` says
    (see ``marketplace_field_values.FITS``), and something false for unknown. ``is_personal`` data must go when the
    buyer's data goes. ``is_early`` is known before the order is. ``search`` and ``group`` put it on the search view.
    """

    code: str
    label: Any
    kind: str
    read: Callable
    is_personal: bool = False
    is_early: bool = False
    search: bool = False
    group: bool = False


def _of_order(name):
    return lambda _site, order: order[name]


def _of_recipient(name):
    return lambda _site, order: (order.recipient or {}).get(name)


def _of_lines(name):
    return lambda _site, order: [value for value in order.line_ids.mapped(name) if value]


def _of_packages(name):
    return lambda _site, order: list(dict.fromkeys(value for value in order.package_ids.mapped(name) if value))


def _amount(name):
    # Without a currency nothing was told: the column holds zero.
    return lambda _site, order: order[name] if order.currency_code else None


def _quantities(_site, order):
    return [f"{quantity:g}" for quantity in order.line_ids.mapped("quantity")]


ATTRIBUTES = (
    Attribute("number", _lt("Marketplace Order Number"), "text", _of_order("order_ref"), is_early=True, search=True),
    Attribute("marketplace", _lt("Marketplace Name"), "text", lambda site, _order: site.app_id.name, is_early=True),
    Attribute("site", _lt("Marketplace Site Name"), "text", lambda site, _order: site.name, is_early=True, group=True),
    Attribute("country", _lt("Country of the Site"), "text", lambda site, _order: site.code, is_early=True, group=True),
    Attribute("seller_name", _lt("Seller Name"), "text", lambda site, _order: site.seller_name, is_early=True),
    Attribute("other_numbers", _lt("Other Order Numbers"), "list", lambda _site, order: order.ref_ids.mapped("name")),
    Attribute("status", _lt("Order Status"), "choice", _of_order("status"), group=True),
    Attribute("raw_status", _lt("Status at the Marketplace"), "text", _of_order("raw_status")),
    Attribute("fulfilled_by", _lt("Fulfilled By"), "choice", _of_order("fulfilled_by"), group=True),
    Attribute("service_level", _lt("Service Level"), "text", _of_order("service_level"), group=True),
    Attribute("programs", _lt("Order Programs"), "text", _of_order("programs"), group=True),
    Attribute("promotions", _lt("Order Promotions"), "text", _of_order("promotions")),
    Attribute("total", _lt("Order Total"), "money", _amount("amount_total")),
    Attribute("tax", _lt("Order Tax"), "money", _amount("amount_tax")),
    Attribute("shipping", _lt("Order Shipping"), "money", _amount("amount_shipping")),
    Attribute("discount", _lt("Order Discount"), "money", _amount("amount_discount")),
    Attribute("currency", _lt("Order Currency"), "text", _of_order("currency_code"), group=True),
    Attribute("skus", _lt("Ordered SKUs"), "list", _of_lines("sku"), search=True),
    Attribute("item_refs", _lt("Ordered Item Numbers (ASINs)"), "list", _of_lines("item_ref"), search=True),
    Attribute("titles", _lt("Ordered Products"), "list", _of_lines("title"), search=True),
    Attribute("quantities", _lt("Ordered Quantities"), "list", _quantities),
    Attribute("item_count", _lt("Number of Items"), "number", lambda _s, order: sum(order.line_ids.mapped("quantity"))),
    Attribute("ordered_on", _lt("Ordered On"), "datetime", _of_order("created_at")),
    Attribute("ship_by", _lt("Ship By"), "datetime", _of_order("ship_by")),
    Attribute("deliver_by", _lt("Deliver By"), "datetime", _of_order("deliver_by")),
    Attribute("carrier", _lt("Carrier"), "list", _of_packages("carrier"), group=True),
    # Whoever has it can look up where the buyer lives.
    Attribute("tracking", _lt("Tracking Numbers"), "list", _of_packages("tracking"), is_personal=True, search=True),
    Attribute("package_count", _lt("Number of Packages"), "number", lambda _site, order: len(order.package_ids)),
    Attribute("buyer_name", _lt("Buyer Name"), "text", _of_order("buyer_name"), is_personal=True, search=True),
    Attribute("company", _lt("Buyer Company"), "text", _of_order("buyer_company"), is_personal=True, search=True),
    Attribute("buyer_po", _lt("Buyer's PO Number"), "text", _of_order("buyer_purchase_order"), is_personal=True),
    Attribute("recipient_name", _lt("Recipient Name"), "text", _of_recipient("name"), is_personal=True, search=True),
    Attribute("recipient_city", _lt("Recipient City"), "text", _of_recipient("city"), is_personal=True),
    Attribute("recipient_state", _lt("Recipient State"), "text", _of_recipient("state"), is_personal=True),
    Attribute("recipient_postcode", _lt("Recipient Postcode"), "text", _of_recipient("postcode"), is_personal=True),
    Attribute("recipient_country", _lt("Recipient Country"), "text", _of_recipient("country"), is_personal=True),
)  # fmt: skip
