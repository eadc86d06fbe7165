"""Answers to Walmart's buyers: the mail that carries them, and what an agent is told before one leaves."""

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from marketplaces.amazon import Amazon
from marketplaces.errors import Refused
from marketplaces.mail.quotes import split_quote
from marketplaces.schema import BuyerMail, FileLimits, Order, ReplyFile
from marketplaces.tests.walmart_mails import HEX, ORDER, RELAY, SUBJECT
from marketplaces.walmart import Walmart
from marketplaces.walmart.mail.senders import looks_like_walmart

US, CA = Walmart.get_site("US"), Walmart.get_site("CA")
BARE = f"{HEX}@relay.walmart.com"
PLACEHOLDER = "nocxemail@walmartone.com"
BUYER = BuyerMail(
    message_id="<b1@relay.walmart.com>",
    subject=" ".join(SUBJECT.split()),
    reply_to=RELAY,
    text="The hose leaks.",
    date=datetime(2026, 11, 24, 20, 30, tzinfo=timezone.utc),
)
PDF = ReplyFile("invoice.pdf", "application/pdf", 1000)
MB = 1_000_000


def make(**values):
    given = {"site": US, "site_address": "care@shop.example", "site_name": "Green Yard", "text": "On its way!"}
    return Walmart.make_reply(**{**given, "buyer_mail": BUYER, **values})


def codes(text="On its way!", files=(), site=US, **options):
    return [finding.code for finding in Walmart.check_reply(text, files, site=site, **options)]


class TestMail:
    def test_it_goes_to_the_address_of_the_message_from_the_registered_one(self):
        mail = make(buyer_mail=replace(BUYER, references=("<a@x>",)))
        assert (mail.sender, mail.recipient, mail.subject) == ("care@shop.example", RELAY, f"Re: {BUYER.subject}")
        assert (mail.in_reply_to, mail.references) == (BUYER.message_id, ("<a@x>", BUYER.message_id))
        assert mail.text == "On its way!\n\nOn November 24, 2026, you wrote:\n> The hose leaks.\n"
        assert split_quote(mail.text)[0] == mail.words == "On its way!"

    def test_writing_first_goes_to_the_orders_address_and_names_the_order(self):
        mail = make(buyer_mail=None, recipient=BARE, order_ref=ORDER)
        assert (mail.recipient, mail.subject) == (BARE, f"Regarding Walmart order# {ORDER}")
        assert (mail.text, mail.in_reply_to, mail.references) == ("On its way!\n", None, ())

    def test_no_mail_is_an_important_one(self):
        mail = make(important=True, important_word="[Important]")
        assert (mail.subject, mail.important, Walmart.important_after) == (f"Re: {BUYER.subject}", False, ())

    def test_an_inbound_mail_can_be_answered_as_it_is(self, read):
        buyer = read("walmart/buyer_order_us")
        mail = make(buyer_mail=buyer)
        assert (mail.recipient, mail.in_reply_to) == (buyer.reply_to, buyer.message_id)
        assert mail.subject == "Re: Message from Walmart.com Customer: Item Damaged, 200012345678901"

    @pytest.mark.parametrize(
        "values",
        [
            {"buyer_mail": None},
            {"buyer_mail": None, "recipient": BARE},
            {"buyer_mail": None, "recipient": PLACEHOLDER, "order_ref": ORDER},
            {"buyer_mail": replace(BUYER, reply_to="jo@people.example")},
            {"buyer_mail": replace(BUYER, reply_to="mp-payments@relay.walmart.com")},
            {"site_address": ""},
            {"site_address": "a@b.example\nBcc: c@d.example"},
        ],
    )
    def test_what_could_not_arrive_is_refused(self, values):
        with pytest.raises(Refused):
            make(**values)


class TestCanReply:
    def test_a_buyer_is_answered_and_an_order_written_about(self):
        assert Walmart.can_reply(reply_to=RELAY) is None
        assert Walmart.can_reply(reply_to="x77@relay.walmart.com") is None
        assert (
            Walmart.can_reply(reply_to=BARE, order=Order(order_ref=ORDER, status="cancelled"), is_answer=False) is None
        )

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"reply_to": None}, "not given the buyer's address yet"),
            ({"reply_to": PLACEHOLDER}, "refresh the order"),
            ({"reply_to": "jo@people.example"}, "relay"),
            ({"reply_to": f"s-{HEX}@relay.walmart.com"}, "relay"),
            ({"reply_to": BARE, "is_answer": False}, "about an order"),
        ],
    )
    def test_what_can_not_be_answered_says_why(self, values, words):
        assert words in Walmart.can_reply(**values)


class TestChecks:
    @pytest.mark.parametrize(
        ("code", "text"),
        [
            ("empty", " \n\u200b"),
            ("placeholder", "Dear {name}"),
            ("html", "<b>Sorry</b>"),
            ("link", "See https://myshop.example.com/x"),
            ("link", "https://www.walmart.com.evil.example/x"),
            ("email", "write to max@shop.com"),
            ("phone", "call us at (555) 123-4567"),
            ("coupon", "Use the discount code SAVE10"),
            ("review", "Please leave us a positive review."),
            ("elsewhere", "Please contact us directly through our website."),
            ("elsewhere", "Write me on WhatsApp."),
            ("elsewhere", "Next time buy it directly from us."),
        ],
    )
    def test_what_walmart_forbids_is_told(self, code, text):
        found = Walmart.check_reply(text, site=US)
        assert code in [finding.code for finding in found]
        assert not any("Amazon" in finding.text for finding in found)

    @pytest.mark.parametrize(
        "text",
        [
            "Your order 2000123-45678901 (#200012345678901) was shipped with UPS 1Z999AA10123456784 on 11/25/2026.",
            "See https://www.walmart.com/ip/987654321 or walmart.com/help. Item ID 987654321, order 4577450840432.",
            "You may contact us again any time. Your message reached us directly on Monday.",
            "Thank you for your review, and for your order from us.",
        ],
    )
    def test_plain_answers_are_free_of_warnings(self, text):
        assert codes(text) == []

    def test_buyers_are_answered_in_english_french_in_canada_or_their_own_language(self):
        french = (
            "Bonjour, nous sommes désolés et nous avons envoyé un nouveau colis pour vous, il est en route avec notre"
        )
        spanish = "Hola, lo sentimos mucho y hemos enviado un nuevo paquete para usted, pero no está con nosotros hoy"
        assert codes(french) == codes(spanish) == ["language"]
        assert codes(french, site=CA) == codes(spanish, buyer_text=spanish) == []

    def test_five_files_of_five_megabytes_are_the_most(self):
        assert codes(files=[replace(PDF, size=5 * MB)] * 5) == []
        assert codes(files=[PDF] * 6) == ["file_count"]
        (found,) = Walmart.check_reply("Hi", [replace(PDF, size=5 * MB + 100_000)], site=US)
        assert (found.code, found.level) == ("file_size", "block")
        assert "5.1 MB" in found.text and "5 MB a file" in found.text

    def test_files_of_other_kinds_and_empty_ones_are_held_back(self):
        assert (
            codes(files=[ReplyFile("a.exe", "", 5)])
            == codes(files=[ReplyFile("a.pdf", "text/html", 5)])
            == ["file_type"]
        )
        assert codes(files=[replace(PDF, size=0)]) == ["file_empty"]

    @pytest.mark.parametrize("marketplace", [Amazon, Walmart])
    def test_an_admins_limits_replace_all_of_ours(self, marketplace):
        def check(files, limits):
            found = marketplace.check_reply("Hi", files, site=marketplace.get_site("US"), file_limits=limits)
            return [finding.code for finding in found]

        big = replace(PDF, size=50 * MB)
        assert check([big] * 9, FileLimits(("pdf",))) == []
        assert check([PDF] * 3, FileLimits(("pdf",), count=2)) == ["file_count"]
        assert check([big], FileLimits(("pdf",), bytes_each=MB)) == ["file_size"]
        assert check([big], FileLimits(("pdf",), bytes_total=60 * MB)) == ["file_size"]
        assert check([ReplyFile("a.zip", "", 5)], FileLimits()) == []


@pytest.mark.parametrize(
    ("host", "looks"),
    [
        ("relay-walmart.com", True),
        ("relay.wa1mart.com", True),
        ("relay.walrnart.com", True),
        ("relay.wal-mart.shop.example", True),
        ("relay.w\u0430lmart.com", True),
        ("vvalmart.com", True),
        ("walmart.com", True),
        ("smart.example", False),
        ("amazon.com", False),
        ("", False),
    ],
)
def test_hosts_that_look_like_walmarts_are_told(host, looks):
    assert looks_like_walmart(host) is looks
