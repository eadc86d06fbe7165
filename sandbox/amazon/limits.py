"""Rate limits as documented: a token bucket for each seller and operation."""

import threading
import time


class Limits:
    """Token buckets, made when first used. Off until ``enabled``."""

    def __init__(self, clock=time.monotonic):
        self.enabled = False
        self._clock = clock
        self._buckets = {}
        self._lock = threading.Lock()

    def allows(self, seller, operation):
        """Take a token of a bucket and tell whether there was one.

        :param str seller: code of the seller.
        :param Operation operation: gives rate and burst.
        """
        if not self.enabled:
            return True
        with self._lock:
            now = self._clock()
            tokens, since = self._buckets.get((seller, operation.name), (operation.burst, now))
            tokens = min(operation.burst, tokens + (now - since) * operation.rate)
            self._buckets[seller, operation.name] = (max(tokens - 1, 0) if tokens >= 1 else tokens, now)
            return tokens >= 1

    def clear(self):
        """Fill all buckets again."""
        with self._lock:
            self._buckets.clear()
