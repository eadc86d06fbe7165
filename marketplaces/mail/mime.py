"""The structure of a mail: headers and parts, taken apart without recursion and within limits.

The standard library's parser nests one generator per multipart level: a mail of a thousand levels ends it
with a RecursionError, and a few hundred make it slow. Here depth and number of parts are bounded.
"""

import binascii
import mimetypes
import re
from dataclasses import dataclass, replace
from email.message import Message

from ..schema import Attachment
from . import budget
from .charset import clean, decode_words, from_base64, header_text, to_text

MAX_DEPTH = 40
MAX_PARTS = 1000
MAX_HEADERS = 3000
MAX_HEADER_BYTES = 60_000
#: A longer Content-Type is no Content-Type; the standard library reads parameters in quadratic time.
MAX_PARAMETER_BYTES = 4_000

_HEADER = re.compile(rb"^([!-9;-~]{1,120})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]*")
_HEAD_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_LEADING = re.compile(rb"(?:[ \t]*\r?\n)*(?:>?From [^\n]*\n)?")
_TYPE = re.compile(r"\s*([\w.+-]{1,80}/[\w.+-]{1,120})", re.ASCII)
_BLANK_OUTSIDE_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]|[^\s] [^\s]")
#: Control characters, line breaks of any kind, what is not seen or turns the direction, and what file systems refuse.
_UNSAFE_IN_NAME = re.compile(
    r'[\x00-\x1f\x7f-\x9f<>:"|?*\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb]'
)


@dataclass(frozen=True)
class Part:
    """A leaf of the MIME tree, or the whole mail: ``headers`` as (lower-case name, raw value)."""

    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    type: str = "text/plain"
    charset: str | None = None
    name: str | None = None
    disposition: str = ""
    boundary: str | None = None
    report_type: str | None = None

    def get(self, name: str) -> str:
        """Return the first header of this lower-case name, decoded, or ``""``."""
        return next((header_text(value) for key, value in self.headers if key == name), "")

    def content(self) -> bytes:
        """Return the body with its transfer encoding taken off, as far as it can be."""
        encoding = self.get("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            # A relay that added its footer, or a wrong label, leaves plain words: then show those.
            if self.type.startswith("text/") and _BLANK_OUTSIDE_BASE64.search(self.body[:2000]):
                return self.body
            return from_base64(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        return self.body

    def text(self) -> str:
        """Return the content of a text part as text."""
        return to_text(self.content(), self.charset)


def split_raw(raw: bytes) -> tuple[bytes, bytes]:
    """Return what is the head of a mail to us, line ends as they came, and its body.

    Whoever judges a mail must cut it where the one cuts that reads it.
    """
    raw = raw[_LEADING.match(raw).end() :]
    end = None if raw.startswith((b"\n", b"\r\n")) else _HEAD_END.search(raw)
    return (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")


def split_head(raw: bytes) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    """Return the headers (lower-case name, unfolded raw value) and the body of a mail or part.

    Lines that are no header are skipped: one damaged line must not turn the other headers into text.
    """
    if raw.startswith((b"\n", b"\r\n")):
        return (), raw.lstrip(b"\r\n")
    end = _HEAD_END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    headers = []
    for match in _HEADER.finditer(head):
        value = _FOLD.sub(b" ", match[2][:MAX_HEADER_BYTES]).strip()
        headers.append((match[1].decode("ascii").lower(), value))
        if len(headers) >= MAX_HEADERS:
            break
    # Words without any header above them are the text itself.
    return (tuple(headers), body) if headers else ((), raw)


def read_part(raw: bytes, default_type: str = "text/plain", top: bool = False) -> Part:
    """Return a part with its content type understood.

    :param bool top: this is the whole mail; blank lines and an mbox separator may stand before its headers.
    """
    headers, body = split_head(raw[_LEADING.match(raw).end() :] if top else raw)
    found = {}
    for key, value in headers:
        if key in ("content-type", "content-disposition"):
            found.setdefault(key, clean(value[:MAX_PARAMETER_BYTES].decode("utf-8", "replace")))
    type_ = _TYPE.match(found.get("content-type", ""))
    # Most parts have no parameters worth the slow standard parser.
    message = Message()
    for key, value in found.items():
        message[key] = value
    return Part(
        headers,
        body,
        type_[1].lower() if type_ else default_type,
        charset=_parameter(message, "charset"),
        name=_parameter(message, "filename", "content-disposition") or _parameter(message, "name"),
        disposition=found.get("content-disposition", "").split(";")[0].strip().lower(),
        boundary=_parameter(message, "boundary"),
        report_type=_parameter(message, "report-type"),
    )


def _parameter(message, name, header="content-type"):
    """Return a header's parameter (RFC 2231 or, against the standard, RFC 2047), or None."""
    if name not in message.get(header, "").lower():
        return None
    try:
        value = message.get_param(name, header=header)
    except (TypeError, ValueError, LookupError, RecursionError):
        # The standard library trips over parameters given both numbered and not.
        return None
    if isinstance(value, tuple):
        charset, _language, text = value
        value = to_text(text.encode("latin-1", "replace"), charset or "utf-8")
    return decode_words(value.strip()) if value else None


def leaves(mail: Part) -> list[Part]:
    """Return the parts of a mail that hold content, in the order they stand; bounded in depth and number."""
    found, todo, number = [], [(mail, 0)], 0
    while todo and len(found) < MAX_PARTS and (number := number + 1) < 2 * MAX_PARTS:
        budget.check()
        part, depth = todo.pop()
        pieces = _pieces(part) if part.type.startswith("multipart/") and depth < MAX_DEPTH else None
        if pieces is None:
            # What can't be taken apart is shown as it is, rather than hidden in a file.
            is_odd = part.type.startswith("multipart/")
            found.append(replace(part, type="text/plain", name=None) if is_odd else part)
            continue
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        todo.extend((read_part(piece, default), depth + 1) for piece in reversed(pieces))
    return found


def _pieces(part):
    """Return the raw parts of a multipart, or None when it can't be taken apart."""
    boundary = (part.boundary or "").encode("utf-8", "replace")
    body = b"\n" + part.body
    if not boundary or b"\n--" + boundary not in body:
        first = re.search(rb"\n--([^\s][^\r\n]{0,199})", body)
        if not first:
            return None
        boundary = first[1].rstrip()
    pieces, ended = [], False
    for piece in body.split(b"\n--" + boundary, MAX_PARTS)[1:]:
        rest, _newline, content = piece.partition(b"\n")
        if not rest.strip() and not ended:
            pieces.append([content])
        elif rest.startswith(b"--"):
            ended = True
        elif pieces and not ended:
            # The boundary of an inner part begins with ours.
            pieces[-1] += [b"\n--", boundary, piece]
    return [b"".join(piece).removesuffix(b"\r") for piece in pieces]


def is_body(part: Part) -> bool:
    """Tell whether a part is words to read, not a file."""
    return part.type in ("text/plain", "text/html") and not part.name and part.disposition != "attachment"


def harmless_name(name: str) -> str:
    """Return a file's name on one line, without a folder and what could mislead or be refused; perhaps ``""``."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE_IN_NAME.sub("", " ".join(last.split())).strip(" .")[:200]


def attachment(part: Part, number: int) -> Attachment:
    """Return a part as a file with a harmless name."""
    budget.check()
    name = harmless_name(part.name or "")
    if not name and part.type == "message/rfc822":
        name = f"message-{number}.eml"
    if not name:
        name = f"attachment-{number}{mimetypes.guess_extension(part.type) or '.bin'}"
    content_id = part.get("content-id").strip().strip("<>") or None
    return Attachment(name, part.type, part.content(), content_id)
