"""Which marketplace a mail host belongs to."""

from . import sites
from .walmart import sites as walmart_sites


def marketplace_of(host):
    """Return ``amazon`` or ``walmart`` for a mail host of theirs (lower case), else None."""
    if host in sites.RELAY_HOSTS or sites.is_amazon_host(host):
        return "amazon"
    return "walmart" if walmart_sites.is_walmart_host(host) else None


def relay_site(host):
    """Return the storefront whose buyers are reached at a mail host, or None."""
    return sites.RELAY_HOSTS.get(host) or walmart_sites.RELAY_HOSTS.get(host)


def host_of(address):
    """Return the host of an address, in lower case."""
    return address.rpartition("@")[2].lower()
