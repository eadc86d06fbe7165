"""The pretend Walmart fails on demand, and keeps its rate limits."""

import time
from urllib.request import Request, urlopen

import pytest
import requests
from sandbox.tests.walmart import WalmartApi

CALLS = {
    "walmart_token_detail": "/v3/token/detail",
    "walmart_orders": "/v3/orders",
    "walmart_order": "/v3/orders/1",
    "walmart_returns": "/v3/returns",
    "walmart_partnerprofile": "/v3/settings/partnerprofile",
}


@pytest.fixture
def walmart(sandbox):
    one = WalmartApi(sandbox)
    one.get("/v3/token/detail")
    return one


@pytest.mark.parametrize("operation", CALLS)
def test_each_call_fails_alone(sandbox, walmart, operation):
    sandbox.faults.add(operation, "500")
    failed = {name for name, path in CALLS.items() if walmart.get(path).status_code == 500}
    assert failed == {operation}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_statuses_have_walmarts_bodies(sandbox, walmart, status):
    sandbox.faults.add("walmart", status)
    for answer in (walmart.get("/v3/orders"), walmart.sign_in()):
        assert answer.status_code == status
        assert set(answer.json()) <= {"error", "errors"}


def test_other_kinds(sandbox, walmart):
    for kind in ("html503", "malformed", "empty"):
        sandbox.faults.add("walmart_orders", kind, times=1)
        with pytest.raises(requests.JSONDecodeError):
            walmart.get("/v3/orders").json()
    sandbox.faults.add("walmart_token", "wrong_shape", times=1)
    assert "access_token" not in walmart.sign_in().json()
    sandbox.faults.add("walmart_orders", "hang", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        walmart.get("/v3/orders", timeout=0.3)


def test_a_call_that_is_cut_breaks_the_connection(sandbox, walmart):
    sandbox.faults.add("walmart_orders", "cut")
    token = walmart.sign_in().json()["access_token"]
    headers = walmart.headers(**{"WM_SEC.ACCESS_TOKEN": token})
    with pytest.raises(Exception, match="IncompleteRead"):
        urlopen(Request(f"{walmart.url}/v3/orders", headers=headers), timeout=10).read()


def test_faults_of_one_marketplace_leave_the_other_alone(sandbox, walmart, api):
    sandbox.faults.add("walmart", "500")
    assert api.order().status_code == 200
    sandbox.faults.clear()
    sandbox.faults.add("token", "500")
    assert walmart.sign_in().status_code == 200


def test_a_fault_hits_one_seller(sandbox, walmart):
    sandbox.faults.add("*", "503", seller="DEMO-WMT-2")
    assert walmart.get("/v3/orders").status_code == 200
    assert WalmartApi(sandbox, "DEMO-WMT-2").sign_in().status_code == 503


def test_calls_are_counted_without_secrets(walmart):
    walmart.control("requests", "DELETE")
    walmart.get("/v3/orders")
    report = walmart.control("requests", "GET")
    assert report["counts"] == {"walmart_orders": 1}
    assert report["requests"][0]["seller"] == "DEMO-WMT"
    assert walmart.seller.client_secret not in str(report)


def test_limits_are_kept_only_when_switched_on(sandbox, walmart):
    walmart.control("limits", operation="walmart_returns", rate=0.01, burst=2)
    assert [walmart.get("/v3/returns").status_code for _n in range(3)] == [200] * 3
    sandbox.world.set_switches({"rate_limits": True})
    sandbox.walmart.limits.refill()
    answers = [walmart.get("/v3/returns") for _n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-current-token-count"] for answer in answers] == ["1", "0", "0"]
    assert int(answers[-1].headers["x-next-replenishment-time"]) > time.time() * 1000
    assert answers[-1].json()["errors"][0]["code"] == "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API"
    assert walmart.get("/v3/orders").status_code == 200
    rows = {(row["seller"], row["operation"]): row for row in walmart.control("limits", "GET")["limits"]}
    assert rows["DEMO-WMT", "walmart_returns"]["refused"] == 1


def test_documented_limits(sandbox):
    limits = sandbox.walmart.limits
    assert limits.rate("walmart_orders") == (5000 / 60, 5000)
    assert limits.rate("walmart_returns") == (50 / 60, 50)


def test_unknown_paths_are_told_in_walmarts_words(walmart):
    answer = walmart.get("/v3/messages")
    assert (answer.status_code, answer.json()["errors"]["error"][0]["code"]) == (404, "URI_NOT_FOUND.GMP_GATEWAY_API")


def test_a_reset_brings_the_demo_back(sandbox, walmart):
    before = {order["purchaseOrderId"] for _code, order in sandbox.walmart.orders.all()}
    walmart.control("walmart/sellers", seller="DEMO-WMT", client_secret="other")
    sandbox.walmart.orders.clear()
    walmart.control("reset")
    assert {order["purchaseOrderId"] for _code, order in sandbox.walmart.orders.all()} == before
    assert walmart.seller.client_secret != "other"
