"""Walmart's order numbers, as its API writes them: digits without anything between."""

import re
import unicodedata

#: 13 digits until about 2021, 15 since, for customer orders and purchase orders alike; walmart.ca has 10 digits, or Y
#: and 8. Sources: Walmart's OpenAPI examples, sellers' orders of 2017–2023, gathered 2026-11-22.
_REF = re.compile(r"\d{13}|\d{15}|\d{10}|Y\d{8}", re.ASCII)
MAX_LENGTH = 60


def normalize_ref(text) -> str | None:
    """Return an order number as the API writes it, or None when the text can't be one.

    :param str text: also as people see and copy it: ``#2000114-19023224``, ``457-745-084-0432``, with blanks, dashes
        of any kind and invisible characters.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        return None
    digits = _plain(text)
    return digits if _REF.fullmatch(digits) else None


def is_canadian(order_ref: str | None) -> bool:
    """Tell whether an order number has a form that only walmart.ca uses."""
    return bool(order_ref) and len(order_ref) < 13


def _plain(text):
    """Return a text in capitals without blanks, number signs, dashes and what is not seen; any digits as ASCII's."""
    kept = []
    for char in unicodedata.normalize("NFKC", text).upper():
        if char.isdecimal():
            kept.append(str(unicodedata.decimal(char)))
        elif not (char.isspace() or char in "#−" or unicodedata.category(char) in ("Pd", "Cf")):
            kept.append(char)
    return "".join(kept)
