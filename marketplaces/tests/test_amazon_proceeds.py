"""Amazon's money: what adds up to what, exactly."""

from decimal import Decimal

import pytest

from marketplaces.amazon.orders import order_from_json

REF = "123-1234567-1234567"


def bare(**more):
    return order_from_json({"orderId": REF, **more})


def money(amount, currency="EUR"):
    return {"amount": amount, "currencyCode": currency}


def entry(kind, amount, **more):
    return {"type": kind, "subtotal": money(amount), **more}


class TestMoney:
    def item(self, *breakdowns, **proceeds):
        (line,) = bare(orderItems=[{"proceeds": {"breakdowns": list(breakdowns), **proceeds}}]).lines
        return line

    @pytest.mark.parametrize("sign", ["", "-"])
    def test_a_discount_is_taken_off_whichever_sign_it_carries(self, sign):
        line = self.item(entry("ITEM", "10.00"), entry("DISCOUNT", f"{sign}2.50"))
        assert (line.total, line.discount) == (Decimal("7.50"), Decimal("2.50"))

    def test_entries_of_one_type_are_added(self):
        line = self.item(entry("ITEM", "10"), entry("TAX", "1.10"), entry("TAX", "0.40"))
        assert (str(line.tax), str(line.total)) == ("1.50", "11.50")

    def test_details_stand_in_for_a_missing_subtotal(self):
        details = [{"subtype": "ITEM", "value": money("2.00")}, {"subtype": "DISCOUNT", "value": money("0.50")}]
        line = self.item(entry("ITEM", "10"), {"type": "TAX", "detailedBreakdowns": details})
        assert (str(line.tax), str(line.total)) == ("1.50", "11.50")

    def test_entries_without_the_goods_are_no_total(self):
        assert self.item(entry("TAX", "1.00")).total is None

    def test_a_sum_with_an_unknown_part_is_unknown(self):
        assert self.item(entry("ITEM", "10"), {"type": "GIFT_WRAP", "subtotal": None}).total is None

    def test_currencies_are_never_added_up(self):
        other = {"type": "SHIPPING", "subtotal": money("1", "USD")}
        assert self.item(entry("ITEM", "10"), other).total is None

    def test_an_unknown_line_makes_the_sum_of_lines_unknown(self):
        known = {"proceeds": {"proceedsTotal": money("10")}}
        assert bare(orderItems=[known, {}]).total is None
        assert bare(orderItems=[known, known]).total == 20

    def test_the_orders_own_breakdowns_come_before_the_lines(self):
        proceeds = {"breakdowns": [entry("ITEM", "10"), entry("TAX", "2"), entry("DELIVERY_TIP", "1")]}
        assert bare(proceeds=proceeds, orderItems=[{"proceeds": {"proceedsTotal": money("99")}}]).total == 13

    @pytest.mark.parametrize(("amount", "read"), [(12, "12"), (12.5, "12.5"), (" 12.50 ", "12.50"), ("1.5E1", "15")])
    def test_numbers_are_taken_exactly(self, amount, read):
        total = bare(proceeds={"grandTotal": money(amount)}).total
        assert format(total, "f") == read

    @pytest.mark.parametrize(
        "amount",
        ["NaN", "Infinity", float("nan"), float("inf"), "1,50", "1_0", "", "٣", "9e999999", True]
        + [pytest.param(10**5000, id="huge")],
    )
    def test_what_is_no_number_is_unknown(self, amount):
        assert bare(proceeds={"grandTotal": money(amount)}).total is None
