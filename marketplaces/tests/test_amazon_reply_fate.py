"""What became of a reply: told from Amazon's copy of it, from refusals and from bounces."""

from html import escape

import pytest

from marketplaces.amazon import Amazon
from marketplaces.mail.message import Report
from marketplaces.schema import REFUSALS, ThreadRef
from marketplaces.tests.test_amazon_replies import make

WORDS = (
    "Guten Tag, Jörg,\n\nvielen Dank für Ihre Nachricht. Ihr Paket 00340434161094042557 ist am 25.11. angekommen – "
    "laut DHL beim Nachbarn.\nIst es dort?\n\n- Ja\n- Nein\n\nMit freundlichen Grüßen\nIhr Team"
)
TYPE = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"
COPY = {"sender": "donotreply@amazon.com", "subject": "Your e-mail to Jo", "type_": TYPE}


@pytest.fixture
def copy_of(ask):
    def copy_of_(text, html=False):
        head, tail = "------------- Begin message -------------", "------------- End message -------------"
        intro = "Here is a copy of the e-mail that you sent to Jo.\n\nOrder ID 302-1234567-1234567:"
        parts = [intro, head, text, tail, "[commMgrTok:A1]"]
        if html:
            body = "<br><br>".join(escape(part).replace("\n", "<br>") for part in parts)
            return ask(f"<html><body><p>{body}</p></body></html>", content_type="text/html; charset=utf-8", **COPY)
        return ask("\n\n".join(parts), **COPY)

    return copy_of_


class TestCopies:
    @pytest.mark.parametrize("html", [False, True])
    def test_a_copy_is_told_with_order_and_words(self, copy_of, html):
        mail = copy_of(WORDS, html)
        assert (mail.notice, mail.order_ref, mail.text) == ("reply_copy", "302-1234567-1234567", None)
        assert mail.reply_text.startswith("Guten Tag, Jörg,") and mail.reply_text.endswith("Ihr Team")
        assert Amazon.reply_similarity(mail, WORDS) == 1

    def test_the_quoted_mail_and_signature_do_not_count(self, copy_of):
        mail = make(text=WORDS, signature="Shop GmbH, HRB 1234")
        assert Amazon.matches_reply(copy_of(mail.text), mail.words)
        assert Amazon.matches_reply(copy_of(mail.text, html=True), mail.words)

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: " ".join(text.split()),
            lambda text: text.replace("\n", "\n\n"),
            lambda text: text.replace(" ", "\xa0").replace("–", "-"),
            lambda text: text.upper(),
            lambda text: text.replace("ö", "o\u0308"),
            lambda text: f"{text}\n\nSent through Amazon",
            lambda text: text.replace("Jörg", "[name removed]"),
            lambda text: escape(text),
            lambda text: text.replace("Ihr Team", "Ihr Team\u200b"),
        ],
    )
    def test_it_is_known_however_it_was_reformatted(self, copy_of, change):
        assert Amazon.matches_reply(copy_of(change(WORDS)), WORDS)

    def test_addresses_and_links_may_be_blanked(self, copy_of):
        ours = "Please look at https://www.amazon.de/dp/B0EXAMPL01 and write to max@shop.example about it."
        blanked = "Please look at [link removed] and write to [e-mail address removed] about it."
        assert Amazon.matches_reply(copy_of(blanked), ours)

    def test_a_copy_that_was_cut_off_is_known(self, copy_of):
        long = WORDS * 3
        assert Amazon.matches_reply(copy_of(long[: len(long) // 2]), long)

    @pytest.mark.parametrize(
        "other",
        [
            WORDS.replace("00340434161094042557", "00340434161094042558"),
            WORDS.replace("25.11.", "26.11."),
            "Guten Tag, Jörg,\n\nvielen Dank für Ihre Nachricht. Wir melden uns.",
            "",
            "Ja",
            "Mit freundlichen Grüßen\nIhr Team",
        ],
    )
    def test_other_words_are_another_reply(self, copy_of, other):
        assert not Amazon.matches_reply(copy_of(other), WORDS)
        assert not Amazon.matches_reply(copy_of(WORDS), other)

    def test_of_two_the_better_one_is_meant(self, copy_of):
        short, long = "We have sent it today.", "We have sent it today. It needs two days."
        assert Amazon.reply_similarity(copy_of(long), long) > Amazon.reply_similarity(copy_of(long), short)
        assert not Amazon.matches_reply(copy_of(short), long)

    def test_asian_words_are_compared(self, copy_of):
        ours = "お問い合わせありがとうございます。昨日発送いたしました。"
        assert Amazon.matches_reply(copy_of(ours.replace("。", "。\n")), ours)
        assert not Amazon.matches_reply(copy_of("お問い合わせありがとうございます。返金いたします。"), ours)

    def test_files_only_match_files_only(self, copy_of):
        assert Amazon.matches_reply("", "")
        assert not Amazon.matches_reply(None, "")

    def test_a_copy_without_known_frame_is_searched(self, ask):
        mail = ask(f"Copy for you!\n\n{WORDS}\n\nAmazon", **COPY)
        assert mail.reply_text is None
        assert Amazon.matches_reply(mail, WORDS) and not Amazon.matches_reply(mail, "Something else")

    def test_long_texts_are_compared_in_no_time(self):
        assert not Amazon.matches_reply("word other " * 5000, "word another " * 5000)

    def test_the_known_copy_is_read(self, read):
        mail = read("notice_copy_br")
        assert (mail.reply_text, mail.refusal) == ("Prezado Jonas, enviamos hoje.", None)
        assert Amazon.matches_reply(mail, "Prezado Jonas,\n\nenviamos hoje.\n")


class TestRefusals:
    def test_a_buyer_who_opted_out_is_told_with_the_way_out(self, read):
        mail = read("undelivered_optout_de")
        assert (mail.kind, mail.refusal, mail.important_word) == ("undelivered", "opted_out", "[Wichtig]")
        assert mail.order_ref == "302-7776665-4443332"
        assert ThreadRef("alias", "w2e3r4t5y6u7i8o@marketplace.amazon.de") in mail.thread_refs
        assert "marked as important" in mail.refusal_text and mail.refusal in Amazon.important_after

    def test_the_word_is_the_one_that_the_notice_names(self, ask):
        body = (
            "perché l'acquirente ha scelto di non ricevere messaggi non richiesti: aggiungi [Importante] nell'oggetto"
        )
        mail = ask(body, sender="auto-communication@amazon.com", subject="x", type_="BUYER_OPTED_OUT_BSM_MESSAGES")
        assert (mail.refusal, mail.important_word) == ("opted_out", "[Importante]")
        mail = ask("no hint", sender="auto-communication@amazon.com", subject="x", type_="BUYER_OPTED_OUT_BSM_MESSAGES")
        assert (mail.refusal, mail.important_word) == ("opted_out", None)

    def test_a_report_names_our_mail_and_what_the_server_said(self, amazon_mails, read):
        mail = read("undelivered_dsn_fr")
        assert ThreadRef("in_reply_to", "<out15@shop.example>") in mail.thread_refs
        assert mail.refusal in ("bounced", "sender") and mail.refusal_text
        raw = amazon_mails["undelivered_dsn_fr"].replace(
            b"Action: failed", b"Action: failed\nDiagnostic-Code: smtp; 550 5.7.1 Sender is\n not authorized"
        )
        mail = read(raw)
        assert mail.refusal == "sender"
        assert mail.refusal_text.endswith("Messaging Permissions. It says: “550 5.7.1 Sender is not authorized”")

    @pytest.mark.parametrize(
        ("told", "refusal"),
        [
            ("550 5.1.1 User unknown", "bounced"),
            ("550 Sender address not registered", "sender"),
            ("554 sender is unauthorized", "sender"),
            ("421 try again", "bounced"),
            ("552 5.3.4 Message size exceeds fixed limit", "content"),
            ("554 5.7.1 Message looks like spam", "content"),
        ],
    )
    def test_only_what_is_about_our_address_is(self, amazon_mails, read, told, refusal):
        code = f"Action: failed\nDiagnostic-Code: smtp; {told}".encode()
        raw = amazon_mails["undelivered_dsn_fr"].replace(b"Action: failed", code).replace(b"5.7.1", b"5.1.1")
        assert read(raw).refusal == refusal

    def test_amazons_automatic_answer_is_told(self, ask):
        options = {"sender": "nobody@bounces.amazon.com", "subject": "Re: x", "type_": None}
        mail = ask("Greetings", headers="X-Amazon-Auto-Reply: true", **options)
        assert (mail.kind, mail.refusal) == ("undelivered", "auto_reply")

    def test_content_that_was_not_let_through_is_told(self, ask):
        body = "This message was not sent as it did not meet our guidelines. Order 302-1234567-1234567"
        mail = ask(body, sender="donotreply@amazon.com", subject="Message not delivered", type_="BSM_MESSAGE_REJECTED")
        assert (mail.refusal, mail.order_ref) == ("content", "302-1234567-1234567")

    def test_what_is_unknown_says_its_subject(self, ask):
        mail = ask("x", sender="donotreply@amazon.com", subject="Could not be delivered", type_="BSM_UNDELIVERABLE")
        assert (mail.refusal, mail.refusal in REFUSALS) == ("bounced", True)
        assert mail.refusal_text.endswith("“Could not be delivered”")

    def test_other_mails_refuse_nothing(self, read, amazon_mails):
        for name in amazon_mails:
            mail = read(name)
            assert (mail.refusal is None) == (mail.kind != "undelivered")
            assert (mail.reply_text is None) == (mail.notice != "reply_copy")


def test_reports_keep_their_form():
    assert Report((), "failed", None, None, None).diagnostic is None
