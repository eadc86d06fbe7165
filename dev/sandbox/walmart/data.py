"""Makes purchase orders as the Marketplace API tells them."""

from datetime import timedelta
from decimal import Decimal

from ..chance import digits, hexadecimal, rng
from ..times import moment, now
from .catalogue import COUNTRIES, PEOPLE, PRODUCTS, TAX
from .changes import change_order
from .returns import make_return
from .sellers import DEMO_WMT, DEMO_WMT_2
from .sites import PLACEHOLDER, get_site
from .wire import number, stamp_ms

_CENT = Decimal("0.01")


def relay_address(buyer, seller, site="US"):
    """Return the address of a buyer in orders of one seller (its code): the same for all of them."""
    host = get_site(site).relay_hosts[0]
    return f"{hexadecimal(rng('walmart relay', seller, buyer, host), 32).upper()}@{host}"


def order_ref(number):
    """Return the n-th customer order's number."""
    return f"2000{digits(rng('walmart order', number), 7)}{number:04d}"


def purchase_order_ref(*parts):
    """Return the number of a purchase order that follows from parts."""
    return f"108{digits(rng('walmart purchase order', *parts), 12)}"


def make_order(
    ref, *, seller=DEMO_WMT.code, site="US", created=None, buyer=None, lines=((0, 1),), part=1, node="SellerFulfilled",
    shipping=None, placeholder=False, replaces=None, changes=(), purchase_order=None,
):  # fmt: skip
    """Return a purchase order with everything that the API can tell.

    :param str ref: number of the customer order.
    :param seller: code of the seller, on which the buyer's relay address depends.
    :param datetime created: or text in ISO 8601; now by default.
    :param lines: ``[(number in the catalogue, quantity)]``.
    :param int part: of a customer order with several purchase orders, which one.
    :param str node: kind of the ship node.
    :param shipping: price of shipping, on the first line.
    :param bool placeholder: the buyer's address is not ready yet.
    :param str replaces: number of the customer order that this one replaces.
    :param changes: what happened since, see :mod:`.changes`.
    """
    site, created = get_site(site), _moment(created)
    source = rng("walmart make", ref, part)
    person = _person(site, source, buyer)
    order = {
        "purchaseOrderId": purchase_order or purchase_order_ref(ref, part),
        "customerOrderId": ref,
        "customerEmailId": PLACEHOLDER if placeholder else relay_address(person[0], seller, site),
        "orderType": "REPLACEMENT" if replaces else "REGULAR",
        **({"originalCustomerOrderID": replaces} if replaces else {}),
        "orderDate": stamp_ms(created),
        "shippingInfo": _shipping_info(person, site, source, created),
        "orderLines": {"orderLine": _lines(lines, site, created, shipping, bool(replaces))},
        "shipNode": {"type": node} if node == "SellerFulfilled" else {"type": node, "name": "Node", "id": "1027"},
    }
    for position, change in enumerate(changes, 1):
        change_order(order, change, _moment_of_change(created, position, len(changes)))
    return order


def _moment_of_change(created, position, count):
    """Return when the n-th of some changes happened: 20 hours after the one before, and never in the future."""
    return created + min(timedelta(hours=20), (now() - created) / (count + 1)) * position


def _moment(created):
    return moment(created) if isinstance(created, str) else created or now()


def _person(site, source, buyer):
    people = PEOPLE[site.code]
    chosen = next((p for p in people if p[0] == buyer), None) or source.choice(people)
    return (buyer or chosen[0], *chosen[1:])


def _shipping_info(person, site, source, created):
    name, street, city, state, postcode = person
    return {
        "phone": f"555{digits(source, 7)}",
        "estimatedDeliveryDate": stamp_ms(created + timedelta(days=6)),
        "estimatedShipDate": stamp_ms(created + timedelta(days=2)),
        "methodCode": "Standard",
        "postalAddress": {
            "name": name,
            "address1": street,
            "address2": None,
            "city": city,
            "state": state,
            "postalCode": postcode,
            "country": COUNTRIES[site.code],
            "addressType": "RESIDENTIAL",
        },
    }


def _lines(lines, site, created, shipping, is_free):
    return [
        _line(number, PRODUCTS[product], quantity, site, created, shipping if number == 1 else None, is_free)
        for number, (product, quantity) in enumerate(lines, 1)
    ]


def _line(position, product, quantity, site, created, shipping, is_free):
    price = Decimal(0) if is_free else product.price * quantity
    charges = [_charge("PRODUCT", "ItemPrice", price, site)]
    if shipping:
        charges.append(_charge("SHIPPING", "Shipping", Decimal(shipping), site))
    count = {"unitOfMeasurement": "EACH", "amount": str(quantity)}
    status = {"status": "Created", "statusQuantity": dict(count), "cancellationReason": None, "trackingInfo": None}
    return {
        "lineNumber": str(position),
        "item": {
            "productName": product.title,
            "sku": product.sku,
            "condition": "New",
            "imageUrl": f"/walmart/items/{product.sku}.svg",
            "weight": {"value": product.pounds, "unit": "Pounds"},
        },
        "charges": {"charge": charges},
        "orderLineQuantity": count,
        "statusDate": stamp_ms(created),
        "orderLineStatuses": {"orderLineStatus": [status | {"returnCenterAddress": None}]},
        "refund": None,
        "fulfillment": {
            "fulfillmentOption": "S2H",
            "shipMethod": "STANDARD",
            "storeId": None,
            "pickUpDateTime": stamp_ms(created + timedelta(days=2)),
            "pickUpBy": None,
            "shippingProgramType": None,
        },
    }


def _charge(kind, name, amount, site):
    tax = (amount * TAX[site.code] / 100).quantize(_CENT)
    taxes = {"taxName": "Tax1", "taxAmount": {"currency": site.currency, "amount": number(tax)}}
    return {
        "chargeType": kind,
        "chargeName": name,
        "chargeAmount": {"currency": site.currency, "amount": number(amount)},
        "tax": taxes if amount else None,
    }


_OTHER = DEMO_WMT_2.code
_SENT, _DELIVERED = ("acknowledge", "ship"), ("acknowledge", "ship", "deliver")
#: (number of the customer order, days ago, what is special) of each purchase order.
_DEMO = (
    (1, 1, {"lines": [(0, 1), (6, 2)], "buyer": "Marlene Whitcomb", "shipping": "5.99", "changes": ("acknowledge",)}),
    (2, 3, {"lines": [(1, 1)], "buyer": "Desmond O'Hara", "changes": _SENT}),
    (3, 4, {"lines": [(2, 1)], "buyer": "Priscilla Nuñez", "changes": _SENT}),
    (3, 4, {"lines": [(5, 1)], "buyer": "Priscilla Nuñez", "part": 2, "node": "WFSFulfilled", "changes": _DELIVERED}),
    (3, 4, {"lines": [(7, 1)], "buyer": "Priscilla Nuñez", "part": 3, "node": "3PLFulfilled"}),
    (4, 2, {"lines": [(3, 2), (4, 1)], "buyer": "Theo Lindqvist", "changes": ("acknowledge", "cancel_line", "ship")}),
    (5, 12, {"lines": [(2, 1)], "buyer": "Imani Castellan", "changes": (*_DELIVERED, "refund")}),
    (6, 20, {"lines": [(1, 1), (6, 1)], "buyer": "Marlene Whitcomb", "changes": (*_DELIVERED, "return")}),
    (7, 2, {"lines": [(5, 1)], "buyer": "Desmond O'Hara", "node": "WFSFulfilled", "changes": _SENT}),
    (8, 1, {"lines": [(2, 1)], "buyer": "Imani Castellan", "replaces": order_ref(5), "changes": ("acknowledge",)}),
    (9, 0, {"lines": [(4, 4)], "buyer": "Dolores Finch"}),
    (10, 9, {"lines": [(0, 1)], "buyer": "Dolores Finch", "changes": _SENT}),
    (11, 30, {"lines": [(7, 1), (3, 1)], "buyer": "Dolores Finch", "changes": _DELIVERED}),
    (12, 0, {"lines": [(6, 1)], "buyer": "Theo Lindqvist", "placeholder": True}),
    (13, 160, {"lines": [(3, 1)], "buyer": "Desmond O'Hara", "changes": _DELIVERED, "ref": "5740000112013"}),
    (14, 200, {"lines": [(4, 2)], "buyer": "Priscilla Nuñez", "changes": _DELIVERED}),
    (15, 3, {"lines": [(7, 1)], "buyer": "Imani Castellan", "seller": _OTHER, "changes": (*_SENT, "cancel")}),
    (16, 15, {"lines": [(0, 2)], "buyer": "Theo Lindqvist", "seller": _OTHER, "changes": (*_DELIVERED, "return")}),
)


def demo_orders(today=None):
    """Return the demo's orders as ``[(seller code, purchase order, last change, [return])]``; numbers never change.

    :param datetime today: the moment from which their ages count.
    """
    today = today or now()
    rows = []
    for number_, days, special in _DEMO:
        special = dict(special)
        ref, code = special.pop("ref", None) or order_ref(number_), special.get("seller", DEMO_WMT.code)
        created = today - timedelta(days=days, hours=number_ % 5 + 1)
        order = make_order(ref, created=created, **special)
        changes = special.get("changes", ())
        modified = _moment_of_change(created, len(changes), len(changes))
        returned = [make_return(order, created + timedelta(days=6), code)] if "return" in changes else []
        rows.append((code, order, modified, returned))
    return rows
