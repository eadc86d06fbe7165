"""Login with Amazon: access tokens for refresh tokens."""

import secrets
import threading
import time

_REVOKED = (
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
)


class Denied(Exception):
    """Sign-in refused: HTTP status, OAuth error and its description."""

    def __init__(self, status, error, description):
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


class Tokens:
    """Issues and knows access tokens.

    :param dict sellers: code → Seller, shared with the rest of the sandbox.
    """

    def __init__(self, sellers, clock=time.monotonic):
        self._sellers = sellers
        self._clock = clock
        self._issued = {}
        self._lock = threading.Lock()

    def issue(self, content_type, form):
        """Return the answer to a token request.

        :param str content_type: media type of the request.
        :param form: its fields.
        :raise Denied: as Amazon refuses it.
        """
        if content_type != "application/x-www-form-urlencoded":
            raise Denied(400, "invalid_request", f"Content-Type {content_type or '(none)'} is not supported")
        if form.get("grant_type") != "refresh_token":
            raise Denied(400, "unsupported_grant_type", "The authorization grant type is not supported")
        if missing := [name for name in ("refresh_token", "client_id", "client_secret") if not form.get(name)]:
            raise Denied(400, "invalid_request", f"The request is missing a required parameter : {missing[0]}")
        seller = self._authenticate(form)
        token = f"Atza|{secrets.token_urlsafe(48)}"
        with self._lock:
            self._issued[token] = (seller.code, self._clock() + seller.token_seconds)
        return {
            "access_token": token,
            "refresh_token": seller.refresh_token,
            "token_type": "bearer",
            "expires_in": seller.token_seconds,
        }

    def _authenticate(self, form):
        clients = [s for s in self._sellers.values() if s.client_id == form["client_id"]]
        if not any(secrets.compare_digest(s.client_secret, form["client_secret"]) for s in clients):
            raise Denied(401, "invalid_client", "Client authentication failed")
        for seller in clients:
            if seller.refresh_token == form["refresh_token"] and not seller.revoked:
                return seller
        raise Denied(400, "invalid_grant", _REVOKED)

    def check(self, token):
        """Return the seller of an access token and what is wrong with it (or None)."""
        if not token:
            return None, "Access token is missing in the request header."
        with self._lock:
            code, until = self._issued.get(token, (None, 0))
        if code not in self._sellers:
            return None, "The access token you provided is revoked, malformed or invalid."
        if until <= self._clock():
            return self._sellers[code], "The access token you provided has expired."
        return self._sellers[code], None

    def expire(self, seller=None):
        """Let the access tokens of one or all sellers end now."""
        with self._lock:
            for token, (code, _until) in self._issued.items():
                if seller in (None, code):
                    self._issued[token] = (code, 0)

    def clear(self):
        """Forget all access tokens."""
        with self._lock:
            self._issued.clear()
