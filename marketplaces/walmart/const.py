"""Facts about Walmart, each with its source and the day it was read."""

import platform

from ..schema import CredentialField, SetupPlace, Site

#: One key pair opens one storefront. Sources: developer.walmart.com/global-marketplace/reference/tokenapi and
#: /us-marketplace/docs/get-an-access-token, 2026-11-22.
REGIONS = (("na", "North America"),)
OTHER_REGIONS = (
    (
        "Mexico",
        "Walmart gives orders of walmart.com.mx in an older form, and their buyers' mail is not known here yet.",
    ),
    ("Chile", "The mail of buyers on lider.cl is not known here yet."),
)
API_URL = "https://marketplace.walmartapis.com"
#: Value of WM_SVC.NAME. Source: developer.walmart.com/us-marketplace/docs/get-an-access-token, 2026-11-22.
SERVICE = "Walmart Marketplace"
#: Header WM_MARKET by storefront; all but the United States also need WM_GLOBAL_VERSION.
#: Source: developer.walmart.com/global-marketplace/docs, 2026-11-22.
MARKETS = {"walmart.com": "us", "walmart.ca": "ca"}
GLOBAL_VERSION = "3.1"

#: Walmart.ca: host of the relay by a seller's guide only, nothing was ever tried there.
SITES = (
    Site(
        code="US",
        site_ref="walmart.com",
        region="na",
        name="walmart.com",
        currency="USD",
        lang="en_US",
        host="walmart.com",
        seller_host="seller.walmart.com",
        relay_hosts=("relay.walmart.com",),
    ),
    Site(
        code="CA",
        site_ref="walmart.ca",
        region="na",
        name="walmart.ca",
        currency="CAD",
        lang="en_CA",
        host="walmart.ca",
        seller_host="seller.walmart.ca",
        relay_hosts=("relay.walmart.ca",),
    ),
)

#: Calls a second and burst. Source: table of rate limits, developer.walmart.com/us-marketplace/docs/rate-limiting,
#: crawl of 2026-08-05: GET /v3/orders 5000 a minute, GET /v3/returns 50, GET /v3/settings/partnerprofile 50.
#: An order is asked for together with its returns, so these set the pace.
RATES = {
    "fetch_order": (50 / 60, 50),
    "search_orders": (5000 / 60, 500),
    "fetch_participations": (50 / 60, 50),
}
#: Hours, nights, weekends and holidays included. Source: marketplacelearn.walmart.com, "Customer Care policy",
#: 2026-11-22.
REPLY_HOURS = 48
#: Orders older than that are no longer told. Source: developer.walmart.com/us-marketplace/docs/get-all-orders,
#: 2026-09-04.
ORDER_DAYS = 180

#: Where a seller makes keys. Source: developer.walmart.com/us-marketplace/docs/get-started, 2026-11-22.
KEYS_URL = "https://developer.walmart.com/generateKey"
CREDENTIAL_FIELDS = (
    CredentialField(
        name="client_id",
        label="Client ID",
        help="developer.walmart.com, signed in with your Seller Center account › My Account › API Keys › Production. "
        "Use your own key, not one for a solution provider.",
        placeholder="12345678-90ab-cdef-1234-567890abcdef",
        secret=False,
        required=True,
    ),
    CredentialField(
        name="client_secret",
        label="Client Secret",
        help="Beside the Client ID. Whoever resets the key there must enter the new one here.",
        placeholder="",
        secret=True,
        required=True,
    ),
)
#: Source: marketplacelearn.walmart.com, guides "Manage contacts" and "Customer Care policy", 2026-11-22.
SETUP_PLACES = (
    SetupPlace(
        code="customer_service_contact",
        title="Customer service contact",
        text="Settings › Manage Contacts › Customer Service: enter the address as e-mail of the primary contact, and "
        "save. Buyers' messages go there, and Walmart refuses answers from any other address.",
        path="/settings/manage-contacts",
    ),
)

# --- orders ------------------------------------------------------------------------------------------------
#: Source: schema of GET /v3/orders, OpenAPI of Walmart Marketplace (github.com/api-evangelist/walmart, d9aaf1d) and
#: developer.walmart.com/us-marketplace/docs/get-all-orders, 2026-11-22.
#: Status of a part of a line → ours, spelling and case of older answers included.
STATUSES = {
    "created": "unshipped",
    "acknowledged": "unshipped",
    "shipped": "shipped",
    "delivered": "delivered",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "refund": "refunded",
    "refunded": "refunded",
}
#: Whose stock an order is sent from; the first is the default, the others are told only when asked for.
SHIP_NODE_TYPES = ("SellerFulfilled", "WFSFulfilled", "3PLFulfilled")
FULFILLED_BY = {"SellerFulfilled": "seller", "WFSFulfilled": "marketplace", "3PLFulfilled": "seller"}
#: Promises of a line worth telling an agent.
PROGRAMS = ("ONE_DAY", "TWO_DAY")
#: The buyer's address when it works; before Walmart has made one there is "nocxemail@walmartone.com" for every buyer.
#: Source: as above, and the FAQ on orders and returns, 2026-09-03.
RELAY = r"(?:(?:c|pc)-)?[0-9A-Fa-f]{32}@relay\.walmart\.(?:com|ca)"
#: ISO 3166-1 alpha-3, which Walmart writes → alpha-2: where its storefronts send parcels.
COUNTRIES = {
    "ASM": "AS",
    "CAN": "CA",
    "CHL": "CL",
    "FSM": "FM",
    "GUM": "GU",
    "MEX": "MX",
    "MHL": "MH",
    "MNP": "MP",
    "PLW": "PW",
    "PRI": "PR",
    "USA": "US",
    "VIR": "VI",
}
#: Keys that only orders of Mexico's older API have. Source: Walmart's OpenAPI for Mexico of August 2023,
#: github.com/highsidelabs/walmart-api-php, 575b611.
OLD_MEXICAN_KEYS = ("totalLines", "totalQuantity", "orderTotal", "shipments", "billingInfo", "cfdi", "rfc")
#: Seller Center's list of orders, cut down to one. Public code uses it with purchase order numbers (2025, 2026); that
#: it takes customer order numbers as well was never tried.
ORDER_PATH = "/orders/manage-orders?orderGroups=All&poNumber="

# --- API ---------------------------------------------------------------------------------------------------
USER_AGENT = f"OdooHelpdeskMarketplace/1.0 (Language=Python/{platform.python_version()}; Platform=Odoo)"
#: Life of an access token where the answer doesn't tell. Source: developer.walmart.com/us-marketplace/docs/
#: get-an-access-token, 2026-11-22.
TOKEN_SECONDS = 900
#: A pause where a refusal names none, and the longest one we believe. Source: notes of a client that is in use
#: (github.com/ElijahRRR/WalmartAPI-Contral, d9efbef), 2026-08-22.
RETRY_SECONDS = 60
MAX_RETRY_SECONDS = 300
#: When the next request is allowed: milliseconds since 1970, or ISO 8601. Source: developer.walmart.com/
#: us-marketplace/docs/rate-limiting, 2026-08-05; the second spelling is of older text.
REPLENISH_HEADERS = ("x-next-replenishment-time", "x-next-replenish-time")
#: Orders of a page, at most. Source: developer.walmart.com/us-marketplace/docs/get-all-orders, 2026-09-04.
PAGE_SIZE = 200
#: No buyer's order has more pages of purchase orders or returns than that.
MAX_PAGES = 5
#: Walmart looks back 7 days from now unless a beginning is asked for, even in a search by change; a day less than
#: ORDER_DAYS, as a beginning beyond them is refused. Source: as for RETRY_SECONDS.
SEARCH_DAYS = 179
#: What changed in the seconds before a search may not be found yet (a guess: Walmart tells nothing).
SEARCH_MARGIN_SECONDS = 120
#: Parts of the API that we use: name in /v3/token/detail → label, what does not work without it.
#: Source: developer.walmart.com/us-marketplace/reference/gettokendetail, 2026-11-22.
SCOPES = {
    "orders": ("Orders", "orders beside tickets"),
    "returns": ("Returns", "returns beside tickets"),
}
SCOPE_LEVELS = {"full_access": "full", "view_only": "view"}
