"""Who a mail says it is from, and whether that is Walmart: hosts, relay addresses, look-alikes, storefronts."""

import re

from ...mail.message import addresses
from ...mail.reading import failed_relay, longest_beginning, skeleton
from . import const as facts

#: Letters of other scripts, and digits, that look like the letters of "walmart".
_CONFUSABLE = {
    ord(double): letter
    for letter, doubles in {"a": "аɑαӓ4", "w": "ԝѡωшɯ", "m": "мϻ", "t": "тτ", "r": "гᴦ", "l": "1іıłӏǀ|"}.items()
    for double in doubles
}
_LOOKS_LIKE_WALMART = re.compile(r"(?:w|vv)a[li]-?mart")
_BUYER = re.compile(facts.BUYER_LOCAL, re.IGNORECASE)
_SHOP = re.compile(facts.SHOP_LOCAL, re.IGNORECASE)
_NO_BUYER = re.compile(facts.NO_BUYERS, re.IGNORECASE)
_CANADA = re.compile(r"walmart\.ca\b", re.IGNORECASE)
_NAMED = re.compile(r"walmart\.(com|ca)\b(?!\.mx)", re.IGNORECASE)


def is_relay_address(address: str | None) -> bool:
    """Tell whether an address (with or without display name) is a buyer's at Walmart's relay.

    A form of local part that is not known yet counts: an answer there is better than none.

    :return: false for addresses inside the relay that nobody reads, and for shops that write to us.
    """
    found = addresses(address or "")
    return bool(found) and found[0].host in facts.RELAY_HOSTS and not is_no_buyer(found[0].local)


def is_no_buyer(local: str) -> bool:
    """Tell whether a local part belongs to a machine or a shop."""
    return not local or bool(_SHOP.fullmatch(local) or not _BUYER.fullmatch(local) and _NO_BUYER.search(local))


def relay_key(address: str | None) -> str | None:
    """Return what is the same in all addresses of one buyer: lower case, without "c-" and "pc-"; else None.

    Messages come from ``c-31EA…``, the order names ``31EA…``. Source: mails of 2016–2026.
    """
    if not is_relay_address(address):
        return None
    found = addresses(address)[0]
    match = _BUYER.fullmatch(found.local)
    return f"{match[1] if match else found.local}@{found.host}".lower()


def is_buyers_form(address: str | None) -> bool:
    """Tell whether an address has the known form of a buyer's."""
    found = addresses(address or "")
    return bool(found) and found[0].host in facts.RELAY_HOSTS and bool(_BUYER.fullmatch(found[0].local))


def is_from_buyer(mail) -> bool:
    """Tell whether a mail names as its sender a buyer's address of a known form."""
    return is_buyers_form(mail.senders[0].address)


def is_from_shop(mail) -> bool:
    """Tell whether a mail names as its sender a shop that writes to a buyer through the relay."""
    sender = mail.senders[0]
    return sender.host in facts.RELAY_HOSTS and bool(_SHOP.fullmatch(sender.local))


def signers_of(host: str) -> frozenset | None:
    """Return whose signature proves mail from a host: Walmart's, else the domain's; None for anybody else's host."""
    if host in facts.WALMART_HOSTS:
        return facts.SIGNERS
    return frozenset() if host.endswith(tuple("." + store for store in facts.STORE_HOSTS)) else None


def look_of(text: str) -> str:
    """Return text as it looks to somebody who expects Walmart's name in it."""
    return skeleton(text, _CONFUSABLE)


def looks_like_walmart(host: str) -> bool:
    """Tell whether a host has something to be taken for Walmart's at a glance; it may well be Walmart's."""
    return bool(_LOOKS_LIKE_WALMART.search(look_of(host)))


def site_of(mail) -> str | None:
    """Return the storefront's country by what the subject names, else by the sender's host, or None."""
    if match := _NAMED.search(mail.subject[:500]):
        return "CA" if match[1].lower() == "ca" else "US"
    host = mail.senders[0].host
    if relay := failed_relay(mail, is_relay_address):
        return facts.RELAY_HOSTS[addresses(relay)[0].host]
    if host.endswith(".walmart.ca") or host == "walmart.ca":
        return "CA"
    if host in facts.STORE_HOSTS | facts.NOTICE_HOSTS and _CANADA.search(mail.body[:20_000]):
        return "CA"
    return facts.WALMART_HOSTS.get(longest_beginning(host, facts.WALMART_HOSTS)) or (
        "US" if host.endswith(".walmart.com") else None
    )
