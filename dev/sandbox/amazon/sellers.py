"""Pretend seller accounts."""

import string
from dataclasses import dataclass, field, fields, replace

from .identity import hexadecimal, pick, rng

_ALPHABET = string.ascii_uppercase + string.digits

#: What a seller without the role for personal data gets: the data ("full"), 403 ("forbidden") or silence
#: ("omitted"). Reports of what Amazon does disagree, so a test can choose.
PII_MODES = ("full", "forbidden", "omitted")


@dataclass(frozen=True)
class Seller:
    """A seller account with its own private application: what opens it and how it behaves.

    It takes part in ``sites``, though no longer (or not yet) in those of ``inactive``; Amazon suspended its listings
    in ``suspended``.
    """

    code: str
    region: str
    merchant_id: str
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    sites: tuple = ()
    inactive: tuple = ()
    suspended: tuple = ()
    pii: str = "full"
    revoked: bool = False
    token_seconds: int = 3600

    def change(self, **values):
        """Return this seller with other values.

        :raise ValueError: an unknown attribute or value.
        """
        known = {f.name for f in fields(self)} - {"code"}
        if unknown := set(values) - known:
            raise ValueError(f"Unknown seller attributes: {', '.join(sorted(unknown))}")
        if values.get("pii", "full") not in PII_MODES:
            raise ValueError(f"pii must be one of {', '.join(PII_MODES)}")
        for name in {"sites", "inactive", "suspended"} & set(values):
            values[name] = tuple(values[name])
        return replace(self, **values)


def make_seller(code, region, sites, **values):
    """Return a seller; what is not given follows from its code."""
    source = rng("seller", code)
    made = {
        "merchant_id": f"A{pick(source, _ALPHABET, 13)}",
        "name": f"Sandbox Trading {code}",
        "client_id": f"amzn1.application-oa2-client.{hexadecimal(source, 32)}",
        "client_secret": f"amzn1.oa2-cs.v1.{hexadecimal(source, 64)}",
        "refresh_token": f"Atzr|{hexadecimal(source, 64)}",
    }
    return Seller(code=code, region=region, sites=tuple(sites), **made).change(**values)


DEMO_EU = Seller(
    code="DEMO-EU",
    region="eu",
    merchant_id="A1DEMOSELLEREU",
    name="Sandbox Trading EU",
    client_id="amzn1.application-oa2-client.sandbox-eu",
    client_secret="amzn1.oa2-cs.v1.sandbox-eu-secret",
    refresh_token="Atzr|sandbox-eu-refresh-token",
    sites=("DE", "FR", "IT", "GB", "ES", "NL", "PL"),
)
DEMO_NA = Seller(
    code="DEMO-NA",
    region="na",
    merchant_id="A2DEMOSELLERNA",
    name="Sandbox Trading US",
    client_id="amzn1.application-oa2-client.sandbox-na",
    client_secret="amzn1.oa2-cs.v1.sandbox-na-secret",
    refresh_token="Atzr|sandbox-na-refresh-token",
    sites=("US", "CA", "MX", "BR"),
)
DEMO_FE = Seller(
    code="DEMO-FE",
    region="fe",
    merchant_id="A3DEMOSELLERFE",
    name="Sandbox Trading JP",
    client_id="amzn1.application-oa2-client.sandbox-fe",
    client_secret="amzn1.oa2-cs.v1.sandbox-fe-secret",
    refresh_token="Atzr|sandbox-fe-refresh-token",
    sites=("JP", "AU", "SG"),
)
SELLERS = (DEMO_EU, DEMO_NA, DEMO_FE)
