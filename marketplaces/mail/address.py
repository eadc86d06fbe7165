"""Names and addresses out of header values, read so that a name is never taken for an address."""

import re
from dataclasses import dataclass

from .charset import decode_words

MAX_ADDRESSES = 200
MAX_LOCAL, MAX_HOST = 200, 255

#: To the end when it is never closed: looking for the end from each quote anew would take quadratic time.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)')
_ANGLE = re.compile(r"<([^<>]*)>")
BARE = re.compile(r"(?<![^\s<>(),;:\"\[\]])[^\s<>(),;:\"\[\]@]+@[^\s<>(),;:\"]+")
_COMMENT = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Address:
    """A display name (``""`` without one) and an address with its host in lower case."""

    name: str
    address: str

    @property
    def local(self) -> str:
        """Return what stands before the last ``@``."""
        return self.address.rpartition("@")[0]

    @property
    def host(self) -> str:
        """Return what stands after the last ``@``."""
        return self.address.rpartition("@")[2]


def addresses(value: str) -> list[Address]:
    """Return the addresses in a raw header value; names are decoded after the structure was read.

    A name that looks like an address is never taken for one.
    """
    value = value[:20_000]
    masked = _QUOTED.sub(lambda match: "\0" * len(match[0]), value)
    found = _read(value, masked) or (_read(value, value) if masked != value else [])
    return [address for address in found if address.host][:MAX_ADDRESSES]


def plain_addresses(values) -> set[str]:
    """Return the addresses in raw header values, lower case: those that a database can be asked for.

    Each value is read by itself: an unclosed quote or bracket in one must not swallow the next.
    """
    found = {address.address.lower() for value in values for address in addresses(value)}
    return set(filter(str.isprintable, found))


def _read(value, masked):
    """Return the addresses in a value whose quoted strings are masked."""
    found, end = [], 0
    for match in _ANGLE.finditer(masked):
        *others, name = _split_at_commas(value[end : match.start()], masked[end : match.start()])
        found += [_address("", bare[0]) for other in others for bare in BARE.finditer(other)]
        found.append(_address(name, value[match.start(1) : match.end(1)]))
        end = match.end()
    rest = _COMMENT.sub(" ", masked[end:])
    comment = _COMMENT.search(masked[end:])
    return found + [_address(comment[1] if comment else "", bare[0]) for bare in BARE.finditer(rest)]


def _split_at_commas(value, masked):
    """Return the comma-separated pieces of a value, commas inside quotes aside."""
    pieces, end = [], 0
    for comma in re.finditer(",", masked):
        pieces.append(masked[end : comma.start()])
        end = comma.end()
    # An unquoted "Müller, Hans <…>" is one name: only pieces that hold an address stand for themselves.
    last = end if any("@" in piece for piece in pieces) else 0
    return pieces + [value[last:]]


def _address(name, address):
    name = decode_words(name.strip(" \t,;")).strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    local, at, host = address.strip().rpartition("@")
    name = decode_words(name).strip(" '\"")
    host = host.rstrip(".")
    # Lower-casing turns some letters that only look Latin (the Kelvin sign) into Latin ones.
    host = host.lower() if host.isascii() else host
    # Nobody has a longer one, and no index takes it. Of a host the end counts: its beginning is anybody's.
    address = f"{local[:MAX_LOCAL]}@{host[-MAX_HOST:]}"
    return Address(" ".join(name.split())[:500], address if at else "")
