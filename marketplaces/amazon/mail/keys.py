"""What ties an Amazon mail to an order, a thread, a buyer: numbers, links of the footer, relay addresses."""

import re
import unicodedata
from urllib.parse import parse_qs, urlsplit

from ...mail.charset import one_form
from . import const

#: Source: order numbers of 15 countries, mails of 2016–2026; D01 are digital orders.
_ORDER = re.compile(r"(?<![\d-])((?:\d{3}|D\d\d)-\d{7}-\d{7})(?![\d-])")
_ITEM = re.compile(r"ASIN:? {0,3}(B[0-9A-Z]{9}|\d{9}[\dX])\b|/dp/(B[0-9A-Z]{9}|\d{9}[\dX])\b")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{6,64}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TO_ASCII = {ord(c): "-" for c in "‐‑‒–—−－"} | {ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def find_orders(text: str) -> list[str]:
    """Return all order numbers in a text, in the order they stand."""
    return _ORDER.findall(unify(text[:200_000]))


def unify(text: str) -> str:
    """Return text with plain digits and dashes and without what is not seen, so that numbers can be found."""
    return _INVISIBLE.sub("", one_form(text).translate(_TO_ASCII))


def find_item(text: str) -> str | None:
    """Return the first ASIN in a text that Amazon wrote, or None."""
    match = _ITEM.search(text)
    return match and (match[1] or match[2])


def read_links(links) -> dict:
    """Return what the footer's links tell.

    Keys are ``token``, ``message``, ``site_ref``, ``seller_ref``, ``case`` and ``no_response_url``, as far as told.

    :param links: addresses that stand below the buyer's words; only Seller Central's own hosts are read.
    """
    found = {}
    for link in links:
        url = console_url(link) if "/messaging/" in link or "no-response-needed" in link else None
        if url is None:
            continue
        query = {key: values[0] for key, values in parse_qs(url.query[:4000]).items()}
        if "no-response-needed" in url.path:
            found.setdefault("no_response_url", link)
            for key, name in (("t", "token"), ("m", "message"), ("mp", "site_ref"), ("c", "seller_ref")):
                if _TOKEN.fullmatch(query.get(key, "")):
                    found.setdefault(name, query[key])
        for key in ("ss", "cc"):
            if _UUID.fullmatch(query.get(key, "").lower()):
                found.setdefault("case", query[key].lower())
    return found


def console_url(link: str):
    """Return a link split, or None unless it is an https address on exactly one of Seller Central's hosts."""
    try:
        url = urlsplit(link.strip())
        is_ours = url.scheme == "https" and url.netloc.lower().removesuffix(":443") in const.CONSOLE_HOSTS
    except ValueError:
        return None
    return url if is_ours else None


def read_tag(address: str) -> tuple[str, str | None]:
    """Return a relay address without its plus tag, lower case, and the case id in the tag (or None).

    The tag is a uuid today; about 2020 it was "A" and 19–20 letters and digits.
    """
    local, _at, host = address.rpartition("@")
    base, _plus, tag = local.partition("+")
    is_case = _UUID.fullmatch(tag.lower()) or re.fullmatch(r"A[A-Z0-9]{18,20}", tag.upper())
    return f"{base}@{host}".lower(), (tag.lower() if "-" in tag else tag.upper()) if is_case else None
