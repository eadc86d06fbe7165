"""A signer for the tests: keys of its own, mails signed with them, and the name server that knows the keys."""

import base64

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..mail.dkim_check import KeyNotFound

HEADERS = ("from", "to", "subject", "date", "reply-to", "message-id", "content-type")


class Signer:
    """Signs for a domain with one selector; ``records`` is what DNS says of it."""

    def __init__(self, domain, selector="s1", bits=2048):
        self.domain, self.selector = domain.encode(), selector.encode()
        key = rsa.generate_private_key(65537, bits)
        pem, pkcs = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
        self._pem = key.private_bytes(pem, pkcs, serialization.NoEncryption())
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public = key.public_key().public_bytes(serialization.Encoding.DER, form)
        self.records = {f"{selector}._domainkey.{domain}": b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)}

    def find(self, name):
        """Stand in for DNS."""
        if name not in self.records:
            raise KeyNotFound(name)
        return self.records[name]

    def sign(self, raw, headers=HEADERS, canonicalize=(b"relaxed", b"relaxed"), change=None, **options):
        """Return a mail with a signature on top; ``change`` alters the signer's tags before it signs."""
        dkim_ = dkim.DKIM(raw)
        present = {name.lower().decode() for name, _value in dkim_.headers}
        if change:
            make = dkim_.gen_header
            dkim_.gen_header = lambda fields, *rest: make(change(fields), *rest)
        names = [name.encode() for name in headers if name in present]
        line = dkim_.sign(self.selector, self.domain, self._pem, None, None, canonicalize, names, **options)
        return line + raw

    def seal(self, raw, instance=1, results="", headers=(*HEADERS, "x-original-from"), status=None):
        """Return a mail with this signer's set of a chain (ARC) on top, which says ``results`` of the mail."""
        arc = dkim.ARC(raw)
        key = dkim.parse_pem_private_key(self._pem)
        policy = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
        arc.hasher = dkim.HASH_ALGORITHMS[b"rsa-sha256"]
        number = str(instance).encode()
        told = (b"ARC-Authentication-Results", b" i=%s; mx.%s; %s\r\n" % (number, self.domain, results.encode()))
        body = arc.hasher(policy.canonicalize_body(arc.body)).digest()
        present = [name for name in headers if name.encode() in {key.lower() for key, _value in arc.headers}]
        who = [(b"i", number), (b"a", b"rsa-sha256"), (b"d", self.domain), (b"s", self.selector)]
        names = [name.encode() for name in present]
        signed = [
            (b"c", b"relaxed/relaxed"),
            (b"h", b":".join(names)),
            (b"bh", base64.b64encode(body)),
            (b"b", b"0" * 60),
        ]
        earlier = [line for _number, line in arc.sorted_arc_headers()[1]]
        arc.headers = policy.canonicalize_headers([told]) + arc.headers
        line = (b"ARC-Message-Signature", arc.gen_header(who + signed, names, policy, b"ARC-Message-Signature", key))
        arc.headers = policy.canonicalize_headers([line]) + arc.headers
        sealed = [name.lower() for name, _value in [line, told, *earlier]][::-1]
        cv = status or (b"none" if instance == 1 else b"pass")
        seal = arc.gen_header([*who, (b"cv", cv), (b"b", b"0" * 60)], sealed, policy, b"ARC-Seal", key)
        top = [(b"ARC-Seal", seal), line, told]
        return b"".join(name + b":" + b" " * (not value.startswith(b" ")) + value for name, value in top) + raw


def sign_ed25519(raw, domain):
    """Return (mail signed with a key of the newer kind, {name: record})."""
    key = Ed25519PrivateKey.generate()
    form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    record = b"v=DKIM1; k=ed25519; p=" + base64.b64encode(key.public_key().public_bytes(*form))
    verifier = dkim.DKIM(raw)
    policy = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    body = dkim.HASH_ALGORITHMS[b"ed25519-sha256"](policy.canonicalize_body(verifier.body)).digest()
    value = b" v=1; a=ed25519-sha256; c=relaxed/relaxed; d=%s; s=e1; h=from:subject:content-type; bh=%s; b=" % (
        domain.encode(),
        base64.b64encode(body),
    )
    digest = dkim.HASH_ALGORITHMS[b"ed25519-sha256"]()
    canonical = policy.canonicalize_headers(verifier.headers)
    dkim.hash_headers(digest, policy, canonical, [b"from", b"subject", b"content-type"], (b"DKIM-Signature", value), {})
    line = b"DKIM-Signature:" + value + base64.b64encode(key.sign(digest.digest())) + b"\r\n"
    return line + raw, {f"e1._domainkey.{domain}": record}
