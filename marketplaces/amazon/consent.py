"""The seller's consent in the browser: addresses of Seller Central, and what comes back from it.

Nothing here is sent anywhere: these functions make addresses for a person's browser and read what such a browser
brings. Whatever it brings may have been made up by somebody else.
Source: developer-docs.amazon.com/sp-api/docs/website-authorization-workflow and /reauthorization-workflow, 2026-11-25.
"""

import re
from urllib.parse import parse_qsl, urlencode

from ..errors import BadCredentials, Refused
from ..schema import Consent, LoginRequest
from . import const

#: Source: "Website authorization workflow" and "Selling Partner Appstore authorization workflow",
#: developer-docs.amazon.com/sp-api/docs/website-authorization-workflow and /reauthorization-workflow, 2026-11-25.
CONSENT_PATH = "/apps/authorize/consent"
#: Path of ``amazon_callback_uri``, followed by /<application id>. The guide's example has the host amazon.com, what
#: was really received had Seller Central's (public code of 2021). Source: SP-API developer guide, 2021-11-12.
CONFIRM_PATH = "/apps/authorize/confirm"
#: Forms of an application id. Source: SP-API developer guide, 2021-11-12 (sellerapps.app); ids quoted in
#: github.com/amzn/selling-partner-api-models/issues/1754 and /2186 (sp.solution), 2026-11-25.
APPLICATION_REF = r"amzn1\.(?:sellerapps\.app|sp\.solution)\.[0-9A-Za-z-]{1,64}"
#: Ids of clients, often taken for the application id. Source: issue 2744 there, 2026-11-25.
CLIENT_ID_PREFIX = "amzn1.application-oa2-client."

_PRIMARY_USER = (
    "Only the primary user of the seller account may authorize an application. Sign out of Seller Central, have the "
    "primary user sign in, and start again."
)
_FAULT = "Amazon had a fault. Nothing was changed; start again in a few minutes."
#: What Amazon says instead of a code, and what to do.
#: Sources: developer-docs.amazon.com/sp-api/docs/authorization-errors (MD1000, MD5101, MD5110; MD9100, SPDC8143 and
#: SPSA0404 by public notes on that page) and /application-authorization-limits, 2026-11-25; "Invalid Access" by
#: github.com/amzn/selling-partner-api-docs/issues/2191; MD5100 by issue 517 there and issue 2186 in
#: selling-partner-api-models; the rest by RFC 6749, 4.1.2.1.
CONSENT_ERRORS = {
    "MD1000": "Amazon does not find a published application with this Application ID. Check that it is the Application "
    "ID (not the Client ID), mark the application as a draft here as long as it is one at Amazon, and start again.",
    "MD5100": "Amazon finds something wrong with the application's addresses. Check the Application ID here, and "
    "log-in URI and redirect URI of the application in Seller Central › Develop Apps › Edit App; then start again.",
    "MD5101": "The redirect URI that was sent is none of the application's. Copy it from here into Seller Central › "
    "Develop Apps › Edit App › OAuth redirect URIs, exactly as it is, save (and publish, if the application is "
    "listed), and start again.",
    "MD5110": "The redirect URI contains a “#”, which Amazon does not allow. Enter it without in Seller Central › "
    "Develop Apps › Edit App, and start again.",
    "MD9100": "The application has no log-in URI or no redirect URI. Enter both in Seller Central › Develop Apps › "
    "Edit App, each beginning with https, and start again. A private application has neither: paste a refresh token "
    "instead.",
    "SPDC8143": _PRIMARY_USER,
    "Invalid Access": _PRIMARY_USER,
    "SPSA0404": "The application is not made for this kind of account. In Seller Central › Develop Apps › Edit App "
    "choose “Sellers” among the business entities, and start again.",
    "CONSENT_LIMIT_REACHED": "The application has as many sellers as Amazon allows (25, as long as it is not listed "
    "in the Appstore). End an authorization that is no longer needed, list the application, or paste a refresh token "
    "that Seller Central makes (up to 10).",
    "access_denied": "The authorization was declined in Seller Central. Nothing was changed; start again and confirm "
    "if that was a mistake.",
    "invalid_request": "Amazon can't read the request for authorization. Check the Application ID and start again.",
    "unauthorized_client": "Amazon does not let this application ask for authorization. Check the Application ID, and "
    "the application's state in Seller Central › Develop Apps.",
    "invalid_scope": "Amazon does not let this application ask for what it asks. Check its roles in Seller Central › "
    "Develop Apps › Edit App.",
    "server_error": _FAULT,
    "temporarily_unavailable": _FAULT,
}

_MAX_TEXT = 2048
#: What an error parameter may hold at most; anything longer is no code and is not looked at.
_MAX_ERROR = 500
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_APPLICATION_REF = re.compile(APPLICATION_REF)
#: What may follow the path of the callback. Strict, because browsers forgive what a parser here might not see: no
#: backslash, no "#", no blank, no second path, nothing that is not ASCII.
_CALLBACK_REST = re.compile(
    r"(?:/(?P<application>[0-9A-Za-z][0-9A-Za-z._-]{0,127}))?/?"  #
    r"(?:\?[0-9A-Za-z._~%&=+/:,;@!$()*-]*)?"
)
_ERROR_CODE = re.compile(
    r"(?<![0-9A-Za-z])(MD[0-9]{4}|SP[A-Z]{2}[0-9]{3,5}|CONSENT_LIMIT_REACHED)(?![0-9A-Za-z])", re.IGNORECASE
)
_CODE = re.compile(r"[0-9A-Za-z_.-]{1,40}")
_UNKNOWN = "unknown"
#: Ours on the way back to Amazon; the callback's own query may not set them.
_OUR_PARAMETERS = ("amazon_state", "state", "redirect_uri", "version")


# --- to Seller Central ---------------------------------------------------------------------------------


def consent_url(*, region, site_ref=None, application_ref, state, redirect_uri=None, is_draft=False, endpoints=None):
    """Return the address of the consent page (see ``Marketplace.consent_url``)."""
    if not state:
        raise ValueError("state is empty")
    params = {"application_id": _check_application(application_ref), "state": state}
    return f"{_console(region, site_ref, endpoints)}{CONSENT_PATH}?{_query(params, redirect_uri, is_draft)}"


def main_console(region):
    """Return the base address of the region's Seller Central.

    :raise Refused: there is no such region.
    """
    if region not in const.MAIN_CONSOLES:
        raise Refused(f"Amazon has no region “{region}”: choose one of the list.")
    return f"https://{const.MAIN_CONSOLES[region]}"


def _console(region, site_ref, endpoints):
    main = main_console(region)
    # A storefront of another region has another seller account: its Seller Central would ask for a wrong consent.
    site = next((site for site in const.SITES if site_ref and (site.site_ref, site.region) == (site_ref, region)), None)
    return _sandbox(endpoints) or (f"https://{site.seller_host}" if site else main)


def _sandbox(endpoints):
    return ((endpoints or {}).get("console") or "").rstrip("/")


def _check_application(text):
    """Return an application id; the message never repeats what was entered, which may be a secret in a wrong place."""
    where = "Seller Central › Apps and Services › Develop Apps shows it below the application's name"
    ref = (text or "").strip()
    if not ref:
        message = f"There is no Application ID: {where}. A private application has none; paste a refresh token instead."
        raise BadCredentials(message)
    if ref.startswith(CLIENT_ID_PREFIX):
        raise BadCredentials(f"The Client ID was entered as Application ID: {where}.")
    if not _APPLICATION_REF.fullmatch(ref):
        form = "amzn1.sp.solution.… or amzn1.sellerapps.app.…"
        raise BadCredentials(f"The Application ID can't be one, it looks like {form}: {where}.")
    return ref


def _query(params, redirect_uri, is_draft):
    if redirect_uri:
        params = {**params, "redirect_uri": redirect_uri}
    if is_draft:
        params = {**params, "version": "beta"}
    return urlencode(params)


# --- the log-in URI ------------------------------------------------------------------------------------


def read_login(params, endpoints=None):
    """Return what Amazon asks at our log-in URI (see ``Marketplace.read_login``).

    Amazon comes here in the Appstore workflow, and in newer website workflows between consent and redirect URI.
    """
    url = _parameter(params, "amazon_callback_uri")
    marketplace_state = _parameter(params, "amazon_state")
    seller_ref = check_seller_ref(_parameter(params, "selling_partner_id"))
    if not (url and marketplace_state and seller_ref):
        raise Refused("This is no request of Seller Central: start in Seller Central or from the account here.")
    region, application_ref = _check_callback(url, endpoints)
    return LoginRequest(
        callback_url=url,
        marketplace_state=marketplace_state,
        seller_ref=seller_ref,
        application_ref=application_ref,
        is_draft=_parameter(params, "version") == "beta",
        region=region,
    )


def _check_callback(url, endpoints):
    """Return the region (None in the sandbox) and the application id (if any) in the callback's address.

    Only the confirmation page is taken: any other page of Seller Central, such as another application's consent page,
    could hand our state to a stranger.

    :raise Refused: the address is not that page of Seller Central.
    """
    bases = {f"https://{host}": region for host, region in const.CONSOLE_HOSTS.items()}
    if sandbox := _sandbox(endpoints):
        bases[sandbox] = None
    for base, region in bases.items():
        page = base + CONFIRM_PATH
        rest = _CALLBACK_REST.fullmatch(url[len(page) :]) if url.startswith(page) else None
        if rest:
            ref = rest["application"] or ""
            return region, ref if _APPLICATION_REF.fullmatch(ref) else None
    raise Refused("The request would send the browser to an address that is not Seller Central's: it was refused.")


def login_url(login, state, redirect_uri=None):
    """Return where the browser goes back to (see ``Marketplace.login_url``)."""
    if not state:
        raise ValueError("state is empty")
    page, _mark, query = login.callback_url.partition("?")
    own = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in _OUR_PARAMETERS]
    params = {"amazon_state": login.marketplace_state, "state": state}
    ours = _query(params, redirect_uri, login.is_draft)
    return f"{page}?{urlencode(own)}&{ours}" if own else f"{page}?{ours}"


# --- the redirect URI ----------------------------------------------------------------------------------


def read_callback(params, explain):
    """Return what Amazon sent to our redirect URI (see ``Marketplace.read_callback``).

    :param explain: function that says what an error code means.
    """
    state = _parameter(params, "state") or None
    error = _error_code(params)
    if error:
        return Consent(state=state, error_code=error, error_text=explain(None if error == _UNKNOWN else error))
    code = _parameter(params, "spapi_oauth_code")
    seller_ref = check_seller_ref(_parameter(params, "selling_partner_id"))
    if not code:
        raise Refused("Amazon sent neither an authorization code nor an error: start the authorization again.")
    if not seller_ref:
        raise Refused("Amazon did not say which seller account was authorized: start the authorization again.")
    return Consent(state=state, code=code, seller_ref=seller_ref)


def _error_code(params):
    """Return the code of an error, or None; other text is never shown, because anybody can write one."""
    told = [_first(params, name)[:_MAX_ERROR] for name in ("error", "error_code", "error_description")]
    if not any(told):
        return None
    # An own code of Amazon's says more than OAuth's "server_error", wherever it stands.
    if found := next(filter(None, map(_ERROR_CODE.search, told)), None):
        return found[1].upper()
    for text in told:
        known = next((code for code in CONSENT_ERRORS if code.lower() == text.strip().lower()), None)
        if known:
            return known
    return next((text for text in told[:2] if _CODE.fullmatch(text)), _UNKNOWN)


# --- parameters ----------------------------------------------------------------------------------------


def check_seller_ref(text):
    """Return a merchant id, or None when the text can't be one.

    A marketplace id has the same form and is often taken for it.
    """
    ref = "".join(char for char in (text if isinstance(text, str) else "") if char.isprintable() and not char.isspace())
    ref = ref.upper()
    is_site = any(site.site_ref == ref for site in const.SITES)
    return ref if re.fullmatch(const.SELLER_REF, ref) and not is_site else None


def _values(params, name):
    get_list = getattr(params, "getlist", None)
    value = get_list(name) if get_list else params.get(name)
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _first(params, name):
    value = next(iter(_values(params, name)), "")
    return value if isinstance(value, str) else ""


def _parameter(params, name):
    """Return one parameter of a query, empty when it is missing.

    :raise Refused: it is there twice, is too long, or holds what Amazon never writes.
    """
    values = _values(params, name)
    if len(values) > 1:
        raise Refused(f"“{name}” is there more than once: start the authorization again.")
    value = values[0] if values else ""
    if not isinstance(value, str) or len(value) > _MAX_TEXT or not _PRINTABLE.fullmatch(value):
        raise Refused(f"“{name}” can't be read: start the authorization again.")
    return value
