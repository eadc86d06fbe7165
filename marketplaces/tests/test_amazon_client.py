"""The Selling Partner API through a real socket, with a server that can misbehave."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import httpx
import pytest

from marketplaces.amazon import Amazon
from marketplaces.amazon.client import Client
from marketplaces.errors import (
    Forbidden,
    MarketplaceError,
    Refused,
    TokenExpired,
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


class TestRequests:
    def test_an_order_is_asked_for_with_all_that_we_read(self, server, client):
        server.will(says(200, {"order": ORDER}))
        order = client.get_order(" 12312345671234567")
        (asked,) = server.asked
        assert (asked.method, asked.path) == ("GET", f"/orders/2026-01-01/orders/{REF}")
        groups = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES"
        assert asked.query == {"includedData": [groups]}
        assert asked.body == b""
        assert (order.order_ref, order.limited) == (REF, False)

    def test_headers_are_right_and_name_us(self, server, client):
        server.will(says(200, {"order": ORDER}))
        client.get_order(REF)
        headers = server.asked[0].headers
        assert headers["host"] == server.url.removeprefix("http://")
        assert headers["x-amz-access-token"] == TOKEN
        assert "Language=Python/" in headers["user-agent"] and "Platform=Odoo" in headers["user-agent"]
        assert headers["accept-encoding"] == "identity"
        assert "content-type" not in headers

    def test_a_search_repeats_everything_with_the_token_of_the_next_page(self, server, client):
        answer = {
            "orders": [ORDER],
            "pagination": {"nextToken": "p/2=="},
            "lastUpdatedBefore": "2026-11-01T12:00:00Z",
        }
        server.will(says(200, answer), says(200, {"orders": []}))
        sites = ["A1PA6795UKMFR9", "A2ZV50J4W1RKNI", "A13V1IB3VIYZZH"]  # the middle one is a "Non-Amazon" one
        page = client.search_orders(SINCE, sites, None)
        last = client.search_orders(SINCE, sites, page.next_token)
        first, second = (asked.query for asked in server.asked)
        assert first["lastUpdatedAfter"] == ["2026-11-01T10:30:15Z"]
        assert first["maxResultsPerPage"] == ["100"]
        assert first["marketplaceIds"] == ["A13V1IB3VIYZZH,A1PA6795UKMFR9"]
        assert second == {**first, "paginationToken": ["p/2=="]}
        assert [order.order_ref for order in page.orders] == [REF]
        assert page.complete_until == datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
        assert (last.orders, last.next_token, last.complete_until) == ((), None, None)

    def test_a_search_of_all_sites_names_none(self, server, client):
        server.will(says(200, {"orders": []}))
        client.search_orders(SINCE)
        assert "marketplaceIds" not in server.asked[0].query and "MarketplaceIds" not in server.asked[0].query

    def test_a_search_of_unknown_sites_only_is_refused_without_asking(self, client, server):
        with pytest.raises(Refused):
            client.search_orders(SINCE, ["A2ZV50J4W1RKNI"])
        assert server.asked == []

    def test_a_time_without_a_zone_is_a_mistake_of_the_caller(self, client):
        with pytest.raises(ValueError, match="zone"):
            client.search_orders(datetime(2026, 1, 1))

    @pytest.mark.parametrize("ref", ["", "..", "hello", "123-1234567-12345678", None])
    def test_what_is_no_order_number_is_refused_without_asking(self, client, server, ref):
        with pytest.raises(Refused, match="order number"):
            client.get_order(ref)
        assert server.asked == []

    @pytest.mark.parametrize("token", ["", None, "two words", "line\nbreak", "ümlaut"])
    def test_without_a_usable_token_nothing_is_asked(self, server, token):
        credentials = Credentials(region="eu", access_token=token)
        with pytest.raises(TokenExpired):
            Client(credentials, endpoints={"api": server.url}).get_order(REF)
        assert server.asked == []

    def test_an_unknown_region_is_refused(self):
        with pytest.raises(Refused, match="mars"):
            Client(Credentials(region="mars", access_token=TOKEN)).get_order(REF)

    @pytest.mark.parametrize("region", ["na", "eu", "fe"])
    def test_each_region_has_its_host(self, region):
        hosts = []

        def answer(request):
            hosts.append(request.url.host)
            return httpx.Response(200, json={"order": ORDER})

        credentials = Credentials(region=region, access_token=TOKEN)
        Client(credentials, transport=httpx.MockTransport(answer)).get_order(REF)
        assert hosts == [f"sellingpartnerapi-{region}.amazon.com"]

    def test_the_contract_reaches_the_client(self, server):
        server.will(says(200, {"order": ORDER}))
        assert Amazon(CREDENTIALS, endpoints={"api": server.url}).fetch_order(REF).order_ref == REF

    def test_amounts_that_come_as_numbers_keep_their_decimals(self, server, client):
        body = '{"order": {"orderId": "%s", "proceeds": {"grandTotal": {"amount": 12.50, "currencyCode": "EUR"}}}}'
        server.will(says(200, body % REF))
        assert str(client.get_order(REF).total) == "12.50"


class TestLimitedData:
    @pytest.mark.parametrize("status", [403, 400])
    def test_without_the_role_the_rest_of_an_order_is_fetched_once_more(self, server, client, status):
        server.will(says(status, errors("Unauthorized", "Access is denied")), says(200, {"order": ORDER}))
        order = client.get_order(REF)
        assert order.limited
        first, second = (asked.query["includedData"][0].split(",") for asked in server.asked)
        assert set(first) - set(second) == {"BUYER", "RECIPIENT"}

    def test_a_search_does_the_same(self, server, client):
        server.will(says(403, errors("Unauthorized")), says(200, {"orders": [ORDER]}))
        assert [order.limited for order in client.search_orders(SINCE).orders] == [True]

    def test_it_is_tried_only_once(self, server, client):
        server.will(says(403, errors("Unauthorized")))
        with pytest.raises(Forbidden):
            client.get_order(REF)
        assert len(server.asked) == 2

    @pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
    def test_nothing_else_is_tried_again(self, server, client, status):
        server.will(says(status, errors("Whatever")))
        with pytest.raises(MarketplaceError):
            client.get_order(REF)
        assert len(server.asked) == 1


class TestParticipations:
    def test_only_amazon_sites_we_know_count(self, server, client):
        def told(site_ref, **more):
            participation = {"isParticipating": True, "hasSuspendedListings": False}
            market = {"id": site_ref, "countryCode": "XX", "name": "Some name"}
            return {"marketplace": market, "participation": participation, "storeName": "Our store", **more}

        suspended = {"isParticipating": False, "hasSuspendedListings": True}
        payload = [
            told("A1F83G8C2ARO7P"),
            told("A2ZV50J4W1RKNI"),
            told("A1PA6795UKMFR9", participation=suspended),
            told("A13V1IB3VIYZZH", participation=None, storeName=None),
            None,
            {},
        ]
        server.will(says(200, {"payload": payload}))
        found = client.get_participations()
        assert server.asked[0].path == "/sellers/v1/marketplaceParticipations" and server.asked[0].query == {}
        assert [(one.country, one.active, one.suspended) for one in found] == [
            ("GB", True, False),
            ("DE", False, True),
            ("FR", False, False),
        ]
        assert (found[0].site_ref, found[0].name, found[0].store_name) == ("A1F83G8C2ARO7P", "Some name", "Our store")

    def test_a_seller_without_any_site_is_fine(self, server, client):
        server.will(says(200, {"payload": []}))
        assert client.get_participations() == []

    @pytest.mark.parametrize("body", [{}, {"payload": {}}, {"payload": None}, []])
    def test_another_shape_is_unreadable(self, server, client, body):
        server.will(says(200, body))
        with pytest.raises(Unreadable):
            client.get_participations()


def test_decimals_of_the_answer_are_decimals(server, client):
    server.will(says(200, json.dumps({"order": {**ORDER, "orderItems": [{"quantityOrdered": 2}]}})))
    assert client.get_order(REF).lines[0].quantity == Decimal(2)
