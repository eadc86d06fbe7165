"""Keys of signers by DNS, within two seconds each, remembered for a while. The only place that asks a name server."""

import threading
import time

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from .dkim_check import KeyNotFound, KeyTimeout

#: Seconds for one key, whatever the name servers do.
SECONDS = 2.0
#: Seconds for which a key is remembered, at least and at most; that there is none; and that nobody answered.
KEPT = (300, 3600)
KEPT_NONE = 120
KEPT_TIMEOUT = 5
MAX_KEYS = 2000


class Resolver:
    """Asks for keys and remembers them; for any number of threads.

    :param nameserver: "host:port" of the only name server to ask; the system's by default.
    :param clock: tells the time in seconds that never go back.
    """

    def __init__(self, nameserver: str | None = None, clock=time.monotonic):
        self._nameserver = nameserver
        self._clock = clock
        self._lock = threading.Lock()
        self._known = {}  # {name: (until when, record or the error's class)}

    def find(self, name: str) -> bytes:
        """Return the TXT record of a key, asking for it when it is not remembered.

        :raise KeyNotFound: there is none.
        :raise KeyTimeout: nobody answered in time.
        """
        try:
            return self.recall(name)
        except KeyTimeout as error:
            if error.args != (name, "not asked yet"):
                raise
        try:
            found, seconds = self._ask(name)
        except KeyNotFound:
            found, seconds = KeyNotFound, KEPT_NONE
        except KeyTimeout:
            found, seconds = KeyTimeout, KEPT_TIMEOUT
        self._remember(name, found, seconds)
        return self.recall(name)

    def recall(self, name: str) -> bytes:
        """Return the TXT record of a key without asking anybody.

        :raise KeyNotFound: it is known that there is none.
        :raise KeyTimeout: it was not asked for yet, or just now in vain.
        """
        with self._lock:
            until, found = self._known.get(name, (0, None))
        if found is None or until < self._clock():
            raise KeyTimeout(name, "not asked yet")
        if isinstance(found, bytes):
            return found
        raise found(name)

    def _remember(self, name, found, seconds):
        with self._lock:
            if len(self._known) >= MAX_KEYS:
                now = self._clock()
                kept = {key: value for key, value in self._known.items() if value[0] >= now}
                self._known = kept if len(kept) < MAX_KEYS else {}
            self._known[name] = (self._clock() + seconds, found)

    def _ask(self, name):
        """Return (record, seconds for which to keep it)."""
        try:
            answer = self._resolver().resolve(dns.name.from_text(name), dns.rdatatype.TXT, lifetime=SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
            raise KeyNotFound(name) from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise KeyTimeout(name) from error
        records = [b"".join(record.strings) for record in answer]
        found = next((one for one in records if b"p=" in one), None)
        if found is None:
            raise KeyNotFound(name)
        return found, min(max(answer.rrset.ttl, KEPT[0]), KEPT[1])

    def _resolver(self):
        if not self._nameserver:
            return dns.resolver.Resolver()
        host, _colon, port = self._nameserver.rpartition(":")
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [host], int(port)
        return resolver
