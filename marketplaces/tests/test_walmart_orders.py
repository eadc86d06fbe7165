"""Walmart's orders: several purchase orders in one, money by sums, statuses by pieces."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from marketplaces.tests.conftest import FIXTURES
from marketplaces.tests.shared_data import FOLDER, needs
from marketplaces.walmart import Walmart
from marketplaces.walmart.order_lines import combine
from marketplaces.walmart.orders import orders_from_json

SAMPLES = FOLDER / "walmart-samples"
REF = "200012345678901"


def load(name):
    return json.loads((FIXTURES / "walmart" / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


@pytest.fixture(scope="module")
def order():
    """An order of one purchase order with a shipped line, and one in three states."""
    return orders_from_json(load("order_partly_shipped_us"))[0]


@pytest.fixture(scope="module")
def whole():
    """The same order with its second purchase order, among others."""
    return orders_from_json(load("orders_list_us"))[0]


class TestOneOrder:
    def test_numbers(self, order):
        assert order.order_ref == REF
        assert order.other_refs == ("108123456789012", "SHOP-77")

    def test_storefront_and_status(self, order):
        assert (order.site, order.site_ref) == ("US", "walmart.com")
        assert (order.status, order.raw_status) == ("partially_shipped", "Shipped, Cancelled, Acknowledged")
        assert (order.fulfilled_by, order.service_level, order.programs) == ("seller", "Standard", ())

    def test_charges_and_their_taxes_add_up(self, order):
        assert order.currency == "USD"
        assert order.total == Decimal("54.26") == sum(line.total for line in order.lines)
        assert (order.tax, order.shipping, order.discount) == (Decimal("3.28"), 5, 4)

    def test_lines(self, order):
        lamp, bulb = order.lines
        assert (lamp.line_ref, lamp.sku, lamp.title) == ("108123456789012/1", "LAMP-1", "Desk Lamp, Blue")
        assert (lamp.quantity, lamp.unit_price, lamp.total) == (2, Decimal("19.99"), Decimal("44.26"))
        assert (lamp.tax, lamp.shipping, lamp.discount) == (Decimal("3.28"), 5, 4)
        assert (lamp.status, lamp.cancel_requested) == ("shipped", False)
        assert lamp.image == "https://images.example/LAMP-1.jpg"
        assert (bulb.status, bulb.cancel_requested, bulb.tax) == ("partially_shipped", True, None)

    def test_a_price_that_cannot_be_divided_is_none(self, order):
        assert order.lines[1].unit_price is None

    def test_a_parcel_with_two_lines_is_one(self, order):
        (parcel,) = order.packages
        assert (parcel.carrier, parcel.tracking, parcel.status) == ("UPS", "1Z999AA10123456784", "shipped")
        assert parcel.url == "https://www.ups.com/track?tracknum=1Z999AA10123456784"
        assert parcel.shipped == datetime.fromtimestamp(1792500000, timezone.utc)

    def test_recipient_and_buyer(self, order):
        recipient = order.recipient
        assert (recipient.name, recipient.lines) == ("Sam Sample", ("12 Nowhere Lane", "Unit 3"))
        assert (recipient.city, recipient.state, recipient.postcode) == ("Springfield", "OR", "97477")
        assert (recipient.country, recipient.phone) == ("US", "5035550100")
        assert order.buyer_name == "Sam Sample"
        assert order.relay == "0123456789ABCDEF0123456789ABCDEF@relay.walmart.com"

    def test_times_are_milliseconds(self, order):
        assert order.created == datetime.fromtimestamp(1792400000, timezone.utc)
        assert order.updated == datetime.fromtimestamp(1792501000, timezone.utc)
        assert order.ship_by == datetime.fromtimestamp(1792600000, timezone.utc)
        assert order.deliver_by == datetime.fromtimestamp(1792800000, timezone.utc)


class TestSeveralPurchaseOrders:
    def test_those_of_one_customer_order_are_one(self, whole):
        assert [order.order_ref for order in orders_from_json(load("orders_list_us"))] == [REF, "200012345678999"]
        assert whole.other_refs == ("108123456789012", "108123456789013", "SHOP-77")

    def test_money_and_lines_are_all_there(self, whole):
        assert whole.total == Decimal("62.36") == sum(line.total for line in whole.lines)
        assert [line.line_ref for line in whole.lines] == [
            "108123456789012/1",
            "108123456789012/2",
            "108123456789013/1",
        ]

    def test_the_first_must_be_sent_by_and_the_last_arrive_by(self, whole):
        assert whole.ship_by == datetime.fromtimestamp(1792500000, timezone.utc)
        assert whole.deliver_by == datetime.fromtimestamp(1792900000, timezone.utc)
        assert whole.created == datetime.fromtimestamp(1792400000, timezone.utc)

    def test_who_sends_is_told_only_when_it_is_one(self, whole):
        assert whole.fulfilled_by is None
        assert whole.programs == ("TWO_DAY",)

    def test_other_carriers_have_their_own_link(self, whole):
        parcel = whole.packages[1]
        assert (parcel.carrier, parcel.status) == ("Regional Parcels", "delivered")
        assert parcel.url == "https://parcels.example/t/92001901234567890123456789"

    def test_refunds_are_positive_and_include_tax(self, whole):
        (refund,) = whole.refunds
        assert (refund.refund_ref, refund.line_ref) == ("RF-1", "108123456789013/1")
        assert (refund.amount, refund.reason, refund.comment) == (Decimal("8.1"), "DamagedItem", "Arrived broken")

    def test_one_that_is_there_twice_counts_once_as_it_was_last(self):
        old, new = load("order_partly_shipped_us")["order"], load("order_partly_shipped_us")["order"]
        new["orderLines"]["orderLine"][0]["statusDate"] = 1792600000000
        new["customerEmailId"] = None
        for rows in ([old, new], [new, old]):
            (order,) = orders_from_json(rows)
            assert (order.total, order.relay) == (Decimal("54.26"), None)


def test_a_cancelled_replacement_costs_nothing_and_keeps_its_own_number():
    order = orders_from_json(load("orders_list_us"))[1]
    assert (order.status, order.total, order.relay) == ("cancelled", 0, None)
    assert order.programs == ("REPLACEMENT",)
    assert order.other_refs == ("108123456789099",)
    assert order.related_refs and order.order_ref not in order.related_refs  # another order: the one that it replaces


def test_canada_with_single_objects_for_lists():
    (order,) = orders_from_json(load("order_single_objects_ca"))
    assert (order.order_ref, order.other_refs) == ("2282223729", ("Y12345678",))
    assert (order.site, order.site_ref, order.currency) == ("CA", "walmart.ca", "CAD")
    assert (order.total, order.status, order.recipient.country) == (Decimal("11.3"), "unshipped", "CA")
    assert order.relay == "fedcba9876543210fedcba9876543210@relay.walmart.ca"
    assert (order.fulfilled_by, order.lines[0].unit_price, order.lines[0].quantity) == (None, None, 3)


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ((), None),
        ((None,), None),
        (("cancelled",), "cancelled"),
        (("cancelled", "delivered"), "delivered"),
        (("shipped", "delivered"), "shipped"),
        (("shipped", "unshipped"), "partially_shipped"),
        (("delivered", None), "partially_shipped"),
        (("refunded",), "refunded"),
        (("refunded", "cancelled"), "refunded"),
        (("refunded", "delivered"), "delivered"),
        (("refunded", "unshipped"), "partially_shipped"),
        (("unshipped", "cancelled"), "unshipped"),
        (("cancelled", None), None),
    ],
)
def test_statuses_of_pieces_make_one(statuses, status):
    assert combine(statuses) == status


def test_addresses_for_people():
    site = Walmart.get_site("US")
    assert Walmart.order_url(site, REF).startswith("https://seller.walmart.com/orders/")
    assert REF in Walmart.order_url(site, REF)
    assert Walmart.item_url(site, "162457985") == "https://www.walmart.com/ip/162457985"


@needs(SAMPLES)
@pytest.mark.parametrize(
    ("name", "totals"),
    [
        ("order_get_shipped_us", ["5.34"]),
        ("order_get_all_attributes_us", ["10.80"]),
        ("orders_list_us", ["10.80", "0.00", "10.84", "10.84"]),
        ("orders_list_us_last_page", ["10.84"]),
    ],
)
def test_walmarts_own_examples_are_read(name, totals):
    data = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    found = orders_from_json(data)
    assert [order.total for order in found] == list(map(Decimal, totals))
    for order in found:
        assert order.site == "US" and order.created.tzinfo and order.updated and order.relay
        assert order.status != "unknown" and order.recipient.country == "US" and order.lines[0].title
