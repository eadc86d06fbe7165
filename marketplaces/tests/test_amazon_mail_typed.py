"""Which values of an Amazon mail are facts: those that Amazon wrote, in a mail that is proved to be Amazon's."""

import pytest

from marketplaces.tests.conftest import CASE, FOOTER, HEAD

PROVED = "Authentication-Results: mx.shop.example; dmarc=pass header.from=marketplace.amazon.de"
NOTICE = {"headers": PROVED.replace("marketplace.", ""), "sender": "donotreply@amazon.de"}
ORDER, VICTIMS = "302-1234567-1234567", "302-7654321-7654321"
PRESALE = "You have received a message.\n\n# ASIN: B0EXAMPL01\n\n"
BARE = "You have received a message.\n\n"


@pytest.fixture
def get(ask):
    """Read a mail that is proved to come from Amazon's relay."""
    return lambda body, **parts: ask(body, **{"headers": PROVED} | parts)


class TestProved:
    def test_what_amazon_wrote_around_the_words_is_proved(self, get, frame):
        mail = get(frame("Where is it?"), subject=f"Inquiry from Amazon customer Jo Doe (Order: {ORDER})")
        assert mail.order_ref == ORDER
        assert [name for name in ("order", "token", "case", "alias") if mail.proves(name)] == [
            "order", "token", "case", "alias",
        ]  # fmt: skip
        assert mail.typed == {"buyer_name"} and mail.dedup_trusted and mail.no_response_url

    @pytest.mark.parametrize("verdict", ["none", "dmarc=none header.from=marketplace.amazon.de"])
    def test_nothing_is_proved_in_a_mail_that_is_not(self, get, frame, verdict):
        mail = get(frame("Where is it?"), headers=f"Authentication-Results: mx.shop.example; {verdict}")
        assert mail.authentication == "none" and mail.order_ref == ORDER
        assert not any(map(mail.proves, ("order", "token", "case", "alias", "buyer_name")))

    def test_what_is_not_there_and_what_a_mail_says_it_answers_prove_nothing(self, get, frame):
        mail = get(frame("Hi", head=BARE, footer=""), headers=f"{PROVED}\nReferences: <ours@shop.example>")
        assert not any(map(mail.proves, ("order", "token", "case", "in_reply_to", "nonsense")))

    def test_a_short_mail_of_amazon_has_its_order_in_the_subject(self, get, frame):
        mail = get(frame("Thanks", head=BARE), subject=f"Enquiry from Amazon customer Jo Doe (Order: {ORDER})")
        assert mail.order_ref == ORDER and mail.proves("order")

    def test_the_case_in_the_relays_address_is_amazons(self, get, frame):
        mail = get(frame("Hi", footer=""), sender=f"Jo <abcdefghijklmno+{CASE}@marketplace.amazon.de>", subject="Re: x")
        assert mail.proves("case") and mail.proves("alias")


class TestDisplayName:
    NAMES = (VICTIMS, f"Jo (Order: {VICTIMS})", "Jo 302\u20107654321\u20107654321", f"Order ID {VICTIMS}:")

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("head", [PRESALE, BARE])
    def test_an_order_in_the_name_is_typed_though_amazon_repeats_it_in_its_subject(self, get, frame, name, head):
        mail = get(
            frame("Is it blue?", head=head),
            sender=f'"{name}" <abcdefghijklmno@marketplace.amazon.de>',
            subject=f"Product details inquiry from Amazon customer {name}",
        )
        assert mail.order_ref == VICTIMS and "order" in mail.typed and not mail.proves("order")
        assert mail.presale == (head == PRESALE)

    def test_a_name_that_amazon_shortened_in_the_sender_gives_no_order(self, get, frame):
        subject = f"Product details inquiry from Amazon customer Jo (Order: {VICTIMS})"
        mail = get(frame("Blue?", head=PRESALE), sender="Jo <abcdefghijklmno@marketplace.amazon.de>", subject=subject)
        assert not mail.proves("order")

    @pytest.mark.parametrize("name", [*NAMES, "Jo 302-7654\u00ad321-7654321"])
    @pytest.mark.parametrize("head", [PRESALE, BARE, HEAD])
    def test_an_order_in_the_name_is_typed_though_amazon_introduces_the_buyer_by_it(self, get, frame, name, head):
        shown = name.replace("\u00ad", "")
        mail = get(
            frame("Is it blue?", head=f"You have received a message from {shown}.\n\n{shown} writes:\n\n{head}"),
            sender=f'"{name}" <abcdefghijklmno@marketplace.amazon.de>',
            subject=f"Inquiry from Amazon customer {shown}",
        )
        assert (mail.order_ref, mail.proves("order")) == ((ORDER, True) if head == HEAD else (VICTIMS, False))

    def test_the_buyers_own_order_counts_beside_a_name_with_anothers(self, get, frame):
        mail = get(
            frame("Hi"),
            sender=f'"Jo (Order: {VICTIMS})" <abcdefghijklmno@marketplace.amazon.de>',
            subject=f"Inquiry from Amazon customer Jo (Order: {VICTIMS})",
        )
        assert mail.order_ref == ORDER and mail.proves("order")


class TestAnswerByMail:
    FAKE = HEAD.replace(ORDER, VICTIMS)

    @pytest.mark.parametrize("subject", ["RE: Your order (Order: {})", "Re: {}", "AW: Frage ({})", "回复：{}"])
    @pytest.mark.parametrize("framed", [True, False])
    def test_subject_and_body_of_an_answer_are_typed_whatever_they_look_like(self, get, frame, subject, framed):
        body = frame("Hi", head=self.FAKE) if framed else "Thanks!"
        mail = get(body, subject=subject.format(VICTIMS))
        assert mail.order_ref == VICTIMS
        assert not any(map(mail.proves, ("order", "token", "case", "buyer_name"))) and mail.proves("alias")
        assert not mail.dedup_trusted and mail.no_response_url is None

    def test_a_mail_that_answers_one_is_an_answer_whatever_its_subject(self, get, frame):
        headers = f"{PROVED}\nIn-Reply-To: <ours@shop.example>"
        assert not get(frame("Hi", head=self.FAKE), headers=headers).proves("order")

    def test_a_mail_without_amazons_type_is_not_framed_by_amazon(self, get, frame):
        mail = get(frame("Hi", head=self.FAKE), type_=None)
        assert mail.order_ref == VICTIMS and not mail.proves("order") and not mail.proves("token")

    @pytest.mark.parametrize("type_", ["BBC_MESSAGE_CONFIRMATION_TO_MERCHANT", "RETURN_REQUEST", "A_TO_Z", "OPTED_OUT"])
    def test_a_buyers_address_brings_no_notice_whatever_type_its_mail_bears(self, get, frame, type_):
        mail = get(frame("It is on its way", head=self.FAKE), subject=f"Order {VICTIMS}", type_=type_)
        assert (mail.kind, mail.notice, mail.urgent, mail.reply_text) == ("unknown", None, False, None)
        assert not any(map(mail.proves, ("order", "token", "case"))) and mail.proves("alias")


class TestWords:
    @pytest.mark.parametrize(
        "words",
        [
            f"My order is {VICTIMS}",
            f"Order ID: {VICTIMS}",
            f"------------- End message -------------\n{FOOTER.replace('REALTOKEN', 'FAKETOKEN')}",
            HEAD.replace(ORDER, VICTIMS) + "------------- Message: -------------\nHi",
        ],
    )
    def test_what_looks_like_the_frame_inside_the_words_is_not_read(self, get, frame, words):
        mail = get(frame(words, head=PRESALE))
        assert mail.order_ref is None and not mail.proves("order")
        assert mail.find_ref("token") == "A0REALTOKEN000000001" and mail.proves("token")

    def test_links_in_html_without_a_mark_of_the_words_are_typed(self, get, frame):
        html = "".join(f"<p>{line}</p>" for line in frame("Hi").replace(FOOTER, "").split("\n"))
        link = (
            "https://sellercentral.amazon.de/messaging/no-response-needed?t=A0FAKETOKEN000000001&m=A0FAKE0000000000001"
        )
        mail = get(f'{html}<a href="{link}">mine</a><p>SPC-1</p>', content_type="text/html; charset=utf-8")
        assert not mail.proves("token") and not mail.dedup_trusted and mail.no_response_url is None


class TestNotices:
    def test_an_order_in_a_notices_subject_is_amazons(self, get):
        mail = get("Cancel it", subject=f"Order {ORDER}", type_="BRC_SELLER_NOTIFICATION", **NOTICE)
        assert mail.notice == "cancel_request" and mail.proves("order")

    @pytest.mark.parametrize("name", [VICTIMS, f"Jo (Order: {VICTIMS})"])
    def test_a_copy_of_an_answer_has_its_order_above_the_words_not_in_the_buyers_name(self, get, frame, name):
        parts = NOTICE | {"subject": f"Your e-mail to {name}", "type_": "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"}
        head = f"Here is a copy of the e-mail that you sent to {name}.\n\n"
        early = get(frame("Hi", head=head, footer=""), **parts)
        assert early.notice == "reply_copy" and not early.proves("order")
        brief = get(frame("Hi", head=f"Message to {name}:\n\n", footer=""), **parts)
        assert brief.notice == "reply_copy" and not brief.proves("order")
        later = get(frame("Hi", head=f"{head}Order ID {ORDER}:\n\n", footer=""), **parts)
        assert later.order_ref == ORDER and later.proves("order")

    def test_real_copies_and_refusals_name_their_order(self, read):
        for name, order in (
            ("notice_copy_br", "702-5554443-2221110"),
            ("undelivered_optout_de", "302-7776665-4443332"),
        ):
            mail = read(name)
            assert mail.order_ref == order and mail.proves("order")

    def test_a_delivery_report_proves_nothing_of_what_it_gives_back(self, read):
        mail = read("undelivered_dsn_fr")
        assert mail.kind == "undelivered" and not any(map(mail.proves, ("order", "case", "alias")))
