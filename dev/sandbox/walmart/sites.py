"""The catalogue of Walmart's storefronts, taken from the module so that facts stand in one place."""

try:  # inside Odoo this package is a part of the module …
    from ....marketplaces.walmart.const import SITES
except ImportError:  # … started by itself it lies beside ``marketplaces``
    from marketplaces.walmart.const import SITES

__all__ = ["PLACEHOLDER", "RELAY_HOSTS", "SITES", "get_site", "is_walmart_host"]

#: Hosts that pass mail on to buyers → their storefront.
RELAY_HOSTS = {host: site for site in SITES for host in site.relay_hosts}
#: An order's address before there is one; nobody reads it. Source: developer.walmart.com, get-all-orders, 2026-09-04.
PLACEHOLDER = "nocxemail@walmartone.com"
_HOSTS = {"walmart.com", "walmart.ca", "wal-mart.com", "walmartone.com", "es.relay.walmart.com"}


def get_site(key):
    """Return the storefront with this country code or host.

    :raise KeyError: there is none.
    """
    for site in SITES:
        if key in (site, site.code, site.site_ref, site.host):
            return site
    raise KeyError(f"No Walmart storefront {key!r}")


def is_walmart_host(host):
    """Tell whether a mail host is Walmart's, relay hosts among them."""
    return host in RELAY_HOSTS or host in _HOSTS
