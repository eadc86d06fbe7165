"""Amazon's orders: the many forms of numbers, wrappings and addresses."""

import json

import pytest

from marketplaces.amazon.orders import normalize_ref, order_from_json, orders_from_json
from marketplaces.errors import Unreadable

REF = "123-1234567-1234567"


def bare(**more):
    return order_from_json({"orderId": REF, **more})


class TestNumbers:
    @pytest.mark.parametrize(
        "text",
        [
            REF,
            f"  {REF}\n",
            f"#{REF}",
            f"# {REF}",
            "12312345671234567",
            "123 1234567 1234567",
            "123–1234567–1234567",
            "123—1234567−1234567",
            "123‑1234567‐1234567",
            "123 - 1234567 - 1234567",
            "１２３-１２３４５６７-１２３４５６７",
            "\u200e123-1234567-1234567\u200b",
        ],
    )
    def test_every_way_to_write_a_number_gives_the_same(self, text):
        assert normalize_ref(text) == REF

    @pytest.mark.parametrize("text", ["D01-1234567-1234567", "d01-1234567-1234567", "d0112345671234567"])
    def test_digital_orders_have_numbers_too(self, text):
        assert normalize_ref(text) == "D01-1234567-1234567"

    @pytest.mark.parametrize(
        "text",
        ["", " ", "#", "123-1234567-123456", "123-1234567-12345678", "1231-234567-1234567", "hello", None, 5, b"123"],
    )
    def test_what_is_no_number_gives_none(self, text):
        assert normalize_ref(text) is None

    def test_digits_of_other_scripts_that_are_no_digits_are_refused(self):
        assert normalize_ref("²²²-1234567-123456x") is None


class TestWrapping:
    @pytest.mark.parametrize(
        "wrap",
        [
            lambda order: order,
            lambda order: [order],
            lambda order: {"order": order},
            lambda order: {"orders": [order], "pagination": {"nextToken": "x"}},
            lambda order: {"body": {"order": order}},
            lambda order: {"body": json.dumps({"order": order})},
            lambda order: {"payload": {"orders": [order]}},
            lambda order: {"request": {"parameters": {}}, "response": {"order": order}},
            lambda order: [{"order": order}],
        ],
    )
    def test_an_order_is_found_in_every_wrapping(self, wrap):
        (order,) = orders_from_json(wrap({"orderId": REF}))
        assert order.order_ref == REF

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({}, "“orderId” is missing"),
            ([], "the list is empty"),
            ({"orders": []}, "the list is empty"),
            (None, "it is null"),
            ([None], "it is null"),
            (5, "it is a number"),
            ("text", "no JSON"),
            ({"order": None}, "it is null"),
            ({"orderId": None}, "“orderId” is missing"),
            ({"orderId": "  "}, "“orderId” is missing"),
            ({"orderId": {}}, "“orderId” is missing"),
            ({"AmazonOrderId": REF}, "v0"),
            ({"payload": {"Orders": []}}, "“orderId” is missing"),
            ({"errors": [{"code": "InvalidInput", "message": "Invalid Input"}]}, "InvalidInput"),
        ],
    )
    def test_what_holds_no_order_is_unreadable_and_says_why(self, data, words):
        with pytest.raises(Unreadable, match=words):
            orders_from_json(data)

    def test_endless_wrapping_is_unreadable(self):
        data = {"orderId": REF}
        for _level in range(500):
            data = {"body": data}
        with pytest.raises(Unreadable, match="too deeply"):
            orders_from_json(data)

    def test_endless_lists_are_unreadable(self):
        data = [{"orderId": REF}]
        for _level in range(500):
            data = [{"orders": data}]
        with pytest.raises(Unreadable):
            orders_from_json(data)


class TestAddress:
    def address(self, **told):
        return bare(recipient={"deliveryAddress": told}).recipient

    def test_brazil_tells_neighbourhood_and_street_apart(self):
        parts = {"streetName": "Rua A", "streetNumber": "1", "complement": "Apto 2", "neighborhood": "Centro"}
        assert self.address(extendedFields=parts, city="Recife").lines == ("Rua A 1", "Apto 2", "Centro")
        assert self.address(addressLine1="Rua A, 1", extendedFields=parts).lines == ("Rua A, 1", "Centro")

    def test_a_municipality_is_the_city_where_none_is_told_and_a_line_otherwise(self):
        assert self.address(municipality="Shibuya").city == "Shibuya"
        assert self.address(municipality="Shibuya").lines == ()
        assert self.address(municipality="Shibuya", city="Tokyo").lines == ("Shibuya",)

    def test_what_is_said_twice_is_written_once(self):
        assert self.address(name="Shop", companyName="Shop", city="Leeds", districtOrCounty="leeds").lines == ()

    @pytest.mark.parametrize(("told", "code"), [("UK", "GB"), ("gb", "GB"), ("EL", "GR"), ({}, None), ("GBR", None)])
    def test_countries_are_iso_codes(self, told, code):
        assert self.address(name="x", countryCode=told).country == code

    def test_nothing_told_is_no_address(self):
        assert self.address(name="", addressLine1=None) is None


class TestRelay:
    @pytest.mark.parametrize(
        "address",
        [
            "",
            "pat@example.com",
            "@marketplace.amazon.de",
            "pat@marketplace.amazon.de.evil.example",
            "pat@xmarketplace.amazon.de",
            "no-reply-amazon-iba-buyer@marketplace.amazon.it",
            "donotreply@marketplace.amazon.de",
        ],
    )
    def test_only_an_address_that_reaches_the_buyer_counts(self, address):
        assert bare(buyer={"buyerEmail": address}).relay is None
