"""How long work waits after a failure before it is tried again: one row for each kind of work."""

from typing import NamedTuple

HOUR = 3600


class Pauses(NamedTuple):
    """Pauses after the first, second, … failure.

    :ivar tuple seconds: the pauses.
    :ivar bool is_endless: the last pause is repeated for ever; else there is none after it, and a person must retry.
    """

    seconds: tuple
    is_endless: bool = True


#: {kind of work: its pauses}. Each is about what usually ails it: a busy mail server, a marketplace, a fault of ours.
PAUSES = {
    # A mail of the ledger that could not be processed.
    "message": Pauses((60, 300, 1800, 2 * HOUR, 12 * HOUR, 24 * HOUR), is_endless=False),
    # The keys of a mail's signatures that no name server gave.
    "signature": Pauses((10, 30, 60, 120, 300, 600)),
    # An order that the marketplace did not give.
    "order": Pauses((60, 300, 900, HOUR, 6 * HOUR, 24 * HOUR)),
    # An answer that could not be handed over.
    "reply": Pauses((10, 30, 60, 300, 900, 1800, HOUR, 2 * HOUR)),
    # The one answer by which a mail server that has no time is tried: what waits leaves soon after.
    "probe": Pauses((5, 10, 20, 40)),
    # A mailbox that can't be opened or read.
    "mailbox": Pauses((60, 120, 300, 600, 1800, HOUR)),
    # One mail of a mailbox that can't be read or stored.
    "mailbox_mail": Pauses((60, 300, 1800, 2 * HOUR, 12 * HOUR, 24 * HOUR), is_endless=False),
    # An operation of a marketplace's API: one that hangs must not occupy a worker twice.
    "operation": Pauses((60, 120, 300, 600, 900)),
}


def get_pause(work, failures):
    """Return the seconds to wait after a failure, or None when it is not tried again by itself.

    :param str work: key of ``PAUSES``.
    :param int failures: how many there were in a row, this one included: at least 1.
    """
    seconds, is_endless = PAUSES[work]
    if failures > len(seconds):
        return seconds[-1] if is_endless else None
    return seconds[failures - 1]


def get_last_pause(work):
    """Return the longest pause of a kind of work, in seconds."""
    return PAUSES[work].seconds[-1]


def is_last(work, failures):
    """Tell whether all pauses of a kind of work are used up with this failure."""
    return failures >= len(PAUSES[work].seconds)
