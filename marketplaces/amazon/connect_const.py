"""Facts about connecting a seller account, each with its source and the day it was read."""

from ..schema import CredentialField, SetupPlace

# --- authorizing in the browser ------------------------------------------------------------------------

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
#: A merchant token. Those seen in public have 12 to 14 characters; Amazon promises no form.
SELLER_REF = r"A[0-9A-Z]{9,19}"
#: Source: developer-docs.amazon.com/sp-api/docs/renew-authorizations, 2026-11-22.
AUTHORIZATION_DAYS = 365
#: Source: developer-docs.amazon.com/sp-api/docs/rotating-your-apps-lwa-credentials, 2026-11-22.
SECRET_DAYS = 180

#: Where private and public applications are made and their keys shown. Source: link in Amazon's own samples
#: (selling-partner-api-samples, use-cases/lwa-rotation/docs/DEPLOYMENT.md), 2026-11-25.
APPS_PATH = "/sellingpartner/developerconsole"
#: Source: link in sellercentral.amazon.com/help/hub/reference/GB2FHL2QMQ5NT397 ("Amazon Buy Shipping protections")
#: and in many public guides, 2026-11-25.
MERCHANT_TOKEN_PATH = "/sw/AccountInfo/MerchantToken"

SELLER_REF_LABEL = "Merchant ID"
SELLER_REF_HELP = "Seller Central › Settings › Account Info › Merchant Token. It begins with A."
CREDENTIAL_FIELDS = (
    CredentialField(
        name="client_id",
        label="Client ID",
        help="Seller Central › Apps and Services › Develop Apps › your application › LWA credentials › View.",
        placeholder="amzn1.application-oa2-client.…",
        secret=False,
        required=True,
    ),
    CredentialField(
        name="client_secret",
        label="Client Secret",
        help="Beside the Client ID. Amazon ends it after 180 days: make a new one there before that.",
        placeholder="amzn1.oa2-cs.v1.…",
        secret=True,
        required=True,
    ),
    CredentialField(
        name="application_ref",
        label="Application ID",
        help="Seller Central › Apps and Services › Develop Apps, below the application's name. Only needed to "
        "authorize in the browser; a private application does without.",
        placeholder="amzn1.sp.solution.… or amzn1.sellerapps.app.…",
        secret=False,
        required=False,
    ),
)
ACCOUNT_FIELDS = (
    CredentialField(
        name="seller_ref",
        label=SELLER_REF_LABEL,
        help=SELLER_REF_HELP,
        placeholder="A1B2C3D4E5F6G7",
        secret=False,
        required=True,
    ),
    CredentialField(
        name="refresh_token",
        label="Refresh Token",
        help="Seller Central › Apps and Services › Develop Apps › arrow beside Edit App › Authorize › Authorize app. "
        "Amazon shows it only once.",
        placeholder="Atzr|…",
        secret=True,
        required=True,
    ),
)

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

# --- where a storefront's address must be entered ------------------------------------------------------

#: Paths: Account Info and Notification Preferences as Amazon's own help pages link them
#: (sellercentral.amazon.com/help/hub/reference/G200421970 and KHEKK2WJN9KABZQ); the page of Messaging Permissions is
#: linked only from its help page (GTV8NTY5RM6N9LUN names it). Ways of clicking: help pages G201054220 and G871, and
#: the guides of helpratchet.com and zonmaster.freshdesk.com. All read 2026-11-25.
SETUP_PLACES = (
    SetupPlace(
        code="seller_profile",
        title="Seller profile",
        text="Settings › Account Info › Seller Profile, storefront of this address, Edit beside Customer service "
        "details: enter the address as customer service e-mail and as customer service reply-to e-mail, and save.",
        path="/hz/sc/account-information",
    ),
    SetupPlace(
        code="messaging_permissions",
        title="Messaging permissions",
        text="The help page that opens links to Messaging Permissions. Choose the storefront at the top of Seller "
        "Central, add the address, choose Approved, and save. Amazon rejects answers from any other sender; each "
        "storefront has a list of its own.",
        path="/gp/help/G201054220",
    ),
    SetupPlace(
        code="notification_preferences",
        title="Notification preferences",
        text="Settings › Notification Preferences, for the storefront of this address. Messaging › Edit: enter the "
        "address for buyer messages, confirmation notifications, delivery failures and buyer opt-out. Return and claim "
        "notifications › Edit: add it for claims, returns and refunds. Save each.",
        path="/notifications/preferences",
    ),
)
