"""The pretend Marketplace API answers as developer.walmart.com describes it."""

import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
import requests
from sandbox.tests.walmart import START, WalmartApi, code_of


@pytest.fixture
def walmart(sandbox):
    return WalmartApi(sandbox)


def refs(orders):
    return {order["customerOrderId"] for order in orders}


# --- orders ------------------------------------------------------------------------------------------


def test_a_list_without_a_start_ends_after_seven_days(walmart):
    week = datetime.now(timezone.utc) - timedelta(days=7)
    found = walmart.orders()
    assert found and all(order["orderDate"] / 1000 >= week.timestamp() for order in found)
    assert refs(found) < refs(walmart.orders(**START))


def test_later_changes_are_cut_by_the_start_too(walmart):
    everything = walmart.sandbox.walmart.orders.all("DEMO-WMT")
    old = next(order for _code, order in everything if order["orderDate"] / 1000 < time.time() - 10 * 86400)
    walmart.control("walmart/orders", ref=old["purchaseOrderId"], change="refund")
    changed = {"lastModifiedStartDate": f"{datetime.now(timezone.utc) - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"}
    assert old["customerOrderId"] not in refs(walmart.orders(**changed))
    assert refs(walmart.orders(**changed, **START)) == {old["customerOrderId"]}


def test_orders_of_more_than_180_days_are_gone(walmart):
    everything = walmart.sandbox.walmart.orders.all("DEMO-WMT")
    old = next(order for _code, order in everything if order["orderDate"] / 1000 < time.time() - 181 * 86400)
    query = {"customerOrderId": old["customerOrderId"], "createdStartDate": "2020-01-01"}
    assert walmart.get("/v3/orders", query).status_code == 404
    assert walmart.get(f"/v3/orders/{old['purchaseOrderId']}").status_code == 404


def test_no_rows_are_404(walmart):
    answer = walmart.get("/v3/orders", {"customerOrderId": "200000000000000", **START})
    assert (answer.status_code, code_of(answer)) == (404, "CONTENT_NOT_FOUND.GMP_ORDER_API")


def test_a_customer_order_has_a_purchase_order_for_each_ship_node(walmart):
    everything = [order for _code, order in walmart.sandbox.walmart.orders.all("DEMO-WMT")]
    split = next(o for o in everything if o["shipNode"]["type"] == "3PLFulfilled")["customerOrderId"]
    nodes = ("SellerFulfilled", "WFSFulfilled", "3PLFulfilled")
    found = [walmart.orders(customerOrderId=split, shipNodeType=node, **START) for node in nodes]
    assert [len(orders) for orders in found] == [1, 1, 1]
    assert walmart.orders(customerOrderId=split, **START) == found[0]
    assert len({orders[0]["purchaseOrderId"] for orders in found}) == 3


def test_pages_are_followed_by_the_cursor_as_it_is(walmart):
    path, pages = "/v3/orders?limit=3&productInfo=true&createdStartDate=" + START["createdStartDate"], []
    while path:
        body = walmart.get(path).json()["list"]
        pages.append(body["elements"]["order"])
        cursor = body["meta"].get("nextCursor")
        path = cursor and "/v3/orders" + cursor
        if len(pages) == 1:
            assert cursor.startswith("?limit=3&hasMoreElements=true&soIndex=")
            assert all(f"{name}=" in cursor for name in ("poIndex", "partnerId", "sellerId", "createdStartDate"))
    numbers = [order["purchaseOrderId"] for page in pages for order in page]
    assert len(numbers) == len(set(numbers)) == body["meta"]["totalCount"]
    assert all("imageUrl" in order["orderLines"]["orderLine"][0]["item"] for page in pages for order in page)


def test_what_is_not_asked_for_is_left_out(walmart):
    plain, full = walmart.orders(**START), walmart.orders(productInfo="true", replacementInfo="true", **START)
    assert not any("orderType" in order or "imageUrl" in str(order) for order in plain)
    assert {order["orderType"] for order in full} == {"REGULAR", "REPLACEMENT"}
    replaced = next(order for order in full if "originalCustomerOrderID" in order)
    assert replaced["originalCustomerOrderID"] in refs(full)
    image = requests.get(full[0]["orderLines"]["orderLine"][0]["item"]["imageUrl"], timeout=10)
    assert image.headers["Content-Type"].startswith("image/svg")


@pytest.mark.parametrize(
    "query", [{"limit": "201"}, {"limit": "0"}, {"status": "Lost"}, {"createdStartDate": "soon"}, {"customerId": "1"}]
)
def test_parameters_that_make_no_sense_are_refused(walmart, query):
    answer = walmart.get("/v3/orders", query)
    assert (answer.status_code, code_of(answer)) == (400, "INVALID_REQUEST_PARAM.GMP_ORDER_API")
    assert answer.json()["errors"][0]["field"] == next(iter(query))


def test_one_order_is_told_by_its_purchase_order(walmart):
    order = walmart.orders(status="Shipped", **START)[0]
    assert walmart.get(f"/v3/orders/{order['purchaseOrderId']}").json() == {"order": order}
    assert walmart.get(f"/v3/orders/{order['customerOrderId']}").status_code == 404


def test_numbers_are_numbers_and_have_their_forms(walmart):
    found = walmart.orders(**START)
    assert {len(order["customerOrderId"]) for order in found} == {13, 15}
    assert all(order["purchaseOrderId"].startswith("108") and len(order["purchaseOrderId"]) == 15 for order in found)
    for line in (line for order in found for line in order["orderLines"]["orderLine"]):
        assert isinstance(line["charges"]["charge"][0]["chargeAmount"]["amount"], (int, float))
        assert line["orderLineQuantity"]["amount"].isdecimal()


def test_a_cancelled_line_costs_nothing(walmart):
    lines = [line for order in walmart.orders(status="Cancelled", **START) for line in order["orderLines"]["orderLine"]]
    cancelled = [ln for ln in lines if ln["orderLineStatuses"]["orderLineStatus"][0]["status"] == "Cancelled"]
    assert len(cancelled) < len(lines)
    assert {line["charges"]["charge"][0]["chargeAmount"]["amount"] for line in cancelled} == {0}


def test_orders_of_one_buyer_share_an_address_and_some_have_none_yet(walmart):
    found = walmart.orders(**START)
    buyers = {}
    for order in found:
        buyers.setdefault(order["customerEmailId"], []).append(order)
    assert max(map(len, buyers.values())) >= 3
    (waiting,) = buyers["nocxemail@walmartone.com"]
    walmart.control("walmart/orders", ref=waiting["customerOrderId"], change="address")
    now = walmart.get(f"/v3/orders/{waiting['purchaseOrderId']}").json()["order"]
    assert now["customerEmailId"].endswith("@relay.walmart.com")


def test_orders_live(walmart):
    made = walmart.control("walmart/orders", make={"ref": "200099999999999", "lines": [[0, 3]], "shipping": "4.50"})
    ref = made["orders"][0]["customerOrderId"]

    def status():
        (order,) = walmart.orders(customerOrderId=ref)
        return [row["status"] for row in order["orderLines"]["orderLine"][0]["orderLineStatuses"]["orderLineStatus"]]

    seen = [status()]
    for change in ("acknowledge", "cancel_piece", "ship", "deliver", "refund"):
        walmart.control("walmart/orders", ref=ref, change=change)
        seen.append(status())
    assert seen == [
        ["Created"],
        ["Acknowledged"],
        ["Acknowledged", "Cancelled"],
        ["Shipped", "Cancelled"],
        ["Delivered", "Cancelled"],
        ["Refund", "Cancelled"],
    ]
    (order,) = walmart.orders(customerOrderId=ref)
    line = order["orderLines"]["orderLine"][0]
    assert Decimal(str(line["charges"]["charge"][0]["chargeAmount"]["amount"])) == Decimal("37.98")
    assert line["refund"]["refundCharges"]["refundCharge"]
    assert line["orderLineStatuses"]["orderLineStatus"][0]["trackingInfo"]["trackingNumber"]


def test_nonsense_through_the_side_door_is_400(walmart):
    for data in ({"ref": "1", "change": "ship"}, {"make": {"wrong": 1}}, {"customerOrderId": "1"}):
        answer = requests.post(f"{walmart.url}/control/walmart/orders", json=data, timeout=10)
        assert answer.status_code == 400 and answer.json()["error"]


def test_auto_orders_exist_when_asked_for(sandbox, walmart):
    sandbox.world.set_switches({"auto_orders": True})
    assert refs(walmart.orders(customerOrderId="200012345678901")) == {"200012345678901"}
    assert walmart.orders(customerOrderId="1") == []


# --- returns -----------------------------------------------------------------------------------------


def test_returns_name_their_order(walmart):
    body = walmart.get("/v3/returns").json()
    (one,) = body["returnOrders"]
    assert len(one["returnOrderId"]) == 18
    found = walmart.get("/v3/returns", {"customerOrderId": one["customerOrderId"]}).json()["returnOrders"]
    assert found == [one]
    assert one["customerOrderId"] in refs(walmart.orders(**START))
    assert walmart.get("/v3/returns", {"customerOrderId": "1"}).json()["returnOrders"] == []


def test_dates_of_returns_go_together(walmart):
    dates = {"returnCreationStartDate": "2020-01-01T00:00:00Z", "returnCreationEndDate": "2099-01-01T00:00:00Z"}
    assert len(walmart.get("/v3/returns", dates).json()["returnOrders"]) == 1
    answer = walmart.get("/v3/returns", {"returnCreationStartDate": "2020-01-01"})
    assert (answer.status_code, code_of(answer)) == (400, "INVALID_REQUEST_PARAM.GMP_RETURN_API")


def test_returns_come_in_pages_and_end_with_the_money(walmart):
    order = walmart.orders(status="Shipped", **START)[0]
    walmart.control("walmart/orders", ref=order["purchaseOrderId"], change="return")
    first = walmart.get("/v3/returns", {"limit": "1"}).json()
    assert first["meta"]["nextCursor"].startswith("?sellerId=")
    second = walmart.get("/v3/returns" + first["meta"]["nextCursor"]).json()
    assert "nextCursor" not in second["meta"]
    assert first["returnOrders"] != second["returnOrders"]
    walmart.control("walmart/orders", ref=order["purchaseOrderId"], change="refund")
    (done,) = walmart.get("/v3/returns", {"status": "COMPLETED"}).json()["returnOrders"]
    assert done["returnOrderLines"][0]["purchaseOrderId"] == order["purchaseOrderId"]
