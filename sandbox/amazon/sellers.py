"""Pretend seller accounts."""

from dataclasses import dataclass, field, fields, replace

#: What a seller without the role for personal data gets: the data ("full"), 403 ("forbidden") or silence
#: ("omitted"). Reports of what Amazon does disagree, so a test can choose.
PII_MODES = ("full", "forbidden", "omitted")


@dataclass(frozen=True)
class Seller:
    """A seller account with its own application: what opens it and how it behaves."""

    code: str
    region: str
    merchant_id: str
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    sites: tuple = ()
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
        if "sites" in values:
            values["sites"] = tuple(values["sites"])
        return replace(self, **values)


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
