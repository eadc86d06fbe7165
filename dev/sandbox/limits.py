"""Rate limits as documented: a token bucket for each seller and operation."""

import threading
import time
from dataclasses import dataclass

from .sites import RATES

#: What adding up times may lose.
_ROUNDING = 1e-6


@dataclass
class _Bucket:
    """The calls of one seller to one operation."""

    tokens: float
    first: float
    last: float
    allowed: int = 0
    refused: int = 0


class Limits:
    """Token buckets, made (full) by the first call. Calls are counted always, refused only if ``enabled``.

    :param dict documented: calls a second and burst by operation; Amazon's by default.
    """

    def __init__(self, clock=time.monotonic, documented=None):
        self.enabled = False
        self.documented = documented or RATES
        self._clock = clock
        self._buckets = {}
        self._rates = {}
        self._lock = threading.Lock()

    def rate(self, operation):
        """Return calls a second and burst of an operation: the documented ones, or what :meth:`set_rate` said."""
        return self._rates.get(operation) or self.documented[operation]

    def set_rate(self, operation, rate, burst):
        """Give an operation another limit; its buckets are full again, its counts zero.

        :raise ValueError: there is no such operation, or the limit is none.
        """
        if operation not in self.documented:
            raise ValueError(f"operation must be one of {', '.join(self.documented)}")
        if rate <= 0 or burst < 1:
            raise ValueError("rate must be above 0 and burst at least 1")
        with self._lock:
            self._rates[operation] = (float(rate), int(burst))
            self._forget(operation)

    def allows(self, seller, operation):
        """Take a token of a bucket and tell whether there was one.

        :param str seller: code of the seller.
        :param str operation: name of the operation.
        """
        with self._lock:
            now, (rate, burst) = self._clock(), self.rate(operation)
            bucket = self._buckets.setdefault((seller, operation), _Bucket(burst, now, now))
            bucket.tokens = min(burst, bucket.tokens + (now - bucket.last) * rate)
            bucket.last = now
            allowed = bucket.tokens >= 1 - _ROUNDING or not self.enabled
            if allowed:
                bucket.tokens = max(bucket.tokens - 1, 0)
                bucket.allowed += 1
            else:
                bucket.refused += 1
            return allowed

    def rest(self, seller, operation):
        """Return the whole tokens left in a bucket, and the seconds until the next one."""
        with self._lock:
            rate, burst = self.rate(operation)
            bucket = self._buckets.get((seller, operation))
            tokens = bucket.tokens if bucket else burst
            return int(tokens + _ROUNDING), (1 - tokens % 1) / rate

    def report(self):
        """Return the calls of each seller and operation: allowed, refused, and over how many seconds.

        ``possible`` is how many could have been allowed from the first call to the last; ``used`` is which part of
        them was.
        """
        with self._lock:
            return [self._row(*key, bucket) for key, bucket in sorted(self._buckets.items())]

    def _row(self, seller, operation, bucket):
        rate, burst = self.rate(operation)
        seconds = bucket.last - bucket.first
        possible = burst + seconds * rate
        return {
            "seller": seller,
            "operation": operation,
            "rate": rate,
            "burst": burst,
            "allowed": bucket.allowed,
            "refused": bucket.refused,
            "seconds": seconds,
            "possible": possible,
            "used": bucket.allowed / possible,
        }

    def refill(self):
        """Fill all buckets again and count from zero; rates stay."""
        with self._lock:
            self._forget()

    def clear(self):
        """Begin again with the documented rates."""
        with self._lock:
            self._rates.clear()
            self._forget()

    def _forget(self, operation=None):
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if operation not in (None, key[1])}
