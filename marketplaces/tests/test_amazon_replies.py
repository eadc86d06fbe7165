"""Answers to Amazon's buyers: the mail that carries them, and what a template may hold."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from marketplaces.amazon import Amazon
from marketplaces.errors import Refused
from marketplaces.mail.quotes import split_quote
from marketplaces.schema import BuyerMail, Order, OrderLine, Package

DE, US, IT = (Amazon.get_site(code) for code in ("DE", "US", "IT"))
RELAY = "abcdefghijklmno+11111111-2222-4333-8444-555555555555@marketplace.amazon.de"
BUYER = BuyerMail(
    message_id="<0102-buyer@eu-west-1.amazonses.com>",
    subject="Frage von Amazon-Kunde Jo (Bestellung: 302-1234567-1234567)",
    reply_to=RELAY,
    text="Wo ist mein Paket?\n\nGruß, Jo <3",
    date=datetime(2026, 11, 24, 23, 30, tzinfo=timezone.utc),
)
ORDER = Order(
    order_ref="302-1234567-1234567",
    status="shipped",
    currency="EUR",
    total=Decimal("29.90"),
    lines=(
        OrderLine("1", "SKU-1", "B0EXAMPL01", "Lampe", Decimal("2")),
        OrderLine("2", "SKU-2", "B0EXAMPL02", "Birne", Decimal("1")),
    ),
    packages=(Package("1", carrier="DHL", tracking="00340434161094042557"), Package("2")),
    created=datetime(2026, 11, 20, 10, tzinfo=timezone.utc),
    deliver_by=datetime(2026, 11, 28, 22, 59, 59, tzinfo=timezone.utc),
)


def make(**values):
    given = {"site": DE, "site_address": "amazon-de@shop.example", "site_name": "Müller & Co", "text": "Unterwegs!"}
    return Amazon.make_reply(**{**given, "buyer_mail": BUYER, **values})


class TestMail:
    def test_it_goes_to_the_buyers_address_with_its_tag_and_comes_from_the_sites(self):
        mail = make()
        assert (mail.sender, mail.recipient, mail.important) == ("amazon-de@shop.example", RELAY, False)
        assert mail.from_header == "=?utf-8?b?TcO8bGxlciAmIENv?= <amazon-de@shop.example>"

    def test_it_stays_in_the_thread(self):
        mail = make(buyer_mail=replace(BUYER, references=("<a@x>", "<b@x>")))
        assert mail.in_reply_to == BUYER.message_id
        assert mail.references == ("<a@x>", "<b@x>", BUYER.message_id)
        assert mail.references_header == f"<a@x> <b@x> {BUYER.message_id}"
        assert mail.subject == f"Re: {BUYER.subject}"

    @pytest.mark.parametrize("subject", ["Re: Hallo", "RE: AW: Hallo", "Re:Re[2]: Hallo", "Hallo", "Re: \n Hallo\r\n"])
    def test_the_subject_has_re_once_and_no_line_breaks(self, subject):
        assert make(buyer_mail=replace(BUYER, subject=subject)).subject == "Re: Hallo"

    def test_a_mail_without_subject_is_answered_with_one(self):
        mail = make(buyer_mail=replace(BUYER, subject=""), order_ref=ORDER.order_ref)
        assert mail.subject == "Re: Additional Information Required (Order: 302-1234567-1234567)"

    def test_text_holds_the_words_the_signature_and_the_quoted_mail(self):
        mail = make(text="  Hallo,\r\nunterwegs!  \n\n", signature="Ihr Team")
        assert mail.text == (
            "Hallo,\nunterwegs!\n\nIhr Team\n\nAm 25.11.2026 schrieben Sie:\n> Wo ist mein Paket?\n>\n> Gruß, Jo <3\n"
        )
        assert mail.words == "Hallo,\nunterwegs!"

    def test_html_is_bare_and_says_the_same(self):
        mail = make(text="1 < 2\n\nA & B")
        assert mail.html.startswith(
            "<html><body><p>1 &lt; 2</p><p>A &amp; B</p><p>Am 25.11.2026 schrieben Sie:<br>\n&gt; Wo"
        )
        assert not {"<img", "<a ", "style", "class"} & set(mail.html.split())

    def test_a_mail_of_photos_only_quotes_nothing(self):
        assert make(buyer_mail=replace(BUYER, text="")).text == "Unterwegs!\n"

    @pytest.mark.parametrize("site", Amazon.sites, ids=lambda site: site.code)
    @pytest.mark.parametrize("date", [BUYER.date, None])
    def test_our_quotation_is_told_from_our_words_in_every_language(self, site, date):
        mail = make(site=site, buyer_mail=replace(BUYER, date=date, text="One\n> two"))
        assert split_quote(mail.text)[0] == "Unterwegs!"

    def test_an_inbound_mail_can_be_answered_as_it_is(self, read):
        buyer = read("buyer_question_de")
        mail = make(buyer_mail=buyer)
        assert (mail.recipient, mail.in_reply_to) == (buyer.reply_to, buyer.message_id)
        assert mail.references == (buyer.message_id,)

    @pytest.mark.parametrize(
        ("site", "word", "subject"),
        [
            (DE, None, "[Important] Re: Hallo"),
            (DE, "[Wichtig]", "[Wichtig] Re: Hallo"),
            (IT, None, "[Importante] Re: Hallo"),
            (US, "[Click here]", "[Important] Re: Hallo"),
        ],
    )
    def test_an_important_mail_says_so_in_the_words_of_the_notice(self, site, word, subject):
        hello = replace(BUYER, subject="Hallo")
        mail = make(site=site, buyer_mail=hello, important=True, important_word=word)
        assert (mail.subject, mail.important) == (subject, True)
        again = replace(BUYER, subject="Re: [wichtig] Hallo")
        assert make(buyer_mail=again, important=True).subject == "Re: [wichtig] Hallo"

    def test_writing_first_names_the_order(self):
        mail = make(buyer_mail=None, recipient=RELAY, order_ref=ORDER.order_ref)
        assert mail.subject == "Additional Information Required (Order: 302-1234567-1234567)"
        assert (mail.in_reply_to, mail.references, mail.references_header) == (None, (), None)
        assert mail.text == "Unterwegs!\n"

    @pytest.mark.parametrize(
        "values",
        [
            {"buyer_mail": None},
            {"buyer_mail": None, "recipient": RELAY},
            {"buyer_mail": replace(BUYER, reply_to="jo@people.example")},
            {"buyer_mail": replace(BUYER, reply_to="nobody@bounces.amazon.com")},
            {"buyer_mail": replace(BUYER, reply_to=None)},
            {"site_address": ""},
            {"site_address": "a@b.example\nBcc: c@d.example"},
        ],
    )
    def test_what_could_not_arrive_is_refused(self, values):
        with pytest.raises(Refused):
            make(**values)

    def test_nothing_gets_into_a_header_line_of_its_own(self):
        mail = make(site_name="Shop\r\nBcc: a@b.example", buyer_mail=replace(BUYER, subject="x\nBcc: a@b.example"))
        assert "\n" not in mail.from_header + mail.subject and "\r" not in mail.from_header


class TestCanReply:
    def test_a_buyer_is_answered_whatever_became_of_the_order(self):
        assert Amazon.can_reply(reply_to=RELAY) is None
        assert Amazon.can_reply(reply_to=RELAY, order=replace(ORDER, status="cancelled")) is None
        assert Amazon.can_reply(reply_to=RELAY, order=ORDER, is_answer=False) is None

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"reply_to": None}, "no address"),
            ({"reply_to": "jo@people.example"}, "relay"),
            ({"reply_to": "no-reply-amazon-iba-buyer@marketplace.amazon.it"}, "relay"),
            ({"reply_to": RELAY, "is_answer": False}, "about an order"),
            ({"reply_to": RELAY, "is_answer": False, "order": replace(ORDER, status="cancelled")}, "cancelled"),
        ],
    )
    def test_what_can_not_be_answered_says_why(self, values, words):
        assert words in Amazon.can_reply(**values)


class TestPlaceholders:
    def fill(self, text, order=ORDER, site=DE):
        return Amazon.fill_placeholders(text, order, site)

    def test_they_are_filled_as_people_there_write(self):
        text = "{order_number}|{items}|{tracking}|{delivery_date}|{{ total }}|{SITE}|{skus}|{carrier}"
        filled = "302-1234567-1234567|2 × Lampe, Birne|DHL 00340434161094042557|28.11.2026|29,90 EUR|"
        filled += "amazon.de|SKU-1, SKU-2|DHL"
        assert self.fill(text) == (filled, [])

    def test_a_day_is_the_one_of_the_storefront(self):
        end = replace(ORDER, deliver_by=datetime(2026, 11, 29, 7, 59, 59, tzinfo=timezone.utc))
        assert self.fill("{delivery_date}", end, US) == ("November 28, 2026", [])
        assert self.fill("{order_date} {total}", ORDER, Amazon.get_site("JP"))[0] == "2026年11月20日 29.90 EUR"
        assert self.fill("{order_date}", ORDER, Amazon.get_site("SE"))[0] == "2026-11-20"

    def test_what_has_no_value_is_told_and_found_before_sending(self):
        bare = Order(order_ref="302-1234567-1234567")
        text, missing = self.fill("{order_number} {tracking} {tracking}", bare)
        assert (text, missing) == ("302-1234567-1234567 {tracking} {tracking}", ["Tracking numbers with carriers"])
        assert [finding.code for finding in Amazon.check_reply(text, site=DE)] == ["placeholder"]
        assert self.fill("{items}", None)[1] == ["Items"]

    def test_the_buyers_name_is_not_offered(self):
        text, missing = self.fill("{buyer_name} {nonsense} {}", replace(ORDER, buyer_name="Jo"))
        assert (text, missing) == ("{buyer_name} {nonsense} {}", [])
        assert not Amazon.has_personal_placeholders

    def test_all_are_named_for_people(self):
        for name, label, value, _personal in Amazon.PLACEHOLDERS:
            assert name.isidentifier() and label[0].isupper() and callable(value)
            value(ORDER, DE)
            value(Order(order_ref="1"), None)
