"""DKIM signatures of the pretend marketplaces, with keys of their own, published by their name server."""

import base64
from email.parser import BytesHeaderParser
from email.utils import parseaddr

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .hosts import marketplace_of

SELECTOR = "sandbox"
#: What Amazon's mailer signs. Source: public forms of its signatures.
HEADERS = ("Date", "From", "Reply-To", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type")


class Signer:
    """Signs for the domain of a mail's From; ``records`` holds the DNS records of the keys."""

    def __init__(self):
        key = rsa.generate_private_key(65537, 2048)
        self._pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public = base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form))
        self._record = b"v=DKIM1; k=rsa; p=" + public
        #: {name: record}
        self.records = {}

    def sign(self, raw):
        """Return a marketplace's mail with its signature on top; any other as it is."""
        head = BytesHeaderParser().parsebytes(raw)
        host = parseaddr(str(head["From"]))[1].rpartition("@")[2].lower()
        if not marketplace_of(host):
            return raw
        domain = host.removeprefix("marketplace.").removeprefix("m.marketplace.")
        self.records[f"{SELECTOR}._domainkey.{domain}"] = self._record
        names = [name.encode() for name in HEADERS if head[name]]
        form = (b"relaxed", b"simple")
        line = dkim.sign(raw, SELECTOR.encode(), domain.encode(), self._pem, canonicalize=form, include_headers=names)
        return line + raw
