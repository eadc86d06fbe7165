"""A mailbox that people use too: what we look at in it, which of its mails are ours, and what may go wrong.

Only the header of a mail is read to decide; a private mail is known afterwards by a hash and nothing else.
"""

import hashlib
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from ..errors import Unavailable
from ..mail import message

#: No command may take longer, and no answer may pause for longer.
SECONDS = 10
#: Longest header that is read; what is beyond decides nothing.
MAX_HEADER = 65_536
#: So much of a delivery report holds its machine-readable part, on every server known.
MAX_REPORT = 262_144


class Broken(Unavailable):
    """The connection ended in the middle of something."""

    #: The server did not hang up: it does not answer, or too slowly.
    is_silence = False


class Silent(Broken):
    """The server does not answer in time."""

    is_silence = True


@dataclass(frozen=True)
class Folder:
    """A folder that can be read: its name as the server writes it, and its numbers where the server told them."""

    name: str
    flags: frozenset = frozenset()
    uidvalidity: int | None = None
    uidnext: int | None = None


@dataclass(frozen=True)
class Head:
    """The header of a mail in a mailbox.

    ``uid`` names it on the server, ``size`` is in bytes, ``date`` the moment the server got it (aware, None when it
    does not tell), ``seen`` whether a person opened it.
    """

    uid: int | str
    size: int
    raw: bytes = field(repr=False)
    date: datetime | None = None
    seen: bool = False

    @cached_property
    def mail(self):
        """Return the header decoded, as a mail without a body."""
        return message.decode(self.raw.rstrip() + b"\r\n\r\n")

    @property
    def digest(self) -> str:
        """Return what tells this mail from all others without saying anything of it."""
        said = self.mail.message_id
        return hashlib.sha256(said.encode("utf-8", "replace") if said else self.raw).hexdigest()

    @property
    def may_report(self) -> bool:
        """Tell whether this may be a delivery report, whose body says what it is about."""
        return self.mail.report is not None


def find_sender(read, marketplaces) -> str | None:
    """Return the code of the marketplace that a mail (``message.Mail``) belongs to, or None for everybody else's mail.

    :param dict marketplaces: code → class.
    """
    return next((code for code, one in marketplaces.items() if one.owns_mail(read)), None)


class Limit:
    """Ends whatever blocks on a connection for too long, also an answer that only drips.

    :param sock: the connection's socket.
    """

    def __init__(self, sock, seconds=SECONDS):
        self._socket = sock
        self.seconds = seconds
        sock.settimeout(seconds)

    @contextmanager
    def within(self, seconds=None):
        """Cut the connection when the block takes longer.

        :raise Silent: it did.
        """
        over = threading.Event()
        timer = threading.Timer(seconds or self.seconds, self._cut, (over,))
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if over.is_set() or isinstance(error, TimeoutError):
                raise Silent(f"The mail server did not answer within {self.seconds:g} seconds.") from error
            raise
        finally:
            timer.cancel()

    def _cut(self, over):
        over.set()
        with suppress(OSError):
            # Not the method of an encrypted socket: it would wait for the thread that is blocked.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
