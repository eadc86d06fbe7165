"""Facts about Amazon, each with its source and the day it was read."""

import platform

from ..schema import CredentialField, SetupPlace, Site

#: SP-API regions; one consent and one refresh token cover one region.
#: Source: developer-docs.amazon.com/sp-api/docs/sp-api-endpoints, 2026-11-22.
REGIONS = (
    ("na", "North America"),
    ("eu", "Europe"),
    ("fe", "Far East"),
)
API_URLS = {region: f"https://sellingpartnerapi-{region}.amazon.com" for region, _label in REGIONS}
#: Source: developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api, 2026-11-22.
LWA_URL = "https://api.amazon.com/auth/o2/token"

#: Calls a second and burst. Source: "Usage Plan" in the official API models (orders 2026-01-01, sellers v1,
#: messaging v1, solicitations v1, uploads 2020-11-01), github.com/amzn/selling-partner-api-models, August 2026.
RATES = {
    "getOrder": (0.5, 30),
    "searchOrders": (0.0056, 20),
    "getMarketplaceParticipations": (0.016, 15),
    "getMessagingActionsForOrder": (1, 5),
    "GetAttributes": (1, 5),
    "confirmCustomizationDetails": (1, 5),
    "createConfirmDeliveryDetails": (1, 5),
    "createConfirmOrderDetails": (1, 5),
    "createConfirmServiceDetails": (1, 5),
    "createUnexpectedProblem": (1, 5),
    "createDigitalAccessKey": (1, 5),
    "createLegalDisclosure": (1, 5),
    "CreateWarranty": (1, 5),
    "sendInvoice": (1, 5),  # the model tells none: as all the others
    "getSolicitationActionsForOrder": (1, 5),
    "createProductReviewAndSellerFeedbackSolicitation": (1, 5),
    "createUploadDestinationForResource": (10, 10),
}

#: Form and need of it: "Include a User-Agent header", SP-API developer guide, 2021-11-12.
USER_AGENT = f"OdooHelpdeskMarketplace/1.0 (Language=Python/{platform.python_version()}; Platform=Odoo)"

#: Life of an access token where the answer doesn't tell, and a pause where a refusal names none.
TOKEN_SECONDS = 3600
TOKEN_RETRY_SECONDS = 60
#: Source: LWA exceptions of Amazon's own SDK (amzn-sp-api 1.13.0), 2026-11-22.
LWA_ERRORS = (
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
)

#: What we ask for with an order: exactly what ``orders.py`` reads. TAX, EXPENSE and PAYMENT hold nothing for a
#: helpdesk, TAX needs a role of its own, and taxes paid are part of PROCEEDS.
#: Source: "includedData" in orders_2026-01-01.json, August 2026.
INCLUDED_DATA = ("PROCEEDS", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES")
#: What needs the restricted role "Direct-to-Consumer Delivery", on top.
PERSONAL_DATA = ("BUYER", "RECIPIENT")
PAGE_SIZE = 100

#: What the error codes of an answer mean, as the HTTP status they usually come with (for a 200 with errors).
ERROR_STATUSES = {
    "InvalidInput": 400,
    "Unauthorized": 403,
    "NotFound": 404,
    "QuotaExceeded": 429,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
}

#: fulfillmentStatus → our status. UNFULFILLABLE ("the order cannot be fulfilled") has no word of its own: nothing
#: will be sent, as with a cancelled order; ``raw_status`` keeps the difference.
#: Source: "FulfillmentStatus" in orders_2026-01-01.json, August 2026.
STATUSES = {
    "PENDING_AVAILABILITY": "pending",
    "PENDING": "pending",
    "UNSHIPPED": "unshipped",
    "PARTIALLY_SHIPPED": "partially_shipped",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
    "UNFULFILLABLE": "cancelled",
}
FULFILLED_BY = {"AMAZON": "marketplace", "MERCHANT": "seller"}
#: Country codes that are not the ISO 3166-1 ones but are seen for the same countries.
COUNTRY_ALIASES = {"UK": "GB", "EL": "GR"}

#: Country, marketplace id, region, currency, language, Seller Central, domain ending.
#: Sources: developer-docs.amazon.com/sp-api/docs/marketplace-ids and seller-central-urls; relay hosts
#: (marketplace.amazon.<ending>) by their MX records, August 2026; the relay host of ZA is unverified.
_TABLE = (
    ("US", "ATVPDKIKX0DER", "na", "USD", "en_US", "sellercentral.amazon.com", "com"),
    ("CA", "A2EUQ1WTGCTBG2", "na", "CAD", "en_CA", "sellercentral.amazon.ca", "ca"),
    ("MX", "A1AM78C64UM0Y8", "na", "MXN", "es_MX", "sellercentral.amazon.com.mx", "com.mx"),
    ("BR", "A2Q3Y263D00KWC", "na", "BRL", "pt_BR", "sellercentral.amazon.com.br", "com.br"),
    ("IE", "A28R8C7NBKEWEA", "eu", "EUR", "en_IE", "sellercentral.amazon.ie", "ie"),
    ("ES", "A1RKKUPIHCS9HS", "eu", "EUR", "es_ES", "sellercentral-europe.amazon.com", "es"),
    ("GB", "A1F83G8C2ARO7P", "eu", "GBP", "en_GB", "sellercentral-europe.amazon.com", "co.uk"),
    ("FR", "A13V1IB3VIYZZH", "eu", "EUR", "fr_FR", "sellercentral-europe.amazon.com", "fr"),
    ("BE", "AMEN7PMS3EDWL", "eu", "EUR", "fr_BE", "sellercentral.amazon.com.be", "com.be"),
    ("NL", "A1805IZSGTT6HS", "eu", "EUR", "nl_NL", "sellercentral.amazon.nl", "nl"),
    ("DE", "A1PA6795UKMFR9", "eu", "EUR", "de_DE", "sellercentral-europe.amazon.com", "de"),
    ("IT", "APJ6JRA9NG5V4", "eu", "EUR", "it_IT", "sellercentral-europe.amazon.com", "it"),
    ("SE", "A2NODRKZP88ZB9", "eu", "SEK", "sv_SE", "sellercentral.amazon.se", "se"),
    ("ZA", "AE08WJ6YKNBMC", "eu", "ZAR", "en_ZA", "sellercentral.amazon.co.za", "co.za"),
    ("PL", "A1C3SOZRARQ6R3", "eu", "PLN", "pl_PL", "sellercentral.amazon.pl", "pl"),
    ("EG", "ARBP9OOSHTCHU", "eu", "EGP", "ar_EG", "sellercentral.amazon.eg", "eg"),
    ("TR", "A33AVAJ2PDY3EV", "eu", "TRY", "tr_TR", "sellercentral.amazon.com.tr", "com.tr"),
    ("SA", "A17E79C6D8DWNP", "eu", "SAR", "ar_SA", "sellercentral.amazon.sa", "sa"),
    ("AE", "A2VIGQ35RCS4UG", "eu", "AED", "en_AE", "sellercentral.amazon.ae", "ae"),
    ("IN", "A21TJRUUN4KGV", "eu", "INR", "en_IN", "sellercentral.amazon.in", "in"),
    ("SG", "A19VAU5U5O7RUS", "fe", "SGD", "en_SG", "sellercentral.amazon.sg", "sg"),
    ("AU", "A39IBJ37TRP1C6", "fe", "AUD", "en_AU", "sellercentral.amazon.com.au", "com.au"),
    ("JP", "A1VC38T7YXB528", "fe", "JPY", "ja_JP", "sellercentral.amazon.co.jp", "co.jp"),
)
SITES = tuple(
    Site(
        code=code,
        site_ref=ref,
        region=region,
        name=f"amazon.{ending}",
        currency=currency,
        lang=lang,
        host=f"amazon.{ending}",
        seller_host=seller_host,
        relay_hosts=(f"marketplace.amazon.{ending}",),
    )
    for code, ref, region, currency, lang, seller_host, ending in _TABLE
)

#: Seller Central of a region as a whole: where its biggest storefronts are.
MAIN_CONSOLES = {
    "na": "sellercentral.amazon.com",
    "eu": "sellercentral-europe.amazon.com",
    "fe": "sellercentral.amazon.co.jp",
}
#: Every host of Seller Central → its region. European storefronts have their own ones beside sellercentral-europe:
#: Amazon's own pages and notices link to them. Source: the table above;
#: sellercentral.amazon.com/help/hub/reference/GYGMNGX67ZJZMZNP ("Customer Service by Amazon", links to .co.uk, .de,
#: .fr, .it, .es), 2026-11-25.
CONSOLE_HOSTS = {host: site.region for site in SITES for host in (site.seller_host, f"sellercentral.{site.host}")}

# --- connecting a seller account -------------------------------------------------------------------------

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
