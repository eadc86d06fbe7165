"""What an order tells that a ticket's field may hold. A buyer's relay address, street and phone are none of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)


class Facts:
    """What attributes are read from: the site of a ticket and its order.

    :param site: record of ``marketplace.site``.
    :param order: record of ``marketplace.order``, or an empty recordset; whoever asks may read it.
    """

    def __init__(self, site, order):
        self.site, self.order = site, order

    @property
    def lines(self):
        """Return the order's lines: [{sku, item_ref, title, quantity}]."""
        return self._parts[0] or []

    @property
    def packages(self):
        """Return the order's packages: [{carrier, tracking}]."""
        return self._parts[1] or []

    @property
    def numbers(self):
        """Return the other numbers that mean the order."""
        return self._parts[2] or []

    @cached_property
    def _parts(self):
        # One query in place of six: each costs as much as dozens of fields.
        env = self.order.env
        for part in ("line", "package", "ref"):
            env[f"marketplace.order.{part}"].flush_model()
        return env.execute_query(SQL(_PARTS, order=self.order.id))[0]


_PARTS = """
    SELECT (SELECT json_agg(json_build_object('sku', sku, 'item_ref', item_ref, 'title', title, 'quantity', quantity)
                            ORDER BY id) FROM marketplace_order_line WHERE order_id = %(order)s),
           (SELECT json_agg(json_build_object('carrier', carrier, 'tracking', tracking) ORDER BY id)
              FROM marketplace_order_package WHERE order_id = %(order)s),
           (SELECT json_agg(name ORDER BY id) FROM marketplace_order_ref WHERE order_id = %(order)s)
"""


@dataclass(frozen=True)
class Attribute:
    """One thing that an order tells.

    ``read(facts)`` returns a str, a list of str, a code, a naive UTC datetime or a number, as ``kind`` says
    (see ``marketplace_field_values.FITS``), and something false for unknown. ``is_personal`` data must go when the
    buyer's data goes. ``is_early`` is known before the order is. ``search`` and ``group`` put it on the search view.
    """

    code: str
    label: Any
    kind: str
    read: Callable
    is_personal: bool = False
    is_early: bool = False
    search: bool = False
    group: bool = False


def _of_order(name):
    return lambda facts: facts.order[name]


def _of_site(name):
    return lambda facts: facts.site[name]


def _of_recipient(name):
    return lambda facts: (facts.order.recipient or {}).get(name)


def _of_lines(name):
    return lambda facts: [line[name] for line in facts.lines if line[name]]


def _of_packages(name):
    return lambda facts: list(dict.fromkeys(package[name] for package in facts.packages if package[name]))


def _amount(name):
    # Without a currency nothing was told: the column holds zero.
    return lambda facts: facts.order[name] if facts.order.currency_code else None


def _get_numbers(facts):
    return [line["quantity"] or 0 for line in facts.lines]


def _quantities(facts):
    return [f"{quantity:g}" for quantity in _get_numbers(facts)]


def _marketplace(facts):
    app = facts.site.app_id
    return app._get_name(app.id)


ATTRIBUTES = (
    Attribute("number", _lt("Marketplace Order Number"), "text", _of_order("order_ref"), is_early=True, search=True),
    Attribute("marketplace", _lt("Marketplace Name"), "text", _marketplace, is_early=True),
    Attribute("site", _lt("Marketplace Site Name"), "text", _of_site("name"), is_early=True, group=True),
    Attribute("country", _lt("Country of the Site"), "text", _of_site("code"), is_early=True, group=True),
    Attribute("seller_name", _lt("Seller Name"), "text", _of_site("seller_name"), is_early=True),
    Attribute("other_numbers", _lt("Other Order Numbers"), "list", lambda facts: facts.numbers),
    Attribute("status", _lt("Order Status"), "choice", _of_order("status"), group=True),
    Attribute("raw_status", _lt("Status at the Marketplace"), "text", _of_order("raw_status")),
    Attribute("fulfilled_by", _lt("Fulfilled By"), "choice", _of_order("fulfilled_by"), group=True),
    Attribute("service_level", _lt("Service Level"), "text", _of_order("service_level"), group=True),
    Attribute("programs", _lt("Order Programs"), "text", _of_order("programs"), group=True),
    Attribute("promotions", _lt("Order Promotions"), "text", _of_order("promotions")),
    Attribute("total", _lt("Order Total"), "money", _amount("amount_total")),
    Attribute("tax", _lt("Order Tax"), "money", _amount("amount_tax")),
    Attribute("shipping", _lt("Order Shipping"), "money", _amount("amount_shipping")),
    Attribute("discount", _lt("Order Discount"), "money", _amount("amount_discount")),
    Attribute("currency", _lt("Order Currency"), "text", _of_order("currency_code"), group=True),
    Attribute("skus", _lt("Ordered SKUs"), "list", _of_lines("sku"), search=True),
    Attribute("item_refs", _lt("Ordered Item Numbers (ASINs)"), "list", _of_lines("item_ref"), search=True),
    Attribute("titles", _lt("Ordered Products"), "list", _of_lines("title"), search=True),
    Attribute("quantities", _lt("Ordered Quantities"), "list", _quantities),
    Attribute("item_count", _lt("Number of Items"), "number", lambda facts: sum(_get_numbers(facts))),
    Attribute("ordered_on", _lt("Ordered On"), "datetime", _of_order("created_at")),
    Attribute("ship_by", _lt("Ship By"), "datetime", _of_order("ship_by")),
    Attribute("deliver_by", _lt("Deliver By"), "datetime", _of_order("deliver_by")),
    Attribute("carrier", _lt("Carrier"), "list", _of_packages("carrier"), group=True),
    # Whoever has it can look up where the buyer lives.
    Attribute("tracking", _lt("Tracking Numbers"), "list", _of_packages("tracking"), is_personal=True, search=True),
    Attribute("package_count", _lt("Number of Packages"), "number", lambda facts: len(facts.packages)),
    Attribute("buyer_name", _lt("Buyer Name"), "text", _of_order("buyer_name"), is_personal=True, search=True),
    Attribute("company", _lt("Buyer Company"), "text", _of_order("buyer_company"), is_personal=True, search=True),
    Attribute("buyer_po", _lt("Buyer's PO Number"), "text", _of_order("buyer_purchase_order"), is_personal=True),
    Attribute("recipient_name", _lt("Recipient Name"), "text", _of_recipient("name"), is_personal=True, search=True),
    Attribute("recipient_city", _lt("Recipient City"), "text", _of_recipient("city"), is_personal=True),
    Attribute("recipient_state", _lt("Recipient State"), "text", _of_recipient("state"), is_personal=True),
    Attribute("recipient_postcode", _lt("Recipient Postcode"), "text", _of_recipient("postcode"), is_personal=True),
    Attribute("recipient_country", _lt("Recipient Country"), "text", _of_recipient("country"), is_personal=True),
)  # fmt: skip
