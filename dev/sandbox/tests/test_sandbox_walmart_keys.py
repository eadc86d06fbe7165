"""What opens the pretend Marketplace API, and what does not."""

import time

import pytest
import requests
from sandbox import Sandbox
from sandbox.tests.walmart import START, WalmartApi, code_of


@pytest.fixture
def walmart(sandbox):
    return WalmartApi(sandbox)


def test_a_key_gives_a_token_for_fifteen_minutes(walmart):
    body = walmart.sign_in().json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    detail = walmart.get("/v3/token/detail", token=body["access_token"]).json()
    assert detail["is_valid"] is True
    assert int(detail["expire_at"]) - int(detail["issued_at"]) == 900_000
    assert int(detail["expire_at"]) > time.time() * 1000
    assert detail["scopes"]["orders"] == "full_access"


def test_keys_are_the_same_at_each_start(walmart):
    with Sandbox() as other:
        assert other.walmart.sellers == walmart.sandbox.walmart.sellers
        here, there = (
            [order["purchaseOrderId"] for _code, order in one.walmart.orders.all()] for one in (walmart.sandbox, other)
        )
    assert here == there


def test_a_wrong_secret_is_401_in_the_oldest_shape(walmart):
    answer = walmart.sign_in(secret="wrong")
    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHORIZED.GMP_GATEWAY_API")
    assert "error" in answer.json()


@pytest.mark.parametrize("name", ["WM_SVC.NAME", "WM_QOS.CORRELATION_ID"])
def test_headers_are_wanted(walmart, name):
    for answer in (walmart.sign_in(**{name: None}), walmart.get("/v3/orders", START, **{name: None})):
        assert (answer.status_code, code_of(answer)) == (400, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API")
        assert answer.json()["errors"][0]["field"] == name


def test_a_correlation_id_is_good_for_one_call(walmart):
    same = {"WM_QOS.CORRELATION_ID": "one"}
    assert walmart.get("/v3/token/detail", **same).status_code == 200
    assert walmart.get("/v3/token/detail", **same).status_code == 400


def test_only_client_credentials(walmart):
    assert walmart.sign_in(grant="refresh_token").status_code == 400


@pytest.mark.parametrize("accept", [None, "*/*", "application/xml"])
def test_without_json_in_accept_a_token_is_xml(walmart, accept):
    answer = walmart.sign_in(Accept=accept)
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert "<OAuthTokenDTO><accessToken>" in answer.text


def test_a_bearer_token_alone_opens_nothing(walmart):
    token = walmart.sign_in().json()["access_token"]
    headers = walmart.headers(Authorization=f"Bearer {token}")
    answer = requests.get(f"{walmart.url}/v3/orders", START, headers=headers, timeout=10)
    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHORIZED.GMP_GATEWAY_API")


def test_tokens_end(walmart):
    assert walmart.get("/v3/token/detail").status_code == 200
    walmart.control("walmart/sellers", seller="DEMO-WMT", expire_tokens=True)
    assert walmart.get("/v3/token/detail").status_code == 401


def test_keys_can_be_reset_and_revoked(walmart):
    old = walmart.seller.client_secret
    walmart.control("walmart/sellers", seller="DEMO-WMT", rotate_secret=True)
    assert walmart.sign_in(secret=old).status_code == 401
    assert walmart.sign_in().status_code == 200
    walmart.control("walmart/sellers", seller="DEMO-WMT", revoked=True)
    assert walmart.sign_in().status_code == 401


def test_the_side_door_tells_no_secret(walmart):
    rows = walmart.control("walmart/sellers", "GET")["sellers"]
    assert [row["code"] for row in rows] == ["DEMO-WMT", "DEMO-WMT-2"]
    assert not any("client_secret" in row for row in rows)


def test_a_key_without_a_scope_is_told_so(sandbox):
    other = WalmartApi(sandbox, "DEMO-WMT-2")
    assert other.get("/v3/token/detail").json()["scopes"]["returns"] == "no_access"
    answer = other.get("/v3/returns")
    assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN.GMP_GATEWAY_API")
    assert other.orders(**START)


def test_a_key_opens_its_market_only(sandbox, walmart):
    sandbox.add_walmart_seller("MAPLE", site="CA")
    canada = WalmartApi(sandbox, "MAPLE")
    right = {"WM_MARKET": "ca", "WM_GLOBAL_VERSION": "3.1"}
    assert canada.sign_in().status_code == 401
    assert canada.sign_in(**right).status_code == 200
    assert walmart.sign_in(**right).status_code == 401
    assert walmart.sign_in(WM_MARKET="us").status_code == 200


def test_the_profile_names_the_seller(walmart):
    partner = walmart.get("/v3/settings/partnerprofile").json()["partner"]
    assert (partner["partnerId"], partner["partnerDisplayName"]) == ("10001234567", "Sandbox Store")
