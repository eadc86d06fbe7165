"""The seller's consent in the browser: where it is sent, and what is believed of what it brings back."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from marketplaces.amazon import Amazon
from marketplaces.amazon.const import CONSOLE_HOSTS, SITES
from marketplaces.errors import BadCredentials, Refused

APPLICATION = "amzn1.sp.solution.11111111-2222-4333-8444-555555555555"
REDIRECT = "https://odoo.example/marketplace/amazon/callback"
SELLER = "A1B2C3D4E5F6G7"
CONSOLE = "http://127.0.0.1:8090/console"


def consent(**values):
    values = {"region": "eu", "application_ref": APPLICATION, "state": "st4te&=+ ü"} | values
    url = Amazon.consent_url(**values)
    return urlsplit(url), dict(parse_qsl(urlsplit(url).query))


# --- to Seller Central ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "site", "host"),
    [
        ("na", None, "sellercentral.amazon.com"),
        ("eu", None, "sellercentral-europe.amazon.com"),
        ("fe", None, "sellercentral.amazon.co.jp"),
        ("eu", "A1PA6795UKMFR9", "sellercentral-europe.amazon.com"),
        ("eu", "A1805IZSGTT6HS", "sellercentral.amazon.nl"),
        ("na", "A2EUQ1WTGCTBG2", "sellercentral.amazon.ca"),
    ],
)
def test_the_seller_is_sent_to_the_seller_central_he_knows(region, site, host):
    url, query = consent(region=region, site_ref=site)
    assert (url.scheme, url.netloc, url.path) == ("https", host, "/apps/authorize/consent")
    assert query == {"application_id": APPLICATION, "state": "st4te&=+ ü"}


@pytest.mark.parametrize("site", ["ATVPDKIKX0DER", "nonsense", ""])
def test_a_storefront_of_another_region_is_not_followed(site):
    assert consent(region="eu", site_ref=site)[0].netloc == "sellercentral-europe.amazon.com"


def test_drafts_and_the_redirect_uri_are_told():
    _url, query = consent(is_draft=True, redirect_uri=REDIRECT)
    assert (query["version"], query["redirect_uri"]) == ("beta", REDIRECT)


def test_the_sandbox_replaces_the_console_and_nothing_else():
    url, query = consent(endpoints={"console": f"{CONSOLE}/", "lwa": "http://127.0.0.1:1"}, site_ref="A1805IZSGTT6HS")
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{CONSOLE}/apps/authorize/consent"
    assert query["application_id"] == APPLICATION


@pytest.mark.parametrize("region", ["", "mars", None, "EU"])
def test_there_is_no_other_region(region):
    with pytest.raises(Refused):
        consent(region=region)
    with pytest.raises(Refused):
        Amazon.app_url(region)
    with pytest.raises(Refused):
        Amazon.merchant_id_url(region)


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ("", "paste a refresh token instead"),
        (None, "paste a refresh token instead"),
        ("amzn1.application-oa2-client.0123", "The Client ID was entered"),
        ("amzn1.oa2-cs.v1.s3cret", "can't be one"),
        ("amzn1.sp.solution.a&state=x", "can't be one"),
        ("amzn1.sp.solution.a\n", None),
    ],
)
def test_what_is_no_application_id_is_explained_and_never_repeated(entered, words):
    if words is None:
        assert consent(application_ref=entered)[1]["application_id"] == entered.strip()
        return
    with pytest.raises(BadCredentials, match=words) as caught:
        consent(application_ref=entered)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("ref", ["amzn1.sellerapps.app.1-2", "amzn1.sp.solution.1-2"])
def test_both_forms_of_application_ids_are_taken(ref):
    assert consent(application_ref=ref)[1]["application_id"] == ref


def test_nobody_is_sent_away_without_a_state():
    with pytest.raises(ValueError):
        consent(state="")


# --- the redirect URI ----------------------------------------------------------------------------------


def callback(**more):
    return {"state": "ours", "spapi_oauth_code": "RHcode", "selling_partner_id": SELLER} | more


def test_a_code_is_read():
    answer = Amazon.read_callback(callback(mws_auth_token="old"))
    assert (answer.state, answer.code, answer.seller_ref) == ("ours", "RHcode", SELLER)
    assert (answer.error_code, answer.error_text) == (None, None)


@pytest.mark.parametrize("name", ["spapi_oauth_code", "selling_partner_id"])
@pytest.mark.parametrize("value", [None, "", "x" * 3000, "a\nb", ["a", "b"]])
def test_an_answer_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(Refused):
        Amazon.read_callback(callback() | {name: value})


def test_a_doubled_state_is_refused():
    with pytest.raises(Refused):
        Amazon.read_callback(callback(state=["ours", "theirs"]))


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({"error": "access_denied"}, "access_denied", "declined"),
        ({"error": "Access_Denied "}, "access_denied", "declined"),
        ({"error": "MD1000"}, "MD1000", "as a draft"),
        ({"error_code": "md1000"}, "MD1000", "as a draft"),
        ({"error": "MD5101"}, "MD5101", "redirect URI"),
        ({"error": "MD5110"}, "MD5110", "#"),
        ({"error": "server_error", "error_description": "Error code: MD9100."}, "MD9100", "log-in URI"),
        ({"error": "oops", "error_description": "Error code: MD9100."}, "MD9100", "log-in URI"),
        ({"error": "SPDC8143"}, "SPDC8143", "primary user"),
        ({"error": "Invalid Access"}, "Invalid Access", "primary user"),
        ({"error": "SPSA0404"}, "SPSA0404", "Sellers"),
        ({"error": "CONSENT_LIMIT_REACHED"}, "CONSENT_LIMIT_REACHED", "25"),
        ({"error": "temporarily_unavailable"}, "temporarily_unavailable", "start again"),
        ({"error": "MD4242"}, "MD4242", "MD4242"),
        ({"error": "brand_new.thing"}, "brand_new.thing", "brand_new.thing"),
    ],
)
def test_an_error_is_explained(params, code, words):
    answer = Amazon.read_callback({"state": "ours", **params})
    assert (answer.state, answer.code, answer.error_code) == ("ours", None, code)
    assert words in answer.error_text
    assert "tart again" in answer.error_text or "paste a refresh token" in answer.error_text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Call +1 555 0100 and tell your password",
        "x" * 10000,
        "\r\nSet-Cookie: a=b",
        "ü",
        "…",
    ],
)
@pytest.mark.parametrize("name", ["error", "error_code", "error_description"])
def test_text_of_strangers_is_never_shown(name, text):
    answer = Amazon.read_callback({"state": "ours", name: text})
    assert answer.error_code == "unknown"
    assert answer.error_text.startswith("Amazon ended the authorization. Start again")


def test_an_error_beats_a_code():
    answer = Amazon.read_callback(callback(error="access_denied"))
    assert (answer.code, answer.error_code) == (None, "access_denied")


@pytest.mark.parametrize("code", [None, "", "<b>", "a b", "x" * 99])
def test_an_unknown_error_still_says_what_to_do(code):
    text = Amazon.explain_consent_error(code)
    assert text.startswith("Amazon ended the authorization. Start again; if it happens again")


def test_nothing_secret_is_printed():
    printed = repr(Amazon.read_callback(callback(state="s3cret")))
    assert "s3cret" not in printed and "RHcode" not in printed


# --- what a person enters, and where -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [SELLER, f" {SELLER}\n", SELLER.lower(), f"{SELLER[:5]} {SELLER[5:]}", f"\u200b{SELLER}"]
)
def test_a_merchant_id_is_cleaned(text):
    assert Amazon.check_seller_ref(text) == SELLER


@pytest.mark.parametrize(
    "text", ["", None, 7, "A1PA6795UKMFR9", "a1pa6795ukmfr9", "B1B2C3D4E5F6G7", "A1B2", "amzn1.sp.solution.1", "Ä" * 14]
)
def test_what_is_no_merchant_id_is_told(text):
    assert Amazon.check_seller_ref(text) is None


def test_what_is_entered_is_what_credentials_hold():
    assert [field.name for field in Amazon.credential_fields] == ["client_id", "client_secret", "application_ref"]
    assert [field.name for field in Amazon.account_fields] == ["seller_ref", "refresh_token"]
    fields = Amazon.credential_fields + Amazon.account_fields
    assert [field.name for field in fields if field.secret] == ["client_secret", "refresh_token"]
    assert [field.name for field in fields if not field.required] == ["application_ref"]
    assert all(field.label and field.help and field.placeholder for field in fields)
    assert Amazon.has_consent and (Amazon.authorization_days, Amazon.secret_days) == (365, 180)


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.code)
def test_each_place_has_its_address_in_the_storefronts_own_console(site):
    assert [place.code for place in Amazon.setup_places] == [
        "seller_profile",
        "messaging_permissions",
        "notification_preferences",
    ]
    for place in Amazon.setup_places:
        url = urlsplit(Amazon.setup_url(place, site))
        assert (url.scheme, url.netloc, url.path) == ("https", site.seller_host, place.path)
        assert Amazon.setup_url(place.code, site) == url.geturl()


def test_there_is_no_other_place():
    with pytest.raises(KeyError):
        Amazon.setup_url("elsewhere", SITES[0])


@pytest.mark.parametrize("region", [code for code, _label in Amazon.regions])
def test_each_region_has_pages_for_keys_and_merchant_id(region):
    for url in map(urlsplit, (Amazon.app_url(region), Amazon.merchant_id_url(region))):
        assert url.scheme == "https" and CONSOLE_HOSTS[url.netloc] == region
