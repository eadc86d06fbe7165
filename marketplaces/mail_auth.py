"""What the receiving server found out about a mail's origin (Authentication-Results, RFC 8601)."""

import re
from dataclasses import dataclass

MAX_LENGTH = 8_000

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)|[();]|[^"();]+|.', re.DOTALL)
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")
_AROUND_EQUALS = re.compile(r"\s*=\s*")


@dataclass(frozen=True)
class Result:
    """One method's result: ``dkim``, ``pass``, and properties such as ``{"header.d": "amazon.com"}``."""

    method: str
    result: str
    properties: dict

    def domain(self, *names: str) -> str:
        """Return the domain of the first of these properties that is given, else ``""``."""
        value = next((self.properties[name] for name in names if self.properties.get(name)), "")
        return value.rsplit("@", 1)[-1].rstrip(".")


@dataclass(frozen=True)
class Authentication:
    """All results of the one header we believe; empty without such a header."""

    results: tuple[Result, ...] = ()

    def verdict(self, host: str, signers=()) -> str:
        """Return ``pass``, ``fail`` or ``none`` for a mail that says it comes from ``host``.

        DMARC decides. Without it a DKIM signature of one of the ``signers`` proves the origin. SPF judges
        the last hop only: a forwarder breaks it, so its failure counts only when nothing else speaks.

        :param str host: of the From address.
        :param signers: domains whose signature proves the origin; ``host`` and its parents by default.
        """
        dmarc = self._of("dmarc")
        if any(r.result == "fail" for r in dmarc):
            return "fail"
        passed = [r.domain("header.from") or host for r in dmarc if r.result == "pass"]
        if any(not _is_same_or_parent(domain, host) for domain in passed):
            return "fail"
        signed = {r.result for r in self._of("dkim") if _is_signer(r.domain("header.d", "header.i"), host, signers)}
        if passed or "pass" in signed:
            return "pass"
        if "fail" in signed or any(r.result == "fail" for r in self._of("spf")):
            return "fail"
        return "none"

    def _of(self, method):
        return [r for r in self.results if r.method == method]


def _is_signer(domain, host, signers):
    return domain in signers if signers else bool(domain) and _is_same_or_parent(domain, host)


def _is_same_or_parent(domain, host):
    """Tell whether a domain is the host or above it (a bare top-level domain is not)."""
    return domain == host or ("." in domain and host.endswith("." + domain))


def read(values, authserv_id: str | None) -> Authentication:
    """Return the results in the topmost of these headers that our own server wrote.

    :param values: the Authentication-Results headers, topmost first.
    :param str authserv_id: our server's name; without it nothing is believed.
    """
    ours = (authserv_id or "").strip().lower()
    for value in values if ours else ():
        segments = _segments(value[:MAX_LENGTH])
        name = segments[0].split()
        if name and name[0].lower() == ours:
            return Authentication(tuple(filter(None, map(_result, segments[1:]))))
    return Authentication()


def _segments(value):
    """Split at semicolons outside quotes; comments fall away, quoted text keeps only harmless characters.

    A sender chooses what stands inside quotes, so that must never read as a method of its own.
    """
    segments, depth = [""], 0
    for token in _TOKEN.findall(value):
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif token == ";":
            segments.append("")
        else:
            segments[-1] += _UNSAFE.sub("_", token.strip('"')) if token[0] == '"' else token
    return segments


def _result(segment):
    """Return one method's result, or None when the segment holds none."""
    words = _AROUND_EQUALS.sub("=", segment.strip().lower()).split()
    if not words or "=" not in words[0]:
        return None
    method, result = words[0].split("=", 1)
    pairs = [word.split("=", 1) for word in words[1:] if "=" in word]
    # The first wins: what follows may come out of a value that the sender chose.
    return Result(method.split("/")[0], result, {name: value for name, value in reversed(pairs)})
