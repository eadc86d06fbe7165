"""Reads Pretend's orders: decoded JSON in, ``Order`` out. What is missing or of the wrong type becomes None."""

import re
from decimal import Decimal

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.errors import Unreadable
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.schema import ORDER_STATUSES, Order, OrderLine
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.transport import json_values

from . import const

_REF = re.compile(r"\bP-?([0-9]{4,12})\b", re.IGNORECASE | re.ASCII)


def normalize_ref(text):
    """Return an order number as the API writes it ("P-1234"), or None when the text can't be one."""
    match = _REF.fullmatch(text.strip()) if isinstance(text, str) else None
    return f"P-{match[1]}" if match else None


def find_ref(text):
    """Return the order number in a sentence, or None."""
    match = _REF.search(text)
    return normalize_ref(match[0]) if match else None


def orders_from_json(data):
    """Return the orders of an answer: a list under "orders", or one order.

    :raise Unreadable: an order has no number.
    """
    found = json_values.mapping(data).get("orders", [data])
    return [_read_order(json_values.mapping(one)) for one in (found if isinstance(found, list) else [found])]


def _read_order(data):
    order_ref = normalize_ref(data.get("number"))
    if not order_ref:
        raise Unreadable("This is no order of Pretend's: it has no number.")
    status = json_values.text(data.get("status"))
    return Order(
        order_ref=order_ref,
        site=const.SITES[0].code,
        site_ref=const.SITES[0].site_ref,
        status=status if status in ORDER_STATUSES else "unknown",
        raw_status=status,
        currency=const.SITES[0].currency,
        total=json_values.number(data.get("total")),
        lines=tuple(map(_read_line, json_values.mappings(data.get("lines")))),
        buyer_name=json_values.text(data.get("buyer")),
        relay=json_values.text(data.get("relay")),
        updated=json_values.moment(data.get("updated")),
    )


def _read_line(data):
    return OrderLine(
        line_ref=json_values.text(data.get("line")),
        sku=json_values.text(data.get("sku")),
        item_ref=json_values.text(data.get("item")),
        title=json_values.text(data.get("title")),
        quantity=json_values.number(data.get("quantity")) or Decimal(0),
        total=json_values.number(data.get("total")),
    )
