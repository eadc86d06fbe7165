"""Mails built to hang whoever reads them: small pieces, each repeated as often as one likes, and a fuzzer of them."""

import random
import re
import time
from pathlib import Path

from marketplaces import read_mail
from marketplaces.reply.match import containment, similarity
from marketplaces.reply.text import quote

FIXTURES = Path(__file__).parent / "fixtures"
AUTHSERV_ID = "mx.shop.example"
AMAZON = b"""From: "Jo" <abcdefghijklmno@marketplace.amazon.de>
Subject: Inquiry from Amazon customer Jo
Message-ID: <one@mail.example>
X-Space-Notification-Type: BBC_MESSAGE_SENT_TO_MERCHANT
"""
WALMART = b"""From: "Jo" <c-0123456789abcdef0123456789abcdef@relay.walmart.com>
Subject: Message from Walmart.com Customer: Jo, 200011419023224
Message-ID: <one@mail.example>
"""
BOUNCE = b"From: MAILER-DAEMON@mx.shop.example\nSubject: failed\nMessage-ID: <one@mail.example>\n"
DKIM = (
    b"DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple; s=sel1; d=amazon.de; t=1790000000;\n"
    b"\th=From:Reply-To:To:Message-ID:Subject:MIME-Version:Content-Type;\n"
    b"\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n"
    b"\tb=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/AbCdEfGhIjKlMnOpQrStUvWxYz=\n"
)

#: Repeated in HTML and in plain text, at both marketplaces. The first four were seen to hang intake (2026-11-30).
IN_BODY = {
    "pre that a div can't close": b"<pre></div>x",
    "no-break spaces": b"&nbsp;",
    "product lines": b"# ASIN\n",
    "line breaks": b"<br>",
    "pre in pre": b'<pre style="-o-pre-wrap">x',
    "definitions": b"<dd>",
    "end tags of others": b"<b></i>x",
    "paragraphs": b"<p>",
    "cells": b"<table><tr><td>",
    "comments": b"<!--",
    "attributes without end": b'<a b="',
    "ampersands": b"&",
    "bare references": b"&#",
    "links": b'<a href="https://sellercentral.amazon.de/messaging/x?t=AAAAAAAA">x</a>',
    "quotes": b"<blockquote type=cite>x</blockquote>",
    "no-break spaces as they are": b"\xc2\xa0",
    "blanks": b" ",
    "blank lines": b" \n",
    "carriage returns": b"\r",
    "accents": b"\xcc\x95\xcc\x80",
    "letters that become eighteen": b"\xef\xb7\xba",
    "markers": b"------------- Message: -------------\n",
    "dashes": b"- ",
    "quote heads": b"On 1 wrote:\n",
    "quote lines": b"> \n",
    "header blocks": b"From: a\nTo: b\n",
    "footers": b"Resolve case\nhttps://sellercentral.amazon.de/messaging/no-response-needed?t=AAAAAAAA\n",
    "labels": b"Message:\n",
    "notes": b"**Note: \n",
    "teams": b"Thank you,\nWalmart Customer Service\n",
    "introductions": b"Jo wants to connect with you regarding the following order:\n",
    "order labels": b"Sales Order ID: ",
    "order numbers": b"302-1234567-1234567 ",
    "addresses": b"a@marketplace.amazon.",
    "agents' labels": b"Details: x\n",
    "one word": b"a",
}
#: Repeated inside one header.
IN_HEADER = {
    "quoted strings": b'From: "\\',
    "comments": b"From: (",
    "addresses": b"To: <a@b>,",
    "names": b'Reply-To: "a" <a@b.example>, ',
    "folding": b"Subject: \n ",
    "encoded words": b"Subject: =?utf-8?b?QUFB?= ",
    "half encoded words": b"Subject: =?a?b?",
    "references": b"References: <x@y> ",
    "parameters": b'Content-Type: text/plain;";',
    "file names": b"Content-Disposition: attachment; filename*0=a",
    "verdicts": b"Authentication-Results: mx.shop.example; dkim=pass (",
    "quoted verdicts": b'Authentication-Results: mx.shop.example;"\\',
    "signatures": b"DKIM-Signature: v=1; d=amazon.de; h=From:",
    "blanks": b"X-Space-Notification-Type:  ",
}
#: Repeated as a whole.
WHOLE = {
    "signatures": DKIM,
    "verdicts": b"Authentication-Results: other.example; dkim=pass header.d=amazon.de\n",
    "empty parts": b"--b\n\n",
    "parts of parts": b"--b\nContent-Type: multipart/mixed; boundary=b\n\n",
    "boundaries of others": b"--bb\n",
    "parts with many parameters": b"--b\nContent-Type: text/plain; " + b'x=";"' * 900 + b"\n\nx\n",
    "recipients of a report": b"--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@b\n",
}
#: Repeated in text of a charset that has states or surrogates: (charset, piece).
IN_CHARSET = {
    "utf-7": (b"utf-7", b"+AAA-"),
    "iso-2022-jp": (b"iso-2022-jp", b"\x1b$Ba\x1b(B"),
    "utf-16": (b"utf-16", b"\x00\xdc"),
    "hz": (b"hz", b"~{"),
    "gb18030": (b"gb18030", b"\x84\x31\xa4\x37"),
}


def _times(piece, size):
    return piece * max(1, size // len(piece))


def _in_body(head, type_, piece):
    return lambda size: head + b"Content-Type: text/" + type_ + b"; charset=utf-8\n\n" + _times(piece, size)


def _in_header(line):
    # Of "Name: value", the part behind the last blank is repeated.
    start = max(line.find(b": ") + 2, line.rfind(b" ") if line.rstrip() == line else 0, line.find(b";") + 1)
    return lambda size: line[:start] + _times(line[start:] or line[-2:], size) + b"\n" + AMAZON + b"\nHello"


def _whole(piece):
    if not piece.startswith(b"--"):
        return lambda size: _times(piece, size) + AMAZON + b"\nHello"
    head = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    return lambda size: (BOUNCE if b"delivery-status" in piece else AMAZON) + head + _times(piece, size)


def _in_charset(charset, piece):
    return lambda size: AMAZON + b"Content-Type: text/plain; charset=" + charset + b"\n\n" + _times(piece, size)


def _encoded(encoding, piece):
    head = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + encoding + b"\n\n"
    return lambda size: AMAZON + head + _times(piece, size)


def shapes(every=False):
    """Return {name: function that makes a raw mail of about so many bytes}.

    :param bool every: each piece in HTML and in plain text at each marketplace; else only where it is most at home.
    """
    found = {}
    for name, piece in IN_BODY.items():
        is_html = piece[:1] in (b"<", b"&")
        for shop, head, type_ in (
            ("Amazon", AMAZON, b"html"),
            ("Amazon", AMAZON, b"plain"),
            ("Walmart", WALMART, b"plain"),
            ("Walmart", WALMART, b"html"),
        ):
            if every or is_html == (type_ == b"html") and (shop == "Amazon" or not is_html):
                found[f"{shop}: {name} in {type_.decode()}"] = _in_body(head, type_, piece)
    found |= {f"header: {name}": _in_header(line) for name, line in IN_HEADER.items()}
    found |= {f"whole: {name}": _whole(piece) for name, piece in WHOLE.items()}
    found |= {f"charset: {name}": _in_charset(*pair) for name, pair in IN_CHARSET.items()}
    found |= {f"base64: {piece!r}": _encoded(b"base64", piece) for piece in (b"A", b"=", b"A=", b"\n", b"#")}
    found |= {f"quoted-printable: {piece!r}": _encoded(b"quoted-printable", piece) for piece in (b"=", b"=\n", b"=3D")}
    return found


def cost(raw):
    """Return the seconds of CPU that it takes to read a mail, and to compare what it says with an answer of ours."""
    started = time.thread_time()
    mail = read_mail(raw, authserv_id=AUTHSERV_ID, seller_names=["Shop"])
    similarity(mail.body, "Hello, your parcel 12 left us today")
    containment(mail.body, "a b c")
    quote(mail.text or mail.body, None, None)
    return time.thread_time() - started


class Repeater:
    """Makes mails in which pieces of the marketplaces' own mails, and of their signatures, stand very often.

    :param int seed: whatever it is, the same mails follow from it.
    """

    def __init__(self, seed):
        self._random = random.Random(seed)
        paths = sorted(FIXTURES.glob("*/*.eml"))
        self._mails = [DKIM + path.read_bytes().replace(b"\r\n", b"\n") for path in paths]

    def make(self):
        """Return a function that makes a raw mail of about so many bytes; each call repeats the same pieces more."""
        base, source = self._random.choice(self._mails), self._random.choice(self._mails)
        piece = b"".join(self._piece(source) for _piece in range(self._random.choice((1, 1, 2, 3))))
        at = self._random.randrange(len(base))
        if self._random.random() < 0.3:
            base = re.sub(rb"(?i)text/plain", b"text/html", base)
        return lambda size: base[:at] + _times(piece, size) + base[at:]

    def _piece(self, source):
        start = self._random.randrange(len(source))
        lines = source[start:].split(b"\n", 3)
        if self._random.random() < 0.4:
            return b"\n".join(lines[1:3]) + b"\n"
        return source[start : start + self._random.choice((1, 2, 3, 5, 8, 20, 60))]
