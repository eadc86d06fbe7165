"""Which mails of a mailbox are ours, by their headers alone."""

import contextlib
import socket
import threading
import time

import pytest

from marketplaces import MARKETPLACES
from marketplaces.mail import message
from marketplaces.mailbox.connection import Head, Limit, Silent, find_sender

REPORT = (
    b'From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: message/delivery-status\r\n\r\nX: y\r\n\r\n"
    b"Final-Recipient: rfc822; %s\r\nAction: failed\r\n\r\n--b--\r\n"
)


def head_of(raw):
    """Return the head of a mail as a mailbox gives it."""
    return Head(uid=1, size=len(raw), raw=raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0])


@pytest.mark.parametrize(
    "header",
    [
        "From: Jo <abcdefghijklmno@marketplace.amazon.de>",
        "From: donotreply@amazon.com",
        "From: nobody@bounces.amazon.com",
        "From: Jo <forwarder@elsewhere.example>\nReply-To: abcdefghijklmno@marketplace.amazon.fr",
        "From: list@elsewhere.example\nX-Space-Notification-Type: BBC_MESSAGE_SENT_TO_MERCHANT",
        "Sender: order-update@amazon.it",
    ],
)
def test_mail_of_a_marketplace_is_known_by_its_header(header):
    assert find_sender(head_of(header.encode()).mail, MARKETPLACES) == "amazon"


@pytest.mark.parametrize(
    "header",
    [
        "From: Amazon <deals@cheap.example>",
        "From: x@marketplace-amazon.de",
        "From: x@marketplace.amazon.de.evil.example",
        "From: jo@private.example\nSubject: Amazon order 302-1234567-1234567",
        "To: abcdefghijklmno@marketplace.amazon.de\nFrom: me@shop.example",
        "From: no-reply@amazonaws.com",
        "Nothing: here",
    ],
)
def test_mail_that_only_speaks_of_a_marketplace_is_private(header):
    assert find_sender(head_of(header.encode()).mail, MARKETPLACES) is None


def test_every_mail_of_amazons_is_found_by_its_header_or_is_a_report(amazon_mails):
    for name, raw in amazon_mails.items():
        head = head_of(raw)
        assert find_sender(message.decode(raw), MARKETPLACES) == "amazon", name
        assert find_sender(head.mail, MARKETPLACES) or head.may_report, name


def test_a_report_is_ours_when_it_is_about_a_buyer():
    for recipient, expected in ((b"abcdefghijklmno@marketplace.amazon.de", "amazon"), (b"carla@x.example", None)):
        raw = REPORT % recipient
        assert head_of(raw).may_report
        assert find_sender(message.decode(raw), MARKETPLACES) == expected


def test_the_hash_tells_mails_apart_and_nothing_of_them():
    one, two = head_of(b"Message-ID: <1@x>\nSubject: a"), head_of(b"Message-ID: <1@x>\nSubject: b")
    assert one.digest == two.digest != head_of(b"Message-ID: <2@x>").digest
    assert head_of(b"Subject: a").digest != head_of(b"Subject: b").digest
    assert len(one.digest) == 64


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"From: \x00<a@b>\nMessage-ID: <" + b"x" * 70_000, b"\n\nbody"])
def test_headers_beyond_reading_raise_nothing(raw):
    head = head_of(raw)
    assert find_sender(head.mail, MARKETPLACES) is None
    assert head.digest


def test_an_answer_that_only_drips_ends_in_time():
    left, right = socket.socketpair()
    stop = threading.Event()

    def drip():
        with contextlib.suppress(OSError):
            while not stop.wait(0.05):
                right.sendall(b"x")

    threading.Thread(target=drip, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(Silent), Limit(left, seconds=0.4).within():
        while left.recv(10):
            pass
        raise EOFError
    stop.set()
    assert time.monotonic() - started < 10
