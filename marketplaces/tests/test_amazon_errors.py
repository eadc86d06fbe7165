"""What goes wrong at the Selling Partner API, each with its type."""

from datetime import datetime, timedelta, timezone

import pytest

from marketplaces.amazon.client import Client
from marketplaces.errors import (
    BadCredentials,
    Forbidden,
    MarketplaceError,
    NotFound,
    Refused,
    Throttled,
    TokenExpired,
    Unavailable,
    Unreadable,
)
from marketplaces.schema import Credentials
from marketplaces.tests.http_server import says

pytest_plugins = ["marketplaces.tests.network"]

REF = "123-1234567-1234567"
ORDER = {"orderId": REF, "orderItems": []}
TOKEN = "Atza|not-a-real-token"
CREDENTIALS = Credentials(region="eu", client_id="id", client_secret="s3cret", refresh_token="r", access_token=TOKEN)
SINCE = datetime(2026, 11, 1, 12, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))


def errors(code, message="", details=""):
    return {"errors": [{"code": code, "message": message, "details": details}]}


@pytest.fixture
def client(server):
    return Client(CREDENTIALS, endpoints={"api": server.url}, seconds=5)


class TestErrors:
    def fails(self, server, client, *answer, **headers):
        server.will(says(*answer, x_amzn_RequestId="req-1", **headers))
        with pytest.raises(MarketplaceError) as caught:
            client.get_order(REF)
        assert TOKEN not in str(caught.value) and "s3cret" not in repr(caught.value)
        assert caught.value.request_id == "req-1"
        return caught.value

    @pytest.mark.parametrize(
        ("status", "code", "message", "details"),
        [
            (401, "Unauthorized", "Access to requested resource is denied.", ""),
            (403, "Unauthorized", "Access is denied.", "The access token you provided has expired."),
            (403, "Unauthorized", "The access token you provided is revoked, malformed or invalid.", ""),
            (403, "MissingToken", "Access token is missing in the request header.", ""),
        ],
    )
    def test_an_old_token_is_to_be_renewed(self, server, client, status, code, message, details):
        error = self.fails(server, client, status, errors(code, message, details))
        assert type(error) is TokenExpired and error.temporary

    @pytest.mark.parametrize("status", [401, 403])
    def test_an_old_client_secret_is_the_admins(self, server, client, status):
        message = "The LWA secret token you provided has expired"
        error = self.fails(server, client, status, errors("Unauthorized", "Denied", message))
        assert type(error) is BadCredentials

    @pytest.mark.parametrize(
        ("status", "kind"),
        [(403, Forbidden), (404, NotFound), (400, Refused), (413, Refused), (415, Refused), (500, Unavailable)],
    )
    def test_each_status_has_its_type(self, server, client, status, kind):
        error = self.fails(server, client, status, errors("SomeCode", "Some message"))
        assert type(error) is kind
        assert error.code == (None if status >= 500 else "SomeCode")

    @pytest.mark.parametrize("status", [401, 403, 404, 400])
    def test_an_empty_body_leaves_the_status(self, server, client, status):
        kinds = {401: TokenExpired, 403: Forbidden, 404: NotFound, 400: Refused}
        assert type(self.fails(server, client, status, b"", None)) is kinds[status]

    def test_a_plain_404_is_not_found(self, server, client):
        assert type(self.fails(server, client, 404, {"message": "Not Found"})) is NotFound

    @pytest.mark.parametrize("status", [200, 400, 403, 404, 500, 503])
    def test_a_page_is_no_answer(self, server, client, status):
        error = self.fails(server, client, status, "<html>Service Unavailable</html>", "text/html")
        assert type(error) is Unavailable and error.temporary

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"order": {"orderId": "123'])
    def test_no_json_is_no_answer(self, server, client, body):
        assert type(self.fails(server, client, 200, body)) is Unavailable

    @pytest.mark.parametrize(
        "body", ["null", "[]", "5", '"x"', "{}", '{"order": null}', '{"order": []}', '{"order": {}}', '{"orders": []}']
    )
    def test_an_answer_of_another_shape_is_unreadable(self, server, client, body):
        server.will(says(200, body))
        with pytest.raises(Unreadable, match="getOrder|orderId"):
            client.get_order(REF)

    @pytest.mark.parametrize("body", ["{}", '{"orders": {}}', '{"orders": null}', '{"order": {}}', '{"orders": [{}]}'])
    def test_a_search_of_another_shape_is_unreadable(self, server, client, body):
        server.will(says(200, body))
        with pytest.raises(Unreadable):
            client.search_orders(SINCE)

    @pytest.mark.parametrize(
        ("code", "kind"),
        [("InvalidInput", Refused), ("Unauthorized", Forbidden), ("QuotaExceeded", Throttled), ("Odd", Unreadable)],
    )
    def test_errors_in_a_good_answer_are_errors(self, server, client, code, kind):
        assert type(self.fails(server, client, 200, errors(code))) is kind


class TestThrottling:
    def wait(self, server, call, **headers):
        server.will(says(429, errors("QuotaExceeded"), **headers))
        with pytest.raises(Throttled) as caught:
            call()
        return caught.value.retry_after

    def test_the_answers_own_pause_counts_most(self, server, client):
        headers = {"Retry_After": "7", "x_amzn_RateLimit_Limit": "0.5"}
        assert self.wait(server, lambda: client.get_order(REF), **headers) == 7

    def test_a_pause_can_be_a_date(self, server, client):
        date = (datetime.now(timezone.utc) + timedelta(seconds=60)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        assert 50 < self.wait(server, lambda: client.get_order(REF), Retry_After=date) <= 60

    def test_then_the_rate_it_tells(self, server, client):
        assert self.wait(server, lambda: client.get_order(REF), x_amzn_RateLimit_Limit="0.25") == 4

    @pytest.mark.parametrize("rate", ["", "0", "-1", "NaN", "soon"])
    def test_then_the_usage_plan(self, server, client, rate):
        assert self.wait(server, lambda: client.get_order(REF), x_amzn_RateLimit_Limit=rate) == 2
        assert self.wait(server, lambda: client.search_orders(SINCE)) == pytest.approx(178.6)
        assert self.wait(server, client.get_participations) == pytest.approx(62.5)

    @pytest.mark.parametrize("told", ["-5", "0", "Mon, 01 Jan 2001 00:00:00 GMT"])
    def test_no_pause_is_shorter_than_a_second(self, server, client, told):
        assert self.wait(server, lambda: client.get_order(REF), Retry_After=told) == 1

    def test_a_page_instead_of_data_is_throttling_all_the_same(self, server, client):
        server.will(says(429, "<html>slow down</html>", "text/html"))
        with pytest.raises(Throttled):
            client.get_order(REF)
