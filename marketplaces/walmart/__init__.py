"""Walmart: buyers' mail through its relay, orders through the Marketplace API v3."""

from ..base import Marketplace
from . import const, mail, notices, orders, refs, replies, reply_const


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
    notices = notices.NOTICES
    relay_days = const.ORDER_DAYS
    threads_by_answer = True
    credential_fields = const.CREDENTIAL_FIELDS
    has_own_keys = True
    seller_ref_label = "Partner ID"
    seller_ref_help = "Read from Walmart with the keys."
    setup_places = const.SETUP_PLACES
    has_replies = True
    has_write_first = True
    file_limits = reply_const.FILE_LIMITS

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
    def relay_key(cls, address):
        return mail.relay_key(address)

    @classmethod
    def copied_words(cls, mail_):
        return notices.copied_words(mail_)

    # Nothing is taken for Walmart's mail before walmart/mail.py says what is.

    @classmethod
    def orders_from_json(cls, data):
        return orders.orders_from_json(data)

    @classmethod
    def normalize_ref(cls, text):
        return refs.normalize_ref(text)

    @classmethod
    def order_url(cls, site, order_ref):
        return f"https://{site.seller_host}{const.ORDER_PATH}{order_ref}"

    @classmethod
    def item_url(cls, site, item_ref):
        return f"https://www.{site.host}/ip/{item_ref}"

    @classmethod
    def app_url(cls, region):
        return const.KEYS_URL

    @classmethod
    def can_reply(cls, *, reply_to, order=None, is_answer=True):
        return replies.can_reply(reply_to, order, is_answer)

    @classmethod
    def check_reply(cls, text, files=(), *, site, **options):
        return replies.check_reply(text, files, site=site, **options)

    @classmethod
    def make_reply(cls, **values):
        return replies.make_reply(**values)

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
