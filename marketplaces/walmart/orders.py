"""Orders of the Marketplace API v3, read into ``schema.Order``.

What Walmart calls an order is a purchase order. A buyer's order (``customerOrderId``, the number that buyers and mails
name) has one for each place it is sent from, so those of one buyer's order become one ``Order`` here. Only one of
the two numbers has to be there; anything else that is missing, null or of another type becomes None.
Source: example answers and schema of Walmart's OpenAPI, github.com/api-evangelist/walmart, d9aaf1d, 2026-11-22.
"""

import logging
import re

from ..common.money import add
from ..errors import Unreadable
from ..schema import Address, Order
from ..transport import json_values
from . import const
from .order_lines import combine, read_line, read_packages, read_raw_statuses, read_refunds, read_statuses
from .proceeds import read_proceeds
from .refs import normalize_ref
from .shapes import error_code, moment, money, nested, parse

_logger = logging.getLogger(__name__)
_RELAY = re.compile(const.RELAY)
#: What an answer, or a copy of it kept in a file, wraps orders in.
_WRAPPERS = ("list", "elements", "order", "orders", "body", "payload", "response")
_IDS = ("customerOrderId", "purchaseOrderId")
_REQUESTS = ("orderCancellation", "orderRefund", "orderShipment")
_RETURNS = ("returnOrders", "returnOrderId")


def orders_from_json(data) -> list[Order]:
    """Return the buyers' orders in a decoded answer, in the order in which their first purchase order comes.

    :param data: a purchase order, a list of them, or either as GET /v3/orders and /v3/orders/{id} wrap them; also
        under "body", or as a JSON text.
    :raise Unreadable: when it holds no order; says what it is instead.
    """
    groups, troubles = {}, []
    for item in unwrap(data):
        try:
            refs = _read_refs(item)
        except Unreadable as error:  # must not cost the others
            troubles.append(error)
        else:
            _keep_newest(groups.setdefault(refs[0] or refs[1], {}), refs[1], item)
    if not groups:
        raise troubles[0]
    for error in troubles:
        _logger.warning("An entry among Walmart orders is left out: %s", error)
    return [_read_order(ref, list(parts.values())) for ref, parts in groups.items()]


def unwrap(data, levels=8) -> list:
    """Return what should be purchase orders; ``levels`` is more than any wrapping known has.

    :raise Unreadable: there are none.
    """
    if not levels:
        raise Unreadable("This holds no Walmart order: it is wrapped too deeply.")
    if isinstance(data, str):  # a logged answer: its body is a text
        return unwrap(parse(data), levels - 1)
    if isinstance(data, list):
        items = [item for item in data if item is not None]
        if not items:
            raise Unreadable("This holds no Walmart order: the list is empty.")
        return [found for item in items for found in (unwrap(item, levels - 1) if _is_wrapped(item) else [item])]
    if not _is_wrapped(data):
        return [data]
    inner = next((data[key] for key in _WRAPPERS if data.get(key)), None)
    if inner is None:
        raise Unreadable("This holds no Walmart order: it is a list without orders.")
    return unwrap(inner, levels - 1)


def _is_wrapped(data):
    if not isinstance(data, dict) or any(key in data for key in (*_IDS, *_RETURNS)):
        return False
    return any(key in data for key in _WRAPPERS) and error_code(data) is None


# --- which order it is ---------------------------------------------------------------------------------


def _read_refs(data):
    """Return the numbers of customer order and purchase order, None where one is missing.

    :raise Unreadable: both are missing, or this is something else.
    """
    if not isinstance(data, dict):
        raise Unreadable("This is no Walmart order: it is no object with a “customerOrderId” or “purchaseOrderId”.")
    refs = tuple(_ref(data.get(key)) for key in _IDS)
    if any(key in data for key in _RETURNS):
        raise Unreadable("These are returns of Walmart, not orders.")
    if not any(refs):
        raise Unreadable(_without_id(data))
    if any(key in data for key in const.OLD_MEXICAN_KEYS) or re.fullmatch(r"P[0-9]{6,}", refs[1] or ""):
        raise Unreadable("This is an order of Walmart Mexico's older API, whose form is not known here.")
    return refs


def _ref(value):
    text = json_values.text(value)
    return text and (normalize_ref(text) or text)


def _without_id(data):
    code = error_code(data)
    if code is not None:
        return f"This is an error answer of Walmart ({code or 'without a code'}), not an order."
    if any(key in data for key in _REQUESTS):
        return "This is a request to change a Walmart order, not an order."
    if "meta" in data:
        return "This holds no Walmart order: it is a list without orders."
    return "This is no Walmart order: both “customerOrderId” and “purchaseOrderId” are missing."


def _keep_newest(parts, purchase_order, data):
    """Keep a purchase order that is there twice (on two pages) only as it was last."""
    key = purchase_order or len(parts)
    before, now = (_read_updated([part]) for part in (parts.get(key), data))
    if key not in parts or now and (not before or now >= before):
        parts[key] = data


# --- one order -----------------------------------------------------------------------------------------


def _read_order(ref, parts):
    """Return one buyer's order.

    :param list parts: its purchase orders.
    """
    lines = [(line, _ref(part.get("purchaseOrderId"))) for part in parts for line in _lines(part)]
    bare = [line for line, _purchase_order in lines]
    recipient = _first(_read_recipient(part.get("shippingInfo")) for part in parts)
    amounts = _read_amounts(parts)
    site = _find_site(amounts["currency"], recipient)
    statuses = {status for line in bare for status in read_statuses(line)}
    return Order(
        order_ref=ref,
        other_refs=_read_other_refs(ref, parts),
        related_refs=_read_related_refs(ref, parts),
        site=site.code if site else None,
        site_ref=site.site_ref if site else None,
        status=combine(statuses) or "unknown",
        raw_status=", ".join(dict.fromkeys(raw for line in bare for raw in read_raw_statuses(line))) or None,
        fulfilled_by=_only(const.FULFILLED_BY.get(_text(part, "shipNode", "type")) for part in parts),
        **amounts,
        lines=tuple(read_line(line, purchase_order) for line, purchase_order in lines),
        packages=read_packages(bare, recipient.country if recipient else None),
        recipient=recipient,
        buyer_name=recipient.name if recipient else None,
        relay=_first(read_relay(part.get("customerEmailId")) for part in parts),
        **_read_times(parts),
        programs=_read_programs(parts),
        service_level=_first(_text(part, "shippingInfo", "methodCode") for part in parts),
        refunds=tuple(refund for line, purchase_order in lines for refund in read_refunds(line, purchase_order)),
    )


def _lines(part):
    return nested(part, "orderLines", "orderLine")


def _text(data, *keys):
    return json_values.text(json_values.dig(data, *keys))


def _first(found):
    return next(filter(None, found), None)


def _only(found):
    """Return what all parts agree on."""
    distinct = set(found)
    return distinct.pop() if len(distinct) == 1 else None


def _read_other_refs(ref, parts):
    """Return purchase orders, then the seller's own numbers."""
    refs = [_ref(part.get("purchaseOrderId")) for part in parts]
    for part in parts:
        refs += [_ref(data.get("sellerOrderId")) for data in (part, *_lines(part))]
    return tuple(other for other in dict.fromkeys(filter(None, refs)) if other != ref)


def _read_related_refs(ref, parts):
    """Return the order that a replacement is for: another one, whose number must not lead here."""
    refs = [_ref(part.get("originalCustomerOrderID")) for part in parts]
    return tuple(other for other in dict.fromkeys(filter(None, refs)) if other != ref)


def _read_amounts(parts):
    """Return currency, total, tax, shipping and discount: sums over the lines."""
    proceeds = [read_proceeds(line) for part in parts for line in _lines(part)]
    total = add(_read_total(part) for part in parts)
    amounts = {"total": total.amount if total else None}
    for name in ("tax", "shipping", "discount"):
        summed = add(filter(None, (getattr(one, name) for one in proceeds)))
        amounts[name] = summed.amount if summed else None
    told = [total, *(getattr(one, name) for one in proceeds for name in ("product", "total", "tax", "shipping"))]
    return {"currency": _first(one.currency for one in told if one), **amounts}


def _read_total(part):
    """Return what a purchase order costs; lines that were cancelled may have no charges any more."""
    totals = []
    for line in _lines(part):
        total = read_proceeds(line).total
        if total or combine(read_statuses(line)) != "cancelled":
            totals.append(total)
    summary = json_values.dig(part, "orderSummary", "totalAmount")
    return add(totals) or money(summary, "currencyAmount", "currencyUnit") or money(summary)


def _read_times(parts):
    def told(*keys):
        return list(filter(None, (moment(json_values.dig(part, *keys)) for part in parts)))

    return {
        "created": min(told("orderDate"), default=None),
        "updated": _read_updated(parts),
        "ship_by": min(told("shippingInfo", "estimatedShipDate"), default=None),
        "deliver_by": max(told("shippingInfo", "estimatedDeliveryDate"), default=None),
    }


def _read_updated(parts):
    dates = (moment(line.get("statusDate")) for part in parts for line in _lines(part))
    return max(filter(None, dates), default=None)


def _read_programs(parts):
    replaced = ["REPLACEMENT" for part in parts if (_text(part, "orderType") or "").upper() == "REPLACEMENT"]
    promised = [_text(line, "fulfillment", "shippingProgramType") for part in parts for line in _lines(part)]
    return tuple(dict.fromkeys([*replaced, *(program for program in promised if program in const.PROGRAMS)]))


def _find_site(currency, recipient):
    """Return the storefront by its currency; by the country of the buyer only where none is told."""
    country = recipient.country if recipient else None
    currency = currency or ("CAD" if country == "CA" else "USD")
    return next((site for site in const.SITES if site.currency == currency), None)


def read_relay(address) -> str | None:
    """Return the buyer's address when mail to it can reach the buyer."""
    address = json_values.text(address) or ""
    return address if _RELAY.fullmatch(address) else None


def _read_recipient(shipping):
    """Return the delivery address, or None when nothing of it is told."""
    told = {
        key: json_values.text(value)
        for key, value in json_values.mapping(json_values.dig(shipping, "postalAddress")).items()
    }
    country = (told.get("country") or "").upper()
    country = const.COUNTRIES.get(country, country)
    address = Address(
        name=told.get("name"),
        lines=tuple(filter(None, (told.get(f"address{number}") for number in range(1, 7)))),
        city=told.get("city"),
        state=told.get("state"),
        postcode=told.get("postalCode"),
        country=country if re.fullmatch("[A-Z]{2}", country) else None,
        phone=json_values.text(json_values.dig(shipping, "phone")),
    )
    return address if address != Address() else None
