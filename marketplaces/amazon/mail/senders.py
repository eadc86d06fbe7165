"""Who a mail says it is from, and whether that is Amazon: hosts, relay addresses, look-alikes, storefronts."""

import re

from ...mail.message import addresses
from ...mail.reading import failed_relay, longest_beginning, skeleton
from .. import const
from . import const as facts

#: Letters of other scripts, and digits, that look like the letters of "amazon".
_CONFUSABLE = str.maketrans(dict(zip("аɑαӓ4мϻоοօⲟ0зᴢʐոпɴν", "aaaaammooooozzznnnn", strict=True)))
_LOOKS_LIKE_AMAZON = re.compile(r"amazon(?!ia|as\b|ite)")
_STORE_IN_TEXT = re.compile(r"(?:sellercentral|www)\.(amazon\.[a-z.]{2,6})(?=[/\s\"?]|$)")
_SHOP_NAME = re.compile(r"amazon\.(?:com\.[a-z]{2}|co\.[a-z]{2}|[a-z]{2,3})\b", re.IGNORECASE)
_SITE_BY_REF = {site.site_ref: site.code for site in const.SITES}


def is_relay_address(address: str | None) -> bool:
    """Tell whether an address (with or without display name) is a buyer's at Amazon's relay.

    :return: false for addresses inside the relay hosts that nobody reads, such as ``donotreply``.
    """
    found = addresses(address or "")
    return bool(found) and found[0].host in facts.RELAY_HOSTS and not is_no_buyer(found[0].local)


def is_no_buyer(local: str) -> bool:
    """Tell whether a local part belongs to a machine."""
    return local.lower().startswith(facts.NO_BUYERS)


def is_from_buyer(mail) -> bool:
    """Tell whether a mail names a buyer's relay address as its sender."""
    return is_relay_address(mail.senders[0].address)


def signers_of(host: str) -> frozenset | None:
    """Return whose signature proves mail from a host: Amazon's, else the domain's; None for anybody else's host."""
    if host in facts.AMAZON_HOSTS:
        return facts.SIGNERS
    return frozenset() if host.endswith(tuple("." + store for store in facts.STORE_HOSTS)) else None


def look_of(text: str) -> str:
    """Return text as it looks to somebody who expects Amazon's name in it."""
    return skeleton(text, _CONFUSABLE)


def looks_like_amazon(host: str) -> bool:
    """Tell whether a host has something to be taken for Amazon's at a glance; it may well be Amazon's."""
    is_cloud = host in facts.CLOUD_HOSTS or host.endswith(tuple("." + cloud for cloud in facts.CLOUD_HOSTS))
    return not is_cloud and bool(_LOOKS_LIKE_AMAZON.search(look_of(host)))


def site_of(mail, link_ref: str | None = None) -> str | None:
    """Return the storefront: by marketplace id, relay host, footer link, else by what a notice names.

    A notice's sender is at amazon.com for all storefronts. Source: amazon.it notices of 2026.

    :param link_ref: the marketplace id in a link of Amazon's footer.
    :return: country code or None.
    """
    host, local = mail.senders[0].host, mail.senders[0].local.lower()
    # A look-alike claims the storefront that its host begins with.
    claimed = longest_beginning(host, facts.RELAY_HOSTS)
    code = _SITE_BY_REF.get(mail.get("x-marketplace-id").strip())
    code = code or facts.RELAY_HOSTS.get(claimed) or _SITE_BY_REF.get(link_ref)
    if code:
        return code
    if relay := failed_relay(mail, is_relay_address):
        return facts.RELAY_HOSTS[addresses(relay)[0].host]
    if host not in facts.AMAZON_HOSTS:
        return None
    if not host.endswith("amazon.com"):
        return facts.AMAZON_HOSTS[host]
    return _named_site(mail) or (None if local in facts.ANY_SITE_SENDERS else "US")


def _named_site(mail):
    """Return the storefront that a notice's display name ("Amazon.it") or its links name, or None."""
    if match := _SHOP_NAME.search(mail.from_name):
        return facts.STORE_HOSTS.get(match[0].lower())
    named = _STORE_IN_TEXT.findall(f"{mail.html or ''} {mail.text or ''}"[:200_000])
    codes = {facts.STORE_HOSTS.get(host.rstrip(".")) for host in named} - {None}
    return next(iter(codes)) if len(codes) == 1 and codes != {"US"} else None
