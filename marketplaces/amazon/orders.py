"""Orders of the Orders API v2026-01-01, read into ``schema.Order``.

Only ``orderId`` has to be there. Amazon leaves out whatever it doesn't know yet (a pending order has no prices)
or whatever the application has no role for, so anything else that is missing, null or of another type becomes None.
Source: "definitions" of models/orders-api-model/orders_2026-01-01.json,
github.com/amzn/selling-partner-api-models, August 2026.
"""

import json
import re
import unicodedata

from ..common.carriers import tracking_url
from ..common.money import add
from ..errors import Unreadable
from ..schema import Address, Order, OrderLine, Package
from ..transport import json_values
from . import const
from .mail import read
from .proceeds import read_money, read_proceeds

_REF = re.compile(r"#?\s*([0-9]{3}|[Dd][0-9]{2})[\s-]*([0-9]{7})[\s-]*([0-9]{7})")
_DASHES = dict.fromkeys(map(ord, "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\u30fc"), "-")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2069\u202a\u202c\ufeff"), None)
#: What an answer, or a copy of it kept in a file, wraps orders in.
_WRAPPERS = ("order", "orders", "payload", "body", "response")
_ADDRESS = re.compile(r"[^\s<>,;@]+@[^\s<>,;@]+")


def normalize_ref(text) -> str | None:
    """Return an order number as the API writes it ("123-1234567-1234567", "D01-1234567-1234567").

    :param str text: the number alone, possibly with "#", blanks, other dashes or none.
    :return: None when it can't be one.
    """
    if not isinstance(text, str):
        return None
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_DASHES)).translate(_DASHES)
    match = _REF.fullmatch(plain.strip())
    return "-".join(match.groups()).upper() if match else None


def orders_from_json(data) -> list[Order]:
    """Return the orders in a decoded answer of getOrder or searchOrders, bare or wrapped.

    :param data: an order, a list of orders, or either under "order", "orders", "payload", "body", "response".
    :raise Unreadable: when it holds no order; says what is missing.
    """
    return [order_from_json(item) for item in _unwrap(data)]


def order_from_json(data) -> Order:
    """Return one order.

    :param dict data: an ``Order`` object of the API, not wrapped.
    :raise Unreadable: when it is no object or has no ``orderId``.
    """
    if not isinstance(data, dict):
        raise Unreadable(f"This is no Amazon order: it is {_kind(data)}, not an object with an “orderId”.")
    order_id = json_values.text(data.get("orderId"))
    if not order_id:
        raise Unreadable(_without_id(data))
    ref = normalize_ref(order_id) or order_id
    raw_status = json_values.text(json_values.dig(data, "fulfillment", "fulfillmentStatus"))
    recipient = _read_address(json_values.dig(data, "recipient", "deliveryAddress"))
    packages = tuple(_read_package(item, recipient) for item in json_values.mappings(data.get("packages")))
    items = json_values.mappings(data.get("orderItems"))
    lines = tuple(_read_line(item, raw_status) for item in items)
    site_ref = json_values.text(json_values.dig(data, "salesChannel", "marketplaceId"))
    site = _find_site(site_ref, json_values.text(json_values.dig(data, "salesChannel", "marketplaceName")))
    return Order(
        order_ref=ref,
        other_refs=_read_refs(data.get("orderAliases"), "aliasId", ref),
        related_refs=_read_refs(data.get("associatedOrders"), "orderId", ref),
        site=site.code if site else None,
        site_ref=site_ref or (site.site_ref if site else None),
        status=_read_status(raw_status, packages),
        raw_status=raw_status,
        fulfilled_by=const.FULFILLED_BY.get(json_values.text(json_values.dig(data, "fulfillment", "fulfilledBy"))),
        **_read_amounts(data, items),
        lines=lines,
        packages=packages,
        recipient=recipient,
        buyer_name=json_values.text(json_values.dig(data, "buyer", "buyerName")),
        relay=_read_relay(json_values.dig(data, "buyer", "buyerEmail")),
        created=json_values.moment(data.get("createdTime")),
        updated=json_values.moment(data.get("lastUpdatedTime")),
        ship_by=json_values.moment(json_values.dig(data, "fulfillment", "shipByWindow", "latestDateTime")),
        deliver_by=_read_deliver_by(data, items),
        programs=json_values.texts(data.get("programs")),
        promotions=tuple(dict.fromkeys(promotion for line in lines for promotion in line.promotions)),
        buyer_company=json_values.text(json_values.dig(data, "buyer", "buyerCompanyName")),
        buyer_purchase_order=json_values.text(json_values.dig(data, "buyer", "buyerPurchaseOrderNumber")),
        service_level=json_values.text(json_values.dig(data, "fulfillment", "fulfillmentServiceLevel")),
    )


# --- wrapping ------------------------------------------------------------------------------------------


def _unwrap(data, levels=6):
    """Return the list of what should be orders; ``levels`` is more than any wrapping known has."""
    if not levels:
        raise Unreadable("This holds no Amazon order: it is wrapped too deeply.")
    if isinstance(data, str):  # a logged answer: its body is a text
        return _unwrap(_parse(data), levels - 1)
    if _is_wrapped(data):
        return _unwrap(next(data[key] for key in _WRAPPERS if key in data), levels - 1)
    if not isinstance(data, list):
        return [data]
    if not data:
        raise Unreadable("This holds no Amazon order: the list is empty.")
    return [order for item in data for order in (_unwrap(item, levels - 1) if _is_wrapped(item) else [item])]


def _is_wrapped(data):
    return isinstance(data, dict) and "orderId" not in data and any(key in data for key in _WRAPPERS)


def _parse(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("This holds no Amazon order: it is a text that is no JSON.") from None


def _kind(data):
    names = {type(None): "null", str: "a text", list: "a list", bool: "true or false"}
    return names.get(type(data), "a number")


def _without_id(data):
    if "AmazonOrderId" in data:
        return "“orderId” is missing: this is an answer of Amazon's old Orders API v0; v2026-01-01 is needed."
    if json_values.mappings(data.get("errors")):
        code = json_values.text(data["errors"][0].get("code")) if isinstance(data["errors"][0], dict) else None
        return f"This is an error answer of Amazon ({code or 'without a code'}), not an order."
    return "This is no Amazon order: “orderId” is missing."


# --- parts of an order ---------------------------------------------------------------------------------


def _read_status(raw_status, packages):
    status = const.STATUSES.get(raw_status, "unknown")
    # A cancelled package is a label that was never used; it says nothing about the goods.
    parcels = {package.status for package in packages} - {"cancelled"}
    return "delivered" if status == "shipped" and parcels == {"delivered"} else status


def _find_site(site_ref, name):
    """Return the storefront by its id; by its name ("Amazon.co.uk") only where no id is told."""
    if site_ref:
        return next((site for site in const.SITES if site.site_ref == site_ref), None)
    return next((site for site in const.SITES if name and site.name == name.lower()), None)


def _read_refs(rows, name, ref):
    """Return the numbers of this name in rows, without the order's own."""
    found = [json_values.text(row.get(name)) for row in json_values.mappings(rows)]
    refs = (normalize_ref(other) or other for other in found if other)
    return tuple(other for other in dict.fromkeys(refs) if other != ref)


def _read_amounts(data, items):
    """Return currency, total, tax, shipping and discount: the order's own figures, else sums over its items."""
    order = read_proceeds(data.get("proceeds"), "grandTotal")
    parts = [read_proceeds(item.get("proceeds"), "proceedsTotal") for item in items]
    prices = [read_money(json_values.dig(item, "product", "price", "unitPrice")) for item in items]
    # Of what is charged, only a tip belongs to no item.
    total = order.total or add([*(part.total for part in parts), *filter(None, [order.tip])])
    amounts = {"total": total.amount if total else None}
    for name in ("tax", "shipping", "discount"):
        money = getattr(order, name) or add(filter(None, (getattr(part, name) for part in parts)))
        amounts[name] = money.amount if money else None
    currencies = [order.currency, *(part.currency for part in parts), *(price.currency for price in prices if price)]
    return {"currency": next(filter(None, currencies), None), **amounts}


def _read_deliver_by(data, items):
    promised = json_values.moment(json_values.dig(data, "fulfillment", "deliverByWindow", "latestDateTime"))
    shipping = [json_values.dig(item, "fulfillment", "shipping") for item in items]
    windows = (
        json_values.moment(json_values.dig(part, "scheduledDeliveryWindow", "latestDateTime")) for part in shipping
    )
    return promised or max(filter(None, windows), default=None)


def _read_relay(address):
    """Return the buyer's address when mail to it can reach the buyer.

    Orders that Amazon invoices itself carry "no-reply-amazon-iba-buyer@…" for every buyer.
    Source: github.com/amzn/selling-partner-api-models/issues/5030, read 2026-11-22.
    """
    address = json_values.text(address) or ""
    return address if _ADDRESS.fullmatch(address) and read.is_relay_address(address) else None


def _read_address(data):
    """Return the delivery address, or None when nothing of it is told."""
    told = {key: json_values.text(value) for key, value in json_values.mapping(data).items()}
    extended = {
        key: json_values.text(value)
        for key, value in json_values.mapping(json_values.dig(data, "extendedFields")).items()
    }
    country = (told.get("countryCode") or "").upper()
    country = const.COUNTRY_ALIASES.get(country, country)
    address = Address(
        name=told.get("name"),
        lines=_read_address_lines(told, extended),
        city=told.get("city") or told.get("municipality"),
        state=told.get("stateOrRegion"),
        postcode=told.get("postalCode"),
        country=country if re.fullmatch("[A-Z]{2}", country) else None,
        phone=told.get("phone"),
    )
    return address if address != Address() else None


def _read_address_lines(told, extended):
    """Return what stands between name and city: company, street, then the smaller places not said elsewhere."""
    street = [told.get(f"addressLine{number}") for number in (1, 2, 3)]
    if not any(street):  # Brazil also gives the parts one by one
        place = " ".join(filter(None, (extended.get("streetName"), extended.get("streetNumber"))))
        street = [place, extended.get("complement")]
    company = told.get("companyName")
    lines = list(filter(None, [company if company != told.get("name") else None, *street]))
    said = {line.casefold() for line in (*lines, told.get("city"), told.get("stateOrRegion")) if line}
    if not told.get("city"):
        said.add((told.get("municipality") or "").casefold())
    for place in (extended.get("neighborhood"), told.get("districtOrCounty"), told.get("municipality")):
        if place and place.casefold() not in said:
            lines.append(place)
            said.add(place.casefold())
    return tuple(lines)


def _read_package(data, recipient):
    carrier, tracking = json_values.text(data.get("carrier")), json_values.text(data.get("trackingNumber"))
    status = json_values.text(json_values.dig(data, "packageStatus", "status"))
    return Package(
        package_ref=json_values.text(data.get("packageReferenceId")),
        carrier=carrier,
        tracking=tracking,
        url=tracking_url(carrier, tracking, recipient.country if recipient else None),
        status=status.lower() if status else None,
        shipped=json_values.moment(data.get("shipTime")),
    )


# --- lines ---------------------------------------------------------------------------------------------


def _read_line(item, raw_status):
    proceeds = read_proceeds(item.get("proceeds"), "proceedsTotal")
    price = read_money(json_values.dig(item, "product", "price", "unitPrice"))
    amounts = {name: getattr(proceeds, name) for name in ("total", "tax", "shipping", "discount")}
    promotions = json_values.mappings(json_values.dig(item, "promotion", "breakdowns"))
    return OrderLine(
        line_ref=json_values.text(item.get("orderItemId")),
        sku=json_values.text(json_values.dig(item, "product", "sellerSku")),
        item_ref=json_values.text(json_values.dig(item, "product", "asin")),
        title=json_values.text(json_values.dig(item, "product", "title")),
        quantity=json_values.number(item.get("quantityOrdered")),
        unit_price=price.amount if price else None,
        **{name: money.amount if money else None for name, money in amounts.items()},
        status=_read_line_status(item, raw_status),
        promotions=json_values.texts([promotion.get("promotionId") for promotion in promotions]),
        cancel_requested=bool(json_values.mapping(json_values.dig(item, "cancellation", "cancellationRequest"))),
    )


def _read_line_status(item, raw_status):
    """Return a line's status by its own quantities, else the order's; what was shipped is never "cancelled"."""
    shipped = json_values.number(json_values.dig(item, "fulfillment", "quantityFulfilled"))
    waiting = json_values.number(json_values.dig(item, "fulfillment", "quantityUnfulfilled"))
    if shipped and shipped > 0:
        return "partially_shipped" if waiting and waiting > 0 else "shipped"
    status = const.STATUSES.get(raw_status)
    executed = json_values.mapping(json_values.dig(item, "cancellation", "cancellationExecution"))
    if executed or status == "cancelled":
        return "cancelled"
    if status == "pending":
        return "pending"
    if waiting and waiting > 0:
        return "unshipped"
    if shipped == 0 and waiting == 0:  # nothing sent and nothing left to send
        return "cancelled"
    return status if status in ("unshipped", "shipped") else None
