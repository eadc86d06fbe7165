"""Carries requests to Walmart with requests.

Every call ends at its deadline: requests only limits the wait for the next bytes, so a server that drips a byte a
second would hold a worker for ever. Redirects are refused. Proxies and certificate authorities are taken from the
usual environment variables (HTTPS_PROXY, HTTP_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE), nothing from a .netrc file.
Works with urllib3 1.26 and 2.
"""

import http.client
import io
import logging
import socket
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from ..transport.answer import (
    CONNECT_SECONDS,
    TOTAL_SECONDS,
    Answer,
    Deadline,
    check_redirect,
    hush,
    no_answer,
    not_reached,
    other_proxy,
    read_body,
)

_logger = logging.getLogger(__name__)
hush("urllib3.connection", "urllib3.connectionpool")
_CHUNK = 64 * 1024
_FAILURES = (
    requests.RequestException,
    HTTPError,
    http.client.HTTPException,
    OSError,  # certificate authorities that can't be loaded
)
#: What goes wrong before anything was sent.
_UNSENT = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    ConnectTimeoutError,
    NewConnectionError,
)


class Wire:
    """One HTTP session, to be used in a ``with`` block; all its requests share one deadline.

    :param Deadline deadline: when everything has to be over.
    :param requests.adapters.BaseAdapter transport: stands in for the network (tests).
    """

    def __init__(self, deadline: Deadline, transport=None):
        self._deadline = deadline
        self._transport = transport
        self._session = None

    def __enter__(self):
        self._session = requests.Session()
        # With an "auth" of its own a session asks no .netrc file, which would replace our Authorization header.
        self._session.auth = lambda request: request
        self._session.headers.clear()
        adapter = self._transport or _DeadlineAdapter(self._deadline)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)
        return self

    def __exit__(self, *exc_info):
        self._session.close()

    def request(self, method, url, *, params=None, form=None, headers=None) -> Answer:
        """Send a request and read the whole answer.

        :param str url: goes out as it is when there are no ``params`` (query).
        :param dict form: fields of a URL-encoded body; ``headers``: added to requests' own.
        :raise Unavailable: no answer, not in time, a redirect, or a body beyond ``MAX_BYTES``.
        """
        host = urlsplit(url).hostname or "Walmart"
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        try:
            answer = self._send(host, requests.Request(method, url, params=params, data=form, headers=headers))
        except _FAILURES as error:
            unsent = any(isinstance(cause, _UNSENT) for cause in _causes(error))
            if self._deadline.left() <= 0 or isinstance(error, requests.Timeout):
                raise no_answer(host, self._deadline, unsent) from None
            raise not_reached(host, error, unsent) from None
        _logger.debug("%s %s: HTTP %s, %s bytes", method, urlsplit(url).path, answer.status, len(answer.body))
        return check_redirect(host, answer)

    def _send(self, host, request):
        prepared = self._session.prepare_request(request)
        if not request.params:
            prepared.url = request.url  # requests would encode it anew, and Walmart's cursors must stay as they are
        # "stream" and "verify" are what requests itself would take from its session and the environment.
        options = self._session.merge_environment_settings(prepared.url, {}, True, None, None)
        self._deadline.limit(None, requests.ConnectTimeout)
        # Only a rough limit: our own connections keep the deadline.
        with self._session.send(prepared, timeout=TOTAL_SECONDS, allow_redirects=False, **options) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            chunks = response.iter_content(_CHUNK)
            body = read_body(host, headers, chunks, self._deadline, requests.ReadTimeout)
        return Answer(response.status_code, headers, body)


def _causes(error):
    """Return an error and those that it was made of: requests and urllib3 wrap them in several ways."""
    found = []
    while isinstance(error, BaseException) and error not in found:
        found.append(error)
        inner = getattr(error, "reason", None) or getattr(error, "original_error", None)
        error = inner or next((arg for arg in error.args if isinstance(arg, BaseException)), None)
    return found


class _DeadlineAdapter(HTTPAdapter):
    """requests' own adapter, on connections that keep the deadline."""

    # pylint: disable=missing-return  # an adapter's methods, not a model's

    def __init__(self, deadline):
        self._pools = {
            "http": _make_pool(urllib3.HTTPConnectionPool, deadline),
            "https": _make_pool(urllib3.HTTPSConnectionPool, deadline),
        }
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy, **kwargs):
        if not proxy.lower().startswith(("http://", "https://")):
            raise other_proxy()
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _make_pool(pool, deadline):
    connection = type("Connection", (_DeadlineConnection, pool.ConnectionCls), {"deadline": deadline})
    return type("Pool", (pool,), {"ConnectionCls": connection})


class _DeadlineConnection:
    """Mixed into urllib3's connections; ``deadline`` is set by :func:`_make_pool`."""

    # pylint: disable=missing-return  # a connection's methods, not a model's
    deadline = None

    def connect(self):
        super().connect()
        self.sock = _DeadlineSocket(self.sock, self.deadline)

    def _new_conn(self):
        """Try a host's addresses one after the other, only as long as there is time."""
        host, failure = self._dns_host, None
        try:
            addresses = dict.fromkeys(info[4][0] for info in _look_up(self, host))
            for address in addresses:
                try:
                    self.timeout = self.deadline.limit(CONNECT_SECONDS, TimeoutError)
                    self._dns_host = address
                    return super()._new_conn()
                except TimeoutError:
                    raise ConnectTimeoutError(self, "deadline") from None
                except (ConnectTimeoutError, NewConnectionError) as error:
                    failure = error
        finally:
            self._dns_host = host
        raise failure or NewConnectionError(self, "no address")

    def _tunnel(self):
        """Ask a proxy for a tunnel; what follows encrypts the plain socket."""
        plain, self.sock = self.sock, _DeadlineSocket(self.sock, self.deadline)
        try:
            super()._tunnel()
        except BaseException:
            plain.close()
            raise
        self.sock = plain


def _look_up(connection, host):
    try:
        return socket.getaddrinfo(host.strip("[]"), connection.port, type=socket.SOCK_STREAM)
    except OSError:
        raise NewConnectionError(connection, "unknown host") from None


class _DeadlineSocket:
    """A connected socket, each of whose reads and writes ends at the deadline."""

    def __init__(self, sock, deadline):
        self._sock = sock
        self._deadline = deadline

    def __getattr__(self, name):
        return getattr(self._sock, name)

    def sendall(self, data, *args):
        self._sock.settimeout(self._deadline.limit(None, TimeoutError))
        return self._sock.sendall(data, *args)

    def makefile(self, *args, **kwargs):
        # The socket's own file keeps it open after its close(), as http.client expects.
        return io.BufferedReader(_DeadlineFile(self._sock, self._deadline))


class _DeadlineFile(io.RawIOBase):
    # pylint: disable=missing-return  # a file's methods, not a model's
    def __init__(self, sock, deadline):
        super().__init__()
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self):
        return True

    def readinto(self, buffer):
        self._sock.settimeout(self._deadline.limit(None, TimeoutError))
        return self._file.readinto(buffer)

    def close(self):
        self._file.close()
        super().close()
