"""Thousands of damaged mails: reading never raises and always comes to an allowed result."""

import json
import random

import pytest

import marketplaces
from marketplaces.__main__ import MAIL_KEYS, _shown
from marketplaces.schema import AUTHENTICATIONS, MAIL_KINDS, THREAD_REF_TYPES

SEED = 20261122
CHARSETS = (b"x-nothing", b"utf-7", b"hex", b"idna", b"utf-16", b"gb2312", b"\xff", b"unicode_escape", b"a" * 300, b"")
HEADERS = (
    b"Content-Type: multipart/mixed; boundary=\n",
    b"Content-Type: text/html; charset*0=utf; charset*1=-8; charset=x\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n",
    b"From: =?utf-8?b?/w==?= <a@b>, <c@marketplace.amazon.de>\n",
    b"Subject: =?iso-2022-jp?q?=1B$B?= =?x?b?!?= \xff\x00 302-1234567-1234567\n",
    b"Date: Mon, 99 Foo 99999 99:99 +9999999\n",
    b'Authentication-Results: mx.shop.example; dkim=(((pass; dmarc="fail\n',
    b"Message-ID: \xe9<\n",
    b": empty\n \n",
    b"From: c-0123456789abcdef0123456789abcdef@relay.walmart.com\n",
    b"Subject: Re: Message from Walmart.com Customer:  \xff, ,2000123-\x00\n",
)
FRAGMENTS = (
    b"\x00",
    b"\r",
    b"\n\n",
    b"=",
    b"<pre>",
    b"--",
    b"\xe3\x81",
    b"\x1b$B",
    b"&#xD800;",
    b"<!--",
    b"\xef\xbf\xbf",
    b"\nMessage:\n",
    b"\n**Note: ",
)


def truncate(raw, chance):
    return raw[: chance.randrange(1, len(raw) + 1)]


def flip(raw, chance):
    data = bytearray(raw)
    for _ in range(chance.randrange(1, 30)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def insert(raw, chance):
    at = chance.randrange(len(raw))
    return raw[:at] + chance.choice(FRAGMENTS) * chance.randrange(1, 50) + raw[at:]


def mislabel(raw, chance):
    wanted = chance.choice(CHARSETS)
    return raw.replace(b"utf-8", wanted).replace(b"UTF-8", wanted).replace(b"windows-1252", wanted)


def inject(raw, chance):
    return b"".join(chance.choice(HEADERS) for _ in range(chance.randrange(1, 5))) + raw


def nest(raw, chance):
    for _ in range(chance.randrange(1, 60)):
        raw = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" + raw
    return raw


def repeat(raw, chance):
    start = chance.randrange(len(raw))
    piece = raw[start : start + chance.randrange(1, 400)]
    return raw[:start] + piece * chance.randrange(2, 20) + raw[start:]


def strip_lines(raw, chance):
    return b"\n".join(line for line in raw.split(b"\n") if chance.random() > 0.1) or b"\n"


DAMAGES = (truncate, flip, insert, mislabel, inject, nest, repeat, strip_lines)


@pytest.mark.parametrize("app", ["amazon", "walmart"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_mail_is_still_read(request, app, damage):
    rounds = request.config.getoption("--rounds")
    chance = random.Random(f"{SEED} {damage.__name__}")
    for name, raw in request.getfixturevalue(f"{app}_mails").items():
        for number in range(rounds):
            damaged = damage(raw, chance)
            if number % 2:
                damaged = chance.choice(DAMAGES)(damaged, chance)
            check(damaged, f"{name} {number}")


def check(raw, label):
    mail = marketplaces.read_mail(raw or b"\n", authserv_id="mx.shop.example", seller_names=["Shop"])
    assert mail.app in (None, "amazon", "walmart"), label
    assert mail.kind in MAIL_KINDS, label
    assert mail.authentication in AUTHENTICATIONS, label
    assert (mail.notice is not None) is (mail.kind == "notice"), label
    assert (mail.text is not None) is (mail.kind == "buyer_message"), label
    assert all(ref.type in THREAD_REF_TYPES and ref.value for ref in mail.thread_refs), label
    assert mail.dedup_ref and mail.reasons, label
    json.dumps(_shown(mail, MAIL_KEYS), ensure_ascii=False).encode("utf-8", "strict")
    mail.body.encode("utf-8", "strict")


@pytest.mark.parametrize("size", [1, 2, 7, 100, 5000])
def test_random_bytes_are_a_mail_that_claims_nothing(size):
    chance = random.Random(SEED + size)
    for number in range(50):
        check(chance.randbytes(size), f"{size} {number}")
