"""A person's browser at Seller Central, and an application that asks for tokens."""

from urllib.parse import parse_qs, urlencode, urlsplit

import requests

ODOO = "https://odoo.example"
CALLBACK, LOGIN = f"{ODOO}/marketplace/amazon/callback", f"{ODOO}/marketplace/amazon/login"
CONSENT = "/apps/authorize/consent"


def ask(sandbox, application, **params):
    """Return the address of the consent page."""
    params = {"application_id": application.application_ref, "state": "st&te"} | params
    return f"{sandbox.endpoints['console']}{CONSENT}?{urlencode({k: v for k, v in params.items() if v})}"


def query(url, base=CALLBACK):
    """Return the query of an address that must begin with a base."""
    assert url.partition("?")[0] == base
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def exchange(sandbox, application, code, **changes):
    """Return the answer to the exchange of a code."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": application.client_id,
        "client_secret": application.client_secret,
    }
    return requests.post(sandbox.endpoints["lwa"], data=form | changes, timeout=10)


def refresh(sandbox, client, token):
    """Return the answer to the renewal of an access token."""
    form = {"grant_type": "refresh_token", "refresh_token": token}
    form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    return requests.post(sandbox.endpoints["lwa"], data=form, timeout=10)


def connect(sandbox, application, seller="DEMO-EU"):
    """Return the refresh token of a seller who goes all the way."""
    code = query(sandbox.visit(ask(sandbox, application), seller))["spapi_oauth_code"]
    return exchange(sandbox, application, code).json()["refresh_token"]
