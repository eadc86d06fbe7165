"""Every fault does what its name says."""

import time
from http.client import IncompleteRead, RemoteDisconnected
from urllib.request import Request, urlopen

import pytest
import requests


@pytest.fixture
def token(api):
    return api.sign_in().json()["access_token"]


@pytest.mark.parametrize("kind", ["401", "403", "404", "429", "500"])
def test_statuses(api, token, kind):
    api.control("faults", operation="getOrder", kind=kind)
    answer = api.order(token=token)
    assert answer.status_code == int(kind)
    assert answer.json()["errors"][0]["code"]


@pytest.mark.parametrize(
    ("kind", "error"), [("400", "invalid_grant"), ("401", "invalid_client"), ("500", "server_error")]
)
def test_statuses_of_the_sign_in(api, kind, error):
    api.control("faults", operation="token", kind=kind)
    assert (api.sign_in().status_code, api.sign_in().json()["error"]) == (int(kind), error)


def test_html503(api, token):
    api.control("faults", operation="*", kind="html503")
    answer = api.order(token=token)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")


def test_slow_answers_properly_but_late(api, token):
    api.control("faults", operation="getOrder", kind="slow", seconds=0.5)
    start = time.monotonic()
    assert api.order(token=token).status_code == 200
    assert time.monotonic() - start > 0.4


def test_drip_sends_a_proper_answer_bit_by_bit(api, token):
    api.control("faults", operation="getOrder", kind="drip", seconds=0.5)
    start = time.monotonic()
    assert api.order(token=token).json()["order"]
    assert time.monotonic() - start > 0.4


@pytest.mark.parametrize(("kind", "error"), [("cut", IncompleteRead), ("hang", RemoteDisconnected)])
def test_cut_and_hang_break_the_connection(api, token, kind, error):
    api.control("faults", operation="getMarketplaceParticipations", kind=kind, seconds=0.3)
    request = Request(f"{api.url}/sellers/v1/marketplaceParticipations", headers={"x-amz-access-token": token})
    with pytest.raises(error):  # requests does not always notice that half of an answer is missing
        urlopen(request, timeout=10).read()


def test_a_hanging_call_runs_into_the_time_limit(api, token):
    api.control("faults", operation="getOrder", kind="hang", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        api.order(token=token, timeout=0.3)


@pytest.mark.parametrize("kind", ["malformed", "empty"])
def test_malformed_and_empty_are_no_json(api, token, kind):
    api.control("faults", operation="getOrder", kind=kind)
    answer = api.order(token=token)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_wrong_shape_is_json_of_something_else(api, token):
    api.control("faults", operation="*", kind="wrong_shape")
    assert "order" not in api.order(token=token).json()
    assert "access_token" not in api.sign_in().json()


def test_a_fault_hits_its_operation_its_seller_and_its_number_of_times(sandbox, api, token):
    sandbox.faults.add("getOrder", "500", times=2, seller="DEMO-EU")
    sandbox.faults.add("getOrder", "429", seller="DEMO-NA")
    assert [api.order(token=token).status_code for _n in range(3)] == [500, 500, 200]
    assert api.search(token=token, lastUpdatedAfter="2026-01-01T00:00:00Z").status_code == 200
    assert [fault["kind"] for fault in api.control("faults", method="GET")["faults"]] == ["429"]
    assert api.control("faults", method="DELETE") == {"faults": []}
