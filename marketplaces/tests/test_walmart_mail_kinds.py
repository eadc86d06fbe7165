"""Walmart's mails by kind: fixtures, samples, notices, agents, copies, forgeries, reports."""

import csv

import pytest

import marketplaces
from marketplaces.schema import ThreadRef
from marketplaces.tests.shared_data import needs
from marketplaces.tests.test_amazon_mail import SAMPLES, words
from marketplaces.tests.walmart_mails import HEX, INTRO, ORDER, RELAY, SUBJECT, build_frame, build_mail
from marketplaces.walmart import Walmart
from marketplaces.walmart.mail.const import SENDERS, SUBJECTS

#: What each fixture means: kind or notice, site, order, name, beginning of the words.
FIXTURE_MEANINGS = {
    "buyer_charset_us": ("buyer_message", "US", "200012345000007", "Zoë Brønd", "Das “Gerät” ist kaputt"),
    "buyer_email_answer_us": ("buyer_message", "US", "200012345000001", None, "Yes please, cancel order 2000999"),
    "buyer_escalation_us": ("buyer_message", "US", "200012345000002", "Vera Holt", "** THIS IS AN ESCALATION **"),
    "buyer_hostile_words_us": ("buyer_message", "US", "200012345000006", "Rex Dole", "Hi,\nMessage:\nyou wrote this"),
    "buyer_new_local_us": ("buyer_message", "US", "200012345000004", "Nora Lind", "Where is it?"),
    "buyer_order_ca": ("buyer_message", "CA", "2283334445", "Luc Fontaine", "Bonjour, je voudrais annuler."),
    "buyer_order_us": ("buyer_message", "US", "200012345678901", "Ines Calder", "The hose leaks at the joint.\nCan"),
    "buyer_photo_only_us": ("buyer_message", "US", "200012345000005", "Pia Rossi", ""),
    "buyer_presale_us": ("buyer_message", "US", None, None, "Is the thread 3/4 inch?"),
    "buyer_request_cancel_us": ("buyer_message", "US", "200012345000003", None, "The customer asks to cancel"),
    "buyer_second_us": ("buyer_message", "US", "200012345678901", "Ines Calder", "Two weeks later I still have"),
    "buyer_text_only_us": ("buyer_message", "US", "4577450840432", "Omar Said", "It came without screws.\nThank you,"),
    "notice_account_us": ("account", "US", None, None, None),
    "notice_consumer_help_us": ("consumer", "US", "4577450840432", None, None),
    "notice_consumer_us": ("consumer", "US", "200088887777666", None, None),
    "notice_copy_us": ("reply_copy", "US", "200012345678901", None, None),
    "notice_news_us": ("news", "US", None, None, None),
    "notice_payment_us": ("payment", "US", "200012345678901", None, None),
    "notice_seller_help": ("seller_help", "US", None, None, None),
    "suspect_forged_ca": ("suspect", "CA", "Y12345678", None, None),
    "suspect_lookalike_us": ("suspect", "US", "200012345678901", None, None),
    "undelivered_dsn_us": ("undelivered", "US", "200012345678901", None, None),
    "unknown_local_us": ("unknown", "US", None, None, None),
}
OURS = ["Green Yard"]


@pytest.fixture
def ask(read):
    """Read a small mail built of a body and the parts that `build_mail` knows; our name is Green Yard."""

    def ask_(body="Hi", **parts):
        return read(build_mail(body, **parts), seller_names=OURS)

    return ask_


def samples():
    if not (SAMPLES / "MANIFEST.tsv").exists():
        return [pytest.param(None, marks=needs(None))]
    with open(SAMPLES / "MANIFEST.tsv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["marketplace"] == "walmart"]
    return [pytest.param(row, id=row["file"]) for row in rows]


@pytest.mark.parametrize("row", samples())
def test_sample_mail_is_read_as_the_manifest_says(row):
    mail = marketplaces.read_mail((SAMPLES / row["file"]).read_bytes(), authserv_id="mx.seller.example")
    assert (mail.app, mail.notice or mail.kind, mail.site) == (
        "walmart",
        row["expected_kind"].rpartition(":")[2],
        row["site_country"],
    )
    assert (mail.order_ref or "", mail.buyer_name or "") == (row["expected_order_id"], row["expected_buyer_name"])
    if mail.kind == "buyer_message":
        assert words(mail.text).startswith(words(row["expected_message_text_start"]))


@pytest.mark.parametrize("name", FIXTURE_MEANINGS)
def test_fixture_means_what_it_says(read, name):
    mail = read(f"walmart/{name}", seller_names=OURS)
    word, site, order, person, text = FIXTURE_MEANINGS[name]
    assert (mail.app, mail.notice or mail.kind, mail.site) == ("walmart", word, site)
    assert (mail.order_ref, mail.buyer_name) == (order, person)
    assert mail.text == text if not text else mail.text.startswith(text)
    assert mail.urgent is (name in ("buyer_escalation_us", "buyer_request_cancel_us"))


def test_every_fixture_has_a_meaning(walmart_mails):
    assert set(walmart_mails) == set(FIXTURE_MEANINGS)


class TestNotices:
    @pytest.mark.parametrize(
        ("sender", "subject", "expected"),
        [
            ("mp-payments@relay.walmart.com", "x", "payment"),
            ("no-reply-acnt@es.relay.walmart.com", "Payment", "account"),
            ("no-reply@es.relay.walmart.com", "Your verification code", "account"),
            ("no-reply@relay.walmart.com", "A customer requested a return for order 200012345678901", "return_request"),
            ("noreply@walmart.com", "Cancellation request for order 200012345678901", "cancel_request"),
            ("noreply@walmart.com", "Order 200012345678901 was cancelled", "cancelled"),
            ("noreply@walmart.com", "Refund issued", "refund"),
            ("noreply@walmart.com", "You have a new order", "new_order"),
            ("noreply@walmart.com", "Your message could not be delivered", "undelivered"),
            ("noreply@walmart.com", "Copy of your message", "reply_copy"),
            ("noreply@walmart.com", "Thanks for your order", "consumer"),
            ("noreply@relay.walmart.com", "x", "other"),
            ("jo@walmart.com", "Hello", "other"),
        ],
    )
    def test_sender_and_subject_tell_the_kind(self, ask, sender, subject, expected):
        mail = ask("x", sender=sender, subject=subject)
        assert (mail.notice or mail.kind, mail.text, mail.reply_to) == (expected, None, None)

    def test_every_word_has_a_label(self):
        known = {notice.code for notice in Walmart.notices}
        assert {*SENDERS.values(), *(word for word, _ in SUBJECTS), "other"} - known == {"undelivered"}

    @pytest.mark.parametrize("topic", ["Cancel Order", "Refund Status", "Item not delivered", "Return request"])
    def test_topic_of_a_buyer_makes_no_notice(self, ask, topic):
        mail = ask(build_frame("Hi"), subject=f"Message from Walmart.com Customer:  {topic}, {ORDER}")
        assert (mail.kind, mail.urgent) == ("buyer_message", False)


class TestAgents:
    @pytest.mark.parametrize("sender", ["care@walmart.com", "no-reply@relay.walmart.com", "x@wal-mart.com", RELAY])
    def test_an_escalation_is_urgent_whoever_of_walmart_sends_it(self, ask, sender):
        mail = ask("** THIS IS AN ESCALATION **\nOrder 2000123-45678901 is late.", sender=sender, subject="Please help")
        assert (mail.kind, mail.urgent, mail.order_ref) == ("buyer_message", True, ORDER)
        assert mail.reply_to == (RELAY if sender == RELAY else None)

    def test_an_agent_asks_for_the_buyer(self, ask):
        mail = ask("Please cancel.", sender="care@walmart.com", subject="Please contact the customer - Request Cancel")
        assert (mail.kind, mail.urgent, mail.text) == ("buyer_message", True, "Please cancel.")

    def test_a_buyer_who_answers_can_not_escalate(self, ask):
        mail = ask("** THIS IS AN ESCALATION **", subject=f"Re: {SUBJECT}")
        assert (mail.kind, mail.urgent) == ("buyer_message", False)

    def test_a_stranger_can_not_escalate(self, ask):
        mail = ask("** THIS IS AN ESCALATION **", sender="Walmart <a@b.example>", subject="Please contact the customer")
        assert (mail.kind, mail.urgent) == ("suspect", False)


class TestCopies:
    SHOP = f"s-{HEX}@relay.walmart.com"

    @pytest.mark.parametrize(
        ("sender", "subject", "body"),
        [
            (f"green yard <{SHOP}>", f"Re: {SUBJECT}", "Dear Ida, sorry."),
            (SHOP, f"Re: {SUBJECT}", "Here is a copy of your message to the customer:\n\nDear Ida, sorry."),
            (SHOP, f"Re: {SUBJECT}", build_frame("Dear Ida, sorry.", intro=INTRO.replace("Ida Moor", "Green Yard"))),
            ("noreply@relay.walmart.com", "Re: Refund Status", "This is a copy of your reply.\n\nDear Ida, sorry."),
            (f"Green Yard <{SHOP}>", "Re: Please contact the customer - Request Cancel", "We did."),
        ],
    )
    def test_what_our_shop_wrote_is_a_copy(self, ask, sender, subject, body):
        mail = ask(body, sender=sender, subject=subject)
        assert (mail.notice, mail.text) == ("reply_copy", None)
        assert "sorry" not in body or Walmart.matches_reply(mail, "Dear Ida, sorry.")
        assert "sorry" not in body or "Dear Ida, sorry." in Walmart.copied_words(mail)

    @pytest.mark.parametrize("sender", [RELAY, f"{HEX}@relay.walmart.com", f"Green Yard <{RELAY}>"])
    @pytest.mark.parametrize(
        "body",
        [
            build_frame("Here is a copy of your message to the customer: no"),
            "Copy of your message\n\nI do not agree.",
            build_frame("Hi", intro=INTRO.replace("Ida Moor", "Green Yard")),
        ],
    )
    def test_what_a_buyer_wrote_is_never_a_copy(self, ask, sender, body):
        assert ask(body, sender=sender, subject="Re: Copy of your message").kind == "buyer_message"

    def test_what_another_shop_wrote_is_for_us_as_buyers(self, ask):
        assert ask("Your wheel ships.", sender=f"Bike Parts <{self.SHOP}>").notice == "consumer"


class TestForgery:
    @pytest.mark.parametrize(
        "sender",
        [
            f"c-{HEX}@relay-walmart.com",
            f"c-{HEX}@relay.walmart.com.evil.example",
            f"c-{HEX}@evilrelay.walmart.com",
            f"c-{HEX}@relay.wa1mart.com",
            f"c-{HEX}@relay.walrnart.com",
            f"c-{HEX}@relay.w\u0430lmart.com",
            f"c-{HEX}@relay.xn--wlmart-ecf.com",
            f"c-{HEX}@relay.walmart.com@evil.example",
            f'"{RELAY}" <a@evil.example>',
            "Walmart Customer <a@evil.example>",
            f"{RELAY}, a@evil.example",
            "Ida <a@evil.example>",
        ],
    )
    def test_look_alike_is_suspect(self, ask, sender):
        mail = ask(build_frame("Pay me"), sender=sender)
        assert (mail.app, mail.kind, mail.order_ref) == ("walmart", "suspect", ORDER)
        assert (mail.text, mail.thread_refs, mail.reply_to) == (None, (), None)

    def test_second_from_header_is_suspect(self, ask):
        assert ask(headers=f"From: {RELAY}").kind == "suspect"

    def test_private_and_forwarded_mail_claims_nothing(self, ask):
        forwarded = f"FYI\n\n---------- Forwarded message ---------\nFrom: x\n\n{build_frame('Hi')}"
        for body in ("I bought it at walmart.com", forwarded):
            assert ask(body, sender="A <a@shop.example>", subject=f"Fwd: {SUBJECT}").app is None

    def test_no_marketplace_takes_anothers_mail(self, ask, read):
        mail = ask("SPC-USAmazon-1234567890", sender=f"Amazon Marketplace <{RELAY}>")
        assert (mail.app, mail.kind) == ("walmart", "buyer_message")
        amazon = b"From: Walmart Customer <abcdefghijklmno@marketplace.amazon.de>\nSubject: " + SUBJECT.encode()
        assert read(amazon + b"\n\nHi").app == "amazon"

    @pytest.mark.parametrize(
        ("results", "expected"),
        [
            ("mx.shop.example; dkim=pass header.d=walmart.com", "pass"),
            ("mx.shop.example; dkim=pass header.i=@relay.walmart.com; spf=fail smtp.mailfrom=a@fwd.example", "pass"),
            ("mx.shop.example; dkim=pass header.d=evil.example", "none"),
            ("mx.other.example; dkim=pass header.d=walmart.com", "none"),
            ("mx.shop.example; dmarc=fail header.from=relay.walmart.com", "fail"),
            ("mx.shop.example; spf=fail smtp.mailfrom=a@evil.example", "fail"),
        ],
    )
    def test_authentication_is_judged_by_who_signed(self, ask, results, expected):
        mail = ask(build_frame("Hi"), headers=f"Authentication-Results: {results}")
        assert (mail.authentication, mail.kind) == (expected, "suspect" if expected == "fail" else "buyer_message")

    def test_proof_opens_other_hosts_of_walmart(self, ask):
        proof = "Authentication-Results: mx.shop.example; dmarc=pass header.from=new.walmart.com"
        assert ask(sender="no-reply@new.walmart.com", subject="Refund", headers=proof).notice == "refund"


class TestUndelivered:
    def test_report_names_our_mail_and_the_buyer(self, read):
        mail = read("walmart/undelivered_dsn_us")
        assert mail.thread_refs == (
            ThreadRef("alias", f"{'1a2b' * 8}@relay.walmart.com"),
            ThreadRef("in_reply_to", "<ours9@shop.example>"),
            ThreadRef("in_reply_to", "<b1@relay.walmart.com>"),
        )
        assert mail.refusal == "sender" and "Manage Contacts" in mail.refusal_text

    def test_delay_is_no_failure(self, read, walmart_mails):
        delayed = walmart_mails["undelivered_dsn_us"].replace(b"Action: failed", b"Action: delayed")
        assert read(delayed).notice == "delivery_status"

    def test_automatic_answer_of_walmart_starts_no_loop(self, ask):
        mail = ask(sender="care@walmart.com", subject="Re: Hello", headers="Auto-Submitted: auto-replied")
        assert (mail.kind, mail.refusal) == ("undelivered", "auto_reply")
