"""Reads single values out of JSON that others wrote: what is missing or of the wrong type becomes None."""

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal

# RFC 7159 numbers, ASCII only: Decimal() itself also takes "1_000", "NaN" and digits of other scripts.
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,2})?")
_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


def mapping(value) -> dict:
    """Return the value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value) -> list[dict]:
    """Return the objects of a list; anything else in it is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def dig(data, *keys):
    """Return what lies under the keys, one inside the other, or None."""
    for key in keys:
        data = mapping(data).get(key)
    return data


def text(value) -> str | None:
    """Return a non-empty text without blanks around it; whole numbers count as text (ids)."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
        value = str(value)
    if not isinstance(value, str):
        return None
    # A database takes neither NUL nor half a surrogate pair, and JSON can hold both.
    clean = value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    return clean or None


def texts(value) -> tuple[str, ...]:
    """Return the distinct non-empty texts of a list, in order."""
    found = (text(item) for item in value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(item for item in found if item))


def number(value) -> Decimal | None:
    """Return an exact number from a decimal string (or a JSON number); no NaN, no infinity."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return None
    # text() first: Python refuses to print whole numbers of thousands of digits.
    digits = (text(value) or "") if isinstance(value, (str, int)) else str(value)
    return Decimal(digits) if _NUMBER.fullmatch(digits) else None


def moment(value) -> datetime | None:
    """Return an ISO 8601 time as aware UTC; without an offset it is taken as UTC."""
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return None
    *parts, fraction, zone = match.groups()
    try:
        local = datetime(*(int(part or 0) for part in parts), int((fraction or "0").ljust(6, "0")[:6]))
        return (local - _offset(zone)).replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        return None


def _offset(zone) -> timedelta:
    if not zone or zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset
