"""Ways in which the pretend marketplaces fail on demand."""

import json
import threading
from dataclasses import dataclass

from werkzeug.wrappers import Response

from .sites import RATES
from .walmart.contract import OPERATIONS as WALMART

#: Names of operations. ``upload`` is the place of a file that an operation of Amazon announced, ``consent`` every page
#: of Seller Central, ``walmart`` all calls of Walmart; ``*`` is all but ``consent``.
OPERATIONS = (*RATES, "upload", "token", "consent", *WALMART, "walmart", "*")
STATUSES = (400, 401, 403, 404, 429, 500, 503)
KINDS = (*map(str, STATUSES), "html503", "slow", "drip", "cut", "malformed", "empty", "hang", "wrong_shape")
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
        if operation in WALMART:
            wanted += ("walmart",)
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

    def spoil(self, fault, answer, fail):
        """Return what a call gets instead of its proper answer.

        :param answer: function that makes the proper answer, called only where that is needed.
        :param fail: function that makes the marketplace's error of a status.
        """
        if fault.kind.isdecimal():
            return fail(int(fault.kind))
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
