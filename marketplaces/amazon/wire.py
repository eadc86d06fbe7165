"""Carries requests to Amazon with httpx, the library python-amazon-sp-api itself uses.

Every call ends at its deadline: httpx only limits the wait for the next bytes, so a server that drips a byte a
second would hold a worker for ever. Redirects are refused. Proxies are taken from the usual environment variables
(HTTPS_PROXY, HTTP_PROXY, NO_PROXY); nothing else of the environment changes where a request goes.
"""

import logging
import socket
import urllib.request

import httpcore
import httpx

from ..transport.answer import (
    CONNECT_SECONDS,
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
hush("httpx")
_TIMEOUTS = (httpx.TimeoutException, httpcore.TimeoutException)
_FAILURES = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    OSError,  # TLS certificates that can't be loaded
)
#: What goes wrong before anything was sent.
_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.UnsupportedProtocol,
)


class Wire:
    """One HTTP client, to be used in a ``with`` block; all its requests share one deadline.

    :param Deadline deadline: when everything has to be over.
    :param httpx.BaseTransport transport: stands in for the network (tests).
    """

    def __init__(self, deadline: Deadline, transport=None):
        self._deadline = deadline
        self._transport = transport
        self._client = None

    def __enter__(self):
        limit = self._deadline.seconds
        self._client = httpx.Client(
            transport=self._transport or _DeadlineTransport(self._deadline),
            timeout=httpx.Timeout(limit, connect=min(CONNECT_SECONDS, limit)),
            follow_redirects=False,
        )
        return self

    def __exit__(self, *exc_info):
        self._client.close()

    def request(self, method, url, *, params=None, form=None, json=None, content=None, headers=None) -> Answer:
        """Send a request and read the whole answer.

        :param dict params: query; ``form``: fields of a URL-encoded body; ``headers``: added to httpx's own.
        :param dict json: a body; ``content``: one in bytes.
        :raise Unavailable: no answer, not in time, a redirect, or a body beyond ``MAX_BYTES``.
        """
        host = httpx.URL(url).host
        # Packed answers could unpack to any size.
        headers = {"accept": "application/json", "accept-encoding": "identity", **(headers or {})}
        try:
            body = {"data": form, "json": json, "content": content}
            with self._client.stream(method, url, params=params, headers=headers, **body) as response:
                answer = Answer(response.status_code, dict(response.headers.items()), self._read(response))
        except _TIMEOUTS as error:
            raise no_answer(host, self._deadline, isinstance(error, _UNSENT)) from None
        except _FAILURES as error:
            raise not_reached(host, error, isinstance(error, _UNSENT)) from None
        _logger.debug("%s %s: HTTP %s, %s bytes", method, httpx.URL(url).path, answer.status, len(answer.body))
        return check_redirect(host, answer)

    def _read(self, response):
        chunks = response.iter_bytes()
        return read_body(response.url.host, response.headers, chunks, self._deadline, httpx.ReadTimeout)


class _DeadlineTransport(httpx.BaseTransport):
    """httpcore's connections, on a network that keeps the deadline."""

    def __init__(self, deadline):
        self._deadline = deadline
        self._pool = None

    def handle_request(self, request):
        # One wire speaks to one host.
        self._pool = self._pool or self._open_pool(request.url)
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=url,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(status_code=answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self):
        if self._pool:
            self._pool.close()

    def _open_pool(self, url):
        options = {"network_backend": _DeadlineNetwork(self._deadline)}
        if url.scheme == "https":
            options["ssl_context"] = httpx.create_ssl_context()
        proxies = urllib.request.getproxies_environment()
        proxy = proxies.get(url.scheme) or proxies.get("all")
        if not proxy or urllib.request.proxy_bypass_environment(url.netloc.decode("ascii")):
            return httpcore.ConnectionPool(**options)
        through = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
        if through.url.scheme not in ("http", "https"):
            raise other_proxy()
        return httpcore.HTTPProxy(proxy_url=str(through.url), proxy_auth=through.raw_auth, **options)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream):
        self._stream = stream

    def __iter__(self):
        yield from self._stream

    def close(self):
        self._stream.close()


class _DeadlineNetwork(httpcore.NetworkBackend):
    """Opens connections; tries a host's addresses one after the other only as long as there is time."""

    def __init__(self, deadline):
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        try:
            addresses = dict.fromkeys(info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError:
            raise httpcore.ConnectError("unknown host") from None
        failure = httpcore.ConnectError("no address")
        for address in addresses:
            limit = self._deadline.limit(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._network.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    # pylint: disable=method-required-super  # a stream's read and write, not a model's
    def __init__(self, stream, deadline):
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes, timeout=None):
        return self._stream.read(max_bytes, self._deadline.limit(timeout, httpcore.ReadTimeout))

    def write(self, buffer, timeout=None):
        self._stream.write(buffer, self._deadline.limit(timeout, httpcore.WriteTimeout))

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        limit = self._deadline.limit(timeout, httpcore.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def close(self):
        self._stream.close()

    def get_extra_info(self, info):
        return self._stream.get_extra_info(info)
