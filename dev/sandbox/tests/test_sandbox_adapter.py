"""The module's own Amazon client, with the real library under it, talks to the pretend API."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from sandbox.amazon.console import ENDINGS
from sandbox.tests.consent import CALLBACK, ODOO

from marketplaces.amazon import Amazon
from marketplaces.errors import BadCredentials, NotAuthorized, NotFound, Throttled, TokenExpired, Unavailable
from marketplaces.schema import Credentials

pytest.importorskip("sp_api")


@pytest.fixture
def amazon(sandbox):
    """Return a signed-in marketplace object of the European seller."""
    seller = sandbox.sellers["DEMO-EU"]
    credentials = Credentials(
        region="eu",
        seller_ref=seller.merchant_id,
        client_id=seller.client_id,
        client_secret=seller.client_secret,
        refresh_token=seller.refresh_token,
    )
    token = Amazon(credentials, endpoints=sandbox.endpoints).renew_token()
    return Amazon(replace(credentials, access_token=token.access_token), endpoints=sandbox.endpoints)


def test_every_order_is_read_as_it_is(sandbox, amazon):
    for _code, told in sandbox.orders.all("DEMO-EU"):
        order = amazon.fetch_order(told["orderId"])
        assert (order.order_ref, len(order.lines)) == (told["orderId"], len(told["orderItems"]))
        assert order.buyer_name == told["buyer"]["buyerName"]
        assert len(order.packages) == len(told.get("packages", ()))
        if "proceeds" in told:
            assert str(order.total) == told["proceeds"]["grandTotal"]["amount"]
        assert not order.limited


def test_a_missing_role_gives_limited_data(sandbox, amazon):
    sandbox.sellers["DEMO-EU"] = sandbox.sellers["DEMO-EU"].change(pii="forbidden")
    ref = sandbox.orders.all("DEMO-EU")[0][1]["orderId"]
    order = amazon.fetch_order(ref)
    assert order.limited
    assert order.buyer_name is None


def test_search_and_participations(sandbox, amazon):
    page = amazon.search_orders(updated_after=datetime.now(timezone.utc) - timedelta(days=60))
    assert len(page.orders) == len(sandbox.orders.all("DEMO-EU"))
    assert {p.country for p in amazon.fetch_participations()} == set(sandbox.sellers["DEMO-EU"].sites)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("404", NotFound),
        ("429", Throttled),
        ("500", Unavailable),
        ("html503", Unavailable),
        ("cut", Unavailable),
        ("malformed", Unavailable),
        ("empty", Unavailable),
    ],
)
def test_faults_become_typed_errors(sandbox, amazon, kind, error):
    sandbox.faults.add("getOrder", kind)
    with pytest.raises(error):
        amazon.fetch_order("302-1234567-1234567")


def test_refused_sign_ins_become_typed_errors(sandbox, amazon):
    with pytest.raises(BadCredentials):
        Amazon(replace(amazon.credentials, client_secret="wrong"), endpoints=sandbox.endpoints).renew_token()
    with pytest.raises(NotAuthorized):
        Amazon(replace(amazon.credentials, refresh_token="wrong"), endpoints=sandbox.endpoints).renew_token()
    sandbox.world.tokens.expire()
    with pytest.raises(TokenExpired):
        amazon.fetch_participations()


# --- authorizing in the browser ------------------------------------------------------------------------


def finish(sandbox, application, url):
    """Return a marketplace object that opens the account whose browser came to our redirect URI."""
    consent = Amazon.read_callback(parse_qs(urlsplit(url).query))
    assert (consent.state, consent.error_code) == ("ours", None)
    keys = {"client_id": application.client_id, "client_secret": application.client_secret}
    credentials = Credentials(region="na", seller_ref=consent.seller_ref, **keys)
    token = Amazon(credentials, endpoints=sandbox.endpoints).exchange_code(consent.code, CALLBACK)
    credentials = replace(credentials, refresh_token=token.refresh_token, access_token=token.access_token)
    with pytest.raises(NotAuthorized, match="used before"):
        Amazon(credentials, endpoints=sandbox.endpoints).exchange_code(consent.code, CALLBACK)
    return Amazon(credentials, endpoints=sandbox.endpoints)


@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize("hop", [False, True])
def test_the_website_workflow_opens_an_account(sandbox, draft, hop):
    sandbox.world.set_switches({"login_hop": hop})
    application = sandbox.add_application(ODOO, draft=draft)
    url = Amazon.consent_url(
        region="na",
        application_ref=application.application_ref,
        state="ours",
        redirect_uri=CALLBACK,
        is_draft=draft,
        endpoints=sandbox.endpoints,
    )
    url = sandbox.visit(url, "DEMO-NA")
    if hop:
        login = Amazon.read_login(parse_qs(urlsplit(url).query), sandbox.endpoints)
        url = sandbox.visit(Amazon.login_url(login, "ours", CALLBACK))
    opened = finish(sandbox, application, url)
    assert {p.country for p in opened.fetch_participations()} == {"US", "CA", "MX", "BR"}
    assert opened.credentials.seller_ref == sandbox.sellers["DEMO-NA"].merchant_id
    assert opened.renew_token().refresh_token is None
    sandbox.revoke("DEMO-NA", application)
    with pytest.raises(NotAuthorized):
        opened.renew_token()


@pytest.mark.parametrize("draft", [False, True])
def test_the_appstore_opens_an_account(sandbox, draft):
    application = sandbox.add_application(ODOO, draft=draft)
    url = sandbox.visit_appstore(application, "DEMO-NA")
    login = Amazon.read_login(parse_qs(urlsplit(url).query), sandbox.endpoints)
    assert (login.application_ref, login.is_draft) == (application.application_ref, draft)
    assert login.seller_ref == sandbox.sellers["DEMO-NA"].merchant_id
    opened = finish(sandbox, application, sandbox.visit(Amazon.login_url(login, "ours", CALLBACK)))
    sandbox.rotate_secret(application)
    with pytest.raises(BadCredentials):
        opened.renew_token()


@pytest.mark.parametrize("code", ENDINGS)
def test_every_other_ending_is_explained(sandbox, code):
    application = sandbox.add_application(ODOO)
    ref = application.application_ref
    url = Amazon.consent_url(region="na", application_ref=ref, state="ours", endpoints=sandbox.endpoints)
    url = sandbox.visit(url, ending=code)
    consent = Amazon.read_callback(parse_qs(urlsplit(url).query))
    assert (consent.state, consent.code, consent.error_code) == ("ours", None, code)
    assert consent.error_text == Amazon.consent_errors[code]
