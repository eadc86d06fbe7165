"""A running sandbox whose seller takes everything into a list."""

import pytest
import requests
from sandbox import Sandbox

ADDRESSES = {("DEMO-EU", "DE"): "amazon-de@odoo.example", ("DEMO-NA", "US"): "amazon-us@odoo.example"}


class Api:
    """A client that knows nothing but HTTP."""

    def __init__(self, sandbox, seller="DEMO-EU"):
        self.sandbox = sandbox
        self.url = sandbox.http_url
        self.seller = sandbox.sellers[seller]

    def sign_in(self, **changes):
        """Return the answer to a token request."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.seller.refresh_token,
            "client_id": self.seller.client_id,
            "client_secret": self.seller.client_secret,
        }
        return requests.post(f"{self.url}/auth/o2/token", data=form | changes, timeout=10)

    def get(self, path, token=None, timeout=10, **query):
        """Return the answer to a signed call."""
        headers = {"x-amz-access-token": token or self.sign_in().json()["access_token"]}
        return requests.get(self.url + path, query, headers=headers, timeout=timeout)

    def order(self, ref=None, **query):
        """Return the answer to getOrder, by default of one of the seller's orders with all there is."""
        ref = ref or next(o["orderId"] for _c, o in self.sandbox.orders.all(self.seller.code) if "packages" in o)
        return self.get(f"/orders/2026-01-01/orders/{ref}", **query)

    def search(self, **query):
        """Return the answer to searchOrders, by default of all there is."""
        query = query or {"lastUpdatedAfter": "2026-01-01T00:00:00Z"}
        return self.get("/orders/2026-01-01/orders", **query)

    def control(self, what, method="POST", **data):
        """Use the side door and return its answer."""
        answer = requests.request(method, f"{self.url}/control/{what}", json=data, timeout=10)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
def delivered():
    """Return the list of what the seller's system took."""
    return []


@pytest.fixture
def sandbox(delivered):
    """Return a running sandbox."""
    with Sandbox(deliver=delivered.append, addresses=ADDRESSES, alias_domains=["odoo.example"]) as running:
        yield running


@pytest.fixture
def api(sandbox):
    """Return a client of the European seller."""
    return Api(sandbox)
