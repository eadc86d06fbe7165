"""Messages, requests for a review and uploads: the pretend API fits the models, and our client gets on with it."""

import base64
import hashlib
from datetime import date, datetime, timedelta, timezone

import pytest
import requests
from sandbox.amazon.contract import OPERATIONS
from sandbox.amazon.data import make_order
from sandbox.amazon.messaging import ACTIONS
from sandbox.times import now

from marketplaces.amazon import Amazon
from marketplaces.errors import NotFound, Refused, Throttled, Unavailable, Unconfirmed
from marketplaces.schema import Credentials, UploadedFile
from marketplaces.tests import swagger
from marketplaces.tests.shared_data import needs

needs_models = needs(swagger.find_models())
DE = Amazon.get_site("DE")
MODELS = {"messaging": "messaging", "solicitations": "solicitations", "uploads": "uploads_2020-11-01"}
OPEN, SENT = "302-1111111-0000001", "302-1111111-0000002"


@pytest.fixture
def amazon(sandbox, api):
    for ref, status, days in ((OPEN, "UNSHIPPED", 1), (SENT, "SHIPPED", 15)):
        order = make_order(ref, "DE", status=status, buyer="Ann", created=now() - timedelta(days=days))
        sandbox.orders.put("DEMO-EU", order)
    token = api.sign_in().json()["access_token"]
    return Amazon(Credentials(region="eu", access_token=token), endpoints=sandbox.endpoints)


def send(api, method, path, body=None, **query):
    headers = {"x-amz-access-token": api.sign_in().json()["access_token"]}
    query = {"marketplaceIds": DE.site_ref} | query
    return requests.request(method, api.url + path, params=query, headers=headers, json=body, timeout=10)


class TestMessages:
    def test_what_is_allowed_depends_on_the_order(self, amazon, sandbox):
        allowed = [action.code for action in amazon.fetch_message_actions(OPEN, site=DE)]
        assert "confirmOrderDetails" in allowed and "invoice" not in allowed
        assert "invoice" in [action.code for action in amazon.fetch_message_actions(SENT, site=DE)]
        sandbox.orders.change(OPEN, "cancel")
        assert amazon.fetch_message_actions(OPEN, site=DE) == []

    def test_a_message_reaches_the_buyer_once(self, amazon, sandbox):
        amazon.send_message(OPEN, "confirmOrderDetails", {"text": "Welche Farbe?"}, site=DE)
        (entry,) = sandbox.read_conversation(OPEN)
        assert (entry["text"], entry["kind"], entry["fate"]) == ("Welche Farbe?", "api", "shown")
        with pytest.raises(Refused, match="does not allow this message"):
            amazon.send_message(OPEN, "confirmOrderDetails", {"text": "Und jetzt?"}, site=DE)

    def test_files_go_with_it(self, amazon, sandbox):
        file = {"name": "a.pdf", "content_type": "application/pdf", "content": b"%PDF" * 1000}
        uploaded = amazon.upload_file(SENT, "warranty", site=DE, **file)
        content = {"files": [uploaded], "coverage_start": date(2026, 1, 1), "coverage_end": date(2028, 1, 1)}
        amazon.send_message(SENT, "warranty", content, site=DE)
        (entry,) = sandbox.read_conversation(SENT)
        assert (entry["files"], entry["text"]) == (["a.pdf"], "(warranty)")
        with pytest.raises(Refused):  # made for another message
            amazon.send_message(SENT, "invoice", {"files": [uploaded]}, site=DE)
        sandbox.expire_uploads()
        with pytest.raises(Refused):
            amazon.send_message(SENT, "warranty", {"files": [uploaded]}, site=DE)
        with pytest.raises(Refused):
            amazon.send_message(SENT, "warranty", {"files": [UploadedFile("sc/none", "b.pdf")]}, site=DE)

    def test_the_buyers_language_is_told(self, amazon):
        assert amazon.fetch_buyer_lang(OPEN, site=DE) == "de-DE"

    def test_orders_of_others_are_not_found(self, amazon):
        with pytest.raises(NotFound):
            amazon.fetch_message_actions("302-0000000-0000000", site=DE)
        with pytest.raises(Refused):
            amazon.fetch_message_actions(OPEN, site=Amazon.get_site("FR"))

    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            {},
            {"text": ""},
            {"text": "x" * 2001},
            {"text": "x", "attachments": []},
            {"text": "<b>x</b>"},
            {"text": "an a@b.de"},
            {"text": 5},
        ],
    )
    def test_bodies_that_make_no_sense_are_refused(self, amazon, api, body):
        answer = send(api, "POST", f"/messaging/v1/orders/{OPEN}/messages/unexpectedProblem", body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")

    def test_limits_and_faults_work_as_everywhere(self, amazon, sandbox):
        sandbox.world.set_switches({"rate_limits": True})
        for _n in range(5):
            amazon.fetch_message_actions(OPEN, site=DE)
        with pytest.raises(Throttled):
            amazon.fetch_message_actions(OPEN, site=DE)
        sandbox.world.set_switches({"rate_limits": False})
        sandbox.faults.add("createUnexpectedProblem", "cut", times=1)
        with pytest.raises(Unconfirmed):
            amazon.send_message(OPEN, "unexpectedProblem", {"text": "Oh."}, site=DE)
        # That is why nobody may try again blindly.
        assert len(sandbox.read_conversation(OPEN)) == 1
        sandbox.faults.add("createUnexpectedProblem", "503", times=1)
        with pytest.raises(Unavailable) as caught:
            amazon.send_message(OPEN, "unexpectedProblem", {"text": "Oh."}, site=DE)
        assert caught.value.temporary and len(sandbox.read_conversation(OPEN)) == 1


class TestReviews:
    def test_there_is_a_window_and_one_request(self, amazon, sandbox):
        assert amazon.fetch_review_action(OPEN, site=DE) is None
        assert amazon.fetch_review_action(SENT, site=DE)
        amazon.request_review(SENT, site=DE)
        assert len(sandbox.read_conversation(SENT)) == 1
        assert amazon.fetch_review_action(SENT, site=DE) is None
        with pytest.raises(Refused, match="does not allow"):
            amazon.request_review(SENT, site=DE)

    @pytest.mark.parametrize(("days", "allowed"), [(5, False), (7, False), (9, True), (36, True), (39, False)])
    def test_it_opens_and_closes(self, amazon, sandbox, days, allowed):
        created = now().replace(hour=12, minute=0) - timedelta(days=days)
        sandbox.orders.put("DEMO-EU", make_order(SENT, "DE", status="SHIPPED", created=created))
        assert bool(amazon.fetch_review_action(SENT, site=DE)) is allowed


class TestUploads:
    def place(self, api, content=b"x", **query):
        md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
        path = f"/uploads/2020-11-01/uploadDestinations/messaging/v1/orders/{SENT}/messages/invoice"
        return send(api, "POST", path, **{"contentMD5": md5, "contentType": "application/pdf"} | query)

    def test_only_what_was_announced_is_taken(self, amazon, api):
        place = self.place(api).json()["payload"]
        assert requests.put(place["url"], b"x", headers=place["headers"], timeout=10).status_code == 200
        place = self.place(api).json()["payload"]
        assert requests.put(place["url"], b"y", headers=place["headers"], timeout=10).status_code == 400
        assert requests.put(place["url"], b"x", timeout=10).status_code == 403
        bare = place["url"].partition("?")[0]
        assert requests.put(bare, b"x", headers=place["headers"], timeout=10).status_code == 403

    def test_a_digest_in_hexadecimal_is_refused(self, amazon, api):
        assert self.place(api, contentMD5=hashlib.md5(b"x").hexdigest()).status_code == 400
        path = "/uploads/2020-11-01/uploadDestinations/messaging/v1/orders/1/messages/x"
        assert send(api, "POST", path, contentMD5="a").status_code == 400

    def test_a_store_that_fails_is_told(self, amazon, sandbox):
        file = {"name": "a.pdf", "content_type": "application/pdf", "content": b"x"}
        for kind, error in (("403", Refused), ("500", Unavailable), ("hang", Unavailable)):
            sandbox.faults.add("upload", kind, seconds=0.2, times=1)
            with pytest.raises(error):
                amazon.upload_file(SENT, "invoice", site=DE, **file)
        assert amazon.upload_file(SENT, "invoice", site=DE, **file).name == "a.pdf"


@needs_models
class TestModels:
    def check(self, model, operation, answer):
        assert swagger.check_response(swagger.load(MODELS[model]), operation, answer.status_code, answer.json()) == []
        return answer.status_code

    def test_every_answer_fits(self, amazon, api):
        for ref in (OPEN, SENT, "302-0000000-0000000"):
            self.check("messaging", "getMessagingActionsForOrder", send(api, "GET", f"/messaging/v1/orders/{ref}"))
            self.check("messaging", "GetAttributes", send(api, "GET", f"/messaging/v1/orders/{ref}/attributes"))
            answer = send(api, "GET", f"/solicitations/v1/orders/{ref}")
            self.check("solicitations", "getSolicitationActionsForOrder", answer)
            path = f"/solicitations/v1/orders/{ref}/solicitations/productReviewAndSellerFeedback"
            operation = "createProductReviewAndSellerFeedbackSolicitation"
            self.check("solicitations", operation, send(api, "POST", path))
        operation = "createUploadDestinationForResource"
        assert self.check("uploads", operation, TestUploads().place(api)) == 201
        assert self.check("uploads", operation, TestUploads().place(api, contentMD5="x")) == 400

    @pytest.mark.parametrize("action", ACTIONS)
    def test_every_message_fits(self, amazon, api, action):
        bodies = ({}, {"text": "Oh."}, {"attachments": []})
        path = f"/messaging/v1/orders/{SENT}/messages/{action}"
        statuses = {self.check("messaging", ACTIONS[action].operation, send(api, "POST", path, b)) for b in bodies}
        assert statuses <= {201, 400, 403}

    @pytest.mark.parametrize("name", MODELS)
    def test_the_contract_knows_the_parameters_of_the_models(self, name):
        for methods in swagger.load(MODELS[name])["paths"].values():
            for told in (one for one in methods.values() if isinstance(one, dict) and "operationId" in one):
                operation = OPERATIONS[told["operationId"]]
                query = {p["name"]: p.get("required") for p in told["parameters"] if p["in"] == "query"}
                assert query.keys() == operation.parameters.keys()
                assert {n for n, required in query.items() if required} == set(operation.required)
                assert operation.body == any(p["in"] == "body" for p in told["parameters"])


def test_our_actions_are_theirs():
    assert set(ACTIONS) == {action.code for action in Amazon.message_actions}


def test_what_we_read_of_an_order_tells_the_window(amazon):
    order = amazon.fetch_order(SENT)
    assert Amazon.explain_review(order, datetime.now(timezone.utc)) is None
    assert Amazon.explain_review(amazon.fetch_order(OPEN), datetime.now(timezone.utc))
