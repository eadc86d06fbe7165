"""How an IMAP server's answers (RFC 3501) are read, and names of folders written."""

import re
from datetime import datetime, timedelta, timezone

#: Folders of this use (RFC 6154) hold our own mails only.
SKIPPED = {"\\Sent", "\\Drafts", "\\Noselect", "\\NonExistent"}

_LIST = re.compile(rb'\(([^)]*)\) (?:NIL|"(?:\\.|[^"\\])*") ?(.*)', re.DOTALL)
_STATUS = re.compile(rb'("(?:\\.|[^"\\])*"|\S+)? ?\(([^()]*)\)\s*$', re.DOTALL)
_NUMBER = re.compile(rb"\b(UIDVALIDITY|UIDNEXT) (\d+)")
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_DATE = re.compile(rb'\bINTERNALDATE " ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"')
_INLINE = re.compile(rb'BODY\[[^\]]*\](?:<\d+>)? (?:NIL|"((?:\\.|[^"\\])*)")')
MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")


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


def joined(lines):
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


def read_numbers(lines):
    """Return {folder: (uidvalidity, uidnext)} of answers to STATUS."""
    found = {}
    for line in joined(lines):
        text, literal = line if isinstance(line, tuple) else (line, None)
        match = _STATUS.search(text)
        if match:
            told = {key: int(value) for key, value in _NUMBER.findall(match[2])}
            name = _name(literal if literal is not None else match[1] or b"")
            found[name] = told.get(b"UIDVALIDITY"), told.get(b"UIDNEXT")
    return found


def read_folder(line):
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


def read_date(meta):
    match = _DATE.search(meta)
    if not match:
        return None
    day, month, year, *clock = match.groups()
    hours, minutes, seconds, sign, zone_hours, zone_minutes = clock
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == b"-" else offset)
        number = MONTHS.index(month.capitalize()) + 1
        return datetime(int(year), number, int(day), int(hours), int(minutes), int(seconds), tzinfo=zone)
    except ValueError:
        return None
