from datetime import timedelta
from typing import NamedTuple

#: A worker that holds a reply longer than this was killed: what became of the mail is not known. No worker holds it
#: half as long: see marketplaces/mail/handover.py.
LEASE = timedelta(minutes=3)


class Outcome(NamedTuple):
    """What became of trying to send a reply.

    :ivar str state: the reply's next.
    :ivar is_server: who is to take it has no time for any other of this sender either.
    :ivar wait: seconds that must pass at least before it is tried again.
    :ivar is_turn: nothing went wrong, it's only not its turn yet.
    """

    state: str
    reason: str | bool = False
    is_server: bool = False
    wait: int = 0
    is_turn: bool = False
