"""Access tokens from Login with Amazon."""

import logging
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest

from marketplaces.amazon import Amazon
from marketplaces.amazon.auth import renew_token
from marketplaces.errors import (
    BadCredentials,
    MarketplaceError,
    NotAuthorized,
    Refused,
    Throttled,
    TokenExpired,
    Unavailable,
)
from marketplaces.schema import Credentials
from marketplaces.tests.http_server import says
from marketplaces.tests.token_answers import TokenAnswers

pytest_plugins = ["marketplaces.tests.network"]

SECRET, REFRESH, ACCESS = "s3cret&=+ü", "Atzr|refresh/+=", "Atza|access"
CREDENTIALS = Credentials(region="eu", client_id="amzn1.app", client_secret=SECRET, refresh_token=REFRESH)
GOOD = {"access_token": ACCESS, "token_type": "bearer", "expires_in": 3600, "refresh_token": REFRESH}


@pytest.fixture
def renew(server):
    def call(*answers, credentials=CREDENTIALS, seconds=5):
        server.will(*answers)
        return renew_token(credentials, endpoints={"lwa": f"{server.url}/auth/o2/token"}, seconds=seconds)

    return call


def test_the_grant_is_sent_as_a_form_and_nothing_in_the_address(server, renew):
    renew(says(200, GOOD))
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/auth/o2/token", {})
    assert asked.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert "Platform=Odoo" in asked.headers["user-agent"]
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["amzn1.app"],
        "client_secret": [SECRET],
        "refresh_token": [REFRESH],
    }


def test_a_token_tells_when_it_ends(renew):
    before = datetime.now(timezone.utc)
    token = renew(says(200, GOOD))
    assert token.access_token == ACCESS
    assert before + timedelta(seconds=3599) <= token.expires_at <= datetime.now(timezone.utc) + timedelta(seconds=3600)


def test_a_refresh_token_is_given_back_only_if_it_changed(renew):
    assert renew(says(200, GOOD)).refresh_token is None
    assert renew(says(200, {**GOOD, "refresh_token": "Atzr|new"})).refresh_token == "Atzr|new"
    assert renew(says(200, {**GOOD, "refresh_token": None})).refresh_token is None


@pytest.mark.parametrize("lifetime", [None, "soon", -5, 0])
def test_without_a_lifetime_it_is_an_hour(renew, lifetime):
    left = renew(says(200, {**GOOD, "expires_in": lifetime})).expires_at - datetime.now(timezone.utc)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_a_lifetime_beyond_reason_is_cut(renew):
    left = renew(says(200, {**GOOD, "expires_in": 10**19})).expires_at - datetime.now(timezone.utc)
    assert left <= timedelta(days=1)


def test_each_call_asks_amazon_again(server, renew):
    assert renew(says(200, GOOD)).access_token == ACCESS
    assert renew(says(200, {**GOOD, "access_token": "Atza|second"})).access_token == "Atza|second"
    assert len(server.asked) == 2


def test_the_contract_reaches_it(server):
    server.will(says(200, GOOD))
    assert Amazon(CREDENTIALS, endpoints={"lwa": server.url}).renew_token().access_token == ACCESS


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_grant", NotAuthorized),
        (401, "invalid_client", BadCredentials),
        (400, "invalid_client", BadCredentials),
        (400, "unauthorized_client", BadCredentials),
        (400, "invalid_request", Refused),
        (400, "invalid_scope", Refused),
        (400, "something_new", Refused),
        (400, "temporarily_unavailable", Unavailable),
        (500, "server_error", Unavailable),
        (503, "invalid_grant", Unavailable),
    ],
)
def test_each_refusal_has_its_type(renew, status, code, kind):
    body = {"error": code, "error_description": f"it was {SECRET} {REFRESH}", "request_id": "req-9"}
    with pytest.raises(MarketplaceError) as caught:
        renew(says(status, body))
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value) and REFRESH not in str(caught.value)
    if status < 500:
        assert caught.value.request_id == "req-9"


def test_a_code_we_do_not_know_is_not_repeated(renew):
    with pytest.raises(Refused) as caught:
        renew(says(400, {"error": f"bad secret {SECRET}"}))
    assert SECRET not in str(caught.value) and caught.value.code is None


@pytest.mark.parametrize(("headers", "wait"), [({}, 60), ({"Retry_After": "12"}, 12)])
def test_too_many_calls_wait(renew, headers, wait):
    with pytest.raises(Throttled) as caught:
        renew(says(429, b"", None, **headers))
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_a_page_is_no_answer(renew, status):
    with pytest.raises(Unavailable):
        renew(says(status, "<html>oops</html>", "text/html"))


class TestTokenAnswers(TokenAnswers):
    """What holds for the answer to any request for a token."""


@pytest.mark.parametrize(
    ("credentials", "kind"),
    [
        (Credentials(region="eu"), BadCredentials),
        (Credentials(region="eu", client_id="id", refresh_token=REFRESH), BadCredentials),
        (Credentials(region="eu", client_id="id", client_secret=SECRET), NotAuthorized),
    ],
)
def test_what_is_not_entered_is_not_sent(server, renew, credentials, kind):
    with pytest.raises(kind) as caught:
        renew(says(200, GOOD), credentials=credentials)
    assert not isinstance(caught.value, TokenExpired)
    assert server.asked == []


def test_no_log_and_no_print_holds_a_secret(renew, caplog):
    caplog.set_level(logging.DEBUG)
    token = renew(says(200, {**GOOD, "refresh_token": "Atzr|new"}))
    printed = caplog.text + repr(token) + repr(CREDENTIALS)
    for secret in (SECRET, REFRESH, ACCESS, "Atzr|new"):
        assert secret not in printed
