"""Walmart's Marketplace API through a real socket: what is asked for, and what is made of the answers."""

import logging
from datetime import datetime, timedelta, timezone

import pytest

from marketplaces.errors import Forbidden, NotFound, Refused, TokenExpired, Unreadable
from marketplaces.schema import Credentials, Scope
from marketplaces.tests.http_server import says
from marketplaces.tests.test_walmart_orders import REF, load
from marketplaces.walmart import Walmart
from marketplaces.walmart.client import Client

pytest_plugins = ["marketplaces.tests.network"]

TOKEN = "eyJ-not-a-real-token"
CREDENTIALS = Credentials("na", None, "walmart.com", "client-1", "s3cret", access_token=TOKEN)
SINCE = datetime(2026, 11, 1, 12, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))
PURCHASE_ORDER = {"purchaseOrderId": "108123456789012", "customerOrderId": REF}
NODES = ["SellerFulfilled", "WFSFulfilled", "3PLFulfilled"]
NOTHING = says(404, {"errors": {"error": [{"code": "CONTENT_NOT_FOUND.GMP_ORDER_API"}]}})
REFUSED = says(400, {"errors": [{"code": "INVALID_REQUEST_PARAM.GMP_ORDER_API"}]})
DETAIL = {"is_valid": True, "scopes": {"orders": "full_access", "returns": "view_only", "item": "full_access"}}
PARTNER = {"partner": {"partnerId": "100009", "partnerName": "Shop LLC", "partnerDisplayName": "Shop"}}


def page(*orders, cursor=None):
    return says(200, {"list": {"meta": {"nextCursor": cursor}, "elements": {"order": list(orders)}}})


@pytest.fixture
def client(server):
    return Client(CREDENTIALS, endpoints={"api": server.url}, seconds=5)


@pytest.fixture
def walmart(server):
    return Walmart(CREDENTIALS, endpoints={"api": server.url})


def queries(server):
    return [{name: values[0] for name, values in asked.query.items()} for asked in server.asked]


class TestOrder:
    def test_every_kind_of_place_is_asked_for(self, server, client):
        server.will(page(PURCHASE_ORDER), NOTHING, says(204, b"", None))
        order = client.get_order("#2000123-45678901")
        assert (order.order_ref, order.other_refs, order.returns) == (REF, ("108123456789012",), ())
        assert {(asked.method, asked.path) for asked in server.asked} == {("GET", "/v3/orders")}
        asked = queries(server)
        assert [query.pop("shipNodeType") for query in asked] == NODES
        for query in asked:
            started = datetime.fromisoformat(query.pop("createdStartDate").replace("Z", "+00:00"))
            assert timedelta(days=178) < datetime.now(timezone.utc) - started < timedelta(days=180)
            assert query == {
                "customerOrderId": REF,
                "limit": "200",
                "productInfo": "true",
                "replacementInfo": "true",
            }

    def test_headers_are_right_and_name_us(self, server, client):
        server.will(page(PURCHASE_ORDER), NOTHING)
        client.get_order(REF)
        for headers in (asked.headers for asked in server.asked):
            assert headers["wm_sec.access_token"] == TOKEN
            assert headers["wm_svc.name"] == "Walmart Marketplace"
            assert (headers["wm_market"], headers["accept"]) == ("us", "application/json")
            assert "authorization" not in headers and "wm_global_version" not in headers
        assert len({asked.headers["wm_qos.correlation_id"] for asked in server.asked}) == 3

    def test_canada_is_named(self, server):
        server.will(page(PURCHASE_ORDER), NOTHING)
        credentials = Credentials("na", None, "walmart.ca", access_token=TOKEN)
        Client(credentials, endpoints={"api": server.url}).get_order(REF)
        headers = server.asked[0].headers
        assert (headers["wm_market"], headers["wm_global_version"]) == ("ca", "3.1")

    def test_a_purchase_order_leads_to_the_whole_order(self, server, client):
        other = {"purchaseOrderId": "108123456789013", "customerOrderId": REF}
        server.will(*[NOTHING] * 3, page(other), *[NOTHING] * 2, page(PURCHASE_ORDER), page(other), NOTHING)
        order = client.get_order("108123456789013")
        assert (order.order_ref, set(order.other_refs)) == (REF, {"108123456789012", "108123456789013"})
        names = [next(name for name in query if name.endswith("OrderId")) for query in queries(server)]
        assert names == ["customerOrderId"] * 3 + ["purchaseOrderId"] * 3 + ["customerOrderId"] * 3

    def test_an_unknown_order_may_only_be_old(self, server, client):
        server.will(NOTHING)
        with pytest.raises(NotFound, match="last 180 days"):
            client.get_order(REF)
        assert len(server.asked) == 6

    def test_an_order_that_was_not_asked_for_is_not_shown(self, server, client):
        server.will(page({"purchaseOrderId": "1", "customerOrderId": "2"}))
        with pytest.raises(NotFound):
            client.get_order(REF)

    @pytest.mark.parametrize("ref", ["", "hello", "123-1234567-1234567", None])
    def test_what_is_no_number_is_not_asked_for(self, server, client, ref):
        with pytest.raises(Refused, match="no Walmart order number"):
            client.get_order(ref)
        assert server.asked == []

    def test_without_a_token_nothing_is_asked(self, server):
        for token in ("", "two words", "a\r\nb"):
            with pytest.raises(TokenExpired):
                Client(Credentials("na", access_token=token), endpoints={"api": server.url}).get_order(REF)
        assert server.asked == []

    def test_kinds_of_places_that_are_refused_cost_nothing(self, server, client):
        server.will(page(PURCHASE_ORDER), REFUSED)
        assert client.get_order(REF).order_ref == REF

    def test_when_walmart_refuses_throughout_that_is_told(self, server, client):
        server.will(REFUSED)
        with pytest.raises(Refused, match="INVALID_REQUEST_PARAM"):
            client.get_order(REF)

    def test_pages_are_followed_until_they_repeat(self, server, client):
        other = {"purchaseOrderId": "108123456789013", "customerOrderId": REF}
        cursor = "?limit=1&hasMoreElements=true&soIndex=2&createdEndDate=2026-11-01T00:00:00.1Z"
        server.will(page(PURCHASE_ORDER, cursor=cursor), page(other, cursor=cursor), NOTHING)
        assert client.get_order(REF).other_refs == ("108123456789012", "108123456789013")
        assert queries(server)[1] == {
            "limit": "1",
            "hasMoreElements": "true",
            "soIndex": "2",
            "createdEndDate": "2026-11-01T00:00:00.1Z",
        }
        assert len(server.asked) == 4


class TestReturns:
    def answers(self, *returns):
        shipped = load("order_partly_shipped_us")["order"]
        # The fixture's money is decimals already, which are no JSON.
        shipped["orderLines"]["orderLine"] = [
            {"orderLineStatuses": line["orderLineStatuses"]} for line in shipped["orderLines"]["orderLine"]
        ]
        return [page(shipped), NOTHING, NOTHING, *returns]

    def test_they_come_with_what_was_sent_and_are_counted(self, server, walmart):
        found = {"returnOrders": [{"returnOrderId": "1", "customerOrderId": REF}, {"returnOrderId": "2"}]}
        server.will(*self.answers(says(200, found)))
        assert [one.return_ref for one in walmart.fetch_order(REF).returns] == ["1"]
        assert (server.asked[-1].path, queries(server)[-1]) == (
            "/v3/returns",
            {"customerOrderId": REF, "limit": "200"},
        )
        assert walmart.requests == 1

    def test_nothing_is_asked_about_what_was_not_sent(self, server, walmart):
        server.will(page(PURCHASE_ORDER), NOTHING)
        walmart.fetch_order(REF)
        assert len(server.asked) == 3 and walmart.requests == 0

    @pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 429, 500, 503])
    def test_what_goes_wrong_never_costs_the_order(self, server, client, caplog, status):
        caplog.set_level(logging.INFO)
        server.will(*self.answers(says(status, b"", None)))
        order = client.get_order(REF)
        is_told = status in (204, 404)
        assert (order.order_ref, order.returns) == (REF, () if is_told else None)
        assert bool([one for one in caplog.records if "are not told" in one.message]) != is_told


class TestSearch:
    def test_one_kind_of_place_after_the_other(self, server, walmart):
        cursor = "?limit=200&hasMoreElements=true&soIndex=9&x=%2Fa"
        other = {"purchaseOrderId": "108123456789013"}
        server.will(page(PURCHASE_ORDER, cursor=cursor), page(other, cursor=cursor), NOTHING, REFUSED)
        began = datetime.now(timezone.utc)
        pages = [walmart.search_orders(updated_after=SINCE)]
        while pages[-1].next_token:
            pages.append(walmart.search_orders(updated_after=SINCE, page_token=pages[-1].next_token))
        assert [[order.order_ref for order in one.orders] for one in pages] == [[REF], ["108123456789013"], [], []]
        assert walmart.requests == 4
        asked = queries(server)
        assert [query.get("shipNodeType") for query in asked] == [NODES[0], None, NODES[1], NODES[2]]
        assert asked[1] == {"limit": "200", "hasMoreElements": "true", "soIndex": "9", "x": "/a"}
        assert len({one.complete_until for one in pages}) == 1
        assert began - timedelta(minutes=3) < pages[0].complete_until < began

    def test_it_looks_back_further_than_a_week(self, server, client):
        server.will(NOTHING)
        client.search_orders(SINCE)
        query = queries(server)[0]
        assert query["lastModifiedStartDate"] == "2026-11-01T10:30:15Z"
        started = datetime.fromisoformat(query["createdStartDate"].replace("Z", "+00:00"))
        assert datetime.now(timezone.utc) - started > timedelta(days=178)

    @pytest.mark.parametrize(
        "cursor", ["?limit=200&hasMoreElements=false&soIndex=9", "", None, 7, "?" + "x" * 9000, [], "?a=b#c é\r\n"]
    )
    def test_odd_cursors_never_break_a_search(self, server, client, cursor):
        server.will(page(PURCHASE_ORDER, cursor=cursor), page(PURCHASE_ORDER))
        token = client.search_orders(SINCE).next_token
        assert client.search_orders(SINCE, token).orders
        assert all(asked.path == "/v3/orders" for asked in server.asked)

    @pytest.mark.parametrize("token", ["x", "9|2026-11-01T00:00:00+00:00|", "0|soon|", "0|2026-11-01|x", "0||", 5])
    def test_a_strange_token_is_refused(self, server, client, token):
        with pytest.raises(Refused, match="start it again"):
            client.search_orders(SINCE, token)
        assert server.asked == []

    def test_a_time_without_a_zone_is_a_mistake(self, client):
        with pytest.raises(ValueError, match="time zone"):
            client.search_orders(datetime(2026, 1, 1))

    @pytest.mark.parametrize("body", [[], {}, {"list": None}, {"orders": []}])
    def test_an_answer_without_a_list_is_unreadable(self, server, client, body):
        server.will(says(200, body))
        with pytest.raises(Unreadable):
            client.search_orders(SINCE)

    def test_what_the_keys_do_not_open_is_told(self, server, client):
        server.will(says(403, {"errors": [{"code": "FORBIDDEN.GMP_GATEWAY_API"}]}))
        with pytest.raises(Forbidden, match="orders"):
            client.search_orders(SINCE)


class TestParticipations:
    def test_one_storefront_its_seller_and_what_the_keys_open(self, server, walmart):
        server.will(says(200, DETAIL), says(200, PARTNER))
        (found,) = walmart.fetch_participations()
        assert [asked.path for asked in server.asked] == ["/v3/token/detail", "/v3/settings/partnerprofile"]
        assert (found.site_ref, found.country, found.active) == ("walmart.com", "US", True)
        assert (found.seller_ref, found.store_name) == ("100009", "Shop")
        assert found.scopes == (
            Scope("orders", "Orders", "full", "orders beside tickets"),
            Scope("returns", "Returns", "view", "returns beside tickets"),
        )
        assert walmart.requests == 1

    def test_what_is_not_told_is_not_open(self, server, walmart):
        server.will(says(200, {"is_valid": "false", "scopes": {"orders": "no_access"}}), says(200, PARTNER))
        (found,) = walmart.fetch_participations()
        assert [scope.level for scope in found.scopes] == ["none", "none"]
        assert not found.active

    @pytest.mark.parametrize("status", [400, 403, 404])
    def test_a_seller_who_is_not_told_is_not_known(self, server, walmart, status):
        server.will(says(200, DETAIL), says(status, b"", None))
        (found,) = walmart.fetch_participations()
        assert (found.seller_ref, found.store_name) == (None, None)
