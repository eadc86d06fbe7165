"""What we send and read, held against Amazon's official models and their own examples."""

from datetime import datetime, timezone

import pytest

from marketplaces.amazon.client import Client
from marketplaces.amazon.orders import orders_from_json
from marketplaces.schema import ORDER_STATUSES, Credentials
from marketplaces.tests import swagger
from marketplaces.tests.http_server import says
from marketplaces.tests.shared_data import needs

pytest_plugins = ["marketplaces.tests.network"]
pytestmark = needs(swagger.find_models())
SINCE = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def orders_model():
    return swagger.load("orders_2026-01-01")


@pytest.fixture(scope="module")
def sellers_model():
    return swagger.load("sellers")


@pytest.fixture
def client(server):
    return Client(Credentials(region="eu", access_token="t"), endpoints={"api": server.url}, seconds=5)


@pytest.mark.parametrize("operation", ["getOrder", "searchOrders"])
def test_every_official_example_is_read(orders_model, operation):
    shown = swagger.examples(orders_model, operation)
    assert len(shown) >= 4
    for _parameters, answer in shown:
        for wrapped in (answer, {"request": {}, "response": answer}):
            for order in orders_from_json(wrapped):
                assert order.site and order.created.tzinfo and order.currency and order.lines
                assert order.status in ORDER_STATUSES and order.status != "unknown"
                tip = 5 if order.order_ref == "123-4567890-1234567" else 0
                assert order.total == sum(line.total for line in order.lines) + tip


def test_the_official_examples_fit_their_own_model(orders_model, sellers_model):
    for model, operation in ((orders_model, "getOrder"), (orders_model, "searchOrders")):
        for _parameters, answer in swagger.examples(model, operation):
            assert swagger.check_response(model, operation, 200, answer) == []
    # Its second example lacks the "payload" around the list.
    _parameters, answer = swagger.examples(sellers_model, "getMarketplaceParticipations")[0]
    assert swagger.check_response(sellers_model, "getMarketplaceParticipations", 200, answer) == []


def test_what_we_send_for_an_order_fits_the_model(server, client, orders_model):
    _parameters, answer = swagger.examples(orders_model, "getOrder")[0]
    server.will(says(403, {"errors": [{"code": "Unauthorized", "message": "no"}]}), says(200, answer))
    assert client.get_order("171-9876543-2109876").limited
    for asked in server.asked:
        assert swagger.check_request(orders_model, asked.method, asked.path, asked.query) == []
    assert len(server.asked) == 2


def test_what_we_send_for_a_search_fits_the_model(server, client, orders_model):
    for _parameters, answer in swagger.examples(orders_model, "searchOrders"):
        server.will(says(200, answer))
        assert client.search_orders(SINCE, ["A1PA6795UKMFR9", "A13V1IB3VIYZZH"], "token").orders
        client.search_orders(SINCE)
    for asked in server.asked:
        assert swagger.check_request(orders_model, asked.method, asked.path, asked.query) == []
        assert "lastUpdatedAfter" in asked.query and "createdAfter" not in asked.query


def test_what_we_send_for_participations_fits_the_model(server, client, sellers_model):
    _parameters, answer = swagger.examples(sellers_model, "getMarketplaceParticipations")[0]
    server.will(says(200, answer))
    assert [one.country for one in client.get_participations()] == ["US"]
    (asked,) = server.asked
    assert swagger.check_request(sellers_model, asked.method, asked.path, asked.query) == []


class TestChecks:
    PATH = "/orders/2026-01-01/orders"

    @pytest.mark.parametrize(
        ("path", "query", "words"),
        [
            ("/orders/v0/orders", {}, "no operation"),
            (PATH, {"MarketplaceIds": "A1PA6795UKMFR9"}, "no query parameter"),
            (PATH, {"includedData": "BUYER,FRIENDS"}, "'FRIENDS'"),
            (PATH, {"includedData": ["BUYER", "FRIENDS"]}, "'FRIENDS'"),
            (PATH, {"maxResultsPerPage": "many"}, "no number"),
            (PATH, {"lastUpdatedAfter": "yesterday"}, "ISO 8601"),
            (PATH, {"lastUpdatedAfter": "2026-01-01T00:00:00"}, "ISO 8601"),
            (PATH, {"marketplaceIds": ",".join("A" * 51)}, "more than 50"),
        ],
    )
    def test_a_wrong_request_is_named(self, orders_model, path, query, words):
        (problem,) = swagger.check_request(orders_model, "GET", path, query)
        assert words in problem

    def test_a_body_nobody_wants_is_named(self, orders_model):
        assert swagger.check_request(orders_model, "GET", self.PATH, {}, {"marketplaceIds": []})

    def test_a_wrong_answer_is_named(self, orders_model):
        (problem,) = swagger.check_response(orders_model, "getOrder", 200, {"order": {"orderId": 5}})[:1]
        assert "order" in problem
        assert swagger.check_response(orders_model, "getOrder", 418, {})
        assert swagger.check_response(orders_model, "getOrder", 404, {"errors": [{"code": "NotFound"}]})
