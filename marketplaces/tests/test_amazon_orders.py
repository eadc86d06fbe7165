"""Amazon's orders, read from JSON: everything that is told, nothing that isn't."""

import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from marketplaces.amazon.orders import order_from_json, orders_from_json

FIXTURES = Path(__file__).parent / "fixtures" / "amazon"
REF = "123-1234567-1234567"


def load(name):
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def read(name):
    (order,) = orders_from_json(load(name))
    return order


def bare(**more):
    return order_from_json({"orderId": REF, **more})


class TestShippedOrder:
    order = read("order_shipped_de")

    def test_names_and_places(self):
        assert (self.order.order_ref, self.order.site, self.order.site_ref) == (
            "302-1111111-2222222",
            "DE",
            "A1PA6795UKMFR9",
        )
        assert self.order.other_refs == ("SHOP-4711",) and self.order.related_refs == ("302-1111111-1111111",)
        assert self.order.buyer_name == "Erika Muster"
        assert self.order.relay == "q1w2e3r4t5@marketplace.amazon.de"
        assert (self.order.buyer_company, self.order.buyer_purchase_order) == ("Muster GmbH", "B-2026-17")
        assert self.order.programs == ("AMAZON_BUSINESS", "PRIME")
        assert self.order.promotions == ("VERSAND-GRATIS", "HERBST-26")
        assert (self.order.fulfilled_by, self.order.service_level) == ("seller", "EXPEDITED")

    def test_address(self):
        recipient = self.order.recipient
        assert recipient.lines == ("Muster GmbH", "Am Beispiel 7", "Hinterhaus", "Kreuzberg")
        assert (recipient.city, recipient.state, recipient.country) == ("Berlin", "Berlin", "DE")

    def test_times_are_utc(self):
        assert self.order.created == datetime(2026, 10, 1, 8, 15, 30, 123000, timezone.utc)
        assert self.order.updated == datetime(2026, 10, 5, 8, tzinfo=timezone.utc)
        assert self.order.ship_by == datetime(2026, 10, 2, 21, 59, 59, tzinfo=timezone.utc)
        assert self.order.deliver_by == datetime(2026, 10, 5, 21, 59, 59, tzinfo=timezone.utc)
        assert self.order.created.tzinfo is timezone.utc

    def test_money_of_the_order_is_amazons_own(self):
        amounts = (self.order.total, self.order.tax, self.order.shipping, self.order.discount)
        assert amounts == (Decimal("57.96"), Decimal("9.97"), Decimal("4.99"), Decimal("7.00"))
        assert str(self.order.discount) == "7.00"
        assert self.order.currency == "EUR"

    def test_money_of_a_line_takes_the_details_of_a_tax_only_once(self):
        line = self.order.lines[0]
        assert (line.total, line.tax, line.shipping, line.discount) == (
            Decimal("46.00"),
            Decimal("8.01"),
            Decimal("4.99"),
            Decimal("7.00"),
        )
        assert (line.unit_price, line.quantity) == (Decimal("20.00"), 2)

    def test_a_label_that_was_never_used_does_not_hinder_delivery(self):
        assert [package.status for package in self.order.packages] == ["cancelled", "delivered"]
        assert (self.order.status, self.order.raw_status) == ("delivered", "SHIPPED")

    def test_packages_can_be_followed(self):
        package = self.order.packages[1]
        assert (package.carrier, package.tracking) == ("DHL Paket", "00340000000000000002")
        assert package.url.startswith("https://www.dhl.de/") and package.url.endswith("00340000000000000002")
        assert package.shipped == datetime(2026, 10, 2, 14, tzinfo=timezone.utc)

    def test_a_wish_to_cancel_that_came_too_late_is_told(self):
        line = self.order.lines[1]
        assert (line.cancel_requested, line.status) == (True, "shipped")


class TestPendingOrder:
    order = read("order_pending_us")

    def test_it_has_no_prices(self):
        assert (self.order.total, self.order.tax, self.order.currency) == (None, None, None)
        assert (self.order.lines[0].unit_price, self.order.lines[0].total) == (None, None)

    def test_its_lines_are_pending_too(self):
        assert (self.order.status, self.order.fulfilled_by) == ("pending", "marketplace")
        assert self.order.lines[0].status == "pending"
        assert self.order.recipient is None and self.order.packages == ()


class TestPartlyCancelledOrder:
    order = read("order_partly_cancelled_us")

    def test_sums_stand_in_for_a_missing_grand_total_without_rounding(self):
        assert str(self.order.lines[0].total) == "33.625"
        assert str(self.order.total) == "45.285"
        assert (str(self.order.tax), str(self.order.shipping), str(self.order.discount)) == ("3.285", "5.00", "4.00")
        assert self.order.currency == "USD"

    def test_cancelled_lines_stay_with_their_amounts(self):
        line = self.order.lines[1]
        assert (line.status, line.cancel_requested, line.total) == ("cancelled", True, Decimal("8.66"))

    def test_a_line_sent_in_part_says_so(self):
        assert self.order.lines[0].status == "partially_shipped"

    def test_the_site_is_known_by_its_name_where_no_id_is_told(self):
        assert (self.order.site, self.order.site_ref) == ("US", "ATVPDKIKX0DER")

    def test_the_address_amazon_uses_for_orders_it_invoices_is_no_relay(self):
        assert (self.order.relay, self.order.buyer_name) == (None, "Pat Example")

    def test_the_lines_windows_stand_in_for_the_orders(self):
        assert self.order.deliver_by == datetime(2026, 9, 9, 16, tzinfo=timezone.utc)


class TestWrongTypes:
    def test_everything_of_a_wrong_type_is_unknown(self):
        order = read("order_wrong_types")
        assert order.order_ref == "123-7777777-8888888"
        assert (order.status, order.raw_status, order.fulfilled_by, order.site) == ("unknown", None, None, None)
        assert (order.total, order.currency, order.created, order.updated) == (None, None, None, None)
        assert (order.buyer_name, order.relay, order.recipient) == (None, None, None)
        assert (order.ship_by, order.deliver_by, order.programs, order.other_refs) == (None, None, (), ())
        assert [line.status for line in order.lines] == [None, None]
        assert [package.url for package in order.packages] == [None, None]

    @pytest.mark.parametrize("value", [None, {}, [], "", "x", 5, 1.5, True, [[]], [{}], [None], {"a": 1}])
    def test_no_part_of_a_real_order_can_break_reading(self, value):
        def spoil(data, path=()):
            for key in data if isinstance(data, dict) else range(len(data)):
                kept = data[key]
                data[key] = value
                yield path + (key,)
                data[key] = kept
                if isinstance(kept, (dict, list)):
                    yield from spoil(kept, path + (key,))

        data = load("order_shipped_de")["order"]
        for path in spoil(data):
            if path != ("orderId",):
                assert order_from_json(data).order_ref == "302-1111111-2222222", path

    def test_half_a_surrogate_and_nul_are_made_harmless(self):
        order = bare(buyer={"buyerName": "Pat\x00 \ud83d"})
        assert order.buyer_name.encode() and "\x00" not in order.buyer_name


class TestStatus:
    @pytest.mark.parametrize(
        ("raw", "status"),
        [
            ("PENDING_AVAILABILITY", "pending"),
            ("PENDING", "pending"),
            ("UNSHIPPED", "unshipped"),
            ("PARTIALLY_SHIPPED", "partially_shipped"),
            ("SHIPPED", "shipped"),
            ("CANCELLED", "cancelled"),
            ("UNFULFILLABLE", "cancelled"),
            ("INVOICE_UNCONFIRMED", "unknown"),
        ],
    )
    def test_amazons_words_become_ours_and_are_kept(self, raw, status):
        order = bare(fulfillment={"fulfillmentStatus": raw})
        assert (order.status, order.raw_status) == (status, raw)

    def test_an_order_with_one_parcel_under_way_is_not_delivered(self):
        packages = [{"packageStatus": {"status": status}} for status in ("DELIVERED", "IN_TRANSIT")]
        assert bare(fulfillment={"fulfillmentStatus": "SHIPPED"}, packages=packages).status == "shipped"

    def test_an_order_sent_in_part_is_not_delivered(self):
        packages = [{"packageStatus": {"status": "DELIVERED"}}]
        order = bare(fulfillment={"fulfillmentStatus": "PARTIALLY_SHIPPED"}, packages=packages)
        assert order.status == "partially_shipped"

    @pytest.mark.parametrize(
        ("raw", "shipped", "waiting", "status"),
        [
            ("UNSHIPPED", 0, 2, "unshipped"),
            ("UNSHIPPED", None, None, "unshipped"),
            ("PARTIALLY_SHIPPED", 2, 0, "shipped"),
            ("PARTIALLY_SHIPPED", None, None, None),
            ("SHIPPED", 0, 0, "cancelled"),
            ("CANCELLED", 0, 0, "cancelled"),
            ("CANCELLED", None, None, "cancelled"),
        ],
    )
    def test_a_line_has_its_own_status(self, raw, shipped, waiting, status):
        quantities = {"quantityFulfilled": shipped, "quantityUnfulfilled": waiting}
        order = bare(fulfillment={"fulfillmentStatus": raw}, orderItems=[{"fulfillment": quantities}])
        assert order.lines[0].status == status
