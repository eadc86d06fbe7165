"""What we found out ourselves about a mail's signatures: plain values that are stored once and never computed again."""

from dataclasses import asdict, dataclass

#: Labels below which a country registers names for anybody: "co.uk" is nobody's.
_REGISTRIES = frozenset("ac co com edu gob gov gouv gub ltd me mil ne net nhs nom or org plc sch".split())


def organisation(host: str) -> str:
    """Return the domain that somebody registered of a host ("amazon.co.uk" of "marketplace.amazon.co.uk")."""
    labels = host.lower().rstrip(".").split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _REGISTRIES else 2
    return ".".join(labels[-count:])


def is_registry(domain: str) -> bool:
    """Tell whether names below a domain belong to anybody: it has one label only, or is a country's "co.uk"."""
    labels = domain.split(".")
    return len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _REGISTRIES)


def is_same_or_parent(domain: str, host: str) -> bool:
    """Tell whether a domain is the host or above it, and somebody's own."""
    return domain == host or (host.endswith("." + domain) and not is_registry(domain))


@dataclass(frozen=True)
class Signature:
    """A DKIM signature (RFC 6376): ``result`` is pass, fail, or unknown when its key could not be had."""

    domain: str
    selector: str
    result: str
    reason: str = ""


@dataclass(frozen=True)
class Chain:
    """An ARC chain (RFC 8617) whose sealers are all on the administrator's list.

    ``host`` is whose mail it was by the sealers' word when it passed there; ``sender`` the From line of then, where the
    present one was rewritten.
    """

    result: str
    sealers: tuple[str, ...] = ()
    host: str = ""
    sender: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Signatures:
    """The signatures of a mail that could prove it, as they were when it was first read."""

    signatures: tuple[Signature, ...] = ()
    chain: Chain | None = None

    @property
    def is_unknown(self) -> bool:
        """Tell whether a key could not be had, and nothing else proves the mail."""
        results = [one.result for one in (*self.signatures, self.chain) if one]
        return "unknown" in results and "pass" not in results

    def prove(self, host: str, signers, judgement):
        """Return the judgement on a mail from ``host`` that is proved here, else None.

        :param signers: domains whose signature proves the origin; ``host`` and its parents by default.
        :param judgement: makes it of result, proof and reason.
        """
        for one in self.signatures:
            if one.result == "pass" and is_aligned(one.domain, host, signers):
                return judgement("pass", "dkim", f"signed by {one.domain}")
        if self.chain and self.chain.result == "pass" and is_aligned(self.chain.host, host, signers):
            return judgement("pass", "arc", f"passed on by {self.chain.sealers[-1]}")
        return None

    def to_json(self) -> dict:
        """Return the same as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data) -> "Signatures":
        """Return what :meth:`to_json` made."""
        chain = data["chain"]
        return cls(
            tuple(Signature(**one) for one in data["signatures"]),
            Chain(**dict(chain, sealers=tuple(chain["sealers"]))) if chain else None,
        )


def is_aligned(domain: str, host: str, signers=()) -> bool:
    """Tell whether a signature of a domain proves a mail from a host."""
    return domain in signers if signers else is_same_or_parent(domain, host)
