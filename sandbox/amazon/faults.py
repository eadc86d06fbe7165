"""Ways in which the pretend Amazon fails on demand."""

import json
import threading
from dataclasses import dataclass

from werkzeug.wrappers import Response

from ..sites import RATES

#: How an API answers with each status: code and message.
ERRORS = {
    400: ("InvalidInput", "Invalid Input"),
    401: ("Unauthorized", "Access to requested resource is denied."),
    403: ("Unauthorized", "Access to requested resource is denied."),
    404: ("NotFound", "The requested resource was not found."),
    429: ("QuotaExceeded", "You exceeded your quota for the requested resource."),
    500: ("InternalFailure", "We encountered an internal error. Please try again."),
    503: ("ServiceUnavailable", "Service is temporarily unavailable. Please try again."),
}
#: How Login with Amazon answers: error and its description.
LWA_ERRORS = {
    400: ("invalid_grant", "The request has an invalid grant parameter : refresh_token"),
    401: ("invalid_client", "Client authentication failed"),
    403: ("access_denied", "Access denied"),
    404: ("invalid_request", "Not found"),
    429: ("temporarily_unavailable", "Too many requests"),
    500: ("server_error", "The authorization server encountered an unexpected condition"),
    503: ("temporarily_unavailable", "The authorization server is temporarily unavailable"),
}
#: ``upload`` is the place of a file that an operation announced, ``consent`` every page of Seller Central; ``*`` is all
#: the others.
OPERATIONS = (*RATES, "upload", "token", "consent", "*")
KINDS = (*map(str, ERRORS), "html503", "slow", "drip", "cut", "malformed", "empty", "hang", "wrong_shape")
_HTML = "<!DOCTYPE html><html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"


@dataclass
class Fault:
    """One fault: which operation of which seller fails in what way, for how long, how often (None: always)."""

    operation: str
    kind: str
    seconds: float = 3
    times: int | None = None
    seller: str | None = None

    def __post_init__(self):
        self.kind = str(self.kind)
        if self.operation not in OPERATIONS:
            raise ValueError(f"operation must be one of {', '.join(OPERATIONS)}")
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")

    def hits(self, operation, seller):
        """Tell whether a call falls under this fault."""
        wanted = (operation,) if operation == "consent" else (operation, "*")
        return self.operation in wanted and self.seller in (None, seller) and self.times != 0


class Faults:
    """The faults switched on at present."""

    def __init__(self):
        self._faults = []
        self._lock = threading.Lock()
        #: Set when the server goes down, so that nobody hangs longer than that.
        self.ended = threading.Event()

    def add(self, operation, kind, seconds=3, times=None, seller=None):
        """Switch a fault on.

        :raise ValueError: unknown operation or kind.
        """
        fault = Fault(operation, kind, seconds, times, seller)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self):
        """Switch all faults off."""
        with self._lock:
            self._faults.clear()

    def all(self):
        """Return the faults that are on."""
        with self._lock:
            return [f for f in self._faults if f.times != 0]

    def take(self, operation, seller):
        """Return the fault that a call falls under (and count it), or None."""
        with self._lock:
            for fault in self._faults:
                if fault.hits(operation, seller):
                    if fault.times:
                        fault.times -= 1
                    return fault
        return None

    def spoil(self, fault, answer, *, lwa=False):
        """Return what a call gets instead of its proper answer.

        :param answer: function that makes the proper answer, called only where that is needed.
        :param bool lwa: errors are those of the sign-in.
        """
        if fault.kind.isdecimal():
            return failure(int(fault.kind), lwa=lwa)
        return getattr(self, f"_{fault.kind}")(fault, answer)

    def _html503(self, fault, answer):
        return Response(_HTML, 503, mimetype="text/html")

    def _slow(self, fault, answer):
        self.ended.wait(fault.seconds)
        return answer()

    def _hang(self, fault, answer):
        self.ended.wait(fault.seconds)
        raise ConnectionAbortedError  # the server closes the connection without a word

    def _drip(self, fault, answer):
        proper = answer()
        body = proper.get_data()
        pause = fault.seconds / max(len(body), 1)

        def drops():
            for position in range(len(body)):
                self.ended.wait(pause)
                yield body[position : position + 1]

        dripping = Response(drops(), proper.status_code, mimetype=proper.mimetype)
        dripping.headers["Content-Length"] = str(len(body))
        return dripping

    def _cut(self, fault, answer):
        body = answer().get_data()
        return _cut(body[: len(body) // 2], len(body))

    def _malformed(self, fault, answer):
        body = answer().get_data()
        return Response(body[: len(body) * 2 // 3], 200, mimetype="application/json")

    def _empty(self, fault, answer):
        return Response(b"", 200, mimetype="application/json")

    def _wrong_shape(self, fault, answer):
        return Response(json.dumps({"payload": {"unexpected": True}}), 200, mimetype="application/json")


def _cut(body, promised):
    def pieces():
        yield body
        raise ConnectionAbortedError  # the server closes the connection here

    response = Response(pieces(), 200, mimetype="application/json")
    response.headers["Content-Length"] = str(promised)
    return response


def failure(status, details="", *, lwa=False, message=None):
    """Return an error as Amazon's API or (``lwa``) its sign-in answers it; ``message`` replaces the usual one."""
    if lwa:
        error, description = LWA_ERRORS[status]
        body = {"error": error, "error_description": details or description}
    else:
        code, usual = ERRORS[status]
        message = message or usual
        body = {"errors": [{"code": code, "message": message, "details": details}]}
    return Response(json.dumps(body), status, mimetype="application/json")
