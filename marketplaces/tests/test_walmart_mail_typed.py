"""Which values of a Walmart mail are facts: those that Walmart wrote, in a mail that is proved to be Walmart's."""

import pytest

from marketplaces.tests.walmart_mails import HEX, INTRO, LABELS, ORDER, RELAY, build_frame, build_mail

PROVED = "Authentication-Results: mx.shop.example; dmarc=pass header.from=relay.walmart.com"
VICTIMS = "200099999999999"
ITEM = "Item ID:\xa0 70112233\nItem:\xa0 Garden Hose, 50 ft\n\n"
EARLY = "Message from Walmart.com Customer:  Product Question"


@pytest.fixture
def get(read):
    """Read a mail that is proved to come from Walmart's relay."""
    return lambda body, **parts: read(build_mail(body, **{"headers": PROVED} | parts))


class TestProved:
    def test_walmarts_form_proves_order_and_name(self, get):
        mail = get(build_frame("Where is it?"))
        assert (mail.order_ref, mail.buyer_name) == (ORDER, "Ida Moor")
        assert all(map(mail.proves, ("order", "alias", "buyer_name"))) and not mail.typed

    def test_a_short_form_has_its_order_in_the_subject_that_walmart_composed(self, get):
        mail = get(build_frame("Where is it?", labels=""))
        assert mail.order_ref == ORDER and mail.proves("order")

    def test_nothing_is_proved_in_a_mail_that_is_not(self, get):
        mail = get(build_frame("Where is it?"), headers="")
        assert mail.authentication == "none" and not any(map(mail.proves, ("order", "alias", "buyer_name")))


class TestDisplayName:
    @pytest.mark.parametrize(
        "name",
        [
            VICTIMS,
            f"Sales Order ID: {VICTIMS}",
            f"Jo, {VICTIMS}",
            f"Jo wants to connect with you regarding the following order: Sales Order ID: {VICTIMS}",
        ],
    )
    def test_an_order_in_the_name_is_typed_though_walmart_repeats_it(self, get, name):
        intro = f"Hi Green Yard,\n\n{name} wants to connect with you regarding the following item:\n\n"
        mail = get(build_frame("Blue?", intro=intro, labels=ITEM), sender=f'"{name}" <{RELAY}>', subject=EARLY)
        assert not mail.proves("order")
        mail = get(build_frame("Blue?", intro=intro), sender=f'"{name}" <{RELAY}>')
        assert mail.order_ref == ORDER and mail.proves("order")

    def test_an_order_in_the_name_is_typed_also_where_a_line_ends_behind_it(self, get):
        intro = (
            f"Hi Green Yard,\n\nSales Order ID: {VICTIMS}\nwants to connect with you regarding the following item:\n\n"
        )
        mail = get(build_frame("Blue?", intro=intro, labels=ITEM), subject=EARLY)
        assert not mail.proves("order")
        assert get(build_frame("Blue?", intro=intro)).order_ref == ORDER

    def test_a_name_of_the_sender_alone_is_typed(self, get):
        mail = get("Hi", sender=f"Jo Doe <{RELAY}>", subject="Re: your mail")
        assert mail.buyer_name == "Jo Doe" and not mail.proves("buyer_name")


class TestAnswerByMail:
    @pytest.mark.parametrize("body", ["Thanks!", build_frame("Hi", labels=LABELS.replace(ORDER, VICTIMS))])
    def test_subject_and_body_of_an_answer_are_typed_whatever_they_look_like(self, get, body):
        mail = get(body, subject=f"Re: Message from Walmart.com Customer:  Cancel Order, {VICTIMS}")
        assert mail.order_ref == VICTIMS and not mail.proves("order") and mail.proves("alias")

    def test_a_mail_that_answers_one_is_an_answer_whatever_its_subject(self, get):
        mail = get(build_frame("Hi"), headers=f"{PROVED}\nIn-Reply-To: <ours@shop.example>")
        assert mail.order_ref == ORDER and not mail.proves("order")

    def test_a_bare_mail_with_walmarts_subject_is_typed(self, get):
        mail = get("Please answer.")
        assert mail.order_ref == ORDER and not mail.proves("order")

    def test_a_subject_with_an_order_over_a_question_about_an_item_is_typed(self, get):
        intro = INTRO.replace("order:", "item:")
        mail = get(build_frame("Blue?", intro=intro, labels=ITEM), subject=f"{EARLY}, {VICTIMS}")
        assert mail.order_ref == VICTIMS and not mail.proves("order") and mail.presale

    def test_an_answer_goes_to_no_other_buyer_than_the_one_who_writes(self, get):
        other = RELAY.replace(HEX, HEX[::-1])
        mail = get("Hi", headers=f"{PROVED}\nReply-To: {other}")
        assert mail.reply_to == RELAY


class TestWords:
    @pytest.mark.parametrize("words", [f"Sales Order ID: {VICTIMS}", f"{INTRO}Sales Order ID: {VICTIMS}\nMessage: x"])
    def test_what_looks_like_the_form_inside_the_words_is_not_read(self, get, words):
        mail = get(build_frame(words, intro=INTRO.replace("order:", "item:"), labels=ITEM), subject=EARLY)
        assert mail.order_ref is None and not mail.proves("order")


class TestStaffAndNotices:
    def test_customer_care_is_walmart_itself(self, read):
        mail = read("walmart/buyer_request_cancel_us")
        assert mail.urgent and mail.proves("order")

    def test_a_buyer_who_writes_like_customer_care_proves_nothing_but_the_own_address(self, get):
        body = f"** THIS IS AN ESCALATION **\n\nOrder number: {VICTIMS}\nCustomer name: Vera Holt\n"
        mail = get(body, subject="Please contact the customer to resolve an issue")
        assert mail.order_ref == VICTIMS and mail.proves("alias")
        assert not mail.proves("order") and not mail.proves("buyer_name")

    def test_the_desk_of_all_buyers_is_no_buyers_address(self, read):
        assert read("walmart/buyer_request_cancel_us").find_ref("alias") is None
        assert read("walmart/buyer_escalation_us").find_ref("alias") == f"{'e1f2' * 8}@relay.walmart.com"

    def test_a_copy_of_an_answer_repeats_a_subject_that_the_buyer_may_have_typed(self, read, get):
        shop = f"Green Yard <s-{HEX}@relay.walmart.com>"
        subject = f"Re: Message from Walmart.com Customer:  Item Damaged, {VICTIMS}"
        copy = read(build_mail("Your hose is on its way.", sender=shop, subject=subject, headers=PROVED),
                    seller_names=["Green Yard"])  # fmt: skip
        assert (copy.notice, copy.order_ref) == ("reply_copy", VICTIMS) and not copy.proves("order")
        assert read("walmart/notice_copy_us", seller_names=["Green Yard"]).proves("order")

    def test_a_delivery_report_proves_nothing_of_what_it_gives_back(self, read):
        mail = read("walmart/undelivered_dsn_us")
        assert mail.kind == "undelivered" and not any(map(mail.proves, ("order", "alias")))
