"""What Walmart's API refuses, in each of the forms it has for that, and who must do what about it."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from marketplaces.errors import (
    Forbidden,
    MarketplaceError,
    Refused,
    Throttled,
    TokenExpired,
    Unavailable,
    Unreadable,
)
from marketplaces.schema import Credentials
from marketplaces.tests.http_server import says
from marketplaces.tests.shared_data import needs
from marketplaces.tests.test_walmart_orders import SAMPLES
from marketplaces.walmart.client import Client

pytest_plugins = ["marketplaces.tests.network"]

TOKEN = "eyJ-not-a-real-token"
SINCE = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture
def fail(server):
    """Let the server give an answer to a search; return the error."""

    def fail_(status, body=b"", content_type="application/json", **headers):
        server.will(says(status, body, content_type, **headers))
        client = Client(Credentials("na", access_token=TOKEN), endpoints={"api": server.url}, seconds=5)
        with pytest.raises(MarketplaceError) as caught:
            client.search_orders(SINCE)
        assert TOKEN not in str(caught.value)
        return caught.value

    return fail_


def in_list(code):
    return {"errors": [{"code": code, "message": f"it was {TOKEN}", "category": "DATA", "severity": "ERROR"}]}


def in_error(code):
    return {"error": [{"code": code, "field": "X", "description": "x", "info": TOKEN, "errorIdentifiers": {}}]}


def in_object(code):
    return {"errors": {"error": {"code": code, "description": TOKEN}}}


def in_inner_list(code):
    return {"errors": {"error": [{"code": code}]}}


def in_xml(code):
    return f"<?xml version='1.0'?><ns2:errors><ns2:error><ns2:code>{code}</ns2:code></ns2:error></ns2:errors>"


@pytest.mark.parametrize("shape", [in_list, in_error, in_object, in_inner_list, in_xml])
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "INVALID_REQUEST_PARAM.GMP_ORDER_API", Refused),
        (400, "INVALID_TOKEN.GMP_GATEWAY_API", TokenExpired),
        (401, "UNAUTHORIZED.GMP_GATEWAY_API", TokenExpired),
        (403, "FORBIDDEN.GMP_GATEWAY_API", Forbidden),
        (404, "URI_NOT_FOUND.GMP_GATEWAY_API", Refused),
        (406, "INVALID_ACCEPT_TYPE", Refused),
        (429, "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", Throttled),
        (500, "SYSTEM_ERROR.GMP_ORDER_API", Unavailable),
        (504, "DOWNSTREAM_SYSTEM_TIME_OUT", Unavailable),
    ],
)
def test_each_code_has_its_type_in_every_shape(server, fail, shape, status, code, kind):
    content_type = "application/xml" if shape is in_xml else "application/json"
    error = fail(status, shape(code), content_type)
    assert (type(error), error.code) == (kind, code)
    assert error.request_id == server.asked[0].headers["wm_qos.correlation_id"]


@pytest.mark.parametrize("body", [b"", b"<html>oops</html>", b"{", b"[]", b"null", b'{"errors": "x y"}', b"\xff\xfe"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, TokenExpired),
        (403, Forbidden),
        (413, Throttled),
        (423, Refused),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_without_a_readable_body_the_status_decides(fail, status, kind, body):
    error = fail(status, body, None)
    assert (type(error), error.code) == (kind, None)


@pytest.mark.parametrize("code", ["CONTENT_NOT_FOUND.GMP_ORDER_API", ""])
def test_no_rows_is_no_error(server, code):
    server.will(says(404, in_list(code)))
    client = Client(Credentials("na", access_token=TOKEN), endpoints={"api": server.url}, seconds=5)
    assert client.search_orders(SINCE).orders == ()


def test_an_error_with_a_good_status_is_one(fail):
    assert isinstance(fail(200, in_list("SYSTEM_ERROR.GMP_ORDER_API")), Unavailable)
    assert isinstance(fail(200, in_error("UNAUTHORIZED")), TokenExpired)
    assert isinstance(fail(200, in_error("something odd")), Refused)


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        ("<html>Walmart</html>", "text/html", Unavailable),
        ("<list/>", "application/xml", Unavailable),
        (b"", None, Unavailable),
        ("{", "application/json", Unavailable),
        ([], "application/json", Unreadable),
    ],
)
def test_what_is_no_data_is_none(server, fail, body, content_type, kind):
    error = fail(200, body, content_type)
    assert type(error) is kind


def test_a_missing_scope_is_named_with_the_way_out(fail):
    assert "“orders”" in str(fail(403)) and "developer.walmart.com" in str(fail(403))


def test_a_code_that_looks_like_none_is_not_repeated(fail):
    error = fail(400, in_list(f"code with {TOKEN}"))
    assert error.code is None and "400" in str(error)


class TestWaiting:
    def at(self, seconds):
        return datetime.now(timezone.utc) + timedelta(seconds=seconds)

    def test_retry_after_counts_first(self, fail):
        later = str(int(self.at(90).timestamp() * 1000))
        assert fail(429, **{"Retry_After": 7, "x-next-replenishment-time": later}).retry_after == 7

    @pytest.mark.parametrize("name", ["X-Next-Replenishment-Time", "x-next-replenish-time"])
    @pytest.mark.parametrize("form", ["milliseconds", "iso"])
    def test_else_the_time_of_replenishment(self, fail, name, form):
        later = self.at(90)
        told = str(int(later.timestamp() * 1000)) if form == "milliseconds" else later.isoformat()
        assert 80 < fail(429, **{name: told}).retry_after <= 90

    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({}, 60),
            ({"x-next-replenishment-time": "soon"}, 60),
            ({"x-next-replenishment-time": "1"}, 1),
            ({"x-next-replenishment-time": "9" * 18}, 60),
            ({"x-next-replenishment-time": "9" * 14}, 300),
            ({"Retry_After": "86400"}, 300),
        ],
    )
    def test_never_beyond_reason(self, fail, headers, wait):
        assert fail(429, in_list("REQUEST_THRESHOLD_VIOLATED"), **headers).retry_after == wait


@needs(SAMPLES)
@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_401_error_key", 401, TokenExpired),
        ("error_429", 429, Throttled),
        ("error_errors_array", 400, Refused),
        ("error_errors_object_legacy", 400, TokenExpired),
    ],
)
def test_walmarts_own_examples_are_understood(fail, name, status, kind):
    body = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["body"]
    error = fail(status, body)
    assert type(error) is kind and error.code
