"""How what an order tells becomes the value of a ticket's field, whatever its type."""

import unicodedata
from dataclasses import dataclass
from datetime import timezone
from zoneinfo import ZoneInfo

#: Types of fields that can hold each kind of attribute.
FITS = {
    "text": ("char", "text", "selection"),
    "list": ("char", "text", "selection"),
    "choice": ("char", "text", "selection"),
    "datetime": ("char", "text", "datetime", "date"),
    "number": ("char", "text", "integer", "float"),
    "money": ("char", "text", "float", "monetary"),
}
#: Longer texts are cut: characters by type of field.
LIMITS = {"char": 500, "text": 5000}
#: What PostgreSQL's integer holds.
MAX_INTEGER = 2**31 - 1
_ZERO_WIDTH_JOINER = "\N{ZERO WIDTH JOINER}"


@dataclass(frozen=True)
class Place:
    """Where a value is to be understood: the order's company's time zone, the decimals of its currency."""

    zone: str = "UTC"
    decimals: int = 2


def convert(value, kind, field, env, place):
    """Return a value as a field stores it, False for one that is unknown or that the field can't hold.

    :param value: what ``Attribute.read`` returned.
    :param str kind: a key of ``FITS``.
    :param field: the ``odoo.fields.Field``, of one of the types that fit.
    """
    if field.type in ("integer", "float", "monetary"):
        return _as_number(value, field)
    if not value and not (kind in ("number", "money") and value is not None and value is not False):
        return False
    if field.type == "datetime":
        return value
    if field.type == "date":
        return _local(value, place).date()
    if field.type == "selection":
        return _as_option(value, field, env)
    limit = min(LIMITS[field.type], getattr(field, "size", None) or LIMITS[field.type])
    return join(value, limit) if kind == "list" else cut(_as_text(value, kind, place), limit)


def _as_number(value, field):
    number = value or 0
    if field.type != "integer":
        return number
    return round(number) if abs(number) <= MAX_INTEGER else False


def _local(moment, place):
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(place.zone))


def _as_option(value, field, env):
    """Return the option that has this value or is called so, False for none: options are the admin's."""
    text = (value if isinstance(value, str) else ", ".join(value)).casefold()
    options = field._description_selection(env)
    names = {str(label).casefold(): option for option, label in options}
    return {option.casefold(): option for option, _label in options}.get(text) or names.get(text) or False


def _as_text(value, kind, place):
    if kind == "choice":
        return value.replace("_", " ").capitalize()
    if kind == "datetime":
        return f"{_local(value, place):%Y-%m-%d %H:%M %Z}"
    if kind == "money":
        return f"{value:.{place.decimals}f}"
    return f"{value:g}" if kind == "number" else value


def cut(text, limit):
    """Return a text of at most ``limit`` characters; no emoji or accented letter is cut in the middle."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end and (_belongs_to_last(text[end]) or text[end - 1] == _ZERO_WIDTH_JOINER):
        end -= 1
    return text[:end].rstrip() + "…"


def _belongs_to_last(character):
    return (
        character == _ZERO_WIDTH_JOINER
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def join(texts, limit):
    """Return texts in a row, whole ones only: ``A, B, … (+998)`` where there is no room for all."""
    whole = ", ".join(texts)
    if len(whole) <= limit:
        return whole
    room, kept = limit - len(f", … (+{len(texts)})"), []
    for text in texts:
        if len(text) > room:
            break
        kept.append(text)
        room -= len(text) + 2
    if not kept:
        return cut(texts[0], limit)
    return f"{', '.join(kept)}, … (+{len(texts) - len(kept)})"


def differs(record, name, value):
    """Tell whether a value is another one than what stands in a record's field."""
    field = record._fields[name]
    return field.convert_to_record(field.convert_to_cache(value, record), record) != record[name]
