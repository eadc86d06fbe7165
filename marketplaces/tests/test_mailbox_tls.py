"""Encrypted connections to mailboxes, against a real TLS server on loopback with certificates made here."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from marketplaces.mailbox.tls import Untrusted, abandon, connect
from marketplaces.transport.answer import is_loopback

NOW = datetime.now(timezone.utc)
GREETINGS = {"imap": b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "pop": b"+OK ready\r\n"}


def name_of(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


class Authority:
    """Issues certificates; ``file`` is where who trusts it finds its own."""

    def __init__(self, folder):
        self.folder, self.key, self.name = folder, ec.generate_private_key(ec.SECP256R1()), name_of("Test Authority")
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._sign(self.name, self.key, x509.BasicConstraints(True, None)))

    def _sign(self, name, key, extension, until=NOW + timedelta(days=9)):
        builder = x509.CertificateBuilder(self.name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(NOW - timedelta(days=30)).not_valid_after(until)
        builder = builder.add_extension(extension, critical=True)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def issue(self, host="127.0.0.1", **values):
        """Return the file of a key with its certificate for a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        with contextlib.suppress(ValueError):
            host = ipaddress.ip_address(host)
        general = x509.DNSName(host) if isinstance(host, str) else x509.IPAddress(host)
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        file = self.folder / "server.pem"
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, *plain)
            + self._sign(name_of("server"), key, x509.SubjectAlternativeName([general]), **values)
        )
        return file


class Server:
    """Greets over TLS, inside a ``with`` block, and remembers what it was told."""

    def __init__(self, file, kind="imap"):
        self.told, self._greeting = [], GREETINGS[kind]
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(file)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self._socket.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                self._talk(self._socket.accept()[0])

    def _talk(self, plain):
        with contextlib.suppress(OSError), plain, self._context.wrap_socket(plain, server_side=True) as line:
            line.sendall(self._greeting)
            for words in line.makefile("rb"):
                self.told.append(words.strip())
                tag = words.split()[0].decode()
                line.sendall(f"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n".encode())


@pytest.fixture
def authority(tmp_path, monkeypatch):
    """Return an authority that this process trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


def reach(server, kind="imap", **values):
    return connect(kind, "127.0.0.1", server.port, is_encrypted=True, seconds=5, **values)


@pytest.mark.parametrize("kind", ["imap", "pop"])
def test_a_server_with_a_certificate_for_its_name_is_spoken_to(authority, kind):
    with Server(authority.issue(), kind) as server:
        connection, certificate = reach(server, kind)
        assert certificate is None
        assert connection.sock.context.verify_mode == ssl.CERT_REQUIRED
        abandon(connection)


@pytest.mark.parametrize("kind", ["imap", "pop"])
def test_a_certificate_for_another_name_is_refused_before_anything_secret_is_said(authority, kind):
    with Server(authority.issue("mail.other.example"), kind) as server:
        with pytest.raises(Untrusted) as caught:
            reach(server, kind)
        assert not [words for words in server.told if b"CAPABILITY" not in words]
    certificate = caught.value.certificate
    assert (certificate.fault, certificate.names) == ("name", ("mail.other.example",))
    assert "Test Authority" in certificate.issuer and len(certificate.fingerprint) == 64


def test_a_certificate_that_ended_is_refused(authority):
    with Server(authority.issue(until=NOW - timedelta(days=2))) as server, pytest.raises(Untrusted) as caught:
        reach(server)
    assert caught.value.certificate.fault == "date"
    assert caught.value.certificate.until.date() == (NOW - timedelta(days=2)).date()


def test_a_certificate_of_nobody_we_know_is_refused(tmp_path):
    with Server(Authority(tmp_path).issue()) as server, pytest.raises(Untrusted) as caught:
        reach(server)
    assert caught.value.certificate.fault == "issuer"


def test_one_accepted_certificate_is_taken_and_no_other(tmp_path):
    authority = Authority(tmp_path)
    with Server(authority.issue()) as server:
        with pytest.raises(Untrusted) as caught:
            reach(server)
        accepted = caught.value.certificate.fingerprint
        connection, certificate = reach(server, accepted=accepted)
        assert certificate.fingerprint == accepted
        abandon(connection)
    with Server(authority.issue()) as server, pytest.raises(Untrusted):
        reach(server, accepted=accepted)


def test_who_was_read_before_is_read_on(tmp_path):
    with Server(Authority(tmp_path).issue()) as server:
        connection, certificate = reach(server, is_lenient=True)
        assert certificate.fault == "issuer"
        abandon(connection)


def test_a_server_that_speaks_no_tls_is_no_question_of_certificates():
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def greet():
            line, _address = plain.accept()
            line.sendall(b"* OK plain\r\n" * 3)
            line.close()

        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(ssl.SSLError) as caught:
            connect("imap", "127.0.0.1", plain.getsockname()[1], is_encrypted=True, seconds=5)
    assert not isinstance(caught.value, ssl.SSLCertVerificationError)


@pytest.mark.parametrize(
    ("host", "stays"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("localhost.example", False)],
)
def test_what_stays_on_this_machine(host, stays):
    assert is_loopback(host) is stays
