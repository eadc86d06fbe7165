"""Facts about Pretend. A real marketplace's have their source and the day it was read beside them."""

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces import schema

API_URL = "https://api.pretend.example"
HOST = "pretend.example"
RELAY_HOST = "relay.pretend.example"
REGIONS = (("world", "Worldwide"),)
SITES = (
    schema.Site(
        code="NL", site_ref=HOST, region="world", name=HOST, currency="EUR", lang="en_GB", host=HOST,
        seller_host=f"seller.{HOST}", relay_hosts=(RELAY_HOST,),
    ),
)  # fmt: skip
#: Calls a second and burst.
RATES = {"fetch_order": (2, 10), "search_orders": (1, 5), "fetch_participations": (1, 5)}
REPLY_HOURS = 12
NOTICES = (
    schema.NoticeKind("return_request", "Return request"),
    schema.NoticeKind("claim", "Claim", is_claim=True),
)
FILE_LIMITS = schema.FileLimits(endings=("pdf", "jpg", "png"))
CREDENTIAL_FIELDS = (
    schema.CredentialField("client_id", "Key", "Pretend Desk › Keys.", "pretend-key-…", secret=False, required=True),
    schema.CredentialField("client_secret", "Secret", "Beside the key.", "", secret=True, required=True),
)
SETUP_PLACES = (
    schema.SetupPlace("contact", "Contact address", "Settings › Contact: enter the address, save.", "/contact"),
)
