"""Hands raw mails to Odoo over its external API, as a mail server's delivery script would."""

import http.client
import threading
import xmlrpc.client


class _Transport(xmlrpc.client.Transport):
    """XML-RPC transport with a time limit."""

    def __init__(self, timeout, factory):
        super().__init__()
        self._timeout = timeout
        self._factory = factory

    def make_connection(self, host):
        if not self._connection or host != self._connection[0]:
            self._connection = host, self._factory(host, timeout=self._timeout)
        return self._connection[1]


class Odoo:
    """A door to one Odoo database. Each thread keeps its own connection; the user id is asked for once."""

    def __init__(self, url, db, login, password, timeout=60):
        self._url, self._db, self._login, self._password = url.rstrip("/"), db, login, password
        self._timeout = timeout
        self._uid = None
        self._lock = threading.Lock()
        self._local = threading.local()

    def deliver(self, raw):
        """Hand over a raw mail; when this returns, Odoo has committed it.

        :raise Exception: it did not, or nobody knows.
        """
        arguments = [False, xmlrpc.client.Binary(raw)]
        user = self._user()
        self._proxy("object").execute_kw(
            self._db, user, self._password, "mail.thread", "message_process", arguments, {}
        )

    def _user(self):
        with self._lock:
            if not self._uid:
                self._uid = self._proxy("common").authenticate(self._db, self._login, self._password, {})
            if not self._uid:
                raise PermissionError("Odoo refuses the login")
            return self._uid

    def _proxy(self, service):
        proxies = self._local.__dict__.setdefault("proxies", {})
        if service not in proxies:
            secure = self._url.startswith("https:")
            factory = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            transport = _Transport(self._timeout, factory)
            url = f"{self._url}/xmlrpc/2/{service}"
            proxies[service] = xmlrpc.client.ServerProxy(url, transport=transport, allow_none=True)
        return proxies[service]
