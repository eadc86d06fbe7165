"""Access tokens for a Walmart seller's own keys."""

import base64
import logging
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest

from marketplaces.errors import BadCredentials, MarketplaceError, Refused, Throttled, Unavailable
from marketplaces.schema import Credentials
from marketplaces.tests.http_server import says
from marketplaces.tests.token_answers import TokenAnswers
from marketplaces.walmart import Walmart
from marketplaces.walmart.auth import renew_token

pytest_plugins = ["marketplaces.tests.network"]

SECRET, ACCESS = "s3cret:&=+ü", "eyJraWQi.access/+="
CREDENTIALS = Credentials(region="na", site_ref="walmart.com", client_id="client-1", client_secret=SECRET)
GOOD = {"access_token": ACCESS, "token_type": "Bearer", "expires_in": 900}
XML = (
    '<?xml version="1.0" encoding="UTF-8"?><OAuthTokenDTO><accessToken>eyJ&amp;x</accessToken>'
    "<tokenType>Bearer</tokenType><expiresIn>600</expiresIn></OAuthTokenDTO>"
)


@pytest.fixture
def renew(server):
    def call(*answers, credentials=CREDENTIALS, seconds=5):
        server.will(*answers)
        return renew_token(credentials, endpoints={"api": server.url}, seconds=seconds)

    return call


def test_the_keys_are_sent_in_the_header_and_nowhere_else(server, renew):
    renew(says(200, GOOD))
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/v3/token", {})
    assert parse_qs(asked.body.decode()) == {"grant_type": ["client_credentials"]}
    kind, _blank, keys = asked.headers["authorization"].partition(" ")
    assert (kind, base64.b64decode(keys).decode()) == ("Basic", f"client-1:{SECRET}")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["wm_svc.name"] == "Walmart Marketplace"
    assert "Platform=Odoo" in asked.headers["user-agent"]
    assert "wm_sec.access_token" not in asked.headers


@pytest.mark.parametrize(
    ("site_ref", "market", "version"), [("walmart.com", "us", None), (None, "us", None), ("walmart.ca", "ca", "3.1")]
)
def test_the_storefront_is_named(server, renew, site_ref, market, version):
    renew(says(200, GOOD), credentials=Credentials("na", None, site_ref, "id", "secret"))
    headers = server.asked[0].headers
    assert (headers["wm_market"], headers.get("wm_global_version")) == (market, version)


def test_an_unknown_storefront_is_not_asked_for(server, renew):
    with pytest.raises(Refused, match="walmart.com.mx"):
        renew(says(200, GOOD), credentials=Credentials("na", None, "walmart.com.mx", "id", "secret"))
    assert server.asked == []


def test_each_call_has_an_id_of_its_own(server, renew):
    assert renew(says(200, GOOD)).access_token == ACCESS
    assert renew(says(200, {**GOOD, "access_token": "second"})).access_token == "second"
    assert len({asked.headers["wm_qos.correlation_id"] for asked in server.asked}) == 2


def test_a_token_tells_when_it_ends(renew):
    before = datetime.now(timezone.utc)
    token = renew(says(200, GOOD))
    assert (token.access_token, token.refresh_token) == (ACCESS, None)
    assert before + timedelta(seconds=899) <= token.expires_at <= datetime.now(timezone.utc) + timedelta(seconds=900)


@pytest.mark.parametrize("lifetime", [None, "soon", -5, 0, 10**19])
def test_without_a_sensible_lifetime_it_is_short(renew, lifetime):
    left = renew(says(200, {**GOOD, "expires_in": lifetime})).expires_at - datetime.now(timezone.utc)
    assert timedelta(minutes=14) < left <= timedelta(days=1)


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml", "application/json"])
def test_xml_is_read_as_well(renew, content_type):
    token = renew(says(200, XML, content_type))
    assert token.access_token == "eyJ&x"
    assert timedelta(seconds=590) < token.expires_at - datetime.now(timezone.utc) <= timedelta(seconds=600)


def test_the_contract_reaches_it(server):
    server.will(says(200, GOOD))
    assert Walmart(CREDENTIALS, endpoints={"api": server.url + "/"}).renew_token().access_token == ACCESS


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API", "info": SECRET}]}, BadCredentials),
        (400, {"errors": {"error": {"code": "INVALID_REQUEST_HEADER.GMP_GATEWAY_API"}}}, BadCredentials),
        (400, {"error": "invalid_client", "error_description": SECRET}, BadCredentials),
        (403, {"errors": [{"code": "FORBIDDEN.GMP_GATEWAY_API"}]}, BadCredentials),
        (404, {"errors": [{"code": "URI_NOT_FOUND.GMP_GATEWAY_API"}]}, Refused),
        (200, {"error": [{"code": "SYSTEM_ERROR"}]}, Refused),
        (500, {"errors": [{"code": "SYSTEM_ERROR.GMP_GATEWAY_API"}]}, Unavailable),
        (503, {}, Unavailable),
    ],
)
def test_each_refusal_has_its_type(server, renew, status, body, kind):
    with pytest.raises(MarketplaceError) as caught:
        renew(says(status, body))
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)
    assert caught.value.request_id == server.asked[0].headers["wm_qos.correlation_id"]


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", None])
def test_a_bare_bad_request_means_the_keys(renew, content_type):
    with pytest.raises(BadCredentials, match="Production tab, not Sandbox") as caught:
        renew(says(400, "Bad Request", content_type))
    assert "reset" in str(caught.value) and "own key" in str(caught.value)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500, 503])
def test_a_page_says_nothing_about_the_keys(renew, status):
    with pytest.raises(Unavailable):
        renew(says(status, "<!DOCTYPE html><html>oops</html>", "text/html"))


def test_an_error_in_xml_is_understood(renew):
    body = "<?xml version='1.0'?><ns2:errors><ns2:error><ns2:code>INVALID_TOKEN.GMP</ns2:code></ns2:error></ns2:errors>"
    with pytest.raises(BadCredentials) as caught:
        renew(says(401, body, "application/xml"))
    assert caught.value.code == "INVALID_TOKEN.GMP"


def test_a_code_that_looks_like_none_is_not_repeated(renew):
    with pytest.raises(BadCredentials) as caught:
        renew(says(400, {"error": f"bad secret {SECRET}"}))
    assert SECRET not in str(caught.value) and caught.value.code is None


@pytest.mark.parametrize(("headers", "wait"), [({}, 60), ({"Retry_After": "12"}, 12), ({"Retry_After": "9999"}, 300)])
def test_too_many_calls_wait(renew, headers, wait):
    with pytest.raises(Throttled) as caught:
        renew(says(429, b"", None, **headers))
    assert caught.value.retry_after == wait


class TestTokenAnswers(TokenAnswers):
    """What holds for the answer to any request for a token."""


@pytest.mark.parametrize("credentials", [Credentials("na"), Credentials("na", client_id="id")])
def test_without_both_keys_nothing_is_asked(server, renew, credentials):
    with pytest.raises(BadCredentials, match="empty"):
        renew(says(200, GOOD), credentials=credentials)
    assert server.asked == []


def test_no_log_holds_a_secret(renew, caplog):
    caplog.set_level(logging.DEBUG)
    renew(says(200, GOOD))
    assert caplog.records
    hidden = (SECRET, ACCESS, base64.b64encode(f"client-1:{SECRET}".encode()).decode())
    assert not [record for record in caplog.records if any(word in record.getMessage() for word in hidden)]
