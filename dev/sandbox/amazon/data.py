"""Orders as the Orders API v2026-01-01 tells them, made from a few words, always the same for the same words."""

from datetime import timedelta
from decimal import Decimal

from ..sites import get_site
from ..times import now, stamp
from .catalogue import PEOPLE, PRODUCTS, RATES, TAX
from .identity import digits, order_ref, relay_address, rng
from .money import line_proceeds, money, order_proceeds, round_to
from .packing import make_package
from .sellers import DEMO_EU, DEMO_FE, DEMO_NA, SELLERS

__all__ = ["DEMO_EU", "DEMO_FE", "DEMO_NA", "SELLERS", "demo_orders", "make_order"]

_WITHOUT_PRICES = ("PENDING", "PENDING_AVAILABILITY")
_SENT = ("SHIPPED", "PARTIALLY_SHIPPED")


def make_order(
    ref, site, *, seller=None, status="UNSHIPPED", fulfilled_by="MERCHANT", buyer=None, lines=None, created=None,
    packages=None, promotion=False, gift=None, company=None, shipping=None, programs=(), cancel_request=None,
    seller_ref=None,
):  # fmt: skip
    """Return an order in the form of the official model. Whatever is not given follows from its number.

    :param str ref: order number.
    :param site: storefront, its country code or marketplace id.
    :param lines: numbers of products in the catalogue with quantities: ``[(0, 1), (3, 2)]``.
    :param packages: which lines each package holds, ``[[0], [1, 2]]``; one with all when the order is shipped.
    :param bool promotion: ten percent off the first line.
    :param str gift: message of a gift.
    :param str company: company of a business order.
    :param str shipping: freight without tax.
    :param str cancel_request: reason of a buyer who asks to cancel.
    :param str seller_ref: the seller's own number of the order.
    """
    site, source, created = get_site(site), rng("order", ref), created or now() - timedelta(days=3)
    seller = seller or next(s for s in SELLERS if s.region == site.region)
    person = _person(site, source, buyer)
    lines = lines or [(source.randrange(len(PRODUCTS)), source.choice((1, 1, 1, 2)))]
    order = _head(ref, site, created, seller_ref, [*programs, *(["AMAZON_BUSINESS"] if company else [])])
    order |= {
        "buyer": _buyer(person, seller, site, status, fulfilled_by, company),
        "recipient": {"deliveryAddress": _address(person, site, source, fulfilled_by, company)},
        "fulfillment": _fulfillment(created, status, fulfilled_by, programs),
        "orderItems": [_item(site, source, number, quantity) for number, quantity in lines],
    }
    _add_prices(order, site, promotion, shipping)
    _add_wishes(order, gift, cancel_request)
    _add_fate(order, site, source, created, packages)
    return order


def _head(ref, site, created, seller_ref, programs):
    head = {
        "orderId": ref,
        "createdTime": stamp(created),
        "lastUpdatedTime": stamp(created + timedelta(hours=2)),
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": site.site_ref,
            "marketplaceName": site.name.capitalize(),
        },
    }
    if seller_ref:
        head["orderAliases"] = [{"aliasId": seller_ref, "aliasType": "SELLER_ORDER_ID"}]
    if programs:
        head["programs"] = programs
    return head


def _person(site, source, buyer):
    people = PEOPLE.get(site.code, PEOPLE["GB"])
    person = next((p for p in people if p[0] == buyer), None)
    chosen = person or source.choice(people)
    return (buyer or chosen[0], *chosen[1:])


def _buyer(person, seller, site, status, fulfilled_by, company):
    result = {"buyerName": person[0]}
    # Amazon gives the relay address only for the seller's own shipments, once the order is paid
    if fulfilled_by == "MERCHANT" and status in ("UNSHIPPED", *_SENT):
        result["buyerEmail"] = relay_address(person[0], seller.merchant_id, site)
    if company:
        result |= {"buyerCompanyName": company, "buyerPurchaseOrderNumber": f"PO-{company[:3].upper()}-2207"}
    return result


def _address(person, site, source, fulfilled_by, company):
    name, street, city, postcode, state = person
    address = {"name": name, "addressLine1": street, "city": city, "postalCode": postcode, "countryCode": site.code}
    if state:
        address["stateOrRegion"] = state
    if company:
        address["companyName"] = company
    if fulfilled_by == "MERCHANT":
        address["phone"] = f"+00 555 {digits(source, 6)}"
    return address | {"addressType": "COMMERCIAL" if company else "RESIDENTIAL"}


def _window(start, first, last):
    days = {"earliestDateTime": first, "latestDateTime": last}
    return {name: stamp(start + timedelta(days=number)) for name, number in days.items()}


def _fulfillment(created, status, fulfilled_by, programs):
    midnight = created.replace(hour=0, minute=0, second=0, microsecond=0)
    result = {
        "fulfillmentStatus": status,
        "fulfilledBy": fulfilled_by,
        "fulfillmentServiceLevel": "NEXT_DAY" if "PRIME" in programs else "STANDARD",
    }
    if status not in _WITHOUT_PRICES:
        result |= {"shipByWindow": _window(midnight, 1, 3), "deliverByWindow": _window(midnight, 3, 7)}
    return result


def _item(site, source, number, quantity):
    product = PRODUCTS[number]
    gross = round_to(product.price * Decimal(RATES.get(site.currency, "1")), site.currency)
    # in the United States and Canada prices stand without tax
    tax = Decimal(0) if site.code in ("US", "CA") else Decimal(TAX.get(site.code, 20))
    net = round_to(gross * 100 / (100 + tax), site.currency)
    return {
        "orderItemId": digits(source, 14),
        "quantityOrdered": quantity,
        "product": {
            "asin": product.asin,
            "title": product.title(site.lang),
            "sellerSku": product.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
            "price": {"unitPrice": money(net, site.currency)},
        },
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": quantity},
    }


def _add_prices(order, site, promotion, shipping):
    if order["fulfillment"]["fulfillmentStatus"] in _WITHOUT_PRICES:
        for item in order["orderItems"]:
            del item["product"]["price"]
        return
    percent = Decimal(TAX.get(site.code, 20))
    for position, item in enumerate(order["orderItems"]):
        discount = Decimal(10) if promotion and position == 0 else Decimal(0)
        freight = Decimal(shipping or 0) if position == 0 else Decimal(0)
        item["proceeds"] = line_proceeds(item, site.currency, percent, discount, freight)
        if discount:
            item["promotion"] = {"breakdowns": [{"promotionId": "SANDBOX-AUTUMN-10"}]}
        if site.code == "US":
            item["tax"] = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon"}]}
    order["proceeds"] = order_proceeds(order["orderItems"], site.currency)
    order["payment"] = {
        "paymentExecutions": [{"paymentMethod": "CreditCard", "paymentAmount": order["proceeds"]["grandTotal"]}]
    }


def _add_wishes(order, gift, cancel_request):
    for item in order["orderItems"]:
        if gift:
            item["fulfillment"]["packing"] = {"giftOption": {"giftMessage": gift, "giftWrapLevel": "STANDARD"}}
        if cancel_request:
            item["cancellation"] = {
                "cancellationRequest": {"requester": "BUYER", "cancelReason": cancel_request},
            }


def _add_fate(order, site, source, created, packages):
    status, by_amazon = order["fulfillment"]["fulfillmentStatus"], order["fulfillment"]["fulfilledBy"] == "AMAZON"
    items = order["orderItems"]
    if status == "CANCELLED":
        execution = {"cancelledBy": "BUYER", "cancelReason": "NO_LONGER_NEEDED"}
        for item in items:
            item["cancellation"] = {"cancellationExecution": execution}
    if status not in _SENT:
        return
    groups = packages or [range(len(items))]
    for position in {p for group in groups for p in group}:
        quantity = items[position]["quantityOrdered"]
        items[position]["fulfillment"] |= {"quantityFulfilled": quantity, "quantityUnfulfilled": 0}
    if not by_amazon:  # Amazon tells nothing about packages of its own
        order["packages"] = [
            make_package(n, [items[p] for p in group], site, source, created) for n, group in enumerate(groups, 1)
        ]
    order["lastUpdatedTime"] = stamp(created + timedelta(days=1))


#: (storefront, days ago, what is special). The n-th row gets the n-th order number.
_DEMO = (
    ("DE", 1, {"lines": [(0, 1), (6, 2)], "buyer": "Jörg Habermehl", "shipping": "4.20"}),
    ("DE", 2, {"lines": [(8, 1)], "buyer": "Anneliese Krug", "status": "SHIPPED"}),
    (
        "DE",
        4,
        {
            "lines": [(1, 1), (5, 2), (9, 1)],
            "buyer": "Mehmet Aslanoğlu",
            "status": "PARTIALLY_SHIPPED",
            "packages": [[0], [1]],
            "promotion": True,
        },
    ),
    ("DE", 0, {"lines": [(3, 1)], "status": "PENDING", "buyer": "Tim Petersen"}),
    ("DE", 1, {"lines": [(2, 1)], "buyer": "Friederike Oßwald", "cancel_request": "BOUGHT_BY_MISTAKE"}),
    ("DE", 3, {"lines": [(8, 6), (0, 6)], "buyer": "Tim Petersen", "company": "Petersen Planungsbüro GmbH"}),
    ("DE", 9, {"lines": [(7, 1)], "buyer": "Anneliese Krug", "status": "SHIPPED", "gift": "Alles Gute, liebe Oma!"}),
    ("DE", 6, {"lines": [(4, 1)], "buyer": "Jörg Habermehl", "status": "CANCELLED"}),
    ("FR", 1, {"lines": [(0, 1)], "buyer": "Maëlle Garnier", "shipping": "3.33", "seller_ref": "WEB-FR-1009"}),
    ("FR", 3, {"lines": [(9, 2), (6, 1)], "buyer": "François Delcourt", "status": "SHIPPED"}),
    ("FR", 5, {"lines": [(5, 1)], "buyer": "Inès Bouchet", "status": "SHIPPED", "promotion": True}),
    ("FR", 2, {"lines": [(2, 1)], "buyer": "Maëlle Garnier", "status": "SHIPPED", "fulfilled_by": "AMAZON"}),
    ("IT", 1, {"lines": [(3, 1)], "buyer": "Giulia Ferrero"}),
    ("IT", 4, {"lines": [(1, 1), (7, 1)], "buyer": "Niccolò Bassani", "status": "SHIPPED"}),
    ("IT", 7, {"lines": [(4, 2)], "buyer": "Chiara D'Amico", "status": "SHIPPED"}),
    ("GB", 1, {"lines": [(1, 1)], "buyer": "Gareth Lowe", "shipping": "3.95"}),
    ("GB", 3, {"lines": [(8, 1)], "buyer": "Priya Nandakumar", "status": "SHIPPED", "programs": ("PRIME",)}),
    ("GB", 5, {"lines": [(2, 1), (9, 2)], "buyer": "Eilidh Sinclair", "status": "SHIPPED", "packages": [[0], [1]]}),
    ("ES", 1, {"lines": [(6, 3)], "buyer": "Íñigo Etxarri"}),
    ("ES", 6, {"lines": [(5, 1)], "buyer": "Lucía Peñalver", "status": "SHIPPED"}),
    ("US", 1, {"lines": [(0, 1)], "buyer": "Marissa Holt", "shipping": "5.99"}),
    ("US", 3, {"lines": [(3, 1), (9, 1)], "buyer": "Quentin Avery", "status": "SHIPPED", "promotion": True}),
    ("US", 2, {"lines": [(7, 1)], "buyer": "Beatriz Okafor", "status": "SHIPPED", "fulfilled_by": "AMAZON"}),
    ("US", 8, {"lines": [(2, 1)], "buyer": "Marissa Holt", "status": "SHIPPED"}),
    ("US", 0, {"lines": [(8, 2)], "buyer": "Quentin Avery", "gift": "Happy birthday!", "status": "UNSHIPPED"}),
    ("JP", 2, {"lines": [(6, 1)], "status": "SHIPPED"}),
)


def demo_orders(today=None):
    """Return the demo's orders as ``[(seller code, order)]``; numbers and contents never change.

    :param datetime today: the moment from which their ages count.
    """
    today = today or now()
    rows = []
    for number, (code, days, special) in enumerate(_DEMO, 1):
        site = get_site(code)
        seller = next(s for s in SELLERS if s.region == site.region)
        created = today - timedelta(days=days, hours=number % 7 + 1)
        rows.append((seller.code, make_order(order_ref(number, site), site, seller=seller, created=created, **special)))
    return rows
