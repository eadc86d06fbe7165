"""The module's own Amazon client, with the real library under it, talks to the pretend API."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

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
