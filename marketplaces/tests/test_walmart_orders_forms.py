"""Walmart's orders in every wrapping, half told, of wrong types; and what is no order."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from marketplaces.errors import Unreadable
from marketplaces.tests.shared_data import needs
from marketplaces.tests.test_walmart_orders import SAMPLES
from marketplaces.walmart.orders import orders_from_json

ORDER = {"purchaseOrderId": "108123456789012", "customerOrderId": "200012345678901"}
REFS = ("200012345678901", ("108123456789012",))
JUNK = [None, True, 0, -1, 1.5, "", "x", [], {}, [[]], [None], {"a": 1}, 10**30, "9" * 50, "\ud800\x00"]


def line(*parts, quantity="1", **told):
    statuses = [{"status": status, "statusQuantity": {"amount": amount}} for status, amount in parts]
    return {
        "orderLineStatuses": {"orderLineStatus": statuses},
        "orderLineQuantity": {"amount": quantity},
        **told,
    }


def charge(amount, kind="PRODUCT", name="ItemPrice", tax=None, currency="USD"):
    taxed = None if tax is None else {"taxAmount": {"amount": tax, "currency": currency}}
    return {
        "chargeType": kind,
        "chargeName": name,
        "chargeAmount": {"amount": amount, "currency": currency},
        "tax": taxed,
    }


def read(*lines, **told):
    (order,) = orders_from_json({**ORDER, "orderLines": {"orderLine": list(lines)}, **told})
    return order


def read_charges(*charges, quantity="1"):
    return read(line(charges={"charge": list(charges)}, quantity=quantity)).lines[0]


@pytest.mark.parametrize(
    "data",
    [
        ORDER,
        [ORDER],
        {"order": ORDER},
        {"order": [ORDER]},
        {"body": {"order": ORDER}},
        {"list": {"meta": {}, "elements": {"order": [ORDER]}}},
        {"list": {"elements": {"order": ORDER}}},
        {"list": {"elements": [ORDER]}},
        {"elements": {"order": [ORDER]}},
        {"_request": "GET", "body": {"list": {"elements": {"order": [ORDER]}}}},
        {"body": json.dumps({"order": ORDER})},
        json.dumps({"list": {"elements": {"order": [ORDER]}}}),
        [{"order": ORDER}, {"list": {"elements": {"order": ORDER}}}],
        [ORDER, None, "x", {}],
    ],
)
def test_every_wrapping(data):
    (order,) = orders_from_json(data)
    assert (order.order_ref, order.other_refs) == REFS
    assert (order.status, order.total, order.lines, order.currency) == ("unknown", None, (), None)


def test_one_number_is_enough():
    (order,) = orders_from_json({"purchaseOrderId": 108123456789012})
    assert (order.order_ref, order.other_refs) == ("108123456789012", ())
    (order,) = orders_from_json({"customerOrderId": "#2000123-45678901"})
    assert order.order_ref == "200012345678901"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "no object"),
        (7, "no object"),
        ("", "no JSON"),
        ("{", "no JSON"),
        ([], "empty"),
        ([None], "empty"),
        ({}, "missing"),
        ({"customerOrderId": None, "purchaseOrderId": ""}, "missing"),
        ({"list": {"meta": {"totalCount": 0}, "elements": {"order": []}}}, "without orders"),
        ({"list": {"meta": {"totalCount": 0}}}, "without orders"),
        ({"list": None}, "without orders"),
        ({"error": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API"}]}, "error answer.*UNAUTHORIZED"),
        ({"errors": [{"code": "INVALID_REQUEST"}]}, "error answer.*INVALID_REQUEST"),
        ({"errors": {"error": {"code": "INVALID_TOKEN"}}}, "error answer.*INVALID_TOKEN"),
        ({"errors": {"error": [{"description": "x"}]}}, "error answer.*without a code"),
        ({"returnOrders": [{"returnOrderId": "1"}]}, "returns"),
        ({"returnOrderId": "1", "customerOrderId": "200012345678901"}, "returns"),
        ({"orderRefund": {"purchaseOrderId": "108123456789012"}}, "request to change"),
        ({"meta": {}, "order": [{"purchaseOrderId": "P100263684", "orderLines": []}]}, "Mexico"),
        ({"order": [{"purchaseOrderId": "108123456789012", "totalLines": "1", "shipments": []}]}, "Mexico"),
        ({"body": {"body": {"body": {"body": {"body": {"body": {"body": {"body": ORDER}}}}}}}}, "too deep"),
    ],
)
def test_what_is_no_order_says_what_it_is(data, words):
    with pytest.raises(Unreadable, match=words):
        orders_from_json(data)


@needs(SAMPLES)
def test_walmarts_other_examples_are_no_orders():
    names = [path for path in SAMPLES.glob("*.json") if not path.stem.startswith(("order_get", "orders_list"))]
    assert names
    for path in names:
        with pytest.raises(Unreadable):
            orders_from_json(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("value", JUNK, ids=repr)
@pytest.mark.parametrize(
    "path",
    [
        "shippingInfo",
        "shippingInfo.postalAddress",
        "shippingInfo.estimatedShipDate",
        "shippingInfo.postalAddress.country",
        "orderLines",
        "orderLines.orderLine",
        "orderLines.orderLine.charges",
        "orderLines.orderLine.charges.charge",
        "orderLines.orderLine.charges.charge.chargeAmount",
        "orderLines.orderLine.charges.charge.tax",
        "orderLines.orderLine.orderLineQuantity",
        "orderLines.orderLine.orderLineQuantity.amount",
        "orderLines.orderLine.orderLineStatuses",
        "orderLines.orderLine.orderLineStatuses.orderLineStatus.statusQuantity",
        "orderLines.orderLine.orderLineStatuses.orderLineStatus.trackingInfo",
        "orderLines.orderLine.orderLineStatuses.orderLineStatus.trackingInfo.carrierName",
        "orderLines.orderLine.orderLineStatuses.orderLineStatus.trackingInfo.trackingURL",
        "orderLines.orderLine.refund",
        "orderLines.orderLine.refund.refundCharges",
        "orderLines.orderLine.refund.refundCharges.refundCharge.charge",
        "orderLines.orderLine.item",
        "orderLines.orderLine.statusDate",
        "orderSummary",
        "orderDate",
        "shipNode",
        "customerEmailId",
    ],
)
def test_odd_values_anywhere_are_as_good_as_absent(path, value):
    data = dict(ORDER)
    place = data
    *outer, last = path.split(".")
    for key in outer:
        place = place.setdefault(key, {})
    place[last] = value
    (order,) = orders_from_json(data)
    assert (order.order_ref, order.other_refs) == REFS
    assert order.relay is None


@pytest.mark.parametrize(
    ("parts", "quantity", "status"),
    [
        ([("Shipped", "1"), ("Created", "1")], "2", "partially_shipped"),
        ([("Shipped", "1"), ("Cancelled", "1")], "2", "shipped"),
        ([("Shipped", "1"), ("Created", "0")], "1", "shipped"),
        ([("Shipped", "1")], "3", "partially_shipped"),
        ([("Shipped", None)], "3", "shipped"),
        ([("Cancelled", "1")], "3", "unknown"),
        ([("Delivered", "1"), ("Shipped", "1")], "2", "shipped"),
        ([("DELIVERED", "2")], "2", "delivered"),
        ([("Refund", "1")], "1", "refunded"),
        ([("Acknowledged", "1")], "1", "unshipped"),
        ([("Teleported", "1")], "1", "unknown"),
    ],
)
def test_quantities_decide_how_far_it_is(parts, quantity, status):
    order = read(line(*parts, quantity=quantity))
    assert order.status == status
    assert order.lines[0].status == (None if status == "unknown" else status)


def test_lines_together_make_the_orders_status():
    assert read(line(("Cancelled", "1")), line(("Delivered", "1"))).status == "delivered"
    assert read(line(("Delivered", "1")), line(("Created", "1"))).status == "partially_shipped"
    assert read(line(("Cancelled", "1")), line(("Cancelled", "2"), quantity="2")).status == "cancelled"


class TestMoney:
    @pytest.mark.parametrize("amount", [Decimal("9.99"), 9.99, "9.99"])
    def test_decimals_stay_as_delivered(self, amount):
        assert str(read_charges(charge(amount)).total) == "9.99"

    def test_a_discount_is_taken_off_whichever_sign_it_has(self):
        for amount in (-2, 2):
            read_ = read_charges(charge(10), charge(amount, name="SubscriptionDiscount", tax="0.1"))
            assert (read_.total, read_.discount, read_.unit_price) == (Decimal("7.9"), 2, 10)

    def test_without_the_goods_there_is_no_total(self):
        read_ = read_charges(charge(None), charge(5, "SHIPPING"))
        assert (read_.total, read_.shipping, read_.unit_price) == (None, 5, None)
        assert read_charges(charge(10), charge(None, "SHIPPING")).total == 10

    def test_currencies_are_never_added(self):
        assert read_charges(charge(10), charge(5, "SHIPPING", currency="CAD")).total is None

    @pytest.mark.parametrize(
        ("amount", "quantity", "price"),
        [
            ("10", "4", "2.5"),
            ("10", "3", None),
            ("9.99", "2", None),
            ("9", "0", None),
            ("9", "x", None),
            ("30", 3, "10"),
        ],
    )
    def test_unit_price(self, amount, quantity, price):
        found = read_charges(charge(amount), quantity=quantity).unit_price
        assert found == (Decimal(price) if price else None)

    def test_a_line_without_charges_hides_the_total_unless_it_was_cancelled(self):
        paid = line(("Shipped", "1"), charges={"charge": charge(10)})
        assert read(paid, line(("Shipped", "1"))).total is None
        assert read(paid, line(("Cancelled", "1"))).total == 10

    def test_walmarts_own_total_stands_in_only_where_nothing_can_be_added_up(self):
        summary = {"totalAmount": {"currencyAmount": 12.5, "currencyUnit": "USD"}}
        order = read(line(), orderSummary=summary)
        assert (order.total, order.currency) == (Decimal("12.5"), "USD")
        assert read(line(charges={"charge": charge(10)}), orderSummary=summary).total == 10

    def test_refunds_are_told_by_reason(self):
        given = [("Late", charge(-3, tax="-0.2")), ("Late", charge(-1)), ("Broken", charge(2))]
        entries = [{"refundReason": reason, "charge": charge_} for reason, charge_ in given]
        refund = {"refundId": "7", "refundCharges": {"refundCharge": entries}}
        found = read(line(refund=refund, lineNumber="1")).refunds
        assert [(one.reason, one.amount) for one in found] == [("Late", Decimal("4.2")), ("Broken", 2)]


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("0123456789abcdefABCDEF0123456789@relay.walmart.com", True),
        ("0123456789abcdefABCDEF0123456789@relay.walmart.ca", True),
        ("nocxemail@walmartone.com", False),
        ("someone@mail.example", False),
        ("0123456789abcdefABCDEF0123456789@relay.walmart.com.evil.example", False),
        ("mp-payments@relay.walmart.com", False),
    ],
)
def test_only_a_relay_address_is_usable(address, usable):
    assert read(customerEmailId=address).relay == (address if usable else None)


@pytest.mark.parametrize(
    ("told", "country"), [("USA", "US"), ("can", "CA"), ("PRI", "PR"), ("US", "US"), ("XYZ", None), (5, None)]
)
def test_countries_have_two_letters(told, country):
    order = read(shippingInfo={"phone": "5", "postalAddress": {"country": told}})
    assert order.recipient.country == country
    assert order.site == ("CA" if country == "CA" else "US")


def test_a_currency_decides_before_the_country():
    shipping = {"postalAddress": {"country": "CAN"}}
    assert read(line(charges={"charge": charge(1)}), shippingInfo=shipping).site == "US"
    assert read(line(charges={"charge": charge(1, currency="MXN")})).site is None


def test_times_may_be_digits_or_iso():
    moment = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
    milliseconds = int(moment.timestamp() * 1000)
    for told in (milliseconds, str(milliseconds), "2026-11-01T12:00:00.000Z"):
        assert read(orderDate=told).created == moment


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example/1", "https://x.example/ a", None])
def test_a_link_that_is_none_is_replaced_by_the_carriers_page(url):
    tracking = {"trackingNumber": "1Z1", "carrierName": {"carrier": "FED_EX"}, "trackingURL": url}
    status = {"status": "Shipped", "trackingInfo": tracking}
    (parcel,) = read({"orderLineStatuses": {"orderLineStatus": status}}).packages
    assert parcel.url == "https://www.fedex.com/fedextrack/?trknbr=1Z1"


@pytest.mark.parametrize(
    ("told", "wanted"), [("true", True), (True, True), ("false", False), (None, False), ("", False)]
)
def test_a_wish_to_cancel(told, wanted):
    assert read(line(intentToCancel=told)).lines[0].cancel_requested is wanted
