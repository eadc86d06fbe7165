"""Access tokens for the sellers' keys, and the ids that distinguish calls."""

import base64
import binascii
import secrets
import threading
import time
from collections import deque

#: How many correlation ids are remembered.
_REMEMBERED = 50_000


class Keys:
    """Access tokens. Safe to use from several threads.

    :param dict sellers: sellers by code.
    """

    def __init__(self, sellers):
        self._sellers = sellers
        self._tokens = {}
        self._seen, self._order = set(), deque()
        self._lock = threading.Lock()

    def owner(self, header):
        """Return ``(seller, whether the secret is right)`` of a Basic header; the seller is None for an unknown key."""
        client_id, secret = _read_basic(header)
        for seller in self._sellers.values():
            if seller.client_id == client_id:
                return seller, secrets.compare_digest(seller.client_secret.encode(), secret.encode())
        return None, False

    def issue(self, seller):
        """Return a new access token of a seller."""
        token = f"eyJraWQiOiJzYW5kYm94In0.{secrets.token_urlsafe(48)}"
        issued = time.time()
        with self._lock:
            self._tokens[token] = seller.code, issued, issued + seller.token_seconds
        return token

    def check(self, token):
        """Return ``(seller, issued, expires)`` of an access token, in seconds; seller None if unknown."""
        with self._lock:
            code, issued, expires = self._tokens.get(token or "", (None, 0, 0))
        seller = self._sellers.get(code)
        return (seller, issued, expires) if seller and time.time() < expires else (None, issued, expires)

    def expire(self, code=None):
        """End all access tokens (of one seller)."""
        with self._lock:
            self._tokens = {t: row for t, row in self._tokens.items() if code not in (None, row[0])}

    def is_new(self, correlation_id):
        """Remember the id of a call and tell whether it was never used before."""
        with self._lock:
            if correlation_id in self._seen:
                return False
            self._seen.add(correlation_id)
            self._order.append(correlation_id)
            if len(self._order) > _REMEMBERED:
                self._seen.discard(self._order.popleft())
            return True

    def clear(self):
        """Forget everything."""
        with self._lock:
            self._tokens.clear()
            self._seen.clear()
            self._order.clear()


def _read_basic(header):
    scheme, _blank, rest = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client_id, _colon, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret
