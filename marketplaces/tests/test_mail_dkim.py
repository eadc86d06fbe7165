"""Signatures of mails, checked by ourselves with keys that the test gives."""

import gc
import time

import pytest

import marketplaces
from marketplaces.mail.dkim_check import KeyTimeout
from marketplaces.mail.signatures import Signatures

from .signing import Signer, sign_ed25519

BUYER = '"Jo Doe" <abcdefghijklmno@marketplace.amazon.de>'


@pytest.fixture(scope="module")
def amazon():
    return Signer("amazon.de")


@pytest.fixture
def mail(raw_mail, frame):
    """A buyer's mail with the line ends that mails have."""

    def make(words="Where is my parcel?", **parts):
        return raw_mail(frame(words), **parts).replace(b"\n", b"\r\n")

    return make


def check(raw, signer, **options):
    return marketplaces.check_signatures(raw, getattr(signer, "find", signer), **options)


def results(raw, signer):
    return [one.result for one in check(raw, signer).signatures]


def read(raw, signer, **options):
    return marketplaces.read_mail(raw, signatures=check(raw, signer), **options)


class TestDkim:
    @pytest.mark.parametrize("form", [b"simple", b"relaxed"])
    def test_a_signature_of_the_marketplace_proves_its_mail(self, amazon, mail, form):
        found = read(amazon.sign(mail(), canonicalize=(b"relaxed", form)), amazon)
        assert (found.authentication, found.proof, found.kind) == ("pass", "dkim", "buyer_message")
        assert not found.is_unchecked
        assert "signed by amazon.de" in found.reasons

    def test_line_ends_without_cr_and_what_a_server_writes_on_top_break_nothing(self, amazon, mail):
        raw = b"Received: from a by b\nDelivered-To: x@shop.example\n" + amazon.sign(mail()).replace(b"\r\n", b"\n")
        assert results(raw, amazon) == ["pass"]

    def test_without_a_look_at_signatures_nothing_is_proved(self, amazon, mail):
        found = marketplaces.read_mail(amazon.sign(mail()))
        assert (found.authentication, found.proof, found.is_unchecked) == ("none", "", True)

    @pytest.mark.parametrize(
        ("old", "new"),
        [(b"parcel", b"refund"), (b"Jo Doe", b"Jo Dee"), (b"customer Jo", b"customer Al"), (b"End message", b"end")],
    )
    def test_a_changed_mail_is_not_proved(self, amazon, mail, old, new):
        raw = amazon.sign(mail(), canonicalize=(b"relaxed", b"simple")).replace(old, new)
        assert results(raw, amazon) == ["fail"]
        assert read(raw, amazon).authentication == "none"

    def test_a_signature_of_somebody_else_asks_nobody(self, mail):
        asked = []
        for domain in ("evil.example", "amazonses.com", "de", "co.uk", "notamazon.de"):
            raw = Signer(domain, bits=1024).sign(mail())
            assert check(raw, asked.append) == Signatures()
        assert not asked

    def test_a_look_alike_is_not_proved_by_its_own_signature(self, mail):
        signer = Signer("marketplace-amazon.de", bits=1024)
        found = read(signer.sign(mail(sender="Jo <a@marketplace-amazon.de>")), signer)
        assert (found.kind, found.proof) == ("suspect", "")

    @pytest.mark.parametrize(
        "change",
        [
            lambda tags: [*tags, (b"l", b"10")],
            lambda tags: [*tags, (b"x", b"1000000000")],
            lambda tags: [*tags, (b"x", str(int(time.time()) - 50_000).encode())],
            lambda tags: [(k, b"rsa-sha1" if k == b"a" else v) for k, v in tags],
            lambda tags: [(k, b"dns/other" if k == b"q" else v) for k, v in tags],
            lambda tags: [(k, b"2" if k == b"v" else v) for k, v in tags],
        ],
    )
    def test_a_signature_that_leaves_something_open_or_is_over_is_no_proof(self, amazon, mail, change):
        assert results(amazon.sign(mail(), change=change), amazon) == ["fail"]

    def test_what_is_read_must_be_signed(self, amazon, mail):
        raw = mail(headers=f"Reply-To: {BUYER}")
        for name in ("subject", "reply-to", "content-type"):
            names = [one for one in ("from", "subject", "reply-to", "content-type") if one != name]
            [found] = check(amazon.sign(raw, headers=names), amazon).signatures
            assert (found.result, found.reason) == ("fail", f"it does not cover {name}")

    @pytest.mark.parametrize("line", [f"From: {BUYER}", "Subject: Order 302-9999999-9999999", "Reply-To: a@b.example",
                                      "Content-Type: text/html"])  # fmt: skip
    def test_a_line_that_stands_twice_is_no_proof(self, amazon, mail, line):
        raw = amazon.sign(mail(headers="Reply-To: b@marketplace.amazon.de"))
        for forged in (f"{line}\r\n".encode() + raw, raw.replace(b"\r\n\r\n", f"\r\n{line}\r\n\r\n".encode(), 1)):
            assert check(forged, amazon) == Signatures()

    @pytest.mark.parametrize("blank", [b" ", b"\t", b"   "])
    def test_words_put_before_the_signed_ones_are_no_part_of_the_head(self, amazon, mail, blank):
        # To the library a line of blanks goes on with the header above it, to the reader the head ends there.
        raw = amazon.sign(mail())
        forged = raw.replace(b"\r\n\r\n", b"\r\nX-A: b\r\n" + blank + b"\r\n Send it to me\r\n\r\n", 1)
        assert results(forged, amazon) == ["fail"]

    def test_a_missing_a_withdrawn_and_a_weak_key_prove_nothing(self, amazon, mail):
        raw = amazon.sign(mail())
        weak = Signer("amazon.de", bits=1024)
        [name] = amazon.records
        for record in (
            b"v=DKIM1; p=",
            b"v=DKIM1; k=rsa; p=!!!!",
            b"v=DKIM2; p=AAAA",
            b"",
            b"\xff=",
            b"p=" + b"A" * 9_000,
        ):
            assert results(raw, lambda _name, record=record: record) == ["fail"]
        assert results(raw, Signer("amazon.com", bits=1024)) == ["fail"]
        assert results(raw, weak) == ["fail"]
        assert results(raw, lambda _name: amazon.records[name] + b"; s=tlsrpt") == ["fail"]

    def test_a_key_of_the_newer_kind_is_known(self, mail):
        raw, records = sign_ed25519(mail(), "amazon.de")
        assert results(raw, records.__getitem__) == ["pass"]
        assert results(raw.replace(b"parcel", b"refund"), records.__getitem__) == ["fail"]
        assert results(raw.replace(b" bh=", b" i=@evil.example; bh=", 1), records.__getitem__) == ["fail"]

    def test_a_key_that_nobody_can_be_asked_for_is_not_known_yet(self, amazon, mail):
        def nobody(name):
            raise KeyTimeout(name)

        found = read(amazon.sign(mail()), nobody)
        assert (found.authentication, found.is_unchecked) == ("none", True)

    def test_the_second_signature_proves_where_the_first_one_does_not(self, amazon, mail):
        other = Signer("amazon.de", "old", bits=1024)
        raw = other.sign(amazon.sign(mail())).replace(b"s=old", b"s=gone")
        assert results(raw, amazon) == ["fail", "pass"]

    def test_only_some_signatures_are_tried(self, amazon, mail):
        raw = mail()
        line = amazon.sign(raw)[: -len(raw)].replace(b"b=", b"b=BBBB", 1)
        assert len(check(line * 200 + raw, amazon).signatures) == 5

    def test_it_is_stored_as_it_was(self, amazon, mail):
        found = check(amazon.sign(mail()), amazon)
        assert Signatures.from_json(found.to_json()) == found

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\n",
            b"DKIM-Signature: a",
            b" folded\nFrom: a@amazon.de\n\nx",
            b"From: a@amazon.de\nDKIM-Signature: d=amazon.de",
            b"From: a@amazon.de\nDKIM-Signature: d=amazon.de; s=" + b"\xff" * 99 + b"\n\nx",
            b"DKIM-Signature: v=1; a=rsa-sha256; d=amazon.de; s=a..b; h=from; bh=A; b=AAAA\nFrom: a@amazon.de\n\nx",
        ],
    )
    def test_damaged_mails_are_not_proved_and_raise_nothing(self, amazon, raw):
        assert "pass" not in results(raw, amazon)

    def test_our_servers_dmarc_failure_beats_a_signature(self, amazon, mail):
        raw = amazon.sign(mail())
        for told, expected in (
            ("dmarc=fail header.from=marketplace.amazon.de", "fail"),
            ("dkim=fail header.d=amazon.de", "pass"),
        ):
            stamped = f"Authentication-Results: mx; {told}\r\n".encode() + raw
            assert read(stamped, amazon, authserv_id="mx").authentication == expected


class TestBounds:
    @pytest.mark.parametrize(
        "make",
        [
            lambda n: b"x" + b" " * n + b"y",
            lambda n: b" \t" * (n // 2) + b"y",
            lambda n: b" x\r\n" * (n // 4),
            lambda n: b"\r\n" * (n // 2) + b"x",
        ],
        ids=["blanks", "tabs", "lines", "ends"],
    )
    def test_a_long_body_is_checked_in_linear_time(self, amazon, mail, make):
        line = amazon.sign(mail()).partition(b"From:")[0]

        gc.collect()
        gc.freeze()

        def cpu(size):
            raw = line + mail(make(size).decode())
            best = 9.0
            for _turn in range(5):
                start = time.process_time()
                check(raw, amazon)
                best = min(best, time.process_time() - start)
            return best

        size = 50_000
        while (once := cpu(size)) < 0.05 and size < 20_000_000:
            size *= 2
        assert cpu(2 * size) <= 3 * once

    def test_signatures_as_long_as_a_mail_are_not_tried(self, amazon, mail):
        raw = amazon.sign(mail())
        for filler in (b" " * 100_000, b"\r\n " * 30_000, b"a:" * 50_000):
            start = time.process_time()
            assert results(raw.replace(b"h=", b"h=" + filler, 1), amazon) in (["fail"], [])
            assert time.process_time() - start < 0.5
