"""What ties a Walmart mail to an order and an item: numbers, read only where Walmart writes them."""

import re

from ...mail.charset import one_form
from ..refs import normalize_ref
from . import const as facts

_DASHES = {ord(char): "-" for char in "‐‑‒–—−－"}
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
#: The forms in which order numbers are written; whether it is one for the storefront is seen afterwards.
_REF = r"(?<![\w-])#?\s?(Y\d{8}|\d{7} ?- ?(?:\d{8}|\d{6})|\d{3}-\d{3}-\d{3}-\d{4}|\d{15}|\d{13}|\d{10})(?![\w-])"
_LAST = re.compile(rf"{_REF}[ .)\]]*$", re.IGNORECASE)
_LABELLED = re.compile(
    rf"(?<![^\s*_>|(])(?:{facts.ORDER_LABEL}|(?:sales )?order)[*_]{{0,2}}\s{{0,3}}[:#]?[*_]{{0,2}}\s{{0,5}}{_REF}",
    re.IGNORECASE,
)
_FIRST = re.compile(rf"{facts.FIRST_SUBJECT}\s*{_REF}", re.IGNORECASE)
_CUSTOMER = re.compile(facts.BUYER_SUBJECT, re.IGNORECASE)
_ITEM = re.compile(
    rf"^[*_ \t]{{0,4}}(?:{facts.ITEM_LABEL})[*_]{{0,2}} ?[:#][*_]{{0,2}} {{0,3}}([^\n]{{1,300}})",
    re.IGNORECASE | re.MULTILINE,
)
_ITEM_REF = re.compile(r"(?<![\w-])(?=[A-Z]*\d)[0-9A-Z]{4,20}(?![\w-])")


def clean(text: str) -> str:
    """Return text with plain blanks and dashes and without what is not seen, so that numbers can be found."""
    return _INVISIBLE.sub("", one_form(text[:200_000]).translate(_DASHES))


def order_in_subject(subject: str, site: str | None) -> str | None:
    """Return the order that Walmart wrote at the end of a subject, behind the comma; None in any other subject."""
    subject = clean(subject[:1000])
    if match := _FIRST.search(subject):
        return _valid(match[1], site)
    marker = _CUSTOMER.search(subject)
    if not marker:
        return None
    _topic, comma, last = subject[marker.end() :].rpartition(",")
    if comma and (ref := _valid(last, site)):
        return ref
    # Without its comma only a number at the very end counts, and none so short that it may be a phone's.
    match = _LAST.search(last)
    ref = _valid(match[1], site) if match else None
    return ref if ref and (comma or len(ref) >= 13) else None


def order_by_label(text: str, site: str | None) -> str | None:
    """Return the first order that stands behind a label such as "Sales Order ID:"."""
    refs = (_valid(match[1], site) for match in _LABELLED.finditer(clean(text)))
    return next(filter(None, refs), None)


def item_of(head: str) -> str | None:
    """Return the item that Walmart names above a buyer's words, or None."""
    match = _ITEM.search(clean(head))
    if not match:
        return None
    found = _ITEM_REF.findall(match[1].upper())
    # "Item name/number: Mug 12 oz / 987654321": the number stands last.
    return found[-1] if found else None


def _valid(text, site):
    """Return an order number as the API writes it; the short forms are walmart.ca's only."""
    ref = normalize_ref(text)
    return ref if ref and (site == "CA" or len(ref) >= 13) else None
