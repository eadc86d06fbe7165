"""Connections to mailboxes whose server proves who it is, before a password is said.

Python's own ``imaplib`` and ``poplib`` verify nothing without a context. A certificate that can't be verified is
described, so that a person can decide about this one certificate; nobody decides about all of a server's to come.
"""

import hashlib
import imaplib
import poplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone

from cryptography import x509

from ..errors import Unavailable

#: What is wrong with a certificate, by OpenSSL's number (``x509_vfy.h``); all else is "issuer": nobody we know says so.
FAULTS = {9: "date", 10: "date", 62: "name", 64: "name"}
#: Names of a certificate that are listed.
LISTED = 5


@dataclass(frozen=True)
class Certificate:
    """A certificate that could not be verified.

    ``fault`` is "name", "date" or "issuer"; ``names`` are the hosts that it is for; ``fingerprint`` is its SHA-256.
    """

    fault: str
    fingerprint: str
    names: tuple[str, ...] = ()
    issuer: str = ""
    until: datetime | None = None


class Untrusted(Unavailable):
    """The server does not prove who it is: nothing was said to it."""

    def __init__(self, message, certificate, **kwargs):
        super().__init__(message, **kwargs)
        self.certificate = certificate


def connect(kind, host, port, *, is_encrypted, seconds, accepted="", is_lenient=False):
    """Return a connection that nobody has logged in to yet, and its certificate if that could not be verified.

    :param str kind: "imap" or "pop".
    :param float seconds: for which the server may be silent.
    :param str accepted: fingerprint of a certificate that a person accepted.
    :param bool is_lenient: take any other one, too.
    :return: (``imaplib.IMAP4`` or ``poplib.POP3``, :class:`Certificate` or None).
    :raise Untrusted: the certificate can't be verified, and nobody accepted it.
    """
    if not is_encrypted:
        plain = {"imap": imaplib.IMAP4, "pop": poplib.POP3}[kind]
        return plain(host, port, timeout=seconds), None
    try:
        return _encrypt(kind, host, port, seconds, ssl.create_default_context()), None
    except ssl.SSLCertVerificationError as error:
        fault = FAULTS.get(error.verify_code, "issuer")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = _encrypt(kind, host, port, seconds, context)
    # It is this connection's own that counts, not that of the one before.
    certificate = describe(connection.sock.getpeercert(binary_form=True) or b"", fault)
    if certificate.fingerprint == accepted or is_lenient:
        return connection, certificate
    abandon(connection)
    raise Untrusted(f"{host}:{port} does not prove who it is.", certificate)


def abandon(connection):
    """Close a connection without another word; its file would keep the socket open."""
    with suppress(OSError):
        (connection.shutdown if isinstance(connection, imaplib.IMAP4) else connection.close)()


def _encrypt(kind, host, port, seconds, context):
    if kind == "imap":
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=seconds)
    return poplib.POP3_SSL(host, port, timeout=seconds, context=context)


def describe(der: bytes, fault: str) -> Certificate:
    """Return what a certificate in DER says, as far as it can be read."""
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        read = x509.load_der_x509_certificate(der)
        return Certificate(fault, fingerprint, _names(read), read.issuer.rfc4514_string()[:200], _until(read))
    except ValueError:
        return Certificate(fault, fingerprint)


def _names(certificate):
    with suppress(x509.ExtensionNotFound):
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        hosts = names.get_values_for_type(x509.DNSName)
        return tuple([*hosts, *map(str, names.get_values_for_type(x509.IPAddress))][:LISTED])
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return tuple(str(one.value) for one in common)[:LISTED]


def _until(certificate):
    with suppress(AttributeError):  # before cryptography 42
        return certificate.not_valid_after_utc
    return certificate.not_valid_after.replace(tzinfo=timezone.utc)
