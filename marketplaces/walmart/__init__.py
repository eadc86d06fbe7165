"""Walmart: buyers' mail through its relay, orders through the Marketplace API v3."""

from ..base import Marketplace
from . import const, orders, refs, replies
from .mail import read
from .notices import NOTICES, copied_words


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
    notices = NOTICES
    relay_days = const.ORDER_DAYS
    threads_by_answer = True
    credential_fields = const.CREDENTIAL_FIELDS
    has_own_keys = True
    seller_ref_label = "Partner ID"
    seller_ref_help = "Read from Walmart with the keys."
    setup_places = const.SETUP_PLACES
    has_replies = True
    has_write_first = True
    file_limits = replies.FILE_LIMITS

    claims_mail = staticmethod(read.claims)
    owns_mail = staticmethod(read.owns)
    read_mail = staticmethod(read.read)
    signers_of = staticmethod(read.signers_of)
    is_relay_address = staticmethod(read.is_relay_address)
    relay_key = staticmethod(read.relay_key)
    copied_words = staticmethod(copied_words)
    orders_from_json = staticmethod(orders.orders_from_json)
    normalize_ref = staticmethod(refs.normalize_ref)
    can_reply = staticmethod(replies.can_reply)
    check_reply = staticmethod(replies.check_reply)
    make_reply = staticmethod(replies.make_reply)

    @classmethod
    def order_url(cls, site, order_ref):
        return f"https://{site.seller_host}{const.ORDER_PATH}{order_ref}"

    @classmethod
    def item_url(cls, site, item_ref):
        return f"https://www.{site.host}/ip/{item_ref}"

    @classmethod
    def app_url(cls, region):
        return const.KEYS_URL

    # requests is imported only when a call is made: reading mail and orders works without it.

    def renew_token(self):
        from . import auth

        return auth.renew_token(self.credentials, endpoints=self.endpoints, transport=self.transport)

    def fetch_order(self, order_ref):
        return self._client().get_order(order_ref)

    def search_orders(self, *, updated_after, site_refs=(), page_token=None):
        return self._client().search_orders(updated_after, page_token)

    def fetch_participations(self):
        return self._client().get_participations()

    def _client(self):
        from . import client

        return client.Client(
            self.credentials,
            endpoints=self.endpoints,
            transport=self.transport,
            on_request=self._count_request,
        )

    def _count_request(self):
        self.requests += 1
