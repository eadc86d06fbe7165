"""The catalogue of storefronts, taken from the module so that facts stand in one place."""

try:  # inside Odoo this package is a part of the module …
    from ...marketplaces.amazon.const import RATES, SITES
except ImportError:  # … started by itself it lies beside ``marketplaces``
    from marketplaces.amazon.const import RATES, SITES

__all__ = ["RATES", "RELAY_HOSTS", "SITES", "get_site", "is_amazon_host"]

#: Hosts that pass mail on to buyers → their storefront.
RELAY_HOSTS = {host: site for site in SITES for host in site.relay_hosts}
_HOSTS = {site.host for site in SITES}


def get_site(key):
    """Return the storefront with this country code, marketplace id or host.

    :raise KeyError: there is none.
    """
    for site in SITES:
        if key in (site, site.code, site.site_ref, site.host):
            return site
    raise KeyError(f"No Amazon storefront {key!r}")


def is_amazon_host(host):
    """Tell whether a mail host is Amazon's own (amazon.de, bounces.amazon.de), relay hosts left out."""
    return host in _HOSTS or host.removeprefix("bounces.") in _HOSTS
