"""Pretend sellers at Walmart, each with the key pair of one storefront."""

import base64
import uuid
from dataclasses import dataclass, field, fields, replace

from ..chance import digits, rng
from .sites import get_site

ACCESS = ("full_access", "view_only", "no_access")
#: What a key may do, as the token's details list it.
SCOPES = ("reports", "item", "price", "lagtime", "feeds", "returns", "orders", "inventory", "content")


@dataclass(frozen=True)
class Seller:
    """A seller on one storefront: its API key and what that may do.

    ``site`` is the storefront's country code; ``scopes`` holds only what is not ``full_access``.
    """

    code: str
    site: str
    partner_id: str
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: dict = field(default_factory=dict)
    revoked: bool = False
    token_seconds: int = 900

    @property
    def market(self):
        """Return the value of WM_MARKET."""
        return self.site.lower()

    @property
    def sites(self):
        """Return the storefronts, as those of Amazon's sellers are told."""
        return (self.site,)

    def access(self, scope):
        """Return what the key may do with one kind of data."""
        return self.scopes.get(scope, "full_access")

    def change(self, **values):
        """Return this seller with other values; ``scopes`` are added to those that differ already.

        :raise ValueError: an unknown attribute or value.
        """
        known = {f.name for f in fields(self)} - {"code"}
        if unknown := set(values) - known:
            raise ValueError(f"Unknown seller attributes: {', '.join(sorted(unknown))}")
        scopes = values.get("scopes", {})
        if set(scopes) - set(SCOPES) or set(scopes.values()) - set(ACCESS):
            raise ValueError(f"scopes are of {', '.join(SCOPES)}, each {', '.join(ACCESS)}")
        if "site" in values:
            values["site"] = get_site(values["site"]).code
        return replace(self, **{**values, "scopes": {**self.scopes, **scopes}})


def make_seller(code, **values):
    """Return a seller; what is not given follows from its code."""
    source = rng("walmart seller", code)
    made = Seller(
        code=code,
        site="US",
        partner_id=f"10{digits(source, 9)}",
        name=f"Sandbox Store {code}",
        client_id=str(uuid.UUID(int=source.getrandbits(128), version=4)),
        client_secret=make_secret(source),
    )
    return made.change(**values)


def make_secret(source):
    """Return a client secret in the form of Walmart's."""
    return "A" + base64.urlsafe_b64encode(source.getrandbits(512).to_bytes(64, "big")).decode().rstrip("=")


DEMO_WMT = make_seller("DEMO-WMT", partner_id="10001234567", name="Sandbox Store")
#: Its key was made without a right to returns.
DEMO_WMT_2 = make_seller("DEMO-WMT-2", partner_id="10007654321", name="Sandbox Outlet", scopes={"returns": "no_access"})
SELLERS = (DEMO_WMT, DEMO_WMT_2)
