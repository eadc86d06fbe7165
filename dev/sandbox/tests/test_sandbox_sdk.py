"""Amazon's own SDK gets on with every answer of the pretend API, and what it sends is what we send."""

import base64
import hashlib
from datetime import date, datetime, timedelta, timezone

import pytest
from sandbox.amazon.contract import INCLUDED_DATA
from sandbox.amazon.data import make_order
from sandbox.amazon.messaging import ACTIONS
from sandbox.tests import sdk
from sandbox.times import now

from marketplaces.amazon import Amazon
from marketplaces.amazon.const import INCLUDED_DATA as ASKED
from marketplaces.amazon.const import PERSONAL_DATA
from marketplaces.errors import MarketplaceError
from marketplaces.schema import Credentials

DE = Amazon.get_site("DE")
OPEN, SENT, NONE = "302-1111111-0000001", "302-1111111-0000002", "302-0000000-0000000"
MD5 = base64.b64encode(hashlib.md5(b"x").digest()).decode()
#: {operation: the SDK's method and the model of its body}
MESSAGES = {
    "confirmCustomizationDetails": ("confirm_customization_details", "CreateConfirmCustomizationDetailsRequest"),
    "createConfirmDeliveryDetails": ("create_confirm_delivery_details", "CreateConfirmDeliveryDetailsRequest"),
    "createConfirmOrderDetails": ("create_confirm_order_details", "CreateConfirmOrderDetailsRequest"),
    "createConfirmServiceDetails": ("create_confirm_service_details", "CreateConfirmServiceDetailsRequest"),
    "createUnexpectedProblem": ("create_unexpected_problem", "CreateUnexpectedProblemRequest"),
    "createDigitalAccessKey": ("create_digital_access_key", "CreateDigitalAccessKeyRequest"),
    "createLegalDisclosure": ("create_legal_disclosure", "CreateLegalDisclosureRequest"),
    "CreateWarranty": ("create_warranty", "CreateWarrantyRequest"),
    "sendInvoice": ("send_invoice", "InvoiceRequest"),
}
REVIEW = "create_product_review_and_seller_feedback_solicitation"
FAULTS = ("400", "403", "404", "429", "500", "503")


@pytest.fixture
def seller(sandbox):
    """Return the European seller, who has an open order and one that was sent."""
    for ref, status, days in ((OPEN, "UNSHIPPED", 1), (SENT, "SHIPPED", 15)):
        order = make_order(ref, "DE", status=status, buyer="Ann", created=now() - timedelta(days=days))
        sandbox.orders.put("DEMO-EU", order)
    return sandbox.sellers["DEMO-EU"]


def about(ref, **values):
    """Return the arguments of a call about an order."""
    return {"amazon_order_id": ref, "marketplace_ids": [DE.site_ref], **values}


def check(answers, statuses):
    """Check the statuses of answers, and that the SDK's models hold all that each says."""
    assert [answer["status"] for answer in answers] == list(statuses)
    check_held(answers)


def check_held(answers):
    """Check that the SDK's models hold all that each answer says."""
    assert [line for answer in answers for line in sdk.find_differences(answer["sent"], answer["held"])] == []


# --- answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["DEMO-EU", "DEMO-NA", "DEMO-FE"])
def test_every_order_and_participation_is_read(sandbox, code):
    refs = [order["orderId"] for _code, order in sandbox.orders.all(code)]
    assert refs
    included = [list(INCLUDED_DATA), ["BUYER"], []]
    calls = [
        sdk.make_call(sdk.ORDER, "get_order", order_id=ref, **({"included_data": names} if names else {}))
        for ref in refs
        for names in included
    ]
    since = (now() - timedelta(days=60)).isoformat()
    search = {"last_updated_after": since, "included_data": list(INCLUDED_DATA), "max_results_per_page": 2}
    calls.append(sdk.make_call(sdk.ORDERS, "search_orders", **search))
    calls.append(sdk.make_call(sdk.ORDERS, "search_orders", created_after=since))
    calls.append(sdk.make_call(sdk.SELLERS, "get_marketplace_participations"))
    answers = sdk.run(sandbox, sandbox.sellers[code], *calls)
    check(answers, [200] * len(calls))
    *orders, page, everything, participations = [answer["held"] for answer in answers]
    assert [order["order"]["orderId"] for order in orders] == [ref for ref in refs for _names in included]
    assert len(page["orders"]) == min(2, len(refs))
    assert bool(page.get("pagination", {}).get("nextToken")) == (len(refs) > 2)
    assert sorted(order["orderId"] for order in everything["orders"]) == sorted(refs)
    countries = {one["marketplace"]["countryCode"] for one in participations["payload"]}
    assert countries == set(sandbox.sellers[code].sites)


def test_pages_are_turned_to_the_end(sandbox, seller):
    search = {"last_updated_after": (now() - timedelta(days=60)).isoformat(), "max_results_per_page": 5}
    found, token = [], None
    while token or not found:
        page = search | ({"pagination_token": token} if token else {})
        answers = sdk.run(sandbox, seller, sdk.make_call(sdk.ORDERS, "search_orders", **page))
        check(answers, [200])
        found += [order["orderId"] for order in answers[0]["held"]["orders"]]
        token = answers[0]["held"].get("pagination", {}).get("nextToken")
    assert sorted(found) == sorted(order["orderId"] for _code, order in sandbox.orders.all("DEMO-EU"))


def test_every_answer_about_messages_and_reviews_is_read(sandbox, seller):
    calls = [
        sdk.make_call(api, method, **about(ref))
        for ref in (OPEN, SENT, NONE)
        for api, method in (
            (sdk.MESSAGING, "get_messaging_actions_for_order"),
            (sdk.MESSAGING, "get_attributes"),
            (sdk.SOLICITATIONS, "get_solicitation_actions_for_order"),
            (sdk.SOLICITATIONS, REVIEW),
        )
    ]
    answers = sdk.run(sandbox, seller, *calls)
    check(answers, [200, 200, 200, 403, 200, 200, 200, 201, 404, 404, 404, 404])
    actions = [link["name"] for link in answers[0]["held"]["_links"]["actions"]]
    assert "confirmOrderDetails" in actions and set(actions) <= set(ACTIONS)
    assert answers[1]["held"] == {"buyer": {"locale": "de-DE"}}
    assert len(sandbox.read_conversation(SENT)) == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_every_answer_to_a_message_is_read(sandbox, seller, action):
    method, model = MESSAGES[ACTIONS[action].operation]
    bodies = ({}, {"text": "Oh."}, {"attachments": []})
    made = [(about(ref), (model, body)) for ref in (OPEN, SENT) for body in bodies]
    calls = [sdk.make_call(sdk.MESSAGING, method, body=body, **order) for order, body in made]
    answers = sdk.run(sandbox, seller, *calls)
    check_held(answers)
    assert {answer["status"] for answer in answers} <= {201, 400, 403}


def test_every_answer_about_uploads_is_read(sandbox, seller):
    place = {"marketplace_ids": [DE.site_ref], "resource": f"messaging/v1/orders/{SENT}/messages/invoice"}
    calls = [sdk.make_call(sdk.UPLOADS, "create_upload_destination_for_resource", **place, content_md5=MD5)]
    calls.append(sdk.make_call(sdk.UPLOADS, "create_upload_destination_for_resource", **place, content_md5="x"))
    check(sdk.run(sandbox, seller, *calls), [201, 400])


@pytest.mark.parametrize("kind", FAULTS)
def test_every_error_is_read(sandbox, seller, kind):
    for operation in ("getOrder", "getMarketplaceParticipations", "getMessagingActionsForOrder"):
        sandbox.faults.add(operation, kind)
    calls = [
        sdk.make_call(sdk.ORDER, "get_order", order_id=OPEN),
        sdk.make_call(sdk.SELLERS, "get_marketplace_participations"),
        sdk.make_call(sdk.MESSAGING, "get_messaging_actions_for_order", **about(OPEN)),
    ]
    answers = sdk.run(sandbox, seller, *calls)
    check(answers, [int(kind)] * len(calls))
    assert all(answer["held"]["errors"][0]["code"] for answer in answers)


def test_a_refused_sign_in_is_told(sandbox, seller):
    with pytest.raises(AssertionError, match="LwaException"):
        sdk.run(sandbox, seller.change(client_secret="wrong"))


# --- requests ------------------------------------------------------------------------------------------


@pytest.fixture
def requests_seen(sandbox, monkeypatch):
    """Return a list to which what is asked of the pretend API is added: (method, path, query, headers, body)."""
    seen, add = [], sandbox.world.requests.add

    def record(operation, request, *args):
        body = request.get_json() if request.is_json and request.get_data() else request.form.to_dict()
        seen.append((request.method, request.path, request.args.to_dict(flat=False), dict(request.headers), body))
        return add(operation, request, *args)

    monkeypatch.setattr(sandbox.world.requests, "add", record)
    return seen


@pytest.fixture
def amazon(sandbox, seller):
    """Return our own client."""
    credentials = Credentials(
        region="eu",
        client_id=seller.client_id,
        client_secret=seller.client_secret,
        refresh_token=seller.refresh_token,
        seller_ref=seller.merchant_id,
    )
    token = Amazon(credentials, endpoints=sandbox.endpoints).renew_token().access_token
    return Amazon(Credentials(region="eu", access_token=token), endpoints=sandbox.endpoints)


def compare(seen, ours, theirs):
    """Check that our request and the SDK's ask the same: method, path, query, and the headers that matter.

    The SDK signs in first, and sends "{}" where no body is wanted.

    :param ours: function that makes our request.
    :param theirs: function that has the SDK make its own.
    """
    seen.clear()
    ours()
    [(method, path, query, headers, body)] = seen
    seen.clear()
    theirs()
    sign_in, (their_method, their_path, their_query, their_headers, their_body) = seen
    assert sign_in[:2] == ("POST", "/auth/o2/token")
    assert (method, path) == (their_method, their_path)
    assert _plain(query) == _plain(their_query)
    assert (body or None) == (their_body or None)
    for name in ("X-Amz-Access-Token", "User-Agent"):
        assert headers[name] and their_headers[name]
    assert headers["X-Amz-Access-Token"][:5] == their_headers["X-Amz-Access-Token"][:5] == "Atza|"
    if body:
        assert headers["Content-Type"] == their_headers["Content-Type"] == "application/json"


def _plain(query):
    """Return a query to compare: times whatever their form, lists whatever their order."""
    return {name: [_moment(part) for part in sorted(",".join(values).split(","))] for name, values in query.items()}


def _moment(value):
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return value


def test_we_sign_in_as_the_sdk_does(sandbox, seller, requests_seen):
    keys = {"client_id": seller.client_id, "client_secret": seller.client_secret}
    credentials = Credentials(region="eu", refresh_token=seller.refresh_token, **keys)
    Amazon(credentials, endpoints=sandbox.endpoints).renew_token()
    sdk.run(sandbox, seller)
    (method, path, query, headers, form), theirs = requests_seen
    assert (method, path, query, form) == (*theirs[:3], theirs[4])
    kinds = {one["Content-Type"].partition(";")[0] for one in (headers, theirs[3])}
    assert kinds == {"application/x-www-form-urlencoded"}


def test_we_ask_for_orders_as_the_sdk_does(sandbox, seller, amazon, requests_seen):
    groups = [*PERSONAL_DATA, *ASKED]
    one = sdk.make_call(sdk.ORDER, "get_order", order_id=OPEN, included_data=groups)
    compare(requests_seen, lambda: amazon.fetch_order(OPEN), lambda: sdk.run(sandbox, seller, one))
    since = datetime(2026, 11, 1, tzinfo=timezone.utc)
    sites = [DE.site_ref, Amazon.get_site("FR").site_ref]
    search = {"last_updated_after": since.isoformat(), "marketplace_ids": sites, "max_results_per_page": 100}
    many = sdk.make_call(sdk.ORDERS, "search_orders", **search, included_data=groups)
    compare(
        requests_seen,
        lambda: amazon.search_orders(updated_after=since, site_refs=sites),
        lambda: sdk.run(sandbox, seller, many),
    )


def test_we_ask_for_all_else_as_the_sdk_does(sandbox, seller, amazon, requests_seen):
    theirs = {
        amazon.fetch_participations: sdk.make_call(sdk.SELLERS, "get_marketplace_participations"),
        lambda: amazon.fetch_message_actions(OPEN, site=DE): sdk.make_call(
            sdk.MESSAGING, "get_messaging_actions_for_order", **about(OPEN)
        ),
        lambda: amazon.fetch_buyer_lang(OPEN, site=DE): sdk.make_call(sdk.MESSAGING, "get_attributes", **about(OPEN)),
        lambda: amazon.fetch_review_action(SENT, site=DE): sdk.make_call(
            sdk.SOLICITATIONS, "get_solicitation_actions_for_order", **about(SENT)
        ),
    }
    for ours, call in theirs.items():
        compare(requests_seen, ours, lambda call=call: sdk.run(sandbox, seller, call))


def test_we_ask_for_reviews_as_the_sdk_does(sandbox, seller, amazon, requests_seen):
    call = sdk.make_call(sdk.SOLICITATIONS, REVIEW, **about(SENT))
    compare(requests_seen, lambda: amazon.request_review(SENT, site=DE), lambda: sdk.run(sandbox, seller, call))


@pytest.mark.parametrize("action", ACTIONS)
def test_we_send_messages_as_the_sdk_does(sandbox, seller, amazon, requests_seen, action):
    form = ACTIONS[action]
    method, model = MESSAGES[form.operation]
    file = {"name": "a.pdf", "content_type": "application/pdf", "content": b"x"}
    content = {"text": "Which color?"} if form.text else {}
    if form.files:
        content["files"] = [amazon.upload_file(SENT, action, site=DE, **file)]
    if form.dates:
        content |= {"coverage_start": date(2026, 1, 1), "coverage_end": date(2028, 1, 1)}

    def send():
        try:
            amazon.send_message(SENT, action, content, site=DE)
        except MarketplaceError:
            pass  # allowed or not for this order: what counts is what was asked

    requests_seen.clear()
    send()
    body = requests_seen[-1][4]
    call = sdk.make_call(sdk.MESSAGING, method, body=(model, body), **about(SENT))
    compare(requests_seen, send, lambda: sdk.run(sandbox, seller, call))


def test_we_ask_for_a_place_for_a_file_as_the_sdk_does(sandbox, seller, amazon, requests_seen):
    file = {"name": "a.pdf", "content_type": "application/pdf", "content": b"x"}
    place = {"marketplace_ids": [DE.site_ref], "resource": f"messaging/v1/orders/{SENT}/messages/invoice"}
    place |= {"content_md5": MD5, "content_type": "application/pdf"}
    call = sdk.make_call(sdk.UPLOADS, "create_upload_destination_for_resource", **place)

    def upload():
        amazon.upload_file(SENT, "invoice", site=DE, **file)
        assert requests_seen.pop()[0] == "PUT"  # the file itself goes to a store, outside the API

    compare(requests_seen, upload, lambda: sdk.run(sandbox, seller, call))
