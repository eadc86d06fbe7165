"""How much computing one mail may take: looked at between the steps of reading, each of them bounded by size.

What a mail costs is not known before it was read. Every step is linear and takes at most so many characters; this is
the last line for whatever is slow all the same. A step itself is never interrupted.
"""

import contextlib
import time
from contextvars import ContextVar

from ..errors import TooCostly

#: Seconds of this thread's own computing (not of waiting). The largest honest mail, 25 MB, takes below one.
SECONDS = 5.0

_current = ContextVar("reading", default=None)


class Budget:
    """What is left for one mail.

    :param float seconds: of CPU, from now on; ``SECONDS`` by default.
    :param clock: function that tells the CPU seconds used so far.
    """

    def __init__(self, seconds: float | None = None, clock=time.thread_time):
        self.seconds = SECONDS if seconds is None else seconds
        self._clock = clock
        self._end = clock() + self.seconds

    def check(self):
        """Raise when nothing is left.

        :raise TooCostly: reading took longer than it may.
        """
        if self._clock() > self._end:
            raise TooCostly(
                f"Reading this mail takes more than {self.seconds:g} seconds of computing: it may be built to hang "
                "whoever reads it. Look at its raw form; answer it, if at all, in the marketplace's own console."
            )


@contextlib.contextmanager
def limited(budget: Budget):
    """Have :func:`check` look at this budget inside the block."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


def check():
    """Look at the budget of the mail that is being read; nothing happens where none was set.

    :raise TooCostly: nothing is left.
    """
    budget = _current.get()
    if budget is not None:
        budget.check()
