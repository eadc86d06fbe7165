"""Mails that forwarders passed on: the word of those counts whom an administrator listed, and of nobody else."""

import pytest

import marketplaces
from marketplaces.mail.signatures import Signatures

from .signing import HEADERS, Signer

BUYER = '"Jo Doe" <abcdefghijklmno@marketplace.amazon.de>'
GROUP = "\"'Jo Doe' via Support\" <support@shop.example>"
PASSED = "dkim=pass header.i=@amazon.de; dmarc=pass header.from=marketplace.amazon.de"
SEALERS = ("google.com", "shop.example")


@pytest.fixture(scope="module")
def google():
    return Signer("google.com", "arc")


@pytest.fixture(scope="module")
def shop():
    return Signer("shop.example", bits=1024)


@pytest.fixture
def mail(raw_mail, frame):
    """A mail as a group passes it on, with or without another From."""

    def make(sender=GROUP, headers=f"To: support@shop.example\nReply-To: {BUYER}\nX-Original-From: {BUYER}"):
        return raw_mail(frame("Where is my parcel?"), sender=sender, headers=headers).replace(b"\n", b"\r\n")

    return make


def check(raw, *signers, sealers=SEALERS):
    records = {name: record for signer in signers for name, record in signer.records.items()}
    return marketplaces.check_signatures(raw, records.__getitem__, sealers=sealers)


def read(raw, *signers, sealers=SEALERS):
    return marketplaces.read_mail(raw, signatures=check(raw, *signers, sealers=sealers))


class TestArc:
    def test_a_listed_forwarder_proves_whose_mail_it_was(self, google, mail):
        found = read(google.seal(mail(BUYER), results=PASSED), google)
        assert (found.authentication, found.proof) == ("pass", "arc")

    def test_a_listed_group_proves_a_mail_whose_from_it_rewrote(self, google, mail):
        found = read(google.seal(mail(), results=PASSED), google)
        assert (found.kind, found.authentication, found.proof) == ("buyer_message", "pass", "arc")
        assert (found.sender, found.buyer_name) == ("abcdefghijklmno@marketplace.amazon.de", "Jo Doe")
        assert found.text == "Where is my parcel?"

    def test_a_group_that_is_not_listed_shows_the_original_unproved(self, google, mail):
        raw = google.seal(mail(), results=PASSED)
        for sealers in ((), ("shop.example",)):
            found = read(raw, google, sealers=sealers)
            assert (found.kind, found.authentication) == ("buyer_message", "none")
            assert (found.sender, found.text) == ("abcdefghijklmno@marketplace.amazon.de", "Where is my parcel?")

    def test_our_servers_verdict_on_the_group_is_none_on_the_buyer(self, mail):
        told = b"Authentication-Results: mx; dmarc=pass header.from=shop.example\r\n"
        assert marketplaces.read_mail(told + mail(), authserv_id="mx").authentication == "none"

    @pytest.mark.parametrize(
        "told",
        [
            "dmarc=fail header.from=marketplace.amazon.de",
            "spf=pass",
            "none",
            "dmarc=pass header.from=evil.example; dkim=pass header.d=evil.example",
        ],
    )
    def test_a_group_that_saw_no_proof_proves_nothing(self, google, mail, told):
        assert read(google.seal(mail(), results=told), google).authentication == "none"

    def test_one_sealer_who_is_not_listed_spoils_the_chain(self, google, shop, mail):
        liar = Signer("liar.example", bits=1024)
        raw = google.seal(liar.seal(mail(), results=PASSED), 2, results="arc=pass")
        assert check(raw, google, liar) == Signatures()

    def test_two_listed_sealers_prove(self, google, shop, mail):
        raw = google.seal(shop.seal(mail(), results=PASSED), 2, results="arc=pass; dkim=fail")
        assert read(raw, google, shop).proof == "arc"

    @pytest.mark.parametrize(
        "change",
        [
            (b"parcel", b"refund"),
            (b"mx.google.com; dkim=pass", b"mx.google.com; dkim=fail"),
            (b"abcdefghijklmno", b"zbcdefghijklmno"),
        ],
    )
    def test_a_changed_mail_or_chain_is_not_proved(self, google, mail, change):
        raw = google.seal(mail(), results=PASSED).replace(*change)
        assert read(raw, google).authentication == "none"

    def test_a_chain_that_a_sealer_found_broken_proves_nothing(self, google, shop, mail):
        raw = google.seal(shop.seal(mail(), results=PASSED), 2, results="arc=fail", status=b"fail")
        assert read(raw, google, shop).authentication == "none"

    def test_an_original_that_the_sealer_did_not_sign_is_not_believed(self, google, mail):
        raw = google.seal(mail(), results=PASSED, headers=[one for one in HEADERS if one != "reply-to"])
        assert read(raw, google).authentication == "none"

    @pytest.mark.parametrize("name", ["reply-to", "subject"])
    def test_a_seal_beside_which_anybody_could_write_another_address_or_subject_proves_nothing(
        self, google, mail, name
    ):
        raw = google.seal(mail(BUYER), results=PASSED, headers=[one for one in HEADERS if one != name])
        found = check(raw, google)
        assert found.chain.reason == f"it does not cover {name}"
        assert marketplaces.read_mail(raw, signatures=found).authentication == "none"

    def test_another_from_by_a_group_that_the_mail_was_not_sent_to_is_a_forgery(self, mail):
        raw = mail(sender="\"'Jo' via Shop\" <a@evil.example>")
        assert marketplaces.read_mail(raw).kind == "suspect"

    def test_it_is_stored_as_it_was(self, google, mail):
        found = check(google.seal(mail(), results=PASSED), google)
        assert Signatures.from_json(found.to_json()) == found
