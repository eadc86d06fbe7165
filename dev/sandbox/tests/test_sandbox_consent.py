"""Sellers authorize applications in the browser: the consent page of Seller Central, the Appstore."""

import re
from urllib.parse import urlencode

import pytest
import requests
from sandbox import ConsentError
from sandbox.tests.consent import CALLBACK, CONSENT, LOGIN, ODOO, ask, exchange, query


@pytest.fixture
def application(sandbox):
    return sandbox.add_application(ODOO, name="Shop Helpdesk")


@pytest.fixture
def draft(sandbox):
    return sandbox.add_application(ODOO, name="Shop Helpdesk", draft=True)


def refused(visit, code):
    with pytest.raises(ConsentError) as caught:
        visit()
    assert caught.value.code == code
    return True


# --- the page ------------------------------------------------------------------------------------------


def test_the_page_shows_who_asks_for_what_and_loads_nothing_from_elsewhere(sandbox, application):
    for path in (ask(sandbox, application), f"{sandbox.http_url}/apps/manage"):
        page = requests.get(path, timeout=10)
        assert page.status_code == 200 and "Shop Helpdesk" in page.text and "Sandbox Trading EU" in page.text
        assert not re.search(r"""(src|href)=["'](https?:)?//|url\(|@import""", page.text)


def fields(page):
    """Return the hidden fields of a page's form of decision."""
    form = page.text[page.text.index('class="row decision"') :]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ({"decision": "confirm"}, {"spapi_oauth_code", "state", "selling_partner_id"}),
        ({"decision": "access_denied"}, {"error", "state"}),
        ({"decision": "confirm", "error": "MD5101"}, {"error", "error_description", "state"}),
    ],
)
def test_a_button_sends_the_browser_to_the_redirect_uri(sandbox, application, button, answer):
    page = requests.get(ask(sandbox, application, state="plain"), timeout=10)
    sent = requests.post(f"{sandbox.http_url}{CONSENT}", fields(page) | button, timeout=10, allow_redirects=False)
    assert sent.status_code == 303
    told = query(sent.headers["Location"])
    assert set(told) == answer and told["state"] == "plain"


def test_confirming_gives_a_code_and_the_sellers_id(sandbox, application):
    told = query(sandbox.visit(ask(sandbox, application), "DEMO-NA"))
    assert told["state"] == "st&te"
    assert told["selling_partner_id"] == sandbox.sellers["DEMO-NA"].merchant_id


def test_declining_gives_no_code(sandbox, application):
    told = query(sandbox.visit(ask(sandbox, application), ending="access_denied"))
    assert told == {"state": "st&te", "error": "access_denied"}
    with pytest.raises(ValueError):
        sandbox.visit(ask(sandbox, application), ending="nonsense")


def test_a_draft_is_found_only_as_a_draft(sandbox, draft):
    assert refused(lambda: sandbox.visit(ask(sandbox, draft)), "MD1000")
    assert query(sandbox.visit(ask(sandbox, draft, version="beta")))["spapi_oauth_code"]
    sandbox.change_application(draft, draft=False)
    assert query(sandbox.visit(ask(sandbox, draft)))["spapi_oauth_code"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"application_id": "amzn1.sp.solution.unknown"}, "MD1000"),
        ({"application_id": ""}, "MD1000"),
        ({"redirect_uri": "https://evil.example/"}, "MD5101"),
        ({"redirect_uri": f"{CALLBACK}/"}, "MD5101"),
        ({"redirect_uri": f"{CALLBACK}#a"}, "MD5110"),
    ],
)
def test_a_wrong_request_ends_on_a_page_with_a_code(sandbox, application, params, code):
    assert refused(lambda: sandbox.visit(ask(sandbox, application, **params)), code)
    page = requests.get(ask(sandbox, application, **params), timeout=10)
    assert page.status_code == 400 and code in page.text
    posted = requests.post(f"{sandbox.http_url}{CONSENT}", params, timeout=10, allow_redirects=False)
    assert posted.status_code == 400 and "Location" not in posted.headers


def test_an_application_without_addresses_is_incomplete(sandbox):
    bare = sandbox.add_application()
    assert refused(lambda: sandbox.visit(ask(sandbox, bare)), "MD9100")
    assert refused(lambda: sandbox.visit_appstore(bare), "MD9100")


def test_a_secondary_user_may_not_authorize(sandbox, application):
    assert refused(lambda: sandbox.visit(ask(sandbox, application), "DEMO-EU", secondary=True), "SPDC8143")
    sandbox.sign_in("DEMO-EU", secondary=True)
    page = requests.get(ask(sandbox, application), timeout=10)
    assert page.status_code == 400 and "SPDC8143" in page.text
    assert requests.get(ask(sandbox, application) + "&seller=DEMO-EU", timeout=10).status_code == 200


def test_whoever_may_not_authorize_can_switch_without_losing_the_request(sandbox, application):
    form = {"application_id": application.application_ref, "state": "plain", "seller": "DEMO-EU", "user": "secondary"}
    page = requests.post(f"{sandbox.http_url}{CONSENT}", form | {"decision": "confirm"}, timeout=10)
    assert page.status_code == 400 and "SPDC8143" in page.text
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert kept == {"application_id": application.application_ref, "state": "plain"}


def test_seller_central_can_be_slow_or_down(sandbox, application):
    sandbox.faults.add("consent", "html503", times=1)
    assert requests.get(ask(sandbox, application), timeout=10).status_code == 503
    sandbox.faults.add("consent", "slow", seconds=0.3, times=1)
    assert requests.get(ask(sandbox, application), timeout=10).elapsed.total_seconds() > 0.3
    sandbox.faults.add("*", "500")
    assert requests.get(ask(sandbox, application), timeout=10).status_code == 200


# --- over the log-in URI -------------------------------------------------------------------------------


def back(told, **params):
    """Return the address to which our log-in URI sends the browser."""
    params = {"amazon_state": told["amazon_state"], "state": "ours", "redirect_uri": CALLBACK} | params
    return f"{told['amazon_callback_uri']}?{urlencode({k: v for k, v in params.items() if v})}"


def test_the_appstore_goes_over_the_log_in_uri(sandbox, application):
    pressed = requests.post(
        f"{sandbox.http_url}/appstore/{application.application_ref}",
        {"seller": "DEMO-FE"},
        timeout=10,
        allow_redirects=False,
    )
    told = query(pressed.headers["Location"], LOGIN)
    assert set(told) == {"amazon_callback_uri", "amazon_state", "selling_partner_id"}
    assert told["amazon_callback_uri"].startswith(sandbox.endpoints["console"])
    sent = requests.get(back(told), timeout=10, allow_redirects=False)
    assert sent.status_code == 302
    answer = query(sent.headers["Location"])
    assert (answer["state"], answer["selling_partner_id"]) == ("ours", sandbox.sellers["DEMO-FE"].merchant_id)
    assert exchange(sandbox, application, answer["spapi_oauth_code"]).status_code == 200


def test_a_draft_says_so_and_wants_to_hear_it_again(sandbox, draft):
    told = query(sandbox.visit_appstore(draft, "DEMO-EU"), LOGIN)
    assert told["version"] == "beta"
    assert refused(lambda: sandbox.visit(back(told)), "MD1000")
    assert query(sandbox.visit(back(told, version="beta")))["spapi_oauth_code"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amazon_state": "made-up"}, "MD5100"),
        ({"amazon_state": ""}, "MD5100"),
        ({"state": ""}, "MD5100"),
        ({"redirect_uri": "https://evil.example/"}, "MD5101"),
    ],
)
def test_a_wrong_way_back_ends_on_a_page_with_a_code(sandbox, application, params, code):
    told = query(sandbox.visit_appstore(application), LOGIN)
    assert refused(lambda: sandbox.visit(back(told, **params)), code)
    page = requests.get(back(told, **params), timeout=10)
    assert page.status_code == 400 and code in page.text


def test_amazons_state_works_once_and_for_one_application(sandbox, application):
    other = sandbox.add_application(ODOO)
    told = query(sandbox.visit_appstore(application), LOGIN)
    foreign = told | {"amazon_callback_uri": query(sandbox.visit_appstore(other), LOGIN)["amazon_callback_uri"]}
    assert refused(lambda: sandbox.visit(back(foreign)), "MD5100")
    assert query(sandbox.visit(back(told)))["spapi_oauth_code"]
    assert refused(lambda: sandbox.visit(back(told)), "MD5100")


def test_the_website_way_can_go_over_the_log_in_uri_too(sandbox, application):
    sandbox.world.set_switches({"login_hop": True})
    told = query(sandbox.visit(ask(sandbox, application), "DEMO-NA"), LOGIN)
    assert query(sandbox.visit(back(told)))["state"] == "ours"
