"""Amazon: buyers' mail through its relay, orders through the Selling Partner API v2026-01-01."""

from ..base import Marketplace
from . import consent, const, messages, orders, replies
from .mail import read
from .notices import NOTICES, claim_hours, copied_words


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
        "fetch_message_actions": const.RATES["getMessagingActionsForOrder"],
        "fetch_buyer_lang": const.RATES["GetAttributes"],
        "upload_file": const.RATES["createUploadDestinationForResource"],
        # Amazon has a limit for each kind of message; ours is one for all of them.
        "send_message": const.RATES["createUnexpectedProblem"],
        "fetch_review_action": const.RATES["getSolicitationActionsForOrder"],
        "request_review": const.RATES["createProductReviewAndSellerFeedbackSolicitation"],
    }
    reply_hours = 24
    notices = NOTICES
    credential_fields = const.CREDENTIAL_FIELDS
    account_fields = const.ACCOUNT_FIELDS
    seller_ref_label = const.SELLER_REF_LABEL
    seller_ref_help = const.SELLER_REF_HELP
    seller_ref_pattern = const.SELLER_REF
    has_consent = True
    authorization_days = const.AUTHORIZATION_DAYS
    secret_days = const.SECRET_DAYS
    consent_errors = consent.CONSENT_ERRORS
    setup_places = const.SETUP_PLACES
    has_replies = True
    has_write_first = True
    important_after = ("opted_out",)
    file_limits = replies.FILE_LIMITS
    message_actions = messages.MESSAGE_ACTIONS
    review_action = messages.REVIEW_ACTION

    claims_mail = staticmethod(read.claims)
    owns_mail = staticmethod(read.owns)
    read_mail = staticmethod(read.read)
    signers_of = staticmethod(read.signers_of)
    is_relay_address = staticmethod(read.is_relay_address)
    relay_key = staticmethod(read.relay_key)
    claim_hours = staticmethod(claim_hours)
    copied_words = staticmethod(copied_words)
    orders_from_json = staticmethod(orders.orders_from_json)
    normalize_ref = staticmethod(orders.normalize_ref)
    check_seller_ref = staticmethod(consent.check_seller_ref)
    consent_url = staticmethod(consent.consent_url)
    read_login = staticmethod(consent.read_login)
    login_url = staticmethod(consent.login_url)
    can_reply = staticmethod(replies.can_reply)
    check_reply = staticmethod(replies.check_reply)
    make_reply = staticmethod(replies.make_reply)

    @classmethod
    def order_url(cls, site, order_ref):
        return f"https://{site.seller_host}/orders-v3/order/{order_ref}"

    @classmethod
    def item_url(cls, site, item_ref):
        return f"https://www.{site.host}/dp/{item_ref}"

    @classmethod
    def read_callback(cls, params):
        return consent.read_callback(params, cls.explain_consent_error)

    @classmethod
    def app_url(cls, region):
        return consent.main_console(region) + const.APPS_PATH

    @classmethod
    def merchant_id_url(cls, region):
        return consent.main_console(region) + const.MERCHANT_TOKEN_PATH

    # sp_api is imported only when a call is made: reading mail and orders works without it.

    def renew_token(self):
        from . import auth

        return auth.renew_token(self.credentials, endpoints=self.endpoints, transport=self.transport)

    def exchange_code(self, code, redirect_uri=None):
        from . import auth

        return auth.exchange_code(
            self.credentials, code, redirect_uri, endpoints=self.endpoints, transport=self.transport
        )

    def fetch_order(self, order_ref):
        return self._client().get_order(order_ref)

    def search_orders(self, *, updated_after, site_refs=(), page_token=None):
        return self._client().search_orders(updated_after, site_refs, page_token)

    def fetch_participations(self):
        return self._client().get_participations()

    @classmethod
    def check_message(cls, action_code, values, files=(), *, site, order=None):
        return messages.check_message(cls.get_message_action(action_code), values, files, site=site, order=order)

    @classmethod
    def explain_review(cls, order, now):
        return messages.explain_review(order, now)

    def fetch_message_actions(self, order_ref, *, site):
        return self._messages().get_actions(order_ref, site)

    def fetch_buyer_lang(self, order_ref, *, site):
        return self._messages().get_buyer_lang(order_ref, site)

    def upload_file(self, order_ref, action_code, *, site, name, content_type, content):
        return self._messages().upload(order_ref, action_code, site, name, content_type, content)

    def send_message(self, order_ref, action_code, values, *, site):
        self._messages().send_message(order_ref, action_code, values, site)

    def fetch_review_action(self, order_ref, *, site):
        return self._messages().get_review_action(order_ref, site)

    def request_review(self, order_ref, *, site):
        self._messages().request_review(order_ref, site)

    def _client(self):
        from . import client

        return client.Client(self.credentials, **self._options())

    def _messages(self):
        from . import message_client

        return message_client.MessageClient(self.credentials, **self._options())

    def _options(self):
        return {"endpoints": self.endpoints, "transport": self.transport, "on_request": self._count_request}

    def _count_request(self):
        self.requests += 1
