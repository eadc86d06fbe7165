"""A mailbox over IMAP (RFC 3501): read by UID and never changed.

Works on a connection that somebody else opened and logged in; folders are opened read-only, and mails are fetched with
PEEK, so that nothing we do marks them as read.
"""

import imaplib
from contextlib import contextmanager, suppress

from ..errors import Refused
from .connection import MAX_HEADER, SECONDS, Broken, Folder, Head, Limit
from .imap_answers import (
    FLAGS,
    MONTHS,
    SIZE,
    SKIPPED,
    UID,
    joined,
    quoted,
    read_date,
    read_fetch,
    read_folder,
    read_numbers,
)

#: Bytes asked for at once: a command must end in time on a slow line too.
CHUNK = 512 * 1024
#: Beyond so many mails a search is done in pieces: the library refuses lines of a million bytes.
MAX_SEARCHED = 50_000


class ImapBox:
    """One logged-in connection.

    :param connection: ``imaplib.IMAP4`` or a class derived from it.
    :param float seconds: what one command may take.
    """

    protocol = "imap"

    def __init__(self, connection, seconds=SECONDS):
        self._connection = connection
        self._limit = Limit(connection.sock, seconds)
        self._exists = 0

    @contextmanager
    def _command(self):
        """Translate what the library raises.

        :raise Broken: the connection is of no use any more.
        :raise Refused: the server said no; the next command may well work.
        """
        try:
            with self._limit.within():
                yield
        except Broken:
            raise
        except (imaplib.IMAP4.abort, OSError, EOFError) as error:
            raise Broken(f"The connection to the mail server broke: {error}") from error
        except imaplib.IMAP4.error as error:
            raise Refused(f"The mail server refuses: {error}") from error

    def _ask(self, method, *arguments):
        """Return the lines of an answer that is OK."""
        with self._command():
            kind, data = method(*arguments)
        if kind != "OK":
            said = b" ".join(line for line in data if isinstance(line, bytes))
            raise Refused(f"The mail server refuses: {said.decode('utf-8', 'replace')[:200]}")
        return [line for line in data if line is not None]

    def close(self):
        """Say goodbye, unless the server is gone."""
        try:
            self._connection.sock.settimeout(2)
            self._connection.logout()
        except (imaplib.IMAP4.error, OSError, EOFError):
            self.abandon()

    def abandon(self):
        """Leave without a word."""
        with suppress(OSError):
            self._connection.shutdown()

    # --- folders -------------------------------------------------------------------------------------

    def list_folders(self) -> list[Folder]:
        """Return the folders that may hold mail to us, INBOX first; with numbers where one command tells them all."""
        with self._command():
            _kind, lines = self._connection.capability()
        pattern = '"*"'
        if b"LIST-STATUS" in b" ".join(lines).upper():  # RFC 5819
            pattern += " RETURN (SPECIAL-USE STATUS (UIDVALIDITY UIDNEXT))"
        self._connection.response("STATUS")  # forgets what other commands left
        lines = self._ask(self._connection.list, '""', pattern)
        numbers = read_numbers(self._connection.response("STATUS")[1])
        folders = []
        for name, flags in map(read_folder, joined(lines)):
            if name and not flags & SKIPPED:
                folders.append(Folder(name, flags, *numbers.get(name, (None, None))))
        return sorted(folders, key=lambda folder: folder.name.upper() != "INBOX")

    def look(self, name) -> Folder:
        """Return a folder with its numbers, without opening it."""
        lines = self._ask(self._connection.status, quoted(name), "(UIDVALIDITY UIDNEXT)")
        # One question has one answer, and some servers write the name another way than we do.
        return Folder(name, frozenset(), *next(iter(read_numbers(lines).values()), (None, None)))

    def open(self, name) -> Folder:
        """Open a folder for reading only and return it with its numbers."""
        data = self._ask(self._connection.select, quoted(name), True)
        self._exists = int(data[0]) if data and data[0].isdigit() else 0
        numbers = [self._connection.response(key)[1][0] for key in ("UIDVALIDITY", "UIDNEXT")]
        validity, uidnext = (int(value) if value and value.isdigit() else None for value in numbers)
        if validity is None or uidnext is None:
            return self.look(name)
        return Folder(name, frozenset(), validity, uidnext)

    # --- mails of the open folder --------------------------------------------------------------------

    def search(self, first, last=None, since=None, unseen=False) -> list[int]:
        """Return the UIDs from ``first`` to ``last`` (or the end), ascending.

        :param date since: only mails that the server got on this day or later.
        :param bool unseen: and besides them all that nobody has opened yet.
        """
        criteria = f"UID {first}:{last or '*'}"
        if since:
            day = f"SINCE {since.day}-{MONTHS[since.month - 1].decode()}-{since.year}"
            criteria += f" OR {day} UNSEEN" if unseen else f" {day}"
        pieces = [""]
        if self._exists > MAX_SEARCHED:
            starts = range(1, self._exists + 1, MAX_SEARCHED)
            pieces = [f"{start}:{min(start + MAX_SEARCHED - 1, self._exists)} " for start in starts]
        found = set()
        for piece in pieces:
            for line in self._ask(self._connection.uid, "SEARCH", None, piece + criteria):
                found.update(int(word) for word in line.split() if word.isdigit())
        # "*" is the last mail, also when its number is lower than what was asked for.
        return sorted(uid for uid in found if uid >= first and (last is None or uid <= last))

    def has(self, uid) -> bool:
        """Tell whether a mail is there."""
        return bool(self.search(uid, uid))

    def newest(self, count) -> tuple[int, list[Head]]:
        """Return how many mails the inbox has, and the headers of the newest."""
        self.open("INBOX")
        if not self._exists:
            return 0, []
        newest = f"{max(1, self._exists - count + 1)}:{self._exists}"
        lines = self._ask(self._connection.uid, "SEARCH", None, newest)
        return self._exists, self.heads(sorted(int(word) for line in lines for word in line.split()))

    def heads(self, uids) -> list[Head]:
        """Return the headers of these mails, ascending, as far as they are still there."""
        items = f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.{MAX_HEADER}>)"
        heads = {}
        for uid, meta, literal in self._fetch(uids, items):
            size, flags = SIZE.search(meta), FLAGS.search(meta)
            heads[uid] = Head(
                uid=uid,
                size=int(size[1]) if size else 0,
                raw=literal,
                date=read_date(meta),
                seen=bool(flags and b"\\seen" in flags[1].lower()),
            )
        return [heads[uid] for uid in sorted(heads)]

    def bodies(self, uids) -> dict[int, bytes]:
        """Return {uid: raw mail} of small mails, in one command; those that are gone are missing."""
        return {uid: literal for uid, _meta, literal in self._fetch(uids, "(UID BODY.PEEK[])")}

    def body(self, uid, size=0, limit=None) -> bytes | None:
        """Return a raw mail, or None when it is gone; large ones are read in pieces.

        :param int size: its size as far as known; what counts is where the pieces end.
        :param int limit: bytes from the beginning that are enough.
        """
        if size and size <= CHUNK and not limit:
            return self.bodies([uid]).get(uid)
        pieces = []
        while True:
            start, wanted = sum(map(len, pieces)), CHUNK
            if limit:
                wanted = min(wanted, limit - start)
            piece = next((found for _uid, _meta, found in self._fetch([uid], _piece(start, wanted))), None)
            if piece is None:
                # Gone in the middle, unless the server has no other word for what is beyond the end.
                return b"".join(pieces) if 0 < size <= start else None
            pieces.append(piece)
            if len(pieces[-1]) < wanted or limit and start + wanted >= limit:
                return b"".join(pieces)

    def _fetch(self, uids, items):
        """Yield (uid, what the server says besides, literal) for each mail asked for that is there."""
        wanted = set(uids)
        if not wanted:
            return
        for meta, literal in read_fetch(self._ask(self._connection.uid, "FETCH", ",".join(map(str, uids)), items)):
            match = UID.search(meta)
            # Others change flags meanwhile: the server tells of it in the same words, without a header.
            if match and literal is not None and int(match[1]) in wanted:
                yield int(match[1]), meta, literal


def _piece(start, length):
    return f"(UID BODY.PEEK[]<{start}.{length}>)"
