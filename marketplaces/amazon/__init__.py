"""Amazon: buyers' mail through its relay, orders through the Selling Partner API v2026-01-01."""

from ..base import Marketplace
from . import const, mail, orders


class Amazon(Marketplace):
    """Amazon. One account is one seller in one region (North America, Europe, Far East)."""

    code = "amazon"
    name = "Amazon"
    console_name = "Seller Central"
    regions = const.REGIONS
    sites = const.SITES
    rates = {
        "fetch_order": const.RATES["getOrder"],
        "search_orders": const.RATES["searchOrders"],
        "fetch_participations": const.RATES["getMarketplaceParticipations"],
    }
    reply_hours = 24

    @classmethod
    def claims_mail(cls, mail_):
        return mail.claims(mail_)

    @classmethod
    def owns_mail(cls, mail_):
        return mail.owns(mail_)

    @classmethod
    def read_mail(cls, mail_, *, seller_names=()):
        return mail.read(mail_, seller_names=seller_names)

    @classmethod
    def is_relay_address(cls, address):
        return mail.is_relay_address(address)

    @classmethod
    def orders_from_json(cls, data):
        return orders.orders_from_json(data)

    @classmethod
    def normalize_ref(cls, text):
        return orders.normalize_ref(text)

    @classmethod
    def order_url(cls, site, order_ref):
        return f"https://{site.seller_host}/orders-v3/order/{order_ref}"

    @classmethod
    def item_url(cls, site, item_ref):
        return f"https://www.{site.host}/dp/{item_ref}"

    # sp_api is imported only when a call is made: reading mail and orders works without it.

    def renew_token(self):
        from . import auth

        return auth.renew_token(self.credentials, endpoints=self.endpoints, transport=self.transport)

    def fetch_order(self, order_ref):
        return self._client().get_order(order_ref)

    def search_orders(self, *, updated_after, site_refs=(), page_token=None):
        return self._client().search_orders(updated_after, site_refs, page_token)

    def fetch_participations(self):
        return self._client().get_participations()

    def _client(self):
        from . import client

        return client.Client(self.credentials, endpoints=self.endpoints, transport=self.transport)
