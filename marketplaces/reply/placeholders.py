"""Placeholders of reply templates, such as ``{order_number}``: what an order says, written as buyers read it."""

import re
from datetime import datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..schema import Order, Placeholder, Site

#: One or two pairs of braces, blanks allowed; what stands inside is looked up without regard to case.
_PLACEHOLDER = re.compile(r"\{\{? {0,3}([A-Za-z][A-Za-z0-9_]{1,40}) {0,3}\}?\}")
#: How dates are written by language; all others as in ISO 8601.
_DATES = {
    "ar": "{d}/{m}/{y}",
    "de": "{d:02}.{m:02}.{y}",
    "en": "{d} {month} {y}",
    "en_CA": "{month} {d}, {y}",
    "en_US": "{month} {d}, {y}",
    "es": "{d:02}/{m:02}/{y}",
    "fr": "{d:02}/{m:02}/{y}",
    "it": "{d:02}/{m:02}/{y}",
    "ja": "{y}年{m}月{d}日",
    "nl": "{d}-{m}-{y}",
    "pl": "{d:02}.{m:02}.{y}",
    "pt": "{d:02}/{m:02}/{y}",
    "tr": "{d:02}.{m:02}.{y}",
}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # English only: numbers are safer elsewhere
_DECIMAL_POINT = ("en", "ja", "ar", "es_MX")
#: Where a storefront's day begins and ends, by country; the last day of a delivery is given as its last second.
_ZONES = {
    "AE": "Asia/Dubai",
    "AU": "Australia/Sydney",
    "BE": "Europe/Brussels",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "DE": "Europe/Berlin",
    "EG": "Africa/Cairo",
    "ES": "Europe/Madrid",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "IN": "Asia/Kolkata",
    "IT": "Europe/Rome",
    "JP": "Asia/Tokyo",
    "MX": "America/Mexico_City",
    "NL": "Europe/Amsterdam",
    "PL": "Europe/Warsaw",
    "SA": "Asia/Riyadh",
    "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore",
    "TR": "Europe/Istanbul",
    "US": "America/Los_Angeles",
    "ZA": "Africa/Johannesburg",
}


def lang_of(site: Site | None) -> str:
    """Return the two letters of a storefront's language; English where none is known."""
    return (site.lang if site else "en")[:2]


def format_date(moment: datetime | None, site: Site | None) -> str | None:
    """Return the day of a moment at a storefront, as people there write it."""
    if moment is None:
        return None
    try:
        zone = ZoneInfo(_ZONES.get(site.code if site else None, "UTC"))
    except ZoneInfoNotFoundError:  # a system without time zones
        zone = timezone.utc
    day, lang = moment.astimezone(zone), site.lang if site else "en"
    form = _DATES.get(lang) or _DATES.get(lang[:2]) or "{y}-{m:02}-{d:02}"
    return form.format(d=day.day, m=day.month, y=day.year, month=_MONTHS[day.month - 1])


def _format_money(amount: Decimal | None, currency: str | None, site: Site | None) -> str | None:
    if amount is None:
        return None
    number = f"{amount:f}"
    if site and not site.lang.startswith(_DECIMAL_POINT):
        number = number.replace(".", ",")
    return f"{number} {currency}" if currency else number


def _items(order, site):
    rows = [(f"{line.quantity:f}".removesuffix(".0"), line.title) for line in order.lines if line.title]
    return ", ".join(title if quantity == "1" else f"{quantity} × {title}" for quantity, title in rows) or None


def _packages(order, names):
    found = (" ".join(filter(None, (getattr(package, name) for name in names))) for package in order.packages)
    return ", ".join(dict.fromkeys(filter(None, found))) or None


def _tracking(order, site):
    """Return numbers with their carriers; a package without number says nothing."""
    known = [package for package in order.packages if package.tracking]
    return ", ".join(" ".join(filter(None, (package.carrier, package.tracking))) for package in known) or None


def _shipped(order, site):
    dates = [package.shipped for package in order.packages if package.shipped]
    return format_date(max(dates), site) if dates else None


def _skus(order, site):
    return ", ".join(dict.fromkeys(line.sku for line in order.lines if line.sku)) or None


#: True for every marketplace.
COMMON = (
    Placeholder("order_number", "Order number", lambda order, site: order.order_ref),
    Placeholder("items", "Items", _items),
    Placeholder("skus", "SKUs", _skus),
    Placeholder("order_date", "Order date", lambda order, site: format_date(order.created, site)),
    Placeholder("ship_date", "Latest ship date", lambda order, site: format_date(order.ship_by, site)),
    Placeholder("delivery_date", "Latest delivery date", lambda order, site: format_date(order.deliver_by, site)),
    Placeholder("shipped_date", "Shipped on", _shipped),
    Placeholder("tracking", "Tracking numbers with carriers", _tracking),
    Placeholder("tracking_number", "Tracking numbers", lambda order, site: _packages(order, ["tracking"])),
    Placeholder("carrier", "Carriers", lambda order, site: _packages(order, ["carrier"])),
    Placeholder("total", "Order total", lambda order, site: _format_money(order.total, order.currency, site)),
    Placeholder("purchase_order", "Buyer's purchase order number", lambda order, site: order.buyer_purchase_order),
    Placeholder("site", "Storefront", lambda order, site: site.name if site else None),
    Placeholder("buyer_name", "Buyer's name", lambda order, site: order.buyer_name, personal=True),
)


def fill(text: str, offered, order: Order | None, site: Site | None) -> tuple[str, list[str]]:
    """Return a text with its placeholders filled, and the labels of those that have no value.

    :param offered: the placeholders that may be used; others stay as they are.
    """
    known, missing = {one.name: one for one in offered}, {}

    def replace(match):
        one = known.get(match[1].lower())
        if one is None:
            return match[0]
        value = one.value(order, site) if order else None
        if not value:
            missing.setdefault(one.name, one.label)
            return match[0]
        return value

    return _PLACEHOLDER.sub(replace, text), list(missing.values())
