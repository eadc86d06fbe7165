"""Whose Authentication-Results count: our receiving server's, where it writes it, and nobody else's."""

import pytest

import marketplaces
from marketplaces.mail import authentication, mime
from marketplaces.mail.authentication import Receiver

PASS = "dmarc=pass header.from=marketplace.amazon.de"
FAIL = "dmarc=fail header.from=marketplace.amazon.de"
NAMED = Receiver("mx.shop.example")
#: What servers of each kind write on top of a mail, from public forms (mails.md 6 and 9).
ABOVE = """\
Return-Path: <x@bounces.amazon.de>
Authentication-Results: mx.shop.example; {told}
Received: from a.amazonses.com (a.amazonses.com [192.0.2.1]) by mx.shop.example with ESMTPS
"""
GMAIL = """\
Delivered-To: shop@shop.example
Received: by 2002:a05:6a10:1:b0:1:2:3 with SMTP id x1
X-Received: by 2002:a05:1:2 with SMTP id x2
ARC-Seal: i=1; a=rsa-sha256; d=google.com; s=arc
Return-Path: <x@bounces.amazon.de>
Received: from a.amazonses.com (a.amazonses.com. [192.0.2.1])
        by mx.google.com with ESMTPS id x3
Received-SPF: pass
Authentication-Results: mx.google.com;
       spf=pass; {told}
"""
MICROSOFT = """\
Received: from AM0PR01MB0001.eurprd01.prod.outlook.com by DB9PR01MB0002.eurprd01.prod.outlook.com with HTTPS
Received: from DU2PR01CA0001.eurprd01.prod.outlook.com (2603:10a6::2) by AM0PR01MB0001.eurprd01.prod.outlook.com
Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=bounces.amazon.de;
 dkim=none (message not signed) header.d=none;{told} action=none;compauth=pass reason=100
Received-SPF: Pass (protection.outlook.com: domain of bounces.amazon.de designates 192.0.2.1)
Received: from a.amazonses.com (192.0.2.1) by DB5EUR01FT001.mail.protection.outlook.com (10.152.4.1) with Microsoft SMTP
X-MS-Exchange-Organization-AuthAs: Anonymous
"""
GATEWAY = """\
Received: from gateway.shop.example by mailbox.shop.example (Dovecot) with LMTP
Received: from localhost by gateway.shop.example
Authentication-Results: gateway.shop.example; {told}
Received: from a.amazonses.com by gateway.shop.example with ESMTPS
"""
SILENT = """\
Return-Path: <x@bounces.amazon.de>
Received: from a.amazonses.com (a.amazonses.com [192.0.2.1]) by mx.shop.example with ESMTPS
"""
SERVERS = {"above": ABOVE, "gmail": GMAIL, "microsoft": MICROSOFT, "gateway": GATEWAY}


def stamp(server, told, raw):
    return server.replace("{told}", told).encode() + raw


def learn(server, told="none"):
    raw = stamp(server, told, b"From: shop@shop.example\nSubject: Test\n\nx\n")
    return authentication.learn(mime.split_head(raw)[0])


@pytest.fixture
def mail(raw_mail, frame):
    return raw_mail(frame("Hi"))


class TestReceiver:
    @pytest.mark.parametrize("name", SERVERS)
    def test_the_form_of_a_server_is_learnt_from_one_mail(self, name, mail):
        receiver = learn(SERVERS[name])
        assert Receiver.from_json(receiver.to_json()) == receiver
        for told, expected in ((PASS, "pass"), (FAIL, "fail")):
            found = marketplaces.read_mail(stamp(SERVERS[name], told, mail), receiver=receiver)
            assert found.authentication == expected

    @pytest.mark.parametrize("name", SERVERS)
    def test_what_the_sender_wrote_below_never_counts(self, name, mail):
        receiver = learn(SERVERS[name])
        forged = stamp(SERVERS[name], PASS, mail)
        for told in ("dmarc=fail", "dkim=none"):
            found = marketplaces.read_mail(stamp(SERVERS[name], told, forged), receiver=receiver)
            assert found.authentication != "pass"

    @pytest.mark.parametrize("name", SERVERS)
    def test_the_name_of_the_own_server_below_another_ones_line_never_counts(self, name, mail):
        # A18: the server wrote no verdict this time; the sender wrote one in its name.
        other = b"Received: from evil.example by relay.elsewhere.example\n" + stamp(SERVERS[name], PASS, mail)
        assert marketplaces.read_mail(other, receiver=learn(SERVERS[name])).authentication == "none"

    @pytest.mark.parametrize(
        "line",
        [
            "Subject: Inquiry from Amazon customer Jo (Order: 302-7654321-7654321)",
            "Reply-To: zzzzzzzzzzzzzzz@marketplace.amazon.de",
            "Content-Type: text/html; charset=utf-8",
        ],
    )
    def test_a_line_above_the_one_that_was_signed_proves_nothing(self, mail, line):
        signed = b"Reply-To: abcdefghijklmno@marketplace.amazon.de\n" + mail
        again = line.encode() + b"\n" + signed
        for known in ({"receiver": NAMED}, {"authserv_id": "mx.shop.example"}):
            assert marketplaces.read_mail(stamp(ABOVE, PASS, signed), **known).authentication == "pass"
            assert marketplaces.read_mail(stamp(ABOVE, PASS, again), **known).authentication == "none"
            assert marketplaces.read_mail(stamp(ABOVE, FAIL, again), **known).authentication == "fail"

    def test_a_name_alone_counts_on_top_only(self, mail):
        forged = stamp(SILENT, "", f"Authentication-Results: mx.shop.example; {PASS}\n".encode() + mail)
        assert marketplaces.read_mail(forged, receiver=NAMED).authentication == "none"
        assert marketplaces.read_mail(stamp(ABOVE, PASS, mail), receiver=NAMED).authentication == "pass"

    def test_a_server_without_verdict_is_learnt_to_have_none(self, mail):
        receiver = learn(SILENT)
        assert not receiver.has_verdict
        forged = stamp(SILENT, "", f"Authentication-Results: mx.shop.example; {PASS}\n".encode() + mail)
        assert marketplaces.read_mail(forged, receiver=receiver).authentication == "none"

    def test_the_verdict_of_a_forwarder_is_not_learnt(self):
        forwarder = "Received: from mx.forwarder.example by mailbox.shop.example\n" + ABOVE.replace("shop", "forwarder")
        assert learn(forwarder) == Receiver()

    def test_a_server_of_many_customers_is_not_known_by_one_ones_name(self):
        hosted = "Received: from x by mail.host.example\nAuthentication-Results: mx.shop.example; none\n"
        assert learn(hosted) == Receiver()

    def test_the_verdict_of_the_server_that_we_send_by_is_not_learnt(self, mail):
        # It stands in the receiving server's house, which writes no verdict: a stranger could write it.
        server = (
            "Received: from smtp.shop.example by mx.shop.example\nAuthentication-Results: smtp.shop.example; {told}\n"
        )
        receiver = learn(server, "auth=pass smtp.auth=odoo")
        assert receiver == Receiver()
        assert marketplaces.read_mail(stamp(server, PASS, mail), receiver=receiver).authentication == "none"

    @pytest.mark.parametrize(
        "comment", [r"of a\) ; dmarc=pass (b", r'of "a\") ; dmarc=pass (b', r"\\\) ; dmarc=pass ("]
    )
    def test_a_bracket_behind_a_backslash_ends_no_comment(self, mail, comment):
        told = f"spf=pass (mx: domain {comment}@evil.example); dkim=none"
        assert marketplaces.read_mail(stamp(ABOVE, told, mail), receiver=NAMED).authentication == "none"

    def test_a_failure_on_top_is_a_forgery_though_no_name_is_known(self, mail):
        for server in (*SERVERS.values(), SILENT + "Authentication-Results: mx.shop.example; {told}\n"):
            found = marketplaces.read_mail(stamp(server, FAIL, mail), receiver=Receiver())
            assert (found.authentication, found.kind) == ("fail", "suspect")
            assert marketplaces.read_mail(stamp(server, PASS, mail), receiver=Receiver()).authentication == "none"

    def test_a_failure_that_another_server_saw_says_nothing(self, mail):
        raw = b"Received: by mx.own.example\nReceived: by mx.other.example\n" + stamp(ABOVE, FAIL, mail)
        assert marketplaces.read_mail(raw, receiver=Receiver()).authentication == "none"

    def test_a_decision_covers_what_is_not_known_to_be_forged(self, mail):
        options = {"receiver": NAMED, "is_trusted": True}
        found = marketplaces.read_mail(mail, **options)
        assert (found.authentication, found.proof) == ("pass", "decision")
        assert marketplaces.read_mail(stamp(ABOVE, "spf=fail", mail), **options).authentication == "pass"
        assert marketplaces.read_mail(stamp(ABOVE, FAIL, mail), **options).authentication == "fail"
        look_alike = mail.replace(b"@marketplace.amazon.de", b"@marketplace-amazon.de")
        assert marketplaces.read_mail(look_alike, **options).kind == "suspect"

    def test_the_command_line_believes_the_topmost_header_of_the_name(self, mail):
        below = (
            b"Received: by mx.shop.example\nAuthentication-Results: mx.shop.example; " + PASS.encode() + b"\n" + mail
        )
        assert marketplaces.read_mail(below, authserv_id="mx.shop.example").authentication == "pass"
