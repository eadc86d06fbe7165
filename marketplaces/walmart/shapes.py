"""Shapes of Walmart's JSON, which was XML once: one object where a list belongs, null and {} anywhere."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from ..common.money import Money
from ..errors import Unreadable
from ..transport import json_values

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def objects(value) -> list[dict]:
    """Return the objects of a list, or the one object that stands in its place."""
    return [value] if isinstance(value, dict) and value else json_values.mappings(value)


def nested(data, outer, inner) -> list[dict]:
    """Return the objects of a list that is wrapped twice ("orderLines", "orderLine")."""
    holder = json_values.dig(data, outer)
    if not isinstance(holder, list):
        return objects(json_values.dig(holder, inner))
    return [
        found for item in json_values.mappings(holder) for found in (objects(item[inner]) if inner in item else [item])
    ]


def moment(value) -> datetime | None:
    """Return a time, told in milliseconds since 1970 (number or digits) or in ISO 8601, as aware UTC."""
    milliseconds = json_values.number(value)
    if milliseconds is None:
        return json_values.moment(value)
    try:
        return _EPOCH + timedelta(milliseconds=int(milliseconds)) if milliseconds > 0 else None
    except OverflowError:
        return None


def money(data, amount="amount", currency="currency") -> Money | None:
    """Return the amount in an object of the API, or None; returns name the keys in their own way."""
    told = json_values.number(json_values.dig(data, amount))
    return (
        None if told is None else Money(told, (json_values.text(json_values.dig(data, currency)) or "").upper() or None)
    )


def parse(text):
    """Return what a JSON text holds.

    :raise Unreadable: it is none.
    """
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise Unreadable("This holds nothing of Walmart's: it is a text that is no JSON.") from None


def error_code(data) -> str | None:
    """Return the first code of an error answer, whichever of its three shapes it has; "" when it has none.

    {"error": […]}, {"errors": […]} and {"errors": {"error": …}}; OAuth's {"error": "invalid_client"} as well.

    :return: None when this is no error answer.
    """
    told = json_values.mapping(data)
    found = told.get("errors") or told.get("error")
    if not found:
        return None
    if isinstance(found, str):
        return found
    entries = [entry for outer in objects(found) for entry in (objects(outer.get("error")) or [outer])]
    return next((code for code in (json_values.text(entry.get("code")) for entry in entries) if code), "")
