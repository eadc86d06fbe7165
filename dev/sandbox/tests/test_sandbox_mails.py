"""The pretend mails are read back by the module as what they mean."""

import random
from datetime import datetime, timezone
from email import message_from_bytes, policy

import pytest
from sandbox.amazon import identity
from sandbox.amazon.data import make_order
from sandbox.amazon.mails import File, buyer_message, notice
from sandbox.amazon.notices import KINDS
from sandbox.amazon.wording import WORDINGS
from sandbox.received import stamp_mail

from marketplaces import read_mail

SITES = ("US", "GB", "DE", "FR", "IT", "ES", "JP", "BR", "NL", "PL")
AUTHSERV = "mx.sandbox.example"
TEXT = "Guten Tag,\n\nwo bleibt mein Paket? Kostet < 5 € & „mehr“.\n\nGrüße 佐伯"


def arrive(raw, authentication="pass"):
    """Return how the module reads a mail that came through the mail server."""
    stamped = stamp_mail(raw, "bounce@bounces.amazon.de", ["a@odoo.example"], authentication, AUTHSERV)
    return read_mail(stamped, authserv_id=AUTHSERV)


def refs(mail):
    return {ref.type: ref.value for ref in mail.thread_refs}


@pytest.mark.parametrize("site", SITES)
def test_a_buyers_message_is_read_back(site):
    order = make_order("302-1234567-7654321", site)
    buyer = order["buyer"]["buyerName"]
    mail = arrive(buyer_message(order, site, buyer, TEXT))
    assert (mail.kind, mail.site, mail.authentication) == ("buyer_message", site, "pass")
    assert (mail.order_ref, mail.buyer_name) == (order["orderId"], buyer)
    assert mail.text.split() == TEXT.split()
    alias = order["buyer"]["buyerEmail"].partition("@")[0]
    assert refs(mail)["token"] == identity.token(alias, order["orderId"])


@pytest.mark.parametrize("lang", sorted(WORDINGS))
def test_every_language_is_read_back(lang):
    order = make_order("302-1234567-7654321", "DE")
    mail = arrive(buyer_message(order, "DE", "Jörg Habermehl", TEXT, lang=lang))
    assert (mail.kind, mail.order_ref) == ("buyer_message", order["orderId"])
    assert mail.text.split() == TEXT.split()


@pytest.mark.parametrize("site", SITES)
def test_a_question_before_the_sale_has_no_order(site):
    mail = arrive(buyer_message(None, site, "Robin Curious", "Is it blue?", presale_asin="B0SANDBX01"))
    assert (mail.kind, mail.order_ref, mail.text) == ("buyer_message", None, "Is it blue?")
    assert mail.item_ref == "B0SANDBX01"


def test_copies_share_the_message_but_not_the_mail():
    order = make_order("302-1234567-7654321", "DE")
    raws = [buyer_message(order, "DE", "Jörg", "Hallo", seed=4, copy=copy) for copy in (False, True)]
    first, second = map(arrive, raws)
    assert first.dedup_ref == second.dedup_ref
    assert first.message_id != second.message_id
    assert refs(first)["token"] == refs(second)["token"]


def test_messages_of_one_order_share_the_thread_and_differ_in_the_message():
    order = make_order("302-1234567-7654321", "DE")
    first, second = (arrive(buyer_message(order, "DE", "Jörg", "Hallo")) for _n in range(2))
    assert first.dedup_ref != second.dedup_ref
    assert refs(first) == refs(second)


def test_files_arrive_as_they_are():
    content = random.Random(1).randbytes(4000)
    files = [File("Foto äöü.jpg", "image/jpeg", content), File("Rechnung.pdf", "application/pdf", b"%PDF-1.4")]
    mail = arrive(buyer_message(make_order("302-1234567-7654321", "DE"), "DE", "Jörg", "", attachments=files))
    assert [(a.name, a.type, a.content) for a in mail.attachments] == [(f.name, f.type, f.content) for f in files]
    assert mail.text == ""


def test_a_seed_gives_the_same_mail():
    when = datetime(2026, 11, 1, tzinfo=timezone.utc)
    order = make_order("302-1234567-7654321", "DE", created=when)
    one, two = (buyer_message(order, "DE", "Jörg", "Hallo", when=when, seed="x") for _n in range(2))
    assert one == two


def test_an_alias_belongs_to_one_buyer_seller_and_storefront():
    order = make_order("302-1234567-7654321", "DE")
    first, second = (refs(arrive(buyer_message(order, site, "Jörg", "Hallo")))["alias"] for site in ("DE", "FR"))
    assert first != second


def test_a_forged_mail_is_suspect():
    mail = arrive(buyer_message(make_order("302-1234567-7654321", "DE"), "DE", "Jörg", "Hallo"), "fail")
    assert (mail.kind, mail.authentication) == ("suspect", "fail")


@pytest.mark.parametrize("site", ["US", "DE", "FR", "IT", "ES"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_notices_are_read_back(site, kind):
    order = make_order("302-1234567-7654321", site)
    mail = arrive(notice(kind, order, text="It broke.\nTwice."))
    expected = ("undelivered", None) if kind == "opt_out" else ("notice", kind)
    assert (mail.kind, mail.notice, mail.order_ref, mail.site) == (*expected, order["orderId"], site)


def test_amazons_automatic_answer_is_undelivered():
    mail = arrive(notice("auto_reply", make_order("114-1234567-7654321", "US"), text="Your request"))
    assert mail.kind == "undelivered"


def test_mails_are_valid_for_any_mail_server():
    order = make_order("250-1234567-7654321", "JP")
    raw = buyer_message(order, "JP", "佐伯 美咲", TEXT * 20, attachments=[File("写真.png", "image/png", b"x" * 5000)])
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = message_from_bytes(raw, policy=policy.default)
    assert not message.defects
    assert message["From"].addresses[0].display_name == "佐伯 美咲"
