"""What Walmart's mails mean: words, orders, names, threads; and what a buyer can't change."""

import pytest

from marketplaces.schema import ThreadRef
from marketplaces.tests.walmart_mails import (
    FOOT,
    HEX,
    INTRO,
    LABELS,
    NOTE,
    ORDER,
    RELAY,
    build_frame,
    build_mail,
)
from marketplaces.walmart import Walmart


@pytest.fixture
def ask(read):
    """Read a small mail built of a body and the parts that `build_mail` knows."""

    def ask_(body, *, seller_names=(), **parts):
        return read(build_mail(body, **parts), seller_names=seller_names)

    return ask_


class TestWords:
    @pytest.mark.parametrize(
        "words",
        [
            "Where is it?",
            "One\n\nTwo\nThank you,\nIda",
            "Message:\nyou wrote this\nMessage: again",
            "**Note: please hurry, dear customer service",
            "**Note: You have received this message from the customer, who has made a purchase\nreally",
            "Sales Order ID: 200000000000001\nItem ID: 5",
            "Thank you,\nWalmart Customer Service Team\nRefID: 0123456789ABCDEF\nand more",
            "We will keep a copy of each email\nand you?",
            "> my own arrow\nand more",
            "On Monday 5 I wrote this to you:\nplease answer",
        ],
    )
    def test_a_buyers_words_survive_uncut_and_mislead_nobody(self, ask, words):
        mail = ask(build_frame(words))
        assert (mail.kind, mail.text, mail.order_ref, mail.buyer_name) == ("buyer_message", words, ORDER, "Ida Moor")
        assert mail.item_ref == "70112233"

    @pytest.mark.parametrize(
        "lost",
        [
            {"note": ""},
            {"foot": ""},
            {"note": "", "foot": ""},
            {"foot": "Thank you,\nWalmart Customer Service Team\n"},
            {"foot": "RefID: 0123456789ABCDEF0123456789ABCDEF\n"},
            {"foot": FOOT + "\n© 2027 Walmart. Get the app!\n"},
            {"label": ""},
            {"label": "*Message:*\n"},
            {"label": "Customer Message : "},
            {"intro": ""},
            {"intro": "Hello Green Yard!\n"},
            {"labels": f"*Order number:* {ORDER}\n*Item name/number:* Hose / 70112233\n\n"},
            {"intro": INTRO.replace("following order:", "following\norder:")},
            {"note": NOTE.replace("who has", "who\nhas").replace("Please respond", "Please\nrespond")},
            {"note": "**Note: A customer wrote this. Please reply within 48 hours.**\n\n"},
        ],
        ids=lambda lost: " ".join(lost),
    )
    def test_words_are_found_when_the_frame_has_changed(self, ask, lost):
        mail = ask(build_frame("It leaks.\n\nIda", **lost))
        assert (mail.kind, mail.text, mail.order_ref) == ("buyer_message", "It leaks.\n\nIda", ORDER)

    def test_all_of_a_frame_on_one_line_is_still_told_from_the_words(self, ask):
        mail = ask(" ".join(build_frame("It leaks.").split()))
        assert (mail.text, mail.order_ref, mail.buyer_name) == ("It leaks.", ORDER, "Ida Moor")

    def test_words_outside_any_known_frame_are_all_kept(self, ask):
        assert ask("A new layout.\n\nIt leaks.").text == "A new layout.\n\nIt leaks."
        assert ask(build_frame("", note="The customer says: it leaks.\n\n")).text == "The customer says: it leaks."

    def test_words_that_moved_elsewhere_in_the_frame_are_better_than_none(self, ask):
        mail = ask(f"{INTRO}{LABELS}Message:\n\n{NOTE}{FOOT}\nThe customer says: it leaks.\n")
        assert "it leaks" in mail.text and "RefID" not in mail.text

    @pytest.mark.parametrize("kind", ["text/plain", "text/html", "multipart/alternative; boundary=x"])
    def test_text_html_and_both_say_the_same(self, ask, kind):
        text, html = build_frame("It leaks.\n\nIda"), build_frame("It leaks.\n\nIda").replace("\n", "<br>\n")
        both = (
            f"--x\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--x\nContent-Type: text/html\n\n{html}\n--x--\n"
        )
        body = {"text/plain": text, "text/html": html}.get(kind, both)
        mail = ask(body.replace("\xa0", " "), content_type=kind)
        assert (mail.text, mail.order_ref) == ("It leaks.\n\nIda", ORDER)

    def test_a_text_part_without_words_yields_to_the_html(self, ask):
        html = build_frame("It leaks.").replace("\n", "<br>").replace("\xa0", " ")
        body = f"--x\nContent-Type: text/plain\n\nNo HTML, no mail.\n--x\nContent-Type: text/html\n\n{html}\n--x--"
        assert ask(body, content_type="multipart/alternative; boundary=x").text == "It leaks."

    @pytest.mark.parametrize(
        "quoted",
        [
            "On November 2, 2026, you wrote:\n> Shall we?\n> Message:\n> x",
            "On Mon, Oct 5, 2026 at 10:00 AM Green Yard\n<a@shop.example> wrote:\n> Shall we?",
            "-----Original Message-----\nFrom: Green Yard\n\n" + build_frame("first question"),
            "From: Green Yard\nSent: Monday\nTo: Ida\nSubject: x\n\n" + build_frame("first question"),
        ],
    )
    @pytest.mark.parametrize("is_framed", [True, False])
    def test_an_answer_by_mail_is_its_new_words_only(self, ask, quoted, is_framed):
        words = f"Yes, order 200099999999999.\n\n{quoted}"
        mail = ask(
            build_frame(words) if is_framed else words, subject=f"Re: Message from Walmart.com Customer: X, {ORDER}"
        )
        assert (mail.text, mail.order_ref) == ("Yes, order 200099999999999.", ORDER)

    def test_photo_only_mail_has_empty_text_and_its_file(self, read):
        mail = read("walmart/buyer_photo_only_us")
        assert (mail.text, [file.name for file in mail.attachments]) == ("", ["broken pot.jpg"])


class TestOrder:
    @pytest.mark.parametrize(
        ("subject", "ref"),
        [
            ("Message from Walmart.com Customer:  Cancel Order, 6171867186778", "6171867186778"),
            ("Message from Walmart.com Customer: Cancel Order ,2000114-19023224", "200011419023224"),
            ("Re: RE: message from walmart.com customer:Where, is it,  # 457-745-084-0432 ", "4577450840432"),
            ("Fwd: Walmart.com Customer: Cancel 200011419023224", "200011419023224"),
            ("Re: Regarding Walmart order# 2000114-19023224", "200011419023224"),
            ("Message from Walmart.com Customer:  200000000000001 broke, 6171867186778", "6171867186778"),
            ("Walmart.ca Customer: Order cancellation request, 2282223729", "2282223729"),
            ("Message from Walmart.ca Customer:  Other, Y12345678", "Y12345678"),
            ("Message from Walmart.com Customer:  Call me, 2282223729", None),
            ("Message from Walmart.com Customer:  Cancel Order", None),
            ("My order 6171867186778", None),
            ("Message from Walmart.com Customer:  Track, 1Z6171867186778", None),
        ],
    )
    def test_order_stands_behind_the_comma_of_the_subject(self, ask, subject, ref):
        assert ask("200099999999999 is my order", subject=subject).order_ref == ref

    @pytest.mark.parametrize(
        "label", ["Sales Order ID:\xa0 #", "Order number: ", "Order Number:\n", "Order #: ", "Order ID : "]
    )
    def test_order_stands_in_the_frame_when_the_subject_has_none(self, ask, label):
        labels = f"{label}2000114-19023224\nItem ID: 200000000000001\nItem: Hose 6171867186778\n\n"
        mail = ask(build_frame("Hi", labels=labels), subject="Message from Walmart.com Customer:  X")
        assert (mail.order_ref, mail.presale) == ("200011419023224", False)

    def test_item_ids_and_other_numbers_are_no_orders(self, ask):
        labels = "Item ID: 1234567890123\nItem: Hose\n\n"
        mail = ask(
            build_frame("Order number: 200099999999999", labels=labels), subject="Message from Walmart.com Customer:"
        )
        assert (mail.order_ref, mail.item_ref, mail.presale) == (None, "1234567890123", True)

    def test_a_question_before_the_sale_names_the_item(self, read):
        mail = read("walmart/buyer_presale_us")
        assert (mail.presale, mail.item_ref, mail.order_ref, mail.buyer_name) == (True, "4PYIMO59G4SH", None, None)

    def test_site_is_named_by_subject_or_host(self, ask):
        assert ask("Hi", subject="Walmart.ca Customer: x").site == "CA"
        assert ask("Hi", subject="x", sender=RELAY.replace(".com", ".ca")).site == "CA"
        assert ask("Hi", subject="x").site == "US"


class TestBuyer:
    @pytest.mark.parametrize(
        ("name", "sender", "expected"),
        [
            ("Ida Moor", RELAY, "Ida Moor"),
            ("O'Neil-Şen, Pat", RELAY, "O'Neil-Şen, Pat"),
            ("A customer", RELAY, None),
            ("A customer", f"Ida M. <{RELAY}>", "Ida M."),
            ("A customer", f"Ida via Walmart <{RELAY}>", "Ida"),
            ("Green Yard", f"green  yard <{RELAY}>", None),
            ("Walmart Customer", f'"{RELAY}" <{RELAY}>', None),
        ],
    )
    def test_name_is_the_persons(self, ask, name, sender, expected):
        frame = build_frame("Hi", intro=INTRO.replace("Ida Moor", name))
        assert ask(frame, sender=sender, seller_names=["Green Yard"]).buyer_name == expected

    def test_thread_is_told_by_address_and_answered_mail_never_by_the_reference_id(self, ask):
        mail = ask(build_frame("Hi"), headers="In-Reply-To: <ours@shop.example>")
        alias = f"{HEX.lower()}@relay.walmart.com"
        assert mail.thread_refs == (ThreadRef("alias", alias), ThreadRef("in_reply_to", "<ours@shop.example>"))
        assert (mail.dedup_ref, mail.dedup_trusted) == ("id:<one@mail.example>", False)

    def test_answer_goes_to_the_relay_and_never_to_a_foreign_address(self, ask):
        other = f"{HEX}@relay.walmart.com"
        assert ask("Hi", headers=f"Reply-To: <{other}>").reply_to == other
        for foreign in ("jo@evil.example", "nocxemail@walmartone.com", "no-reply@relay.walmart.com"):
            assert ask("Hi", headers=f"Reply-To: <{foreign}>").reply_to == RELAY

    @pytest.mark.parametrize(
        ("address", "key"),
        [
            (RELAY, f"{HEX}@relay.walmart.com".lower()),
            (f"Ida <PC-{HEX}@Relay.Walmart.Com>", f"{HEX}@relay.walmart.com".lower()),
            (f"{HEX}@relay.walmart.com", f"{HEX}@relay.walmart.com".lower()),
            (f"{HEX}@relay.walmart.ca", f"{HEX}@relay.walmart.ca".lower()),
            ("X77@relay.walmart.com", "x77@relay.walmart.com"),
            (f"s-{HEX}@relay.walmart.com", None),
            ("mp-payments@relay.walmart.com", None),
            ("no-reply@es.relay.walmart.com", None),
            ("nocxemail@walmartone.com", None),
            (f"{HEX}@relay.walmart.com.evil.example", None),
            ("help@walmart.com", None),
            ("", None),
            (None, None),
        ],
    )
    def test_all_addresses_of_one_buyer_have_one_key(self, address, key):
        assert Walmart.relay_key(address) == key
        assert Walmart.is_relay_address(address) is (key is not None)
