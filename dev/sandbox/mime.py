"""Writes raw mails the way the marketplaces' Java mailers do. Fast: no parsing, no objects."""

import base64
import binascii
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime

from .chance import digits


@dataclass(frozen=True)
class File:
    """An attachment: its name, media type and bytes."""

    name: str
    type: str
    content: bytes


def header(name, value):
    """Return a header line, encoded and folded when needed."""
    if value.isascii():
        return f"{name}: {value}\r\n"
    encoded = Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
    return f"{name}: {encoded}\r\n"


def address(name, email):
    """Return an address for a header, the name encoded or quoted."""
    if not name:
        return email
    if name.isascii():
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{email}>'
    return f"{Header(name, 'utf-8').encode(linesep=chr(13) + chr(10))} <{email}>"


def date(when):
    """Return a Date header's value."""
    return format_datetime(when)


def boundary(source, when):
    """Return a boundary as JavaMail writes it."""
    return f"----=_Part_{digits(source, 7)}_{digits(source, 10)}.{int(when.timestamp() * 1000)}"


def text_part(subtype, text, *, base64_encoded=False):
    """Return a text part with its headers, in UTF-8."""
    data = text.encode()
    if base64_encoded:
        encoding, body = "base64", base64.encodebytes(data)
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(data)
    body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{subtype}; charset=UTF-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + body


def file_part(file):
    """Return an attachment part with its headers."""
    name = file.name if file.name.isascii() else Header(file.name, "utf-8", maxlinelen=900).encode()
    name = name.replace('"', "'")
    head = (
        f'Content-Type: {file.type}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(file.content).replace(b"\n", b"\r\n")


def multipart(subtype, parts, source, when):
    """Return a multipart body with its Content-Type header."""
    mark = boundary(source, when).encode()
    head = b'Content-Type: multipart/%s; \r\n\tboundary="%s"\r\n\r\n' % (subtype.encode(), mark)
    return head + b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts) + b"--%s--\r\n" % mark


def mail(headers, body):
    """Return a raw mail.

    :param headers: ``[(name, value)]``; addresses must come encoded.
    :param bytes body: a part with its own headers.
    """
    lines = "".join(header(name, value) for name, value in headers)
    return lines.encode() + b"MIME-Version: 1.0\r\n" + body
