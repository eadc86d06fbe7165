"""A mailbox over IMAP (RFC 3501): read by UID and never changed.

Works on a connection that somebody else opened and logged in; folders are opened read-only, and mails are fetched with
PEEK, so that nothing we do marks them as read.
"""

import imaplib
import re
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone

from .errors import Refused
from .mailbox import MAX_HEADER, SECONDS, Broken, Folder, Head, Limit

#: Bytes asked for at once: a command must end in time on a slow line too.
CHUNK = 512 * 1024
#: Beyond so many mails a search is done in pieces: the library refuses lines of a million bytes.
MAX_SEARCHED = 50_000
#: Folders of this use (RFC 6154) hold our own mails only.
SKIPPED = {"\\Sent", "\\Drafts", "\\Noselect", "\\NonExistent"}

_LIST = re.compile(rb'\(([^)]*)\) (?:NIL|"(?:\\.|[^"\\])*") ?(.*)', re.DOTALL)
_STATUS = re.compile(rb'("(?:\\.|[^"\\])*"|\S+)? ?\(([^()]*)\)\s*$', re.DOTALL)
_NUMBER = re.compile(rb"\b(UIDVALIDITY|UIDNEXT) (\d+)")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_DATE = re.compile(rb'\bINTERNALDATE " ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"')
_INLINE = re.compile(rb'BODY\[[^\]]*\](?:<\d+>)? (?:NIL|"((?:\\.|[^"\\])*)")')
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")


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
        numbers = _read_numbers(self._connection.response("STATUS")[1])
        folders = []
        for name, flags in map(_read_folder, _joined(lines)):
            if name and not flags & SKIPPED:
                folders.append(Folder(name, flags, *numbers.get(name, (None, None))))
        return sorted(folders, key=lambda folder: folder.name.upper() != "INBOX")

    def look(self, name) -> Folder:
        """Return a folder with its numbers, without opening it."""
        lines = self._ask(self._connection.status, quoted(name), "(UIDVALIDITY UIDNEXT)")
        # One question has one answer, and some servers write the name another way than we do.
        return Folder(name, frozenset(), *next(iter(_read_numbers(lines).values()), (None, None)))

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
            day = f"SINCE {since.day}-{_MONTHS[since.month - 1].decode()}-{since.year}"
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
            size, flags = _SIZE.search(meta), _FLAGS.search(meta)
            heads[uid] = Head(
                uid=uid,
                size=int(size[1]) if size else 0,
                raw=literal,
                date=_read_date(meta),
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
            match = _UID.search(meta)
            # Others change flags meanwhile: the server tells of it in the same words, without a header.
            if match and literal is not None and int(match[1]) in wanted:
                yield int(match[1]), meta, literal


def read_fetch(lines):
    """Yield (text, literal or None) for each mail in the lines of an answer to FETCH.

    ``NIL`` is no mail and not an empty one: Dovecot says so, and OK, when somebody moved the mail meanwhile.
    """
    text, literal = None, None
    for line in lines:
        if isinstance(line, tuple):
            text, literal = (text or b"") + line[0], line[1]
        else:
            inline = _INLINE.search(line) if literal is None else None
            if inline and inline[1] is not None:
                literal = re.sub(rb"\\(.)", rb"\1", inline[1])
            yield (text or b"") + b" " + line, literal
            text, literal = None, None


def quoted(name: str) -> str:
    """Return a folder's name as a quoted string."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def shown(name: str) -> str:
    """Return a folder's name as people write it, out of IMAP's modified UTF-7."""

    def decode(match):
        if not match[1]:
            return "&"
        return f"+{match[1].replace(',', '/')}-".encode().decode("utf-7", "replace")

    return re.sub(r"&([A-Za-z0-9+,]*)-", decode, name)


def _piece(start, length):
    return f"(UID BODY.PEEK[]<{start}.{length}>)"


def _joined(lines):
    """Yield each answer as bytes, or as (text, literal) when its name came as a literal."""
    before = None
    for line in lines:
        if isinstance(line, tuple):
            before = line
        elif before is not None:
            yield before[0] + (line or b""), before[1]  # nothing may follow the literal
            before = None
        elif line:
            yield line


def _read_numbers(lines):
    """Return {folder: (uidvalidity, uidnext)} of answers to STATUS."""
    found = {}
    for line in _joined(lines):
        text, literal = line if isinstance(line, tuple) else (line, None)
        match = _STATUS.search(text)
        if match:
            told = {key: int(value) for key, value in _NUMBER.findall(match[2])}
            name = _name(literal if literal is not None else match[1] or b"")
            found[name] = told.get(b"UIDVALIDITY"), told.get(b"UIDNEXT")
    return found


def _read_folder(line):
    """Return (name, flags) of an answer to LIST."""
    text, literal = line if isinstance(line, tuple) else (line, None)
    match = _LIST.match(text)
    if not match:
        return None, frozenset()
    known = {flag.lower(): flag for flag in SKIPPED}
    flags = (flag.decode("ascii", "replace") for flag in match[1].split())
    return _name(literal if literal is not None else match[2]), frozenset(known.get(f.lower(), f) for f in flags)


def _name(value):
    value = value.strip()
    if value[:1] == b'"':
        value = re.sub(rb"\\(.)", rb"\1", value[1:-1])
    return value.decode("utf-8", "replace")


def _read_date(meta):
    match = _DATE.search(meta)
    if not match:
        return None
    day, month, year, *clock = match.groups()
    hours, minutes, seconds, sign, zone_hours, zone_minutes = clock
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == b"-" else offset)
        number = _MONTHS.index(month.capitalize()) + 1
        return datetime(int(year), number, int(day), int(hours), int(minutes), int(seconds), tzinfo=zone)
    except ValueError:
        return None
