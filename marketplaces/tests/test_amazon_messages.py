"""Messaging, Solicitations and Uploads through a real socket, held against Amazon's official models."""

import json
from datetime import date, datetime, timezone

import pytest

from marketplaces.amazon import Amazon, const, messages
from marketplaces.errors import (
    Forbidden,
    NotFound,
    Refused,
    Throttled,
    TokenExpired,
    Unavailable,
    Unconfirmed,
    Unreadable,
)
from marketplaces.schema import Credentials, UploadedFile
from marketplaces.tests import swagger
from marketplaces.tests.http_server import says, sends
from marketplaces.tests.shared_data import needs

pytest_plugins = ["marketplaces.tests.network"]
needs_models = needs(swagger.find_models())

REF = "302-1234567-1234567"
DE = Amazon.get_site("DE")
FILES = (UploadedFile("sc/1.pdf", "a.pdf"), UploadedFile("sc/2.pdf", "b.pdf"))
#: All that each action can hold.
CONTENT = {
    "confirmCustomizationDetails": {"text": "Which name?", "files": FILES},
    "confirmDeliveryDetails": {"text": "When?"},
    "confirmOrderDetails": {"text": "Which color?"},
    "confirmServiceDetails": {"text": "When?"},
    "unexpectedProblem": {"text": "Oh."},
    "digitalAccessKey": {"text": "Key", "files": FILES},
    "legalDisclosure": {"files": FILES},
    "warranty": {"files": FILES, "coverage_start": date(2026, 1, 1), "coverage_end": datetime(2028, 1, 1).astimezone()},
    "invoice": {"files": FILES},
}


@pytest.fixture
def amazon(server):
    return Amazon(Credentials(region="eu", access_token="Atza|t"), endpoints={"api": server.url})


@pytest.fixture(scope="module")
def model():
    return swagger.load("messaging")


def actions(*names):
    found = [
        {"href": f"/messaging/v1/orders/{REF}/messages/{name}?marketplaceIds={DE.site_ref}", "name": name}
        for name in names
    ]
    return {"_links": {"self": {"href": "x"}, "actions": found}}


def refusal(message):
    return {"errors": [{"code": "Unauthorized", "message": message, "details": ""}]}


HAL = "application/hal+json"


class TestActions:
    def test_exactly_what_amazon_allows_is_offered(self, server, amazon):
        server.will(says(200, actions("invoice", "amazonMotors", "confirmOrderDetails"), HAL))
        found = amazon.fetch_message_actions(REF, site=DE)
        assert [action.code for action in found] == ["confirmOrderDetails", "invoice"]
        (asked,) = server.asked
        assert (asked.method, asked.path) == ("GET", f"/messaging/v1/orders/{REF}")
        assert asked.query == {"marketplaceIds": [DE.site_ref]}
        assert amazon.requests == 1

    def test_no_action_is_an_answer_too(self, server, amazon):
        server.will(says(200, actions(), HAL))
        assert amazon.fetch_message_actions(REF, site=DE) == []
        assert amazon.fetch_review_action(REF, site=DE) is None

    def test_an_action_without_a_name_is_told_by_its_path(self, server, amazon):
        bare = actions("invoice")
        del bare["_links"]["actions"][0]["name"]
        server.will(says(200, bare, HAL))
        assert [action.code for action in amazon.fetch_message_actions(REF, site=DE)] == ["invoice"]

    @pytest.mark.parametrize("body", [{}, {"_links": {}}, {"_links": {"actions": {}}}, []])
    def test_an_answer_without_list_is_unreadable(self, server, amazon, body):
        server.will(says(200, body))
        with pytest.raises(Unreadable):
            amazon.fetch_message_actions(REF, site=DE)

    def test_the_buyers_language_is_told(self, server, amazon):
        server.will(says(200, {"buyer": {"locale": "de-DE"}}, HAL), says(200, {}))
        assert amazon.fetch_buyer_lang(REF, site=DE) == "de-DE"
        assert amazon.fetch_buyer_lang(REF, site=DE) is None
        assert server.asked[0].path == f"/messaging/v1/orders/{REF}/attributes"

    @needs_models
    def test_what_we_send_fits_the_models(self, server, amazon, model):
        server.will(says(200, actions()))
        amazon.fetch_message_actions(REF, site=DE)
        amazon.fetch_buyer_lang(REF, site=DE)
        for asked in server.asked:
            assert swagger.check_request(model, asked.method, asked.path, asked.query) == []

    @needs_models
    def test_the_official_examples_are_read(self, server, amazon, model):
        (_parameters, answer), *_rest = swagger.examples(model, "getMessagingActionsForOrder")
        server.will(says(200, answer, HAL))
        assert amazon.fetch_message_actions(REF, site=DE)
        (_parameters, answer), *_rest = swagger.examples(model, "GetAttributes")
        server.will(says(200, answer, HAL))
        assert amazon.fetch_buyer_lang(REF, site=DE)


class TestSending:
    @needs_models
    @pytest.mark.parametrize("code", CONTENT)
    def test_every_message_fits_the_model(self, server, amazon, model, code):
        server.will(says(201, {}, HAL))
        assert amazon.send_message(REF, code, CONTENT[code], site=DE) is None
        (asked,) = server.asked
        body = json.loads(asked.body)
        assert (asked.method, asked.path) == ("POST", f"/messaging/v1/orders/{REF}/messages/{code}")
        assert swagger.check_request(model, "POST", asked.path, asked.query, body) == []
        assert asked.query == {"marketplaceIds": [DE.site_ref]}
        assert asked.headers["content-type"] == "application/json"
        assert amazon.requests == 1
        if "files" in CONTENT[code]:
            assert body["attachments"][0] == {"uploadDestinationId": "sc/1.pdf", "fileName": "a.pdf"}

    @needs_models
    def test_every_form_has_the_fields_and_limits_of_the_model(self, model):
        for action in Amazon.message_actions:
            method = messages.OPERATIONS[action.code].name
            operation = swagger._find_operation(model, method)
            body = next(one for one in operation["parameters"] if one["in"] == "body")
            known = swagger._resolve(model, body["schema"])["properties"]
            names = {"text": "text", "files": "attachments", "coverage_start": "coverageStartDate"}
            names["coverage_end"] = "coverageEndDate"
            assert {names[field.name] for field in action.fields} == set(known)
            for field in action.fields:
                assert field.max_length == known[names[field.name]].get("maxLength"), (action.code, field.name)
            assert const.RATES[method] == (1, 5)

    def test_dates_are_sent_as_moments(self, server, amazon):
        server.will(says(201, {}))
        content = {
            "files": FILES,
            "coverage_start": date(2026, 1, 1),
            "coverage_end": datetime(2028, 1, 1, tzinfo=timezone.utc),
        }
        amazon.send_message(REF, "warranty", content, site=DE)
        body = json.loads(server.asked[0].body)
        assert (body["coverageStartDate"], body["coverageEndDate"]) == ("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z")

    @pytest.mark.parametrize(
        ("ref", "code", "content", "words"),
        [
            ("12", "invoice", CONTENT["invoice"], "order number"),
            (REF, "amazonMotors", {}, "no message"),
            (REF, "confirmOrderDetails", {"text": " "}, "missing"),
            (REF, "confirmOrderDetails", {"text": "x" * 2001}, "2000"),
            (REF, "invoice", {}, "missing"),
            (REF, "invoice", {"files": FILES * 3}, "takes 5"),
        ],
    )
    def test_what_can_not_be_right_is_refused_without_asking(self, server, amazon, ref, code, content, words):
        with pytest.raises(Refused, match=words):
            amazon.send_message(ref, code, content, site=DE)
        assert server.asked == []

    def test_the_answer_may_be_empty(self, server, amazon):
        server.will(says(201, b"", None))
        amazon.send_message(REF, "unexpectedProblem", {"text": "Oh."}, site=DE)

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (says(403, refusal("Invalid amazonOrderId and template combination")), Refused),
            (says(400, {"errors": [{"code": "InvalidInput", "message": "Invalid Input"}]}), Refused),
            (says(403, refusal("Access to requested resource is denied.")), Forbidden),
            (says(401, refusal("no")), TokenExpired),
            (says(404, refusal("no")), NotFound),
            (says(429, refusal("no")), Throttled),
        ],
    )
    def test_refusals_are_typed(self, server, amazon, answer, error):
        server.will(answer)
        for call in (
            lambda: amazon.send_message(REF, "unexpectedProblem", {"text": "Oh."}, site=DE),
            lambda: amazon.request_review(REF, site=DE),
        ):
            with pytest.raises(error) as caught:
                call()
            assert type(caught.value) is error

    @pytest.mark.parametrize(
        "answer",
        [
            says(500, refusal("no")),
            says(201, "{", HAL),
            says(201, "<html>", "text/html"),
            says(302, b"", Location="/x"),
            sends(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"),
            sends(b""),
        ],
    )
    def test_when_the_answer_is_lost_nobody_knows(self, server, amazon, answer):
        server.will(answer)
        with pytest.raises(Unconfirmed, match="may have done it or not") as caught:
            amazon.send_message(REF, "unexpectedProblem", {"text": "Oh."}, site=DE)
        assert not caught.value.temporary
        with pytest.raises(Unconfirmed):
            amazon.request_review(REF, site=DE)
        with pytest.raises((Unavailable, Unreadable)) as caught:
            amazon.fetch_message_actions(REF, site=DE)
        assert type(caught.value) is not Unconfirmed

    def test_what_was_never_sent_may_be_tried_again(self, server, amazon):
        server.will(says(503, "<html>", "text/html"))
        with pytest.raises(Unavailable) as caught:
            amazon.request_review(REF, site=DE)
        assert caught.value.temporary
        nowhere = Amazon(amazon.credentials, endpoints={"api": "http://127.0.0.1:9"})
        with pytest.raises(Unavailable) as caught:
            nowhere.request_review(REF, site=DE)
        assert caught.value.temporary and caught.value.unsent


class TestReviews:
    def test_it_is_offered_when_amazon_allows_it(self, server, amazon):
        server.will(says(200, actions(messages.REVIEW), HAL))
        assert amazon.fetch_review_action(REF, site=DE) == messages.REVIEW_ACTION
        assert server.asked[0].path == f"/solicitations/v1/orders/{REF}"

    @needs_models
    def test_what_we_send_fits_the_model(self, server, amazon):
        model = swagger.load("solicitations")
        server.will(says(200, actions(), HAL), says(201, {}, HAL))
        amazon.fetch_review_action(REF, site=DE)
        assert amazon.request_review(REF, site=DE) is None
        for asked in server.asked:
            assert swagger.check_request(model, asked.method, asked.path, asked.query) == []
            assert asked.body == b""
        assert server.asked[1].path.endswith("/solicitations/productReviewAndSellerFeedback")
        assert amazon.requests == 2


def test_every_call_has_a_rate_of_its_own():
    calls = (
        "fetch_message_actions",
        "fetch_buyer_lang",
        "upload_file",
        "send_message",
        "fetch_review_action",
        "request_review",
    )
    assert {Amazon.rates[name] for name in calls} == {(1, 5), (10, 10)}
    assert set(messages.OPERATIONS) == {action.code for action in Amazon.message_actions}


def test_no_secret_is_shown():
    assert "sc/1" not in repr(FILES[0])
