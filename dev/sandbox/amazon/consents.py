"""What sellers allowed applications: codes on their way, refresh tokens in use."""

import secrets
import threading
import time
from dataclasses import dataclass, field

from ..times import now, stamp

#: Life of a code. Source: SP-API developer guide, 2021-11-12.
CODE_SECONDS = 300
#: Life of Amazon's own state; Amazon names none, its samples take 15 minutes.
STATE_SECONDS = 900


@dataclass(frozen=True)
class Code:
    """A code on its way: it works once, for one application, at one redirect URI, for five minutes."""

    application_ref: str
    seller: str
    redirect_uri: str
    until: float


@dataclass(frozen=True)
class Authorization:
    """A seller (its code) allowed an application something; opened by a refresh token."""

    application_ref: str
    seller: str
    time: str
    refresh_token: str = field(repr=False)


class Consents:
    """Applications and what sellers allowed them."""

    def __init__(self, clock=time.monotonic):
        self.applications = {}
        self._clock = clock
        self._lock = threading.Lock()
        self._codes, self._states, self._authorizations = {}, {}, {}

    # --- in the browser ------------------------------------------------------------------------------

    def add_code(self, application, seller, redirect_uri):
        """Return a new code."""
        code = f"RH{secrets.token_urlsafe(24)}"
        until = self._clock() + CODE_SECONDS
        with self._lock:
            self._codes[code] = Code(application.application_ref, seller.code, redirect_uri, until)
        return code

    def add_state(self, application, seller):
        """Return a new ``amazon_state`` for a way that goes over the application's log-in URI."""
        state = secrets.token_urlsafe(24)
        with self._lock:
            self._states[state] = (application.application_ref, seller.code, self._clock() + STATE_SECONDS)
        return state

    def take_state(self, state, application):
        """Return the seller's code for an ``amazon_state``, which works once; None when it is not good (any more)."""
        with self._lock:
            ref, seller, until = self._states.get(state, (None, None, 0))
            if ref != application.application_ref or until <= self._clock():
                return None
            del self._states[state]
        return seller

    # --- at the sign-in ------------------------------------------------------------------------------

    def exchange(self, application, code, redirect_uri=None):
        """Return an authorization for a code, or None when the code is not good (any more).

        :param str redirect_uri: as the application sends it; when it sends none it is not compared, as Amazon's own
            samples leave it out.
        """
        with self._lock:
            known = self._codes.get(code)
            if not known or known.application_ref != application.application_ref or known.until <= self._clock():
                return None
            if redirect_uri and redirect_uri != known.redirect_uri:
                return None
            del self._codes[code]
            token = f"Atzr|{secrets.token_urlsafe(48)}"
            made = Authorization(known.application_ref, known.seller, stamp(now()), token)
            self._authorizations[token] = made
        return made

    def peek(self, code):
        """Return the seller's code for an authorization code, without using it."""
        with self._lock:
            known = self._codes.get(code)
        return known.seller if known else None

    def find(self, refresh_token):
        """Return the authorization that a refresh token opens, or None."""
        with self._lock:
            return self._authorizations.get(refresh_token)

    # --- afterwards ----------------------------------------------------------------------------------

    def authorizations(self):
        """Return the authorizations in use, oldest first."""
        with self._lock:
            return list(self._authorizations.values())

    def revoke(self, seller, application_ref=None):
        """End what a seller (its code) allowed one or all applications and return how many refresh tokens ended."""
        with self._lock:
            ended = [
                token
                for token, known in self._authorizations.items()
                if known.seller == seller and application_ref in (None, known.application_ref)
            ]
            for token in ended:
                del self._authorizations[token]
        return len(ended)

    def expire_codes(self):
        """Expire every code that was not exchanged yet."""
        with self._lock:
            self._codes.clear()

    def clear(self):
        """Forget everything."""
        with self._lock:
            for part in (self.applications, self._codes, self._states, self._authorizations):
                part.clear()
