"""The log-in URI: what Amazon asks there, and the few addresses to which a browser is ever sent back."""

from urllib.parse import parse_qs, urlsplit

import pytest

from marketplaces.amazon import Amazon
from marketplaces.amazon.const import CONSOLE_HOSTS, SITES
from marketplaces.errors import Refused

APPLICATION = "amzn1.sp.solution.11111111-2222-4333-8444-555555555555"
PAGE = f"/apps/authorize/confirm/{APPLICATION}"
REDIRECT = "https://odoo.example/marketplace/amazon/callback"
SELLER = "A1B2C3D4E5F6G7"
CONSOLE = "http://127.0.0.1:8090/console"


def login(url=f"https://sellercentral.amazon.com{PAGE}", **more):
    return {"amazon_callback_uri": url, "amazon_state": "am4zon&=", "selling_partner_id": SELLER} | more


def test_a_request_of_amazon_is_read():
    request = Amazon.read_login(login())
    assert request.callback_url == login()["amazon_callback_uri"]
    assert (request.marketplace_state, request.seller_ref, request.application_ref) == ("am4zon&=", SELLER, APPLICATION)
    assert (request.region, request.is_draft) == ("na", False)
    assert Amazon.read_login(login(version="beta")).is_draft


@pytest.mark.parametrize(("host", "region"), sorted(CONSOLE_HOSTS.items()))
def test_every_seller_central_is_known_with_its_region(host, region):
    request = Amazon.read_login(login(f"https://{host}/apps/authorize/confirm/{APPLICATION}"))
    assert (request.region, request.application_ref) == (region, APPLICATION)


def test_each_storefronts_seller_central_is_among_them():
    assert {site.seller_host for site in SITES} <= set(CONSOLE_HOSTS)


@pytest.mark.parametrize("rest", ["", "/", "/amzn1.unknown.form", "?a=b", f"/{APPLICATION}?locale=de_DE&a=%2F"])
def test_the_confirmation_page_may_have_any_harmless_ending(rest):
    request = Amazon.read_login(login(f"https://sellercentral.amazon.de/apps/authorize/confirm{rest}"))
    assert request.application_ref == (APPLICATION if APPLICATION in rest else None)


@pytest.mark.parametrize(
    "url",
    [
        f"https://evil.example{PAGE}",
        f"https://sellercentral.amazon.com.evil.example{PAGE}",
        f"https://evil-sellercentral.amazon.com{PAGE}",
        f"https://sellercentral.amazon.com.{PAGE}",
        f"https://sellercentral.amazon.cn{PAGE}",
        f"https://www.amazon.com{PAGE}",
        f"https://amazon.com{PAGE}",
        f"https://sellercentral-amazon.com{PAGE}",
        f"https://sellercentral.amazοn.com{PAGE}",  # Greek omicron
        f"https://sellercentral。amazon。com{PAGE}",
        f"https://sellercentral.amazon.com@evil.example{PAGE}",
        f"https://sellercentral.amazon.com:443@evil.example{PAGE}",
        f"https://evil.example@sellercentral.amazon.com{PAGE}",
        f"https://evil.example\\@sellercentral.amazon.com{PAGE}",
        f"https://sellercentral.amazon.com\\@evil.example{PAGE}",
        f"https://sellercentral.amazon.com%2eevil.example{PAGE}",
        f"https://evil.example#sellercentral.amazon.com{PAGE}",
        f"https://evil.example?https://sellercentral.amazon.com{PAGE}",
        f"https://evil.example/https://sellercentral.amazon.com{PAGE}",
        f"https://sellercentral.amazon.com:8443{PAGE}",
        f"https://sellercentral.amazon.com:443{PAGE}",
        f"http://sellercentral.amazon.com{PAGE}",
        f"//sellercentral.amazon.com{PAGE}",
        f"javascript:alert(1)//sellercentral.amazon.com{PAGE}",
        f"data:text/html,https://sellercentral.amazon.com{PAGE}",
        f"https:/sellercentral.amazon.com{PAGE}",
        f" https://sellercentral.amazon.com{PAGE}",
        f"\thttps://sellercentral.amazon.com{PAGE}",
        f"ht\ntps://sellercentral.amazon.com{PAGE}",
        f"https://sellercentral.amazon.com{PAGE}\r\nX-Evil: 1",
        f"https://sellercentral.amazon.com{PAGE}#fragment",
        f"https://sellercentral.amazon.com{PAGE}?a=b#c",
        f"https://sellercentral.amazon.com{PAGE}/../../elsewhere",
        "https://sellercentral.amazon.com/apps/authorize/confirm/../consent?application_id=a",
        "https://sellercentral.amazon.com/apps/authorize/confirm/%2e%2e/consent",
        "https://sellercentral.amazon.com/apps/authorize/confirmed",
        "https://sellercentral.amazon.com/apps/authorize/consent?application_id=amzn1.sp.solution.evil",
        "https://sellercentral.amazon.com/gp/redirect?to=https://evil.example",
        "https://sellercentral.amazon.com//evil.example/apps/authorize/confirm",
        "https://sellercentral.amazon.com",
        f"{CONSOLE}{PAGE}",
        "x" * 5000,
    ],
)
def test_no_other_address_is_ever_followed(url):
    with pytest.raises(Refused) as caught:
        Amazon.read_login(login(url))
    assert "evil" not in str(caught.value)


def test_the_sandboxs_console_is_known_only_in_the_sandbox():
    endpoints = {"console": CONSOLE}
    request = Amazon.read_login(login(f"{CONSOLE}{PAGE}"), endpoints)
    assert (request.region, request.application_ref) == (None, APPLICATION)
    for wrong in (f"{CONSOLE}.evil.example{PAGE}", f"{CONSOLE}/../elsewhere", f"http://127.0.0.1:80900{PAGE}"):
        with pytest.raises(Refused):
            Amazon.read_login(login(wrong), endpoints)


class Doubled(dict):
    """A query as werkzeug gives it: each name with a list of values."""

    def getlist(self, name):
        return list(super().get(name, ()))


@pytest.mark.parametrize("name", ["amazon_callback_uri", "amazon_state", "selling_partner_id", "version"])
def test_a_doubled_parameter_is_refused(name):
    params = {key: [value] for key, value in login(version="beta").items()}
    assert Amazon.read_login(Doubled(params)).is_draft
    params[name] = [*params[name], "other"]
    for query in (params, Doubled(params)):
        with pytest.raises(Refused, match="more than once"):
            Amazon.read_login(query)


@pytest.mark.parametrize("name", ["amazon_callback_uri", "amazon_state", "selling_partner_id"])
@pytest.mark.parametrize("value", [None, "", [], 7, b"x", "x" * 3000, "a\x00b", "ü"])
def test_a_request_that_lacks_or_garbles_something_is_refused(name, value):
    with pytest.raises(Refused):
        Amazon.read_login(login() | {name: value})


def test_an_empty_request_is_refused():
    with pytest.raises(Refused, match="start in Seller Central"):
        Amazon.read_login({})


@pytest.mark.parametrize("draft", [False, True])
def test_the_way_back_carries_both_states(draft):
    request = Amazon.read_login(login(version="beta" if draft else ""))
    url = Amazon.login_url(request, "our+state", REDIRECT)
    assert url.startswith(f"{request.callback_url}?")
    assert parse_qs(urlsplit(url).query) == {
        "amazon_state": ["am4zon&="],
        "state": ["our+state"],
        "redirect_uri": [REDIRECT],
        **({"version": ["beta"]} if draft else {}),
    }


def test_what_is_ours_cant_be_set_by_the_address_itself():
    planted = "?state=evil&amazon_state=evil&redirect_uri=https%3A%2F%2Fevil.example&version=beta&locale=de%26state%3D1"
    request = Amazon.read_login(login(f"https://sellercentral.amazon.de{PAGE}{planted}"))
    query = parse_qs(urlsplit(Amazon.login_url(request, "ours")).query)
    assert query == {"locale": ["de&state=1"], "amazon_state": ["am4zon&="], "state": ["ours"]}


def test_nobody_is_sent_back_without_a_state():
    with pytest.raises(ValueError):
        Amazon.login_url(Amazon.read_login(login()), "")


def test_amazons_state_is_never_printed():
    assert "s3cret" not in repr(Amazon.read_login(login(amazon_state="s3cret")))
