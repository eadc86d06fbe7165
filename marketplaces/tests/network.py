"""The network as tests know it: a server of their own, and nobody else.

A pytest plugin: ``pytest_plugins = ["marketplaces.tests.network"]`` in a test file gives the fixture ``server`` and the
guard ``only_loopback``, which then holds for every test of the run.
"""

import socket

import pytest

from marketplaces.tests.http_server import Server


@pytest.fixture
def server():
    """A running server."""
    with Server().running() as running:
        yield running


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch):
    """Let no test look up or reach another machine, nor go through a proxy."""
    connect = socket.socket.connect
    look_up = socket.getaddrinfo

    def is_ours(host):
        # None, "" and the zero addresses are what a server of our own listens on.
        return host in (None, "", "localhost", "0.0.0.0", "::", "::1") or str(host).startswith("127.")

    def guarded_connect(self, address):
        if isinstance(address, tuple) and not is_ours(address[0]):
            raise AssertionError(f"A test wants to reach {address[0]}.")
        return connect(self, address)

    def guarded_look_up(host, *args, **kwargs):
        if not is_ours(host):
            raise AssertionError(f"A test wants to look up {host}.")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
