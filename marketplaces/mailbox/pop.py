"""A mailbox over POP3 (RFC 1939): no folders, no flags; a mail is known by its UIDL.

What is deleted goes when the connection is closed properly, and only then.
"""

import poplib
from contextlib import contextmanager, suppress
from dataclasses import replace

from ..errors import Refused
from ..mail.message import to_date
from .connection import MAX_HEADER, SECONDS, Broken, Head, Limit

#: Slowest line on which a mail is still read, in bytes a second.
SLOWEST = 50_000


class PopBox:
    """One logged-in connection.

    :param connection: ``poplib.POP3`` or a class derived from it.
    :param float seconds: what one command may take, a large mail excepted.
    """

    protocol = "pop"

    def __init__(self, connection, seconds=SECONDS):
        self._connection = connection
        self._limit = Limit(connection.sock, seconds)
        self._numbers = {}
        self._sizes = {}
        self._has_top = True

    @contextmanager
    def _command(self, seconds=None):
        try:
            with self._limit.within(seconds):
                yield
        except poplib.error_proto as error:
            said = str(error)
            # The library says so itself, in English, when the line is dead.
            if "EOF" in said or "line too long" in said:
                raise Broken(f"The connection to the mail server broke: {said}") from error
            raise Refused(f"The mail server refuses: {said[:200]}") from error
        except (OSError, EOFError) as error:
            raise Broken(f"The connection to the mail server broke: {error}") from error

    def close(self):
        """Say goodbye; now the server deletes what was to be deleted.

        :raise Broken: nobody knows whether it did.
        """
        with self._command():
            self._connection.quit()

    def abandon(self):
        """Leave without a word: nothing is deleted."""
        with suppress(OSError):
            self._connection.close()

    def list_uids(self) -> list[str]:
        """Return the UIDLs of all mails, oldest first.

        :raise Refused: the server knows no UIDL, so that nothing could be told apart.
        """
        with self._command():
            lines = self._connection.uidl()[1]
        pairs = [line.decode("utf-8", "replace").split(None, 1) for line in lines]
        self._numbers = {pair[1].strip(): int(pair[0]) for pair in pairs if len(pair) == 2 and pair[0].isdigit()}
        with self._command():
            lines = self._connection.list()[1]
        self._sizes = {int(words[0]): int(words[1]) for words in map(bytes.split, lines) if len(words) >= 2}
        return list(self._numbers)

    def has(self, uid) -> bool:
        """Tell whether a mail is there."""
        return uid in self._numbers

    def newest(self, count) -> tuple[int, list[Head]]:
        """Return how many mails there are, and the headers of the newest."""
        uids = self.list_uids()
        return len(uids), self.heads(uids[-count:])

    def head(self, uid) -> Head:
        """Return the header of a mail; its date is when the first server that tells received it, else its own."""
        number = self._numbers[uid]
        size = self._sizes.get(number, 0)
        if self._has_top:
            try:
                with self._command():
                    raw = b"\r\n".join(self._connection.top(number, 0)[1])
                return _make_head(uid, size, raw)
            except Refused:
                self._has_top = False
        raw = self.body(uid)
        return _make_head(uid, size, raw.partition(b"\r\n\r\n")[0])

    def heads(self, uids) -> list[Head]:
        """Return the headers of these mails."""
        return [self.head(uid) for uid in uids]

    def bodies(self, uids) -> dict[str, bytes]:
        """Return {uid: raw mail}."""
        return {uid: self.body(uid) for uid in uids}

    def body(self, uid, size=0, limit=None) -> bytes:
        """Return a raw mail, all of it: POP knows no less (``size`` and ``limit`` are there for IMAP's sake)."""
        number = self._numbers[uid]
        with self._command(self._limit.seconds + self._sizes.get(number, 0) / SLOWEST):
            return b"\r\n".join(self._connection.retr(number)[1]) + b"\r\n"

    def delete(self, uid):
        """Have a mail deleted when the connection is closed."""
        with self._command():
            self._connection.dele(self._numbers[uid])


def _make_head(uid, size, raw):
    head = Head(uid=uid, size=size, raw=raw[:MAX_HEADER])
    told = [line.rpartition(";")[2] for line in head.mail.get_all("received")[:1]]
    date = next(filter(None, map(to_date, told)), None) or head.mail.date
    return replace(head, date=date)
