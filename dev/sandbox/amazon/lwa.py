"""Login with Amazon: access tokens for refresh tokens and for codes of the consent page."""

import secrets
import threading
import time

_REVOKED = (
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
)
_CODE = "The request has an invalid grant parameter : code"
#: What each grant needs beside the application's own id and secret.
_GRANTS = {"refresh_token": "refresh_token", "authorization_code": "code"}


class Denied(Exception):
    """Sign-in refused: HTTP status, OAuth error and its description."""

    def __init__(self, status, error, description):
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


class Tokens:
    """Issues and checks access tokens.

    :param dict sellers: code → Seller, shared with the rest of the sandbox.
    :param Consents consents: what sellers allowed applications.
    """

    def __init__(self, sellers, consents, clock=time.monotonic):
        self._sellers = sellers
        self._consents = consents
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
        proof = _GRANTS.get(form.get("grant_type"))
        if not proof:
            raise Denied(400, "unsupported_grant_type", "The authorization grant type is not supported")
        if missing := [name for name in (proof, "client_id", "client_secret") if not form.get(name)]:
            raise Denied(400, "invalid_request", f"The request is missing a required parameter : {missing[0]}")
        own, application = self._authenticate(form)
        if proof == "code":
            seller, refresh_token = self._exchange(application, form)
        else:
            seller, refresh_token = self._refresh(own, application, form["refresh_token"])
        token = f"Atza|{secrets.token_urlsafe(48)}"
        with self._lock:
            self._issued[token] = (seller.code, self._clock() + seller.token_seconds)
        return {
            "access_token": token,
            "refresh_token": refresh_token,
            "token_type": "bearer",
            "expires_in": seller.token_seconds,
        }

    def _authenticate(self, form):
        """Return the sellers whose own private application it is, and the public application (or None)."""
        own = [s for s in self._sellers.values() if s.client_id == form["client_id"]]
        applications = self._consents.applications.values()
        application = next((a for a in applications if a.client_id == form["client_id"]), None)
        known = [*own, application] if application else own
        secret = form["client_secret"].encode()
        if not any(secrets.compare_digest(client.client_secret.encode(), secret) for client in known):
            raise Denied(401, "invalid_client", "Client authentication failed")
        return own, application

    def _exchange(self, application, form):
        redirect_uri = form.get("redirect_uri")
        made = application and self._consents.exchange(application, form["code"], redirect_uri)
        if not made or made.seller not in self._sellers:
            raise Denied(400, "invalid_grant", _CODE)
        return self._sellers[made.seller], made.refresh_token

    def _refresh(self, own, application, refresh_token):
        for seller in own:
            if seller.refresh_token == refresh_token and not seller.revoked:
                return seller, refresh_token
        known = self._consents.find(refresh_token)
        if known and application and known.application_ref == application.application_ref:
            if known.seller in self._sellers:
                return self._sellers[known.seller], refresh_token
        raise Denied(400, "invalid_grant", _REVOKED)

    def owner(self, form):
        """Return the seller whom a token request is about, whether it is valid or not; None if unknown."""
        token, consents = form.get("refresh_token"), self._consents
        if own := next((s for s in self._sellers.values() if s.refresh_token == token), None):
            return own
        known = consents.find(token)
        return self._sellers.get(known.seller if known else consents.peek(form.get("code")))

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
        """Expire the access tokens of one or all sellers."""
        with self._lock:
            for token, (code, _until) in self._issued.items():
                if seller in (None, code):
                    self._issued[token] = (code, 0)

    def clear(self):
        """Forget all access tokens."""
        with self._lock:
            self._issued.clear()
