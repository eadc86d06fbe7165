"""Signatures of mails checked by ourselves: DKIM (RFC 6376, 8463) and ARC (RFC 8617), with dkimpy.

No DNS happens here: keys come from a function that is given. What dkimpy gets is bounded first, for it takes quadratic
time over runs of blanks and verifies whatever a sender piles up; and it gets the head and the body that the reader of
mails sees, or a line that both cut differently would put other words under a genuine signature.
"""

import base64
import binascii
import logging
import re

import dkim
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from dkim.crypto import UnparsableKeyError, parse_public_key
from dkim.util import InvalidTagValueList, parse_tag_value

from . import authentication, mime
from .address import addresses
from .charset import to_text
from .signatures import Chain, Signature, Signatures, is_aligned

#: Signatures that are tried, and sets of a chain of forwarders.
MAX_SIGNATURES = 5
#: Of a mail larger than this only the first two: hashing is all that is left that takes long.
LARGE = 1_000_000
MAX_CHAIN = 5
MAX_HEAD = 200_000
MAX_BODY = 40_000_000
MAX_HEADERS = 300
MAX_SIGNATURE = 6_000
MAX_NAMES = 100
MAX_RECORD = 4_000
MIN_KEY, MAX_KEY = 1024, 8192
#: A mail must have each of these once at most, and what is read out of the second group must be signed.
SINGLE = ("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "content-type", "mime-version",
          "content-transfer-encoding", "in-reply-to", "references")  # fmt: skip
SIGNED = ("from", "reply-to", "subject", "content-type")
#: The same of a forwarder's, who do not sign Content-Type as a rule (Google).
SEALED = ("from", "reply-to", "subject")
ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")
#: Where a forwarder that rewrites From keeps the sender, the surest first.
ORIGINALS = ("x-original-from", "reply-to", "x-original-sender")

_LONG_BLANK = re.compile(rb"\s{80}")
_BLANKS = re.compile(rb"[\t ]+")
_LINE_END = re.compile(rb"\r?\n")
_DOMAIN = re.compile(r"(?=.{3,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_NOWHERE = logging.Logger("marketplaces.dkimpy", logging.CRITICAL + 1)  # noqa: LOG001 - nobody's child: it logs mails


class KeyNotFound(LookupError):
    """A signer's domain publishes no key of this name."""


class KeyTimeout(TimeoutError):
    """It could not be found out whether there is a key, for now."""


class _Refused(Exception):
    """A signature is no proof; the message says why."""


def check(raw: bytes, find_key, signers_of, sealers=()) -> Signatures:
    """Return what a mail's signatures are worth. Never raises on odd content.

    Only signatures are tried that would prove the mail's sender, so that a stranger can't have us ask his name server.

    :param bytes raw: the mail as received.
    :param find_key: function of a DNS name ("s1._domainkey.amazon.de") → the bytes of its TXT record.
        Raises :class:`KeyNotFound` or :class:`KeyTimeout`.
    :param signers_of: function of the From host → domains whose signature proves it; None when nothing would.
    :param sealers: domains whose word about mails they passed on is believed.
    """
    head, body = mime.split_raw(raw)
    headers = mime.split_head(head + b"\n\n")[0][: MAX_HEADERS + 1]
    names = [name for name, _value in headers]
    if len(head) > MAX_HEAD or len(body) > MAX_BODY or len(headers) > MAX_HEADERS:
        return Signatures()
    if any(names.count(name) > 1 for name in SINGLE):
        return Signatures()
    chain = _check_chain(head, body, headers, find_key, signers_of, sealers) if sealers else None
    return Signatures(_check_signatures(head, body, headers, find_key, signers_of), chain)


# --- DKIM ----------------------------------------------------------------------------------------------


def _check_signatures(head, body, headers, find_key, signers_of):
    host = from_host(headers)
    signers = signers_of(host)
    values = [value for name, value in headers if name == "dkim-signature"]
    found, limit = [], 2 if len(body) > LARGE else MAX_SIGNATURES
    for number, value in enumerate(values if signers is not None else ()):
        domain = _tag(value, b"d")
        if len(found) >= limit or any(one.result == "pass" for one in found):
            break
        if is_aligned(domain, host, signers):
            result, reason = _verify(number, value, head, body, headers, find_key)
            found.append(Signature(domain, _tag(value, b"s")[:100], result, reason))
    return tuple(found)


def _verify(number, value, head, body, headers, find_key):
    """Return (result, reason) of the mail's DKIM signature of this number, from the top."""
    try:
        tags = _read_tags(value)
        _check_tags(tags, headers)
        verifier = _Dkim(head, body, tags.get(b"c", b""))
        return ("pass", "") if verifier.verify(number, dnsfunc=find_key) else ("fail", "it does not fit the mail")
    except KeyTimeout:
        return "unknown", "the key could not be asked for"
    except KeyNotFound:
        return "fail", "there is no such key"
    except _Refused as error:
        return "fail", str(error)
    except dkim.ValidationError as error:
        return "fail", str(error)[:100].split(" (")[0]
    except Exception as error:
        # dkimpy trips in many ways over damaged headers.
        return "fail", f"unreadable: {type(error).__name__}"


def _read_tags(value):
    if len(value) > MAX_SIGNATURE or _LONG_BLANK.search(value):
        raise _Refused("too long")
    try:
        return parse_tag_value(value)
    except InvalidTagValueList as error:
        raise _Refused("not readable") from error


def _check_tags(tags, headers):
    """Refuse what dkimpy takes and what is no proof to us."""
    if tags.get(b"a") not in ALGORITHMS:
        raise _Refused("an algorithm that is not safe")
    if b"l" in tags:
        raise _Refused("it leaves the end of the mail open")
    signed = [name.strip().lower().decode("ascii", "replace") for name in tags.get(b"h", b"").split(b":")]
    if len(signed) > MAX_NAMES:
        raise _Refused("too long")
    _check_covered(SIGNED, signed, headers)


def _check_covered(needed, signed, headers):
    """Refuse a signature beside which anybody could write what is read out."""
    missing = [name for name in needed if name not in signed and any(key == name for key, _value in headers)]
    if missing:
        raise _Refused(f"it does not cover {missing[0]}")


class _Bounded:
    """What makes dkimpy's verifiers take a head and a body that were cut by us, and keys that we check."""

    def __init__(self, head, body, canonicalization):
        super().__init__(logger=_NOWHERE, minkey=MIN_KEY)
        self.headers = dkim.rfc822_parse(head)[0]
        body = _LINE_END.sub(b"\r\n", body)
        # The relaxed form has one blank for many: dkimpy's own way to that takes quadratic time.
        self.body = _BLANKS.sub(b" ", body) if canonicalization.endswith(b"/relaxed") else body

    def verify_sig(self, sig, include_headers, sig_header, dnsfunc):
        """Verify one signature with a key that is safe; as dkimpy's, but a key's absence is told by raising."""
        domain, selector = (sig[name].decode("ascii", "replace").lower() for name in (b"d", b"s"))
        name = f"{selector}._domainkey.{domain}"
        if not _DOMAIN.fullmatch(name):
            raise _Refused("not the name of a key")
        self.seqtlsrpt = False
        self.pk, self.keysize, self.ktag = _read_key(dnsfunc(name), sig[b"a"])
        return self.verify_sig_process(sig, include_headers, sig_header, dnsfunc) and self.pk.get("is_valid", True)


class _Dkim(_Bounded, dkim.DKIM):
    pass


class _Arc(_Bounded, dkim.ARC):
    pass


class _Ed25519(dict):
    """A key as dkimpy handles it, without the library that dkimpy would need for it."""

    def __init__(self, key):
        super().__init__()
        self._key = Ed25519PublicKey.from_public_bytes(key)

    def verify(self, digest, signature):
        """Note whether the signature is the key's; dkimpy knows no answer here but that it raises."""
        try:
            self._key.verify(signature, digest)
            self["is_valid"] = True
        except InvalidSignature:
            self["is_valid"] = False


def _read_key(record, algorithm):
    """Return (key, bits, kind) of a TXT record for dkimpy."""
    try:
        tags = parse_tag_value(record[:MAX_RECORD])
        kind = tags.get(b"k", b"rsa")
        data = base64.b64decode(re.sub(rb"\s+", b"", tags.get(b"p", b"")))
    except (InvalidTagValueList, binascii.Error) as error:
        raise _Refused("the key is not readable") from error
    if tags.get(b"v", b"DKIM1") != b"DKIM1" or not data:
        raise _Refused("the key was withdrawn")
    if not algorithm.startswith(kind + b"-"):
        raise _Refused("the key is of another kind")
    services = {one.strip() for one in tags.get(b"s", b"*").split(b":")}
    if not services & {b"*", b"email"}:
        raise _Refused("the key is not for mail")
    try:
        if kind == b"ed25519":
            return _Ed25519(data), 256, kind
        key = parse_public_key(data)
    except (UnparsableKeyError, ValueError, IndexError, TypeError) as error:
        raise _Refused("the key is not readable") from error
    bits = key["modulus"].bit_length()
    if not MIN_KEY <= bits <= MAX_KEY or not 3 <= key["publicExponent"] < 2**33:
        raise _Refused("the key is too weak")
    return key, bits, kind


# --- ARC -----------------------------------------------------------------------------------------------


def _check_chain(head, body, headers, find_key, signers_of, sealers):
    """Return what a chain of forwarders is worth all of whose sealers are believed; None without such a chain.

    One sealer who is not would do: he may have written whatever he liked before it went on.
    """
    seals = [value for name, value in headers if name == "arc-seal"]
    domains = tuple(_tag(value, b"d") for value in seals)
    if not seals or len(seals) > MAX_CHAIN or not set(domains) <= set(sealers):
        return None
    try:
        for name, value in headers:
            if name in ("arc-seal", "arc-message-signature"):
                _check_arc_tags(_read_tags(value))
        status, sets, reason = _Arc(head, body, b"relaxed/relaxed").verify(dnsfunc=find_key)
        if status != dkim.CV_Pass:
            return Chain("fail", domains, reason=str(reason)[:100].split(" (")[0])
        return _believed(headers, domains, sets, signers_of)
    except KeyTimeout:
        return Chain("unknown", domains, reason="a key could not be asked for")
    except (KeyNotFound, _Refused) as error:
        return Chain("fail", domains, reason=str(error)[:100] or "there is no such key")
    except Exception as error:
        return Chain("fail", domains, reason=f"unreadable: {type(error).__name__}")


def _check_arc_tags(tags):
    if tags.get(b"a") not in ALGORITHMS or b"l" in tags or tags.get(b"c", b"relaxed/relaxed") != b"relaxed/relaxed":
        raise _Refused("a form of seal that is not safe")


def _believed(headers, domains, sets, signers_of):
    """Return the chain with whose mail it was by the word of its sealers."""
    last = max(sets, key=lambda one: one["instance"])
    signed = _signed_by(headers, last["instance"])
    _check_covered(SEALED, signed, headers)
    for sender in _original_senders(headers, signed):
        host = addresses(sender)[0].host
        for one in sets:
            value = to_text(one["aar-value"]).partition(";")[2]
            told = authentication.Authentication(authentication.read([value], value.partition(";")[0].strip()))
            if told.verdict(host, signers_of(host) or ()) == "pass":
                return Chain("pass", domains, host, sender)
    return Chain("fail", domains, reason="its sealers do not say whose mail it was")


def _signed_by(headers, instance):
    """Return the names of the headers that the signature of a set covers."""
    for name, value in headers:
        if name == "arc-message-signature" and _tag(value, b"i") == str(instance):
            return {one.strip() for one in _tag(value, b"h").split(":")}
    return set()


def _original_senders(headers, signed):
    """Return the From lines that a mail may have had, the present one first; only those that are signed and single."""
    found = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    names = [name for name in ("from", *ORIGINALS) if name in signed and len(found.get(name, ())) == 1]
    lines = [to_text(found[name][0]) for name in names]
    return [line for line in lines if len(addresses(line)) == 1]


def from_host(headers) -> str:
    """Return the host of the one From address, ``""`` where there is none or more than one.

    :param headers: (lower-case name, raw value) from the top.
    """
    values = [value for name, value in headers if name == "from"]
    found = addresses(to_text(values[0])) if len(values) == 1 else []
    return found[0].host if len(found) == 1 else ""


def _tag(value, name):
    """Return a tag of a signature, lower case; ``""`` when it has none."""
    try:
        return parse_tag_value(value[:MAX_SIGNATURE]).get(name, b"").decode("ascii", "replace").lower()
    except InvalidTagValueList:
        return ""
