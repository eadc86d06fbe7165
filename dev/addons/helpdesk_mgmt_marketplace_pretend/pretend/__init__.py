"""Pretend: a marketplace with one storefront, opened by the seller's own keys. Nothing in here is about Odoo.

What a marketplace must know is in ``marketplaces/base.py`` of helpdesk_mgmt_marketplace, with what each method gets,
returns and raises; what it leaves out, such as a consent page, is told by a flag there and does not appear in Odoo.
"""

from datetime import datetime, timedelta, timezone

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces import errors
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.transport import json_values
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.base import Marketplace
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.schema import OrderPage, Participation, Token

from . import client, const, mail, orders, replies


class Pretend(Marketplace):
    """Pretend. One account is one seller."""

    code = "pretend"
    name = "Pretend"
    console_name = "Pretend Desk"
    regions = const.REGIONS
    sites = const.SITES
    has_one_site = has_own_keys = has_replies = True
    rates = const.RATES
    reply_hours = const.REPLY_HOURS
    notices = const.NOTICES
    credential_fields = const.CREDENTIAL_FIELDS
    setup_places = const.SETUP_PLACES
    file_limits = const.FILE_LIMITS

    claims_mail = owns_mail = staticmethod(mail.claims)
    is_relay_address = staticmethod(mail.is_relay_address)
    read_mail = staticmethod(mail.read)
    normalize_ref = staticmethod(orders.normalize_ref)
    orders_from_json = staticmethod(orders.orders_from_json)
    can_reply = staticmethod(replies.can_reply)
    check_reply = staticmethod(replies.check_reply)
    make_reply = staticmethod(replies.make_reply)

    @classmethod
    def order_url(cls, site, order_ref):
        return f"https://{site.seller_host}/orders/{order_ref}"

    @classmethod
    def item_url(cls, site, item_ref):
        return f"https://{site.host}/items/{item_ref}"

    @classmethod
    def app_url(cls, region):
        return f"https://seller.{const.HOST}/keys"

    def renew_token(self):
        keys = {"key": self.credentials.client_id, "secret": self.credentials.client_secret}
        try:
            data = client.ask(self, "POST", "/token", json=keys)
        except errors.TokenExpired:
            raise errors.BadCredentials("Pretend does not take this key and secret: enter valid ones.") from None
        seconds = int(json_values.number(data.get("seconds")) or 60)
        return Token(str(data.get("token")), datetime.now(timezone.utc) + timedelta(seconds=seconds))

    def fetch_order(self, order_ref):
        return orders.orders_from_json(client.ask(self, "GET", f"/orders/{order_ref}"))[0]

    def search_orders(self, *, updated_after, site_refs=(), page_token=None):
        data = client.ask(self, "GET", "/orders", params={"after": updated_after.isoformat(), "page": page_token})
        return OrderPage(tuple(orders.orders_from_json(data)), json_values.text(data.get("next")))

    def fetch_participations(self):
        data, site = client.ask(self, "GET", "/seller"), const.SITES[0]
        seller, shop = json_values.text(data.get("id")), json_values.text(data.get("shop"))
        return [Participation(site.site_ref, site.code, site.name, shop, active=True, seller_ref=seller)]
