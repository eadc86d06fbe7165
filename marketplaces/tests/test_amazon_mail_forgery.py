"""Mails that only claim to be Amazon's: look-alikes, forged headers, failed authentication."""

import pytest


class TestForgery:
    @pytest.mark.parametrize(
        "sender",
        [
            "Jo <a@marketplace.amazon.de.evil.example>",
            "Jo <a@evilmarketplace.amazon.de>",
            "Jo <a@marketplace-amazon.de>",
            "Jo <a@marketplace.amaz0n.de>",
            "Jo <a@marketplace.arnazon.de>",
            "Jo <a@marketplace.\u0430mazon.de>",
            "Jo <a@mar\u212aetplace.amazon.de>",
            "Jo <a@marketplace.amazon.de@evil.example>",
            '"abcdefghijklmno@marketplace.amazon.de" <a@evil.example>',
            "=?utf-8?q?abcdefghijklmno=40marketplace=2Eamazon=2Ede?= <a@evil.example>",
            '"Jo - Amazon Marketplace" <a@evil.example>',
            "Jo <abcdefghijklmno@marketplace.amazon.de>, <a@evil.example>",
            "Jo",
        ],
    )
    @pytest.mark.parametrize("type_", ["BBC_MESSAGE_SENT_TO_MERCHANT", None])
    def test_look_alike_is_suspect(self, ask, frame, sender, type_):
        mail = ask(frame("Pay me"), sender=sender, type_=type_)
        assert (mail.app, mail.kind, mail.order_ref) == ("amazon", "suspect", "302-1234567-1234567")
        assert (mail.text, mail.thread_refs, mail.dedup_trusted) == (None, (), False)

    def test_second_from_header_is_suspect(self, ask, frame):
        assert ask(frame("Hi"), headers="From: Jo <a@marketplace.amazon.de>").kind == "suspect"

    def test_type_header_from_elsewhere_is_suspect(self, ask):
        mail = ask("Hi", sender="Bob <bob@shop.example>", subject="Hi")
        assert (mail.app, mail.kind) == ("amazon", "suspect")

    def test_private_and_forwarded_mail_claims_nothing(self, ask, frame):
        assert ask("I bought 302-1234567-1234567 on Amazon", sender="A <a@b.example>", type_=None).app is None
        forwarded = f"FYI\n\n---------- Forwarded message ---------\nFrom: Jo\n\n{frame('Hi')}"
        assert ask(forwarded, sender="A <a@shop.example>", type_=None).app is None

    @pytest.mark.parametrize(
        ("results", "expected"),
        [
            ("mx.shop.example; dkim=pass header.d=amazon.de", "pass"),
            (
                "mx.shop.example; dkim=pass header.i=@marketplace.amazon.de; spf=fail smtp.mailfrom=a@fwd.example",
                "pass",
            ),
            ("MX.Shop.Example 1; DMARC=Pass (p=none; dis=none) header.from=marketplace.amazon.de", "pass"),
            ("mx.shop.example; dkim=fail header.d=amazon.de; dmarc=pass header.from=amazon.de", "pass"),
            ("mx.shop.example; dkim=pass header.d=amazonses.com; spf=pass smtp.mailfrom=a@amazonses.com", "none"),
            ("mx.shop.example; dkim=pass header.d=evil.example", "none"),
            ("mx.shop.example; none", "none"),
            ("mx.other.example; dkim=pass header.d=amazon.de", "none"),
            ("mx.shop.example; dmarc=fail header.from=marketplace.amazon.de", "fail"),
            ("mx.shop.example; dkim=fail header.d=amazon.de", "fail"),
            ("mx.shop.example; spf=fail smtp.mailfrom=a@evil.example", "fail"),
            ("mx.shop.example; dmarc=pass header.from=evil.example", "fail"),
            ('mx.shop.example; spf=none smtp.mailfrom="; dkim=pass header.d=amazon.de;"@x; dmarc=fail', "fail"),
        ],
    )
    def test_authentication_is_judged_by_who_signed(self, ask, frame, results, expected):
        mail = ask(frame("Hi"), headers=f"Authentication-Results: {results}")
        assert mail.authentication == expected
        assert mail.kind == ("suspect" if expected == "fail" else "buyer_message")

    def test_only_the_topmost_result_of_our_server_counts(self, read):
        assert read("suspect_forged_au").authentication == "fail"

    def test_unverified_mail_counts_and_says_so(self, read):
        mail = read("buyer_question_de", authserv_id=None)
        assert (mail.kind, mail.authentication) == ("buyer_message", "none")
        assert any("unverified" in reason for reason in mail.reasons)
