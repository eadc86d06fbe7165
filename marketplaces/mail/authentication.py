"""Whether a mail is what it says: the verdict of our receiving server (RFC 8601), and who else proves its origin."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from .charset import header_text
from .signatures import Signatures, is_same_or_parent, organisation

MAX_LENGTH = 8_000
#: Headers of each kind that are looked at, from the top.
MAX_HEADERS = 100
#: What stands for a host in ``Receiver.own_hosts``: an address in digits, and a name inside a house.
DIGITS, INSIDE = "digits", "inside"

#: A mail has each of these once at most. Of two, who signed or checked it may have seen the other one.
ONCE = ("from", "reply-to", "subject", "content-type", "content-transfer-encoding", "mime-version")

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)|\\.|[();]|[^"();\\]+|.', re.DOTALL)
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")
_AROUND_EQUALS = re.compile(r"\s*=\s*")
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]{1,255})", re.IGNORECASE)


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
class Receiver:
    """How our own receiving server writes its verdict, learnt from a mail of which we know that it passed it.

    :param str authserv_id: the name it writes first; None when it writes none, or no verdict at all.
    :param bool is_nameless: it writes a verdict without a name in front, as Microsoft 365 does.
    :param own_hosts: domains behind "by" in the ``Received`` lines that stand above its verdict. Its verdict never
        stands below another ``Received``: what does was written by whoever sent the mail.
    """

    authserv_id: str | None = None
    is_nameless: bool = False
    own_hosts: tuple[str, ...] = ()

    @property
    def has_verdict(self) -> bool:
        """Tell whether the server writes a verdict that we could recognise."""
        return bool(self.authserv_id or self.is_nameless)

    def to_json(self) -> dict:
        """Return the same as plain data."""
        return {"authserv_id": self.authserv_id, "is_nameless": self.is_nameless, "own_hosts": list(self.own_hosts)}

    @classmethod
    def from_json(cls, data) -> "Receiver":
        """Return what :meth:`to_json` made."""
        return cls(data["authserv_id"], data["is_nameless"], tuple(data["own_hosts"]))


@dataclass(frozen=True)
class Judgement:
    """What a mail is: ``result`` is pass, fail or none, ``reason`` says why.

    ``proof`` is what tells: header, dkim, arc, decision, or nothing.
    """

    result: str
    proof: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Authentication:
    """All that is known about a mail's origin.

    :param results: those in the one header that our own server wrote; empty without such a header.
    :param unnamed: those in the topmost header that may be our server's: believed only where it says "fail".
    :param signatures: what we found ourselves (``mail_signatures.Signatures``), None when nobody looked.
    :param bool is_trusted: an administrator decided that what arrives here is genuine unless it is known to be forged.
    :param judgement: the verdict of an earlier time, which stays.
    """

    results: tuple[Result, ...] = ()
    unnamed: tuple[Result, ...] = ()
    signatures: Signatures | None = None
    is_trusted: bool = False
    judgement: Judgement | None = None

    def verdict(self, host: str, signers=()) -> str:
        """Return ``pass``, ``fail`` or ``none`` for a mail that says it comes from ``host``; see :meth:`judge`."""
        return self.judge(host, signers).result

    def judge(self, host: str, signers=()) -> Judgement:
        """Return whether a mail comes from ``host``, and by what that is proved.

        What our server says of DMARC decides. Then whatever proves the origin: a signature that our server or we
        verified, a chain of forwarders that an administrator listed. SPF judges the last hop only: a forwarder breaks
        it, so its failure counts only when nothing else speaks.

        :param str host: of the From address.
        :param signers: domains whose signature proves the origin; ``host`` and its parents by default.
        """
        if self.judgement:
            return self.judgement
        if self._is_other_by_dmarc(host):
            return Judgement("fail", "header", "the receiving server says that DMARC fails")
        proof = self._prove(host, signers)
        if proof:
            return proof
        if any(r.result == "fail" and r.method == "dmarc" for r in self.unnamed):
            return Judgement("fail", "header", "the topmost Authentication-Results says that DMARC fails")
        if self.is_trusted:
            return Judgement("pass", "decision", "an administrator trusts what arrives here")
        if "fail" in self._signed(host, signers) or any(r.result == "fail" for r in self._of("spf")):
            return Judgement("fail", "header", "the receiving server says that DKIM or SPF fails")
        return Judgement("none")

    def is_unchecked(self, host: str, signers=()) -> bool:
        """Tell whether signatures that we have not checked, or could not, may still prove a mail."""
        if self.judgement or self._is_other_by_dmarc(host) or self._prove(host, signers):
            return False
        return self.signatures is None or self.signatures.is_unknown

    def _is_other_by_dmarc(self, host):
        dmarc = self._of("dmarc")
        passed = [r.domain("header.from") or host for r in dmarc if r.result == "pass"]
        return any(r.result == "fail" for r in dmarc) or any(not is_same_or_parent(one, host) for one in passed)

    def _prove(self, host, signers):
        """Return what proves a mail, or None."""
        if any(r.result == "pass" for r in self._of("dmarc")) or "pass" in self._signed(host, signers):
            return Judgement("pass", "header", "proved by the receiving server")
        return self.signatures.prove(host, signers, Judgement) if self.signatures else None

    def _signed(self, host, signers):
        dkim = self._of("dkim")
        return {r.result for r in dkim if _is_signer(r.domain("header.d", "header.i"), host, signers)}

    def _of(self, method):
        return [r for r in self.results if r.method == method]


def _is_signer(domain, host, signers):
    return domain in signers if signers else bool(domain) and is_same_or_parent(domain, host)


# --- whose header it is --------------------------------------------------------------------------------


def read(values, authserv_id: str | None) -> tuple[Result, ...]:
    """Return the results in the topmost of these headers that bears a server's name.

    :param values: the Authentication-Results headers, topmost first.
    :param str authserv_id: the server's name; without it nothing is believed.
    """
    ours = (authserv_id or "").strip().lower()
    for value in values if ours else ():
        segments = _segments(value[:MAX_LENGTH])
        if _name_in(segments) == ours:
            return _results(segments[1:])
    return ()


def read_received(headers, receiver: Receiver) -> tuple[tuple[Result, ...], tuple[Result, ...]]:
    """Return what our receiving server found, and what may be its verdict though we don't know its name.

    :param headers: (lower-case name, raw value) from the top.
    :return: (results, unnamed) as in :class:`Authentication`.
    """
    results, unnamed = _read_received(headers, receiver)
    return without_doubled(headers, results), unnamed


def _read_received(headers, receiver):
    values = _above_others(headers, receiver.own_hosts)
    if receiver.is_nameless:
        for value in values:
            segments = _segments(value)
            if not _name_in(segments):
                return _results(segments), ()
        return (), ()
    if receiver.authserv_id:
        return read(values, receiver.authserv_id), ()
    # Its sender may write that a mail is forged, if he likes; that it is genuine he may not.
    topmost = next(iter(_above_others(headers, None)), "")
    segments = _segments(topmost)
    return (), _results(segments[1:] if _name_in(segments) else segments)


def without_doubled(headers, results) -> tuple[Result, ...]:
    """Return what a server found of a mail, without what passed where a header that decides stands there twice.

    A signature covers one of the two, and remains good when somebody who passes the mail on puts another above it.

    :param headers: (lower-case name, raw value) from the top.
    """
    names = [name for name, _value in headers]
    is_doubled = any(names.count(name) > 1 for name in ONCE)
    return tuple(one for one in results if one.result != "pass") if is_doubled else results


def learn(headers) -> Receiver:
    """Return how the server writes that passed a mail on to us of which nobody but us could know.

    A verdict is its own only on top of all, or below ``Received`` lines of the domain that it is named after: anything
    else was written by a server before it, which not every mail comes through. So was one that tells who logged in
    ("auth"): by the server that we send by, which need not be the one that receives strangers' mail.

    :param headers: (lower-case name, raw value) from the top.
    """
    hosts = []
    for name, value in headers[:MAX_HEADERS]:
        if name == "received":
            hosts.append(_by(value))
        elif name == "authentication-results":
            segments = _segments(_shown(value)[:MAX_LENGTH])
            is_login = any(result.method == "auth" for result in _results(segments))
            return Receiver() if is_login else _learn_form(_name_in(segments), hosts, headers)
    return Receiver()


def _learn_form(name, hosts, headers):
    domains = {organisation(host) for host in hosts} - {DIGITS, INSIDE}
    if not name and not hosts:
        below = next((_by(value) for key, value in headers if key == "received"), "")
        return Receiver(None, bool(below), ())
    if hosts and domains != ({organisation(name)} if name else domains if len(domains) == 1 else None):
        return Receiver()
    own = {organisation(host) for host in hosts}
    return Receiver(name or None, not name, tuple(sorted(own)))


def _above_others(headers, own_hosts):
    """Return the Authentication-Results above the first ``Received`` that is another server's.

    :param own_hosts: None takes the domain of the topmost ``Received`` that names one for our own.
    """
    found, own = [], own_hosts
    for name, value in headers[:MAX_HEADERS]:
        if name == "received":
            domain = organisation(_by(value))
            if own is None and domain not in (DIGITS, INSIDE):
                own = {DIGITS, INSIDE, domain}
            if own is not None and domain not in own:
                break
        elif name == "authentication-results":
            found.append(_shown(value)[:MAX_LENGTH])
    return found


def _by(value):
    """Return the host that wrote a ``Received`` line, or what stands for it."""
    match = _BY.search(_shown(value)[:2_000])
    host = match[1].lower().rstrip(".") if match else ""
    try:
        ip_address(host.strip("[]").removeprefix("ipv6:"))
        return DIGITS
    except ValueError:
        return host if "." in host else INSIDE


def _shown(value):
    return header_text(value) if isinstance(value, bytes) else value


# --- what stands in it ---------------------------------------------------------------------------------


def _name_in(segments):
    """Return the server's name in front, lower case; ``""`` where a result stands there at once."""
    words = segments[0].split()
    return words[0].lower() if words and "=" not in segments[0] else ""


def _segments(value):
    """Split at semicolons outside quotes; comments fall away, quoted text keeps only harmless characters.

    A sender chooses what stands inside quotes, so that must never read as a method of its own; nor does a bracket end
    a comment that stands in it behind a backslash.
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
            segments[-1] += _UNSAFE.sub("_", token.strip('"')) if token[0] in '"\\' else token
    return segments


def _results(segments):
    return tuple(filter(None, map(_result, segments)))


def _result(segment):
    """Return one method's result, or None when the segment holds none."""
    words = _AROUND_EQUALS.sub("=", segment.strip().lower()).split()
    if not words or "=" not in words[0]:
        return None
    method, result = words[0].split("=", 1)
    pairs = [word.split("=", 1) for word in words[1:] if "=" in word]
    # The first wins: what follows may come out of a value that the sender chose.
    return Result(method.split("/")[0], result, {name: value for name, value in reversed(pairs)})
