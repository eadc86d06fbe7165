"""The wire to Amazon: bad networks, odd environments, and nothing secret in sight."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

# Loading the library takes longer than these tests give a call.
import sp_api.api  # noqa: F401

from marketplaces.amazon.client import Client
from marketplaces.amazon.wire import Wire
from marketplaces.errors import Forbidden, MarketplaceError, Unavailable
from marketplaces.schema import Credentials
from marketplaces.tests.bad_network import BadNetwork
from marketplaces.tests.http_server import says, sends
from marketplaces.transport.answer import Deadline

pytest_plugins = ["marketplaces.tests.network"]

REF = "123-1234567-1234567"
ORDER = {"orderId": REF, "orderItems": []}
TOKEN = "Atza|not-a-real-token"
CREDENTIALS = Credentials(region="eu", client_id="id", client_secret="s3cret", refresh_token="r", access_token=TOKEN)
REFUSAL = {"errors": [{"code": "Unauthorized", "message": "denied"}]}


@pytest.fixture
def client(server):
    return Client(CREDENTIALS, endpoints={"api": server.url}, seconds=5)


class TestBadNetwork(BadNetwork):
    TOKEN = TOKEN

    def ask(self, url, seconds):
        return Client(CREDENTIALS, endpoints={"api": url}, seconds=seconds).get_order(REF)

    def test_both_tries_share_one_deadline(self, server):
        def slow_refusal(handler):
            time.sleep(0.2)
            says(403, REFUSAL)(handler)

        self.fails(server, slow_refusal, words="did not answer within 0.3 seconds")

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"nonsense\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        ],
    )
    def test_a_broken_connection_is_no_answer(self, server, data):
        self.fails(server, sends(data), seconds=5, words="can't be reached")

    def test_nobody_there(self, server):
        client = Client(CREDENTIALS, endpoints={"api": "http://127.0.0.1:1"}, seconds=5)
        with pytest.raises(Unavailable, match="can't be reached"):
            client.get_order(REF)


class TestPrivacy:
    def test_no_log_holds_a_token(self, server, client, caplog):
        caplog.set_level(logging.DEBUG)
        for name in ("sp_api", "sp_api.base.client", "httpx", "httpcore"):
            caplog.set_level(logging.DEBUG, logger=name)
        server.will(says(200, {"order": ORDER}), says(403, REFUSAL))
        client.get_order(REF)
        with pytest.raises(Forbidden):
            client.get_order(REF)
        assert caplog.records
        for record in caplog.records:
            assert TOKEN not in record.getMessage() and "s3cret" not in record.getMessage()

    def test_no_log_holds_the_signature_of_an_upload(self, server, caplog):
        caplog.set_level(logging.DEBUG, logger="httpx")
        server.will(says(200, {}))
        with Wire(Deadline()) as wire:
            wire.request("PUT", f"{server.url}/upload?X-Amz-Signature=s3cret", content=b"x")
        written = [record.getMessage() for record in caplog.records if record.name == "httpx"]
        assert written and not any("s3cret" in line for line in written)

    def test_nothing_prints_a_secret(self):
        assert TOKEN not in repr(CREDENTIALS) and "s3cret" not in repr(CREDENTIALS)

    def test_two_accounts_never_share_a_token(self, server):
        server.will(says(200, {"order": ORDER}))
        for token in ("first", "second"):
            credentials = Credentials(region="eu", refresh_token="same", access_token=token)
            Client(credentials, endpoints={"api": server.url}).get_order(REF)
        assert [asked.headers["x-amz-access-token"] for asked in server.asked] == ["first", "second"]


class TestEnvironment:
    def run(self, code, **environment):
        root = Path(__file__).parents[2]
        environment = {**os.environ, "PYTHONPATH": str(root), **environment}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    def test_the_librarys_variables_change_nothing(self, server):
        server.will(says(200, {"orders": []}))
        code = f"""
import os
from datetime import datetime, timezone
from marketplaces.amazon.client import Client
from marketplaces.amazon.wire import Wire
from marketplaces.transport.answer import Deadline
from marketplaces.schema import Credentials
client = Client(Credentials(region="eu", access_token="t"), endpoints={{"api": {server.url!r}}})
client.search_orders(datetime(2026, 1, 1, tzinfo=timezone.utc), ["A1PA6795UKMFR9"])
assert os.environ["AWS_ENV"] == "staging"
"""
        done = self.run(code, AWS_ENV="staging", SP_API_DEFAULT_MARKETPLACE="Moon", SP_API_REFRESH_TOKEN="other")
        assert done.returncode == 0, done.stderr
        assert server.asked[0].query["marketplaceIds"] == ["A1PA6795UKMFR9"]

    def test_orders_are_read_without_the_library(self):
        code = """
import sys
sys.modules["sp_api"] = sys.modules["httpx"] = sys.modules["httpcore"] = None
from marketplaces.amazon import Amazon
from marketplaces.errors import MarketplaceError
from marketplaces.schema import Credentials
assert Amazon.orders_from_json({"orderId": "123-1234567-1234567"})
try:
    Amazon(Credentials(region="eu", access_token="t")).fetch_order("123-1234567-1234567")
except MarketplaceError as error:
    assert "python-amazon-sp-api" in str(error)
"""
        done = self.run(code)
        assert done.returncode == 0, done.stderr

    def test_a_proxy_of_the_environment_is_used(self, server, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        server.will(says(200, {"order": ORDER}))
        Client(CREDENTIALS, endpoints={"api": "http://api.example"}).get_order(REF)
        assert server.asked[0].headers["host"] == "api.example"

    def test_any_other_kind_of_proxy_is_named(self, monkeypatch):
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
        with pytest.raises(MarketplaceError, match="proxy"):
            Client(CREDENTIALS, endpoints={"api": "http://api.example"}).get_order(REF)
