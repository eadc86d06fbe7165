"""Mails built to hang or end a parser: they are read, in time."""

import base64
import time

import pytest

from marketplaces import read_mail
from marketplaces.mail import message

HEAD = b"From: A <a@b.example>\nSubject: x\nMIME-Version: 1.0\n"
MEGABYTE = 1_000_000
HOSTILE = {
    "dashes": b"-" * MEGABYTE,
    "quote marks": b"> \n" * (MEGABYTE // 3),
    "quote heads": b"On 1 wrote wrote\n" * (MEGABYTE // 17),
    "header block": b"Von: a\n" * (MEGABYTE // 7),
    "addresses": b"a@" * (MEGABYTE // 2),
    "one word": b"a" * MEGABYTE,
    "angles": b"<" * MEGABYTE,
    "comments": b"<!--" * (MEGABYTE // 4),
    "nested": b"<div>" * (MEGABYTE // 5),
    "closed nested": b"<div>" * (MEGABYTE // 11) + b"</div>" * (MEGABYTE // 11),
    "pre": b"<pre>a</pre>" * (MEGABYTE // 12),
}


class TestHostile:
    @pytest.mark.parametrize("kind", [b"text/plain", b"text/html"])
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_megabyte_built_to_hang_is_read_in_time(self, name, kind):
        started = time.process_time()
        decoded = message.decode(HEAD + b"Content-Type: " + kind + b"\n\n" + HOSTILE[name])
        message.split_quote(decoded.body)
        assert time.process_time() - started < 20

    @pytest.mark.parametrize(
        "header",
        [
            b"From: " + b'"\\' * MEGABYTE,
            b"From: " + b"(" * MEGABYTE,
            b"From: " + b"<a@b>," * (MEGABYTE // 6),
            b"Subject: " + b"=?utf-8?b?QUFB?= " * (MEGABYTE // 18),
            b"Subject: " + b"=?a?b?" * (MEGABYTE // 6),
            b"Content-Type: text/plain" + b"; a=b" * (MEGABYTE // 5),
            b'Content-Type: text/plain; x="' + b';"' * (MEGABYTE // 2),
            b"Authentication-Results: mx;" + b'"\\' * (MEGABYTE // 2),
            b"References: " + b"<" * MEGABYTE,
            b"X: y\n" * (MEGABYTE // 5),
            b"X: a\n" + b" b\n" * (MEGABYTE // 3),
        ],
        ids=lambda header: header[:24].decode().strip(),
    )
    def test_header_bomb_is_read_in_time(self, header):
        started = time.process_time()
        decoded = message.decode(header + b"\nSubject: x\n\nbody", authserv_id="mx")
        assert (decoded.senders, decoded.subject, decoded.in_reply_to, decoded.recipients) is not None
        assert time.process_time() - started < 10

    def test_three_thousand_levels_are_read(self):
        levels = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
        raw = b"".join(levels) + b"\nhello"
        assert "hello" in message.decode(HEAD + raw).body

    def test_parts_are_limited(self):
        raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: image/png\n\nx\n" * 5000
        assert len(message.decode(raw).attachments) <= 1000

    def test_big_attachment_comes_out_whole(self):
        content = bytes(range(256)) * 60_000
        raw = HEAD + b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)
        assert message.decode(raw).attachments[0].content == content


@pytest.mark.parametrize("name", ["Message-ID", "Subject", "From", "Reply-To", "Date", "X-Marketplace-ID"])
def test_no_text_holds_what_a_database_refuses(name):
    raw = b"From: A <abcdefghij12345@marketplace.amazon.de>\nTo: b@seller.example\n"
    raw += name.encode() + b": <1\x00\xed\xa0\x80@x> =?utf-8?q?=00=ED=A0=80?=\n\n------ Nachricht: ------\n\x00a\n"
    mail = read_mail(raw)
    texts = [mail.dedup_ref, mail.sender, mail.subject, mail.body, mail.text, mail.message_id, *mail.reasons]
    for text in [*texts, *(ref.value for ref in mail.thread_refs)]:
        assert "\x00" not in (text or "").encode("utf-8").decode("utf-8")
