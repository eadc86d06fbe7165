"""Invented names of Amazon's: relay aliases, tokens, ids. They are computed from what they name, or from a seed."""

import string
import uuid

from ..chance import digits, hexadecimal, pick, rng  # noqa: F401 - one door for all that is made up

_LOWER = string.ascii_lowercase + string.digits
_UPPER = string.ascii_uppercase + string.digits
#: First characters and host of Message-IDs of Amazon SES, by region.
_SES = {
    "na": ("0100", "email.amazonses.com"),
    "eu": ("0102", "eu-west-1.amazonses.com"),
    "fe": ("0101", "us-west-2.amazonses.com"),
}


#: First digits of order numbers by country, as far as they differ.
_PREFIXES = {"US": "114", "GB": "204", "DE": "302", "JP": "250", "CA": "701", "BR": "702"}


def alias(buyer, merchant_id, site):
    """Return the local part of a buyer's relay address: the same for one buyer, seller and storefront."""
    return pick(rng("alias", buyer, merchant_id, site.site_ref), _LOWER, 15)


def relay_address(buyer, merchant_id, site):
    """Return the relay address of a buyer."""
    return f"{alias(buyer, merchant_id, site)}@{site.relay_hosts[0]}"


def token(*parts):
    """Return a thread (``t=``) or message (``m=``) token."""
    source = rng("token", *parts)
    return f"A{digits(source, 8)}{pick(source, _UPPER, 11)}"


def case_id(*parts):
    """Return the id of a Seller Central case."""
    return str(uuid.UUID(int=rng("case", *parts).getrandbits(128), version=4))


def ses_message_id(source, region, when):
    """Return a Message-ID, with brackets, as Amazon SES writes it at a moment."""
    prefix, host = _SES[region]
    milliseconds = int(when.timestamp() * 1000)
    unique = uuid.UUID(int=source.getrandbits(128), version=4)
    return f"<{prefix}{milliseconds:012x}-{unique}-000000@{host}>"


def ses_server(region):
    """Return the name of a server from which SES of a region sends."""
    return {
        "na": "a8-31.smtp-out.amazonses.com",
        "eu": "a7-17.smtp-out.eu-west-1.amazonses.com",
        "fe": "a27-42.smtp-out.us-west-2.amazonses.com",
    }[region]


def order_ref(number, site):
    """Return a well-formed order number, the n-th of a storefront."""
    prefix = _PREFIXES.get(site.code, "404")
    source = rng("order", site.code, number)
    return f"{prefix}-{digits(source, 7)}-{number % 10**7:07d}"


def guess_site(ref, codes):
    """Return which of some countries an order number belongs to, the first when none fits better."""
    return next((code for code in codes if _PREFIXES.get(code, "404") == ref[:3]), codes[0])
