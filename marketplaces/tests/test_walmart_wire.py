"""The wire to Walmart: bad networks, odd environments, and nothing secret in sight."""

import io
import ipaddress
import logging
import ssl
import time
from datetime import datetime, timedelta, timezone

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from requests.adapters import BaseAdapter

from marketplaces.errors import MarketplaceError, Unavailable
from marketplaces.tests.bad_network import BadNetwork
from marketplaces.tests.http_server import drips, says, sends
from marketplaces.transport.answer import Deadline
from marketplaces.walmart.wire import Wire

pytest_plugins = ["marketplaces.tests.network"]

TOKEN = "eyJ-not-a-real-token"
HEADERS = {"WM_SEC.ACCESS_TOKEN": TOKEN, "Authorization": "Basic c2VjcmV0"}


def ask(url, seconds=5, transport=None, **options):
    with Wire(Deadline(seconds), transport) as wire:
        return wire.request("GET", url, headers=HEADERS, **options)


class TestBadNetwork(BadNetwork):
    TOKEN = TOKEN

    def ask(self, url, seconds):
        return ask(url, seconds)

    def test_all_requests_share_one_deadline(self, server):
        def slow(handler):
            time.sleep(0.2)
            says(200, {})(handler)

        server.will(slow)
        with Wire(Deadline(0.3)) as wire:
            wire.request("GET", server.url)
            with pytest.raises(Unavailable, match="within 0.3 seconds"):
                wire.request("GET", server.url)

    def test_after_the_deadline_nothing_is_sent(self, server):
        with pytest.raises(Unavailable) as caught:
            ask(server.url, seconds=0)
        assert caught.value.unsent and server.asked == []

    @pytest.mark.parametrize("data", [b"", b"nonsense\r\n\r\n"])
    def test_a_broken_connection_is_no_answer(self, server, data):
        self.fails(server, sends(data), seconds=5, words="can't be reached")

    @pytest.mark.parametrize(
        "data",
        [
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        ],
    )
    def test_a_cut_answer_is_never_data(self, server, data):
        server.will(sends(data))
        with pytest.raises(Unavailable):
            ask(server.url).json("Walmart")

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1", "nowhere://x", "http://"])
    def test_what_was_never_sent_says_so(self, url):
        with pytest.raises(Unavailable, match="can't be reached") as caught:
            ask(url)
        assert caught.value.unsent


class TestRequests:
    def test_an_answer_is_read_whole(self, server):
        server.will(says(200, {"a": 1.10}, X_One="yes"))
        answer = ask(server.url)
        assert (answer.status, answer.headers["x-one"], answer.body) == (200, "yes", b'{"a": 1.1}')
        headers = server.asked[0].headers
        assert headers["accept-encoding"] == "identity" and headers["accept"] == "application/json"
        assert headers["wm_sec.access_token"] == TOKEN

    def test_a_connection_is_used_again(self, server):
        server.will(says(200, {}))
        with Wire(Deadline(5)) as wire:
            for _time in range(3):
                assert wire.request("GET", server.url, params={"a": "b c"}).status == 200
        assert [asked.query for asked in server.asked] == [{"a": ["b c"]}] * 3

    def test_a_query_goes_out_as_it_is(self):
        class Recorder(BaseAdapter):
            def send(self, request, **kwargs):
                self.url = request.url
                response = requests.Response()
                response.status_code, response.raw = 200, io.BytesIO(b"{}")
                return response

            def close(self):
                pass

        recorder = Recorder()
        url = "http://api.example/v3/orders?a=%2d%3A&b=2019-09-17T18:47:03.703Z&c=a+b~"
        assert ask(url, transport=recorder).body == b"{}"
        assert recorder.url == url

    def test_no_log_holds_a_secret(self, server, caplog):
        caplog.set_level(logging.DEBUG)
        for name in ("urllib3", "requests"):
            caplog.set_level(logging.DEBUG, logger=name)
        server.will(says(200, {}))
        ask(server.url)
        assert caplog.records
        for record in caplog.records:
            assert TOKEN not in record.getMessage() and "c2VjcmV0" not in record.getMessage()


class TestEnvironment:
    @pytest.fixture(autouse=True)
    def no_exceptions(self, monkeypatch):
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

    def test_a_netrc_file_changes_nothing(self, server, monkeypatch, tmp_path):
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n", encoding="utf-8")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        server.will(says(200, {}))
        ask(server.url)
        assert server.asked[0].headers["authorization"] == HEADERS["Authorization"]

    def test_a_proxy_of_the_environment_is_used(self, server, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", server.url)
        server.will(says(200, {}))
        ask("http://api.example/v3/orders")
        assert server.asked[0].headers["host"] == "api.example"

    def test_a_dripping_tunnel_ends_at_the_deadline(self, server, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", server.url)
        monkeypatch.setattr(
            "http.server.BaseHTTPRequestHandler.do_CONNECT",
            lambda handler: drips(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 99, 0.05)(handler),
            raising=False,
        )
        started = time.monotonic()
        with pytest.raises(Unavailable, match="within 0.3 seconds"):
            ask("https://api.example/", seconds=0.3)
        assert time.monotonic() - started < 1

    def test_a_refused_tunnel_was_never_sent(self, server, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", server.url)
        with pytest.raises(Unavailable, match="can't be reached"):
            ask("https://api.example/")

    def test_any_other_kind_of_proxy_is_named(self, monkeypatch):
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
        with pytest.raises(MarketplaceError, match="proxy"):
            ask("http://api.example/")


class TestEncryption:
    @pytest.fixture
    def certificate(self, tmp_path):
        """A certificate of this machine, and its key, in one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(timezone.utc)
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (tmp_path / "all.pem").write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
        return str(tmp_path / "all.pem")

    @pytest.fixture
    def url(self, server, certificate):
        """The address of a server that encrypts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.encrypt(context)
        return server.url.replace("http://127.0.0.1", "https://localhost")

    def test_an_answer_is_read_whole(self, server, url, certificate, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)
        server.will(says(200, {"a": 1}))
        with Wire(Deadline(5)) as wire:
            assert [wire.request("GET", url).json("Walmart") for _time in range(2)] == [{"a": 1}] * 2

    def test_a_drip_ends_at_the_deadline(self, server, url, certificate, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)
        server.will(drips(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 99, 0.05))
        with pytest.raises(Unavailable, match="within 0.5 seconds"):
            ask(url, seconds=0.5)

    def test_a_certificate_of_a_stranger_is_refused(self, server, url):
        server.will(says(200, {}))
        with pytest.raises(Unavailable, match="can't be reached"):
            ask(url)
        assert server.asked == []
