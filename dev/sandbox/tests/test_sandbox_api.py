"""The pretend API answers as Amazon's model says and checks what it is sent."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
import requests
from sandbox.amazon.contract import INCLUDED_DATA
from sandbox.amazon.data import make_order

from marketplaces.tests import swagger
from marketplaces.tests.shared_data import needs

ALL = ",".join(INCLUDED_DATA)
needs_models = needs(swagger.find_models())


def ago(**span):
    return (datetime.now(timezone.utc) - timedelta(**span)).isoformat()


# --- sign-in -----------------------------------------------------------------------------------------


def test_sign_in_gives_a_token_for_an_hour(api):
    answer = api.sign_in()
    assert answer.status_code == 200
    assert answer.json()["access_token"].startswith("Atza|")
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["refresh_token"] == api.seller.refresh_token


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"refresh_token": "Atzr|wrong"}, 400, "invalid_grant"),
        ({"refresh_token": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_sign_in_refuses_what_is_wrong(api, changes, status, error):
    answer = api.sign_in(**changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_sign_in_wants_a_form(api):
    answer = requests.post(f"{api.url}/auth/o2/token", json={"grant_type": "refresh_token"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_revoked_authorization_is_an_invalid_grant(api):
    api.control("sellers", seller="DEMO-EU", revoked=True)
    assert "revoked" in api.sign_in().json()["error_description"]


def test_expired_and_foreign_tokens_are_unauthorized(api):
    token = api.sign_in().json()["access_token"]
    assert api.order(token=token).status_code == 200
    api.control("sellers", seller="DEMO-EU", expire_tokens=True)
    for wrong, words in ((token, "expired"), ("Atza|wrong", "invalid")):
        answer = api.order(token=wrong)
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["code"] == "Unauthorized"
        assert words in answer.json()["errors"][0]["details"]


# --- answers -----------------------------------------------------------------------------------------


@needs_models
@pytest.mark.parametrize("seller", ["DEMO-EU", "DEMO-NA", "DEMO-FE"])
def test_every_answer_fits_the_official_models(sandbox, api, seller):
    orders, sellers = swagger.load("orders_2026-01-01"), swagger.load("sellers")
    api.seller = sandbox.sellers[seller]
    for _code, order in sandbox.orders.all(seller):
        for included in (ALL, "BUYER", None):
            answer = api.order(order["orderId"], includedData=included)
            assert swagger.check_response(orders, "getOrder", answer.status_code, answer.json()) == []
    answer = api.search(lastUpdatedAfter=ago(days=30), includedData=ALL, maxResultsPerPage=2)
    assert swagger.check_response(orders, "searchOrders", 200, answer.json()) == []
    answer = api.get("/sellers/v1/marketplaceParticipations")
    assert swagger.check_response(sellers, "getMarketplaceParticipations", 200, answer.json()) == []


@needs_models
@pytest.mark.parametrize("kind", ["400", "403", "404", "429", "500", "503"])
def test_every_error_fits_the_official_models(api, kind):
    api.control("faults", operation="*", kind=kind)
    token = "Atza|whatever"
    answer = api.order(token=token)
    assert swagger.check_response(swagger.load("orders_2026-01-01"), "getOrder", int(kind), answer.json()) == []
    assert answer.headers["x-amzn-RequestId"]


@needs_models
def test_the_contract_knows_the_parameters_of_the_model():
    from sandbox.amazon.contract import OPERATIONS

    model = swagger.load("orders_2026-01-01")
    for methods in model["paths"].values():
        for told in methods.values():
            names = {p["name"] for p in told["parameters"] if p["in"] == "query"}
            assert names == set(OPERATIONS[told["operationId"]].parameters)


def test_only_asked_for_data_is_told(api):
    bare = api.order().json()["order"]
    assert not {"buyer", "recipient", "proceeds", "fulfillment", "packages"} & set(bare)
    assert "proceeds" not in bare["orderItems"][0]
    assert "buyer" in api.order(includedData="BUYER").json()["order"]


def test_personal_data_needs_a_role(api):
    api.control("sellers", seller="DEMO-EU", pii="forbidden")
    assert api.order(includedData="RECIPIENT,PROCEEDS").status_code == 403
    assert api.order(includedData="PROCEEDS").status_code == 200
    api.control("sellers", seller="DEMO-EU", pii="omitted")
    order = api.order(includedData="RECIPIENT,PROCEEDS").json()["order"]
    assert "recipient" not in order and "proceeds" in order


def test_unknown_orders_are_not_found_unless_switched_on(api):
    assert api.order("302-0000000-0000000").status_code == 404
    assert api.order("302-12").status_code == 400
    api.control("switches", auto_orders=True)
    assert api.order("302-0000000-0000000").status_code == 200


def test_a_seller_does_not_see_orders_of_others(sandbox, api):
    ref = sandbox.orders.all("DEMO-NA")[0][1]["orderId"]
    assert api.order(ref).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"MarketplaceIds": "A1PA6795UKMFR9"},
        {"marketplaceIds": "A1PA6795UKMFR9"},
        {"includedData": "BUYER,EVERYTHING"},
        {"includedData": ["BUYER", "TAX"]},
    ],
)
def test_wrong_parameters_of_get_order_are_refused(api, query):
    answer = api.order(**query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")


def test_a_user_agent_is_wanted(api):
    headers = {"User-Agent": "", "x-amz-access-token": api.sign_in().json()["access_token"]}
    answer = requests.get(f"{api.url}/sellers/v1/marketplaceParticipations", headers=headers, timeout=10)
    assert answer.status_code == 400


# --- search ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"maxResultsPerPage": 10},
        {"createdAfter": ago(days=9), "lastUpdatedAfter": ago(days=9)},
        {"createdAfter": ago(days=9), "lastUpdatedBefore": ago(days=1)},
        {"lastUpdatedAfter": ago(days=9), "lastUpdatedBefore": ago(hours=-1)},
        {"lastUpdatedAfter": ago(days=1), "lastUpdatedBefore": ago(days=2)},
        {"lastUpdatedAfter": "yesterday"},
        {"lastUpdatedAfter": ago(days=9), "maxResultsPerPage": 101},
        {"lastUpdatedAfter": ago(days=9), "fulfillmentStatuses": "SENT"},
        {"lastUpdatedAfter": ago(days=9), "fulfilledBy": "POST"},
        {"lastUpdatedAfter": ago(days=9), "marketplaceIds": ",".join(["A1PA6795UKMFR9"] * 51)},
        {"lastUpdatedAfter": ago(days=9), "NextToken": "x"},
        {"lastUpdatedAfter": ago(days=9), "paginationToken": "x"},
    ],
)
def test_wrong_parameters_of_a_search_are_refused(api, query):
    assert api.search(**query).status_code == 400


def test_pages_hold_every_order_once(sandbox, api):
    query = {"lastUpdatedAfter": ago(days=60), "maxResultsPerPage": 6}
    found, token = [], None
    for _page in range(10):
        data = api.search(**query | ({"paginationToken": token} if token else {})).json()
        found += [order["orderId"] for order in data["orders"]]
        token = data.get("pagination", {}).get("nextToken")
        if not token:
            break
    assert sorted(found) == sorted(order["orderId"] for _code, order in sandbox.orders.all("DEMO-EU"))


def test_a_page_token_is_bound_to_its_search(api):
    query = {"lastUpdatedAfter": ago(days=60), "maxResultsPerPage": 6}
    token = api.search(**query).json()["pagination"]["nextToken"]
    assert api.search(**query | {"maxResultsPerPage": 7, "paginationToken": token}).status_code == 400


def test_search_filters(api):
    query = {"createdAfter": ago(days=60), "includedData": "FULFILLMENT"}
    narrow = {"marketplaceIds": "A1PA6795UKMFR9", "fulfillmentStatuses": "SHIPPED,CANCELLED"}
    orders = api.search(**query, **narrow).json()["orders"]
    assert {o["salesChannel"]["marketplaceId"] for o in orders} == {"A1PA6795UKMFR9"}
    assert {o["fulfillment"]["fulfillmentStatus"] for o in orders} == {"SHIPPED", "CANCELLED"}
    assert len(api.search(**query, fulfilledBy="AMAZON").json()["orders"]) == 1


def test_a_change_is_found_after_the_documented_delay(sandbox, api):
    ref = next(o["orderId"] for _c, o in sandbox.orders.all("DEMO-EU") if "PENDING" in str(o["fulfillment"]))
    since = ago(seconds=5)
    api.control("orders", orderId=ref, change="release")
    assert api.search(lastUpdatedAfter=since).json()["orders"] == []
    api.control("switches", search_lag=0)
    found = api.search(lastUpdatedAfter=since, includedData="FULFILLMENT").json()["orders"]
    assert [(o["orderId"], o["fulfillment"]["fulfillmentStatus"]) for o in found] == [(ref, "UNSHIPPED")]


# --- limits, orders, log -----------------------------------------------------------------------------


def test_documented_limits_are_enforced_when_switched_on(api):
    api.control("switches", rate_limits=True)
    token = api.sign_in().json()["access_token"]
    statuses = [api.get("/sellers/v1/marketplaceParticipations", token=token).status_code for _n in range(17)]
    assert statuses[:15] == [200] * 15
    assert statuses[-1] == 429
    assert api.order(token=token).headers["x-amzn-RateLimit-Limit"] == "0.5"


def test_orders_are_made_changed_and_replaced(sandbox, api):
    made = api.control("orders", make={"ref": "302-5555555-1111111", "site": "DE", "lines": [[0, 2], [3, 1]]})["order"]
    assert len(made["orderItems"]) == 2
    shipped = api.control("orders", orderId=made["orderId"], change="ship")["order"]
    assert shipped["packages"][0]["trackingNumber"]
    assert [len(p["packageItems"]) for p in shipped["packages"]] == [2]
    api.control("orders", **made)
    assert "packages" not in sandbox.orders.get("DEMO-EU", made["orderId"])


def test_parts_of_an_order_add_up(sandbox):
    for _code, order in sandbox.orders.all():
        if "proceeds" in order:
            parts = [float(row["subtotal"]["amount"]) for row in order["proceeds"]["breakdowns"]]
            assert sum(parts) == pytest.approx(float(order["proceeds"]["grandTotal"]["amount"]))


def test_orders_are_the_same_every_time():
    created = datetime(2026, 11, 1, tzinfo=timezone.utc)
    one, two = (make_order("302-1234567-7654321", "DE", created=created, status="SHIPPED") for _n in range(2))
    assert one == two


def test_requests_are_counted_without_secrets(api):
    api.order()
    report = api.control("requests", method="GET")
    assert report["counts"] == {"token": 1, "getOrder": 1}
    assert [entry["status"] for entry in report["requests"]] == [200, 200]
    assert "Atz" not in str(report) and api.seller.client_secret not in str(report)


def test_reset_begins_again(api):
    api.control("faults", operation="*", kind="500")
    api.control("sellers", seller="DEMO-EU", revoked=True)
    api.control("reset")
    assert api.order().status_code == 200
    assert all(a["time"] <= b["time"] for a, b in pairwise(api.control("requests", method="GET")["requests"]))


def test_control_says_what_is_wrong(api):
    wrong = {"faults": {"operation": "x", "kind": "500"}, "switches": {"x": 1}, "orders": {"orderId": "1"}}
    for what, data in wrong.items():
        answer = requests.post(f"{api.url}/control/{what}", json=data, timeout=10)
        assert answer.status_code == 400
        assert answer.json()["error"]
