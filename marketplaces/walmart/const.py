"""Facts about Walmart, each with its source and the day it was read."""

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
