"""Walmart's returns."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from marketplaces.errors import Unreadable
from marketplaces.schema import Return
from marketplaces.tests.shared_data import needs
from marketplaces.tests.test_walmart_orders import REF, SAMPLES, load
from marketplaces.walmart.returns import returns_from_json


def test_a_return_says_what_comes_back_and_why():
    ((order_ref, found),) = returns_from_json(load("returns_list_us"))
    assert order_ref == REF
    assert (found.return_ref, found.status) == ("103700000000000001", "Initiated")
    assert found.items == ("1 × Cable, 2 m: Arrived damaged",)
    assert (found.amount, found.carrier, found.tracking) == (Decimal("8.1"), "FEDEX", "785600000001")
    assert found.url == "https://www.fedex.com/apps/fedextrack/?tracknumbers=785600000001"
    assert found.created == datetime(2026, 10, 20, 8, 15, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "data", [[], {"returnOrders": []}, {"returnOrders": None, "meta": {}}, {"body": {"returnOrders": {}}}]
)
def test_none_are_none(data):
    assert returns_from_json(data) == []


@pytest.mark.parametrize("data", [None, 5, {}, {"list": {}}, {"errors": [{"code": "X"}]}, "nonsense"])
def test_what_is_no_answer_about_returns_is_unreadable(data):
    with pytest.raises(Unreadable):
        returns_from_json(data)


@pytest.mark.parametrize("value", [None, True, "x", [], {}, [None], {"a": 1}, 10**30], ids=repr)
@pytest.mark.parametrize(
    "key", ["returnOrderLines", "returnLineGroups", "labels", "totalRefundAmount", "returnOrderDate", "customerOrderId"]
)
def test_odd_values_are_as_good_as_absent(key, value):
    ((_order_ref, found),) = returns_from_json({"returnOrderId": "1", key: value})
    assert found == Return(return_ref="1")


def test_single_objects_in_place_of_lists():
    line = {"item": {"sku": "S-1"}, "quantity": {"measurementValue": 2}, "status": "IN_TRANSIT"}
    label = {"carrierInfoList": {"carrierName": "UPS", "trackingNo": "1Z1"}}
    data = {"returnOrderId": "1", "returnOrderLines": line, "returnLineGroups": {"labels": label}}
    ((_order_ref, found),) = returns_from_json({"returnOrders": data})
    assert (found.items, found.status, found.tracking) == (("2 × S-1",), "In transit", "1Z1")
    assert found.url == "https://www.ups.com/track?tracknum=1Z1"


@needs(SAMPLES)
def test_walmarts_own_example_is_read():
    data = json.loads((SAMPLES / "returns_list_us.json").read_text(encoding="utf-8"), parse_float=Decimal)
    ((order_ref, found),) = returns_from_json(data)
    assert (order_ref, found.return_ref, found.status) == ("1234567891234", "103738048909818825", "Completed")
    assert found.items == ("3 × Antlion Audio ModMic Wireless Attachable Boom Microphone: Arrived late",)
    assert (found.amount, found.tracking) == (Decimal("127.45"), "785611449666")
