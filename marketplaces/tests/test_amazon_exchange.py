"""The code of Seller Central becomes tokens at Login with Amazon."""

import logging
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest

from marketplaces.amazon import Amazon
from marketplaces.amazon.auth import exchange_code
from marketplaces.errors import (
    BadCredentials,
    MarketplaceError,
    NotAuthorized,
    Refused,
    Throttled,
    Unavailable,
    Unreadable,
)
from marketplaces.schema import Credentials
from marketplaces.tests.http_server import hangs, says

pytest_plugins = ["marketplaces.tests.network"]

SECRET, CODE, REFRESH, ACCESS = "s3cret&=+ü", "RHc0de/+=", "Atzr|refresh", "Atza|access"
REDIRECT = "https://odoo.example/marketplace/amazon/callback"
CREDENTIALS = Credentials(region="eu", client_id="amzn1.app", client_secret=SECRET)
GOOD = {"access_token": ACCESS, "token_type": "bearer", "expires_in": 3600, "refresh_token": REFRESH}


@pytest.fixture
def exchange(server):
    def call(*answers, code=CODE, redirect_uri=REDIRECT, credentials=CREDENTIALS, seconds=5):
        server.will(*answers)
        endpoints = {"lwa": f"{server.url}/auth/o2/token"}
        return exchange_code(credentials, code, redirect_uri, endpoints=endpoints, seconds=seconds)

    return call


def test_the_code_is_sent_as_a_form_with_the_redirect_uri_and_nothing_in_the_address(server, exchange):
    exchange(says(200, GOOD))
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/auth/o2/token", {})
    assert asked.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": [CODE],
        "redirect_uri": [REDIRECT],
        "client_id": ["amzn1.app"],
        "client_secret": [SECRET],
    }


def test_without_a_redirect_uri_none_is_sent(server, exchange):
    exchange(says(200, GOOD), redirect_uri=None)
    assert "redirect_uri" not in parse_qs(server.asked[0].body.decode())


def test_both_tokens_come_back(exchange):
    token = exchange(says(200, GOOD))
    assert (token.access_token, token.refresh_token) == (ACCESS, REFRESH)
    left = token.expires_at - datetime.now(timezone.utc)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_an_old_refresh_token_takes_no_part(server, exchange):
    known = Credentials(region="eu", client_id="amzn1.app", client_secret=SECRET, refresh_token=REFRESH)
    assert exchange(says(200, GOOD), credentials=known).refresh_token == REFRESH
    assert REFRESH not in server.asked[0].body.decode()


def test_the_contract_reaches_it(server):
    server.will(says(200, GOOD))
    amazon = Amazon(CREDENTIALS, endpoints={"lwa": server.url})
    assert amazon.exchange_code(CODE, REDIRECT).refresh_token == REFRESH


@pytest.mark.parametrize("refresh", [None, "", "two words", "a\r\nb", {}])
def test_without_a_refresh_token_it_was_for_nothing(exchange, refresh):
    with pytest.raises(Unreadable, match="start the authorization again"):
        exchange(says(200, {**GOOD, "refresh_token": refresh}))


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (400, "invalid_grant", NotAuthorized, "five minutes"),
        (401, "invalid_client", BadCredentials, "client secret"),
        (400, "unauthorized_client", BadCredentials, "client secret"),
        (400, "invalid_request", Refused, "take the authorization code"),
        (400, "something_new", Refused, "no known reason"),
        (400, "server_error", Unavailable, "later"),
        (500, "invalid_grant", Unavailable, "later"),
    ],
)
def test_each_refusal_has_its_type_and_no_secret(exchange, status, code, kind, words):
    body = {"error": code, "error_description": f"it was {SECRET} {CODE}", "request_id": "req-9"}
    with pytest.raises(MarketplaceError, match=words) as caught:
        exchange(says(status, body))
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value) and CODE not in str(caught.value)
    assert caught.value.__context__ is None or SECRET not in repr(caught.value.__context__)


@pytest.mark.parametrize("status", [200, 400, 503])
def test_a_page_instead_of_data_is_a_fault(exchange, status):
    with pytest.raises(Unavailable):
        exchange(says(status, "<html>oops</html>", "text/html"))


def test_too_many_calls_wait(exchange):
    with pytest.raises(Throttled) as caught:
        exchange(says(429, b"", None, Retry_After="12"))
    assert caught.value.retry_after == 12


def test_a_code_is_sent_once_whatever_happens(server, exchange):
    with pytest.raises(Unavailable, match="within 0.3 seconds"):
        exchange(hangs(1), seconds=0.3)
    with pytest.raises(Unavailable):
        exchange(says(307, b"", Location=f"{server.url}/elsewhere"))
    assert len(server.asked) == 2


@pytest.mark.parametrize("code", ["", None, "two words", "a\nb", "x" * 5000])
def test_what_is_no_code_is_not_sent(server, exchange, code):
    with pytest.raises(NotAuthorized):
        exchange(says(200, GOOD), code=code)
    assert server.asked == []


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_without_the_applications_keys_nothing_is_sent(server, exchange, missing):
    keys = {"client_id": "amzn1.app", "client_secret": SECRET, missing: ""}
    with pytest.raises(BadCredentials):
        exchange(says(200, GOOD), credentials=Credentials(region="eu", **keys))
    assert server.asked == []


def test_no_log_and_no_print_holds_a_secret(exchange, caplog):
    caplog.set_level(logging.DEBUG)
    printed = repr(exchange(says(200, GOOD))) + caplog.text
    for secret in (SECRET, CODE, REFRESH, ACCESS):
        assert secret not in printed
