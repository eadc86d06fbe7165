"""What sellers authorized: codes become tokens, tokens end, secrets rotate; by hand and over the side door."""

import re

import pytest
import requests
from sandbox import Sandbox
from sandbox.tests.consent import CALLBACK, LOGIN, ODOO, ask, connect, exchange, query, refresh


@pytest.fixture
def application(sandbox):
    return sandbox.add_application(ODOO, name="Shop Helpdesk")


# --- codes ---------------------------------------------------------------------------------------------


def code_of(sandbox, application):
    return query(sandbox.visit(ask(sandbox, application), "DEMO-EU"))["spapi_oauth_code"]


def test_a_code_becomes_tokens_that_open_the_account(sandbox, api, application):
    answer = exchange(sandbox, application, code_of(sandbox, application)).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert answer["access_token"].startswith("Atza|") and answer["refresh_token"].startswith("Atzr|")
    again = refresh(sandbox, application, answer["refresh_token"]).json()
    assert again["refresh_token"] == answer["refresh_token"]
    for token in (answer["access_token"], again["access_token"]):
        rows = api.get("/sellers/v1/marketplaceParticipations", token).json()["payload"]
        assert {row["marketplace"]["countryCode"] for row in rows} == set(sandbox.sellers["DEMO-EU"].sites)
    assert [a.seller for a in sandbox.authorizations] == ["DEMO-EU"]
    assert answer["refresh_token"] not in repr(sandbox.authorizations)


def test_a_code_works_once(sandbox, application):
    code = code_of(sandbox, application)
    assert exchange(sandbox, application, code).status_code == 200
    answer = exchange(sandbox, application, code)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_code_ends_after_five_minutes(sandbox, application):
    code = code_of(sandbox, application)
    sandbox.expire_codes()
    assert exchange(sandbox, application, code).json()["error"] == "invalid_grant"


def test_a_code_is_bound_to_application_secret_and_redirect_uri(sandbox, application):
    code, other = code_of(sandbox, application), sandbox.add_application(ODOO)
    assert exchange(sandbox, other, code).json()["error"] == "invalid_grant"
    assert exchange(sandbox, application, code, redirect_uri=LOGIN).json()["error"] == "invalid_grant"
    assert exchange(sandbox, application, code, client_secret="wröng").json()["error"] == "invalid_client"
    assert exchange(sandbox, sandbox.sellers["DEMO-EU"], code).json()["error"] == "invalid_grant"
    assert exchange(sandbox, application, code, redirect_uri="").status_code == 200


@pytest.mark.parametrize("missing", ["code", "client_id", "client_secret"])
def test_an_incomplete_exchange_is_an_invalid_request(sandbox, application, missing):
    form = {"code": code_of(sandbox, application), missing: ""}
    answer = exchange(sandbox, application, **form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


# --- afterwards ----------------------------------------------------------------------------------------


def test_a_revoked_authorization_is_an_invalid_grant(sandbox, application):
    other = sandbox.add_application(ODOO)
    tokens = [connect(sandbox, application), connect(sandbox, other), connect(sandbox, application, "DEMO-NA")]
    sandbox.revoke("DEMO-EU", application)
    answers = [refresh(sandbox, a, t) for a, t in zip((application, other, application), tokens, strict=True)]
    assert [answer.status_code for answer in answers] == [400, 200, 200]
    assert answers[0].json()["error"] == "invalid_grant" and "revoked" in answers[0].json()["error_description"]
    sandbox.revoke(sandbox.sellers["DEMO-EU"])
    assert refresh(sandbox, other, tokens[1]).json()["error"] == "invalid_grant"
    private = sandbox.sellers["DEMO-EU"]
    assert refresh(sandbox, private, private.refresh_token).json()["error"] == "invalid_grant"
    assert refresh(sandbox, application, connect(sandbox, application)).status_code == 200


def test_a_refresh_token_belongs_to_its_application(sandbox, application):
    other = sandbox.add_application(ODOO)
    token = connect(sandbox, application)
    assert refresh(sandbox, other, token).json()["error"] == "invalid_grant"
    assert refresh(sandbox, sandbox.sellers["DEMO-EU"], token).json()["error"] == "invalid_grant"


def test_an_old_secret_is_an_invalid_client_and_refresh_tokens_survive(sandbox, application):
    token = connect(sandbox, application)
    secret = sandbox.rotate_secret(application)
    answer = refresh(sandbox, application, token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    renewed = sandbox.applications[application.application_ref]
    assert renewed.client_secret == secret != application.client_secret
    assert refresh(sandbox, renewed, token).status_code == 200
    assert sandbox.rotate_secret(application.application_ref, "new") == "new"


def test_a_private_applications_secret_rotates_too(sandbox):
    old = sandbox.sellers["DEMO-EU"]
    sandbox.rotate_secret("DEMO-EU")
    assert refresh(sandbox, old, old.refresh_token).json()["error"] == "invalid_client"
    assert refresh(sandbox, sandbox.sellers["DEMO-EU"], old.refresh_token).status_code == 200
    with pytest.raises(KeyError):
        sandbox.world.rotate_secret("nobody", "new")


def test_many_sellers_can_be_added_anywhere(sandbox, api, application):
    one = sandbox.add_seller("SHOP-2", "eu", ["DE", "SE"], inactive=["SE"], suspended=["DE"])
    two = sandbox.add_seller("SHOP-2-NA", "na", ["US"], merchant_id=one.merchant_id)
    assert re.fullmatch("A[0-9A-Z]{13}", one.merchant_id) and two.merchant_id == one.merchant_id
    for seller, client, token in (
        (one, one, one.refresh_token),
        (two, application, connect(sandbox, application, two)),
    ):
        access = refresh(sandbox, client, token).json()["access_token"]
        rows = api.get("/sellers/v1/marketplaceParticipations", access).json()["payload"]
        told = {row["marketplace"]["countryCode"]: row["participation"] for row in rows}
        assert set(told) == set(seller.sites)
        for site, participation in told.items():
            assert participation["isParticipating"] is (site not in seller.inactive)
            assert participation["hasSuspendedListings"] is (site in seller.suspended)


# --- by hand and over the side door --------------------------------------------------------------------


def test_a_person_manages_applications_and_authorizations(sandbox, application):
    def press(action, **form):
        url = f"{sandbox.http_url}/apps/manage"
        data = {"action": action, "application_id": application.application_ref} | form
        return requests.post(url, data, timeout=10).status_code

    token = connect(sandbox, application, "DEMO-NA")
    assert press("sign_in", seller="DEMO-NA") == 200
    assert application.application_ref in requests.get(f"{sandbox.http_url}/apps/manage", timeout=10).text
    assert press("revoke") == 200
    assert refresh(sandbox, application, token).json()["error"] == "invalid_grant"
    assert press("rotate") == press("save", redirect_uris=f"{CALLBACK}\n{ODOO}/2", login_uri=LOGIN, draft="on") == 200
    changed = sandbox.applications[application.application_ref]
    assert changed.client_secret != application.client_secret
    assert (changed.redirect_uris, changed.draft) == ((CALLBACK, f"{ODOO}/2"), True)
    assert press("drop") == press("sign_in", seller="nobody") == press("save", application_id="nobody") == 400


def test_the_side_door_does_all_of_it(sandbox, api):
    keys = {"client_id": "amzn1.application-oa2-client.x", "client_secret": "s3cret"}
    rows = api.control("applications", odoo_url=ODOO, application_ref="amzn1.sp.solution.x", **keys)["applications"]
    assert "s3cret" not in str(rows)
    application = sandbox.applications["amzn1.sp.solution.x"]
    assert application.redirect_uris == (CALLBACK,)
    token = connect(sandbox, application)
    assert api.control("authorizations", sign_in="DEMO-NA")["signed_in"] == {"seller": "DEMO-NA", "secondary": False}
    (row,) = api.control("authorizations", "GET")["authorizations"]
    assert (row["seller"], row["application_ref"]) == ("DEMO-EU", "amzn1.sp.solution.x")
    assert token not in str(row)
    api.control("authorizations", revoke="DEMO-EU", application_ref="amzn1.sp.solution.x")
    assert refresh(sandbox, application, token).json()["error"] == "invalid_grant"
    code = code_of(sandbox, application)
    api.control("authorizations", expire_codes=True)
    assert exchange(sandbox, application, code).json()["error"] == "invalid_grant"
    api.control("applications", application_ref="amzn1.sp.solution.x", rotate_secret="new")
    api.control("applications", application_ref="amzn1.sp.solution.x", draft=True)
    changed = sandbox.applications["amzn1.sp.solution.x"]
    assert (changed.client_secret, changed.draft) == ("new", True)
    api.control("sellers", seller="SHOP-3", region="fe", sites=["JP"])
    assert sandbox.sellers["SHOP-3"].merchant_id.startswith("A")


def test_the_demos_applications_lead_to_its_odoo():
    with Sandbox(odoo_url=f"{ODOO}/", odoo_db="demo") as sandbox:
        for application in sandbox.applications.values():
            assert (application.redirect_uris, application.login_uri) == ((CALLBACK,), LOGIN)
        sandbox.add_application(ODOO)
        sandbox.reset()
        assert [a.draft for a in sandbox.applications.values()] == [False, True]
