"""Walmart: buyers' mail through its relay, orders through the Marketplace API v3."""

from ..base import Marketplace
from . import const


class Walmart(Marketplace):
    """Walmart. One account is one seller on one storefront, opened by the seller's own API key."""

    code = "walmart"
    name = "Walmart"
    console_name = "Seller Center"
    regions = const.REGIONS
    other_regions = const.OTHER_REGIONS
    sites = const.SITES
    has_one_site = True
    rates = const.RATES
    reply_hours = const.REPLY_HOURS
    relay_days = const.ORDER_DAYS
    threads_by_answer = True
    credential_fields = const.CREDENTIAL_FIELDS
    has_own_keys = True
    seller_ref_label = "Partner ID"
    seller_ref_help = "Read from Walmart with the keys."
    setup_places = const.SETUP_PLACES

    @classmethod
    def app_url(cls, region):
        return const.KEYS_URL
