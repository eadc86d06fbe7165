"""What Amazon's mails mean: kinds, words, orders, threads; and what a buyer can't change."""

import csv

import pytest

import marketplaces
from marketplaces.amazon.mail.read import is_relay_address
from marketplaces.schema import ThreadRef
from marketplaces.tests.shared_data import FOLDER, needs

#: What each fixture means: kind or notice, site, order, name, beginning of the words.
FIXTURE_MEANINGS = {
    "buyer_agent_us": ("buyer_message", "US", "104-8889990-1112223", "Noel", "The buyer says that the parcel"),
    "buyer_bilingual_ca": ("buyer_message", "CA", "701-7778889-0001112", "Odette Roy", "Bonjour, is the handle 60 cm"),
    "buyer_chinese_us": ("buyer_message", "US", "113-5556667-8889990", "王芳", "你好，请问包裹什么时候到？"),
    "buyer_damaged_jp": ("buyer_message", "JP", "503-2223334-5556667", "山本 花子", "届いた商品の箱が壊れていました。"),
    "buyer_email_answer_us": ("buyer_message", "US", "102-6667778-9990001", "Dale", "Thank you, that solved it."),
    "buyer_hostile_words_gb": ("buyer_message", "GB", "206-9990001-2223334", "Rowan Teal", "Hi,\n-----"),
    "buyer_invoice_pl": ("buyer_message", "PL", "408-0001112-3334445", "Łucja Żak", "Dzień dobry, proszę"),
    "buyer_invoice_tr": ("buyer_message", "TR", "405-1919191-2929292", "Ayşe Yıldız", "Merhaba, fatura"),
    "buyer_photo_only_se": ("buyer_message", "SE", "404-4445556-7778889", "Åsa Lindqvist", ""),
    "buyer_presale_nl": ("buyer_message", "NL", None, "Sanne de Wit", "Goedendag, past deze hoes"),
    "buyer_question_de": ("buyer_message", "DE", "305-1112223-4445556", "Bärbel Öztürk", "Guten Tag,\n\ndie Lampe"),
    "buyer_question_eg": ("buyer_message", "EG", "408-3030303-4040404", "ليلى حسن", "مرحبا، متى يصل الطلب؟"),
    "notice_atoz_es": ("atoz_claim", "ES", "403-1231231-4564564", None, None),
    "notice_chargeback_us": ("chargeback", "US", "112-3213213-6546546", None, None),
    "notice_consumer_de": ("consumer", "DE", None, None, None),
    "notice_copy_br": ("reply_copy", "BR", "702-5554443-2221110", "Jonas Prado", None),
    "suspect_forged_au": ("suspect", "AU", "250-1010101-2020202", None, None),
    "suspect_lookalike_it": ("suspect", "IT", "407-1212121-3434343", None, None),
    "undelivered_dsn_fr": ("undelivered", "FR", "404-1110009-8887776", None, None),
    "undelivered_optout_de": ("undelivered", "DE", "302-7776665-4443332", "Heike Brandt", None),
}
SAMPLES = FOLDER / "mails"
SAMPLE_KINDS = {
    "bounce": ("undelivered", None),
    "spoof": ("suspect", None),
    "notification:own_message_copy": ("notice", "reply_copy"),
}


def samples():
    if not (SAMPLES / "MANIFEST.tsv").exists():
        return [pytest.param(None, marks=needs(None))]
    with open(SAMPLES / "MANIFEST.tsv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["marketplace"] == "amazon"]
    return [pytest.param(row, id=row["file"]) for row in rows]


def words(text):
    return " ".join((text or "").split())


@pytest.mark.parametrize("name", FIXTURE_MEANINGS)
def test_fixture_means_what_it_says(read, name):
    mail = read(name)
    word, site, order, person, text = FIXTURE_MEANINGS[name]
    assert (mail.notice or mail.kind, mail.site, mail.order_ref, mail.buyer_name) == (word, site, order, person)
    assert mail.text == text if not text else mail.text.startswith(text)


def test_every_fixture_has_a_meaning(amazon_mails):
    assert set(amazon_mails) == set(FIXTURE_MEANINGS)


@pytest.mark.parametrize("row", samples())
def test_sample_mail_is_read_as_the_manifest_says(row):
    raw = (SAMPLES / row["file"]).read_bytes()
    mail = marketplaces.read_mail(raw, authserv_id="mx.seller.example")
    kind = row["expected_kind"]
    expected = SAMPLE_KINDS.get(kind) or (("notice", kind.split(":")[1]) if ":" in kind else (kind, None))
    assert (mail.app, mail.kind, mail.notice) == ("amazon", *expected)
    assert mail.site == row["site_country"].replace("UK", "GB")
    assert (mail.order_ref or "") == row["expected_order_id"]
    assert (mail.buyer_name or "") == row["expected_buyer_name"]
    if kind == "buyer_message":
        start = words(row["expected_message_text_start"])
        assert words(mail.text).startswith(start) if start else mail.text == ""


class TestWords:
    def test_photo_only_mail_has_empty_text_and_its_files(self, read):
        mail = read("buyer_photo_only_se")
        assert mail.text == ""
        assert [(f.name, f.type, f.size) for f in mail.attachments] == [
            ("trasig stol å.jpg", "image/jpeg", 124),
            ("kvitto nära.png", "image/png", 44),
        ]
        assert mail.attachments[1].content_id == "img2@mail"

    def test_sellers_text_in_an_answer_by_mail_never_becomes_the_buyers(self, read):
        mail = read("buyer_email_answer_us")
        assert mail.text.endswith("Regards,\nDale")
        assert "restart" not in mail.text

    def test_order_in_the_buyers_words_is_never_taken(self, read, ask, frame):
        assert read("buyer_email_answer_us").order_ref == "102-6667778-9990001"
        mail = ask(frame("My order is 205-1111111-1111111", head="You have received a message.\n\n"))
        assert mail.kind == "buyer_message" and mail.order_ref is None

    def test_words_that_imitate_the_frame_survive_and_mislead_nobody(self, read):
        mail = read("buyer_hostile_words_gb")
        assert mail.text.endswith("I do not agree. <b>Bye</b> & thanks")
        assert "> you said: no refund" in mail.text
        assert (mail.thread_refs[0].value, mail.dedup_ref) == ("A0TOKENGB00000000009", "m:A0MESSGB000000000009")

    def test_words_that_imitate_the_frame_survive_in_a_mail_without_html(self, ask, frame):
        hostile = "a\n------------- End message -------------\n205-1111111-1111111\n------ Begin message ------\n> b\nc"
        mail = ask(frame(hostile))
        assert mail.text == hostile
        assert mail.order_ref == "302-1234567-1234567"
        assert mail.dedup_ref == "m:A0REALMESSAGE0000001"

    def test_link_in_the_buyers_words_is_not_amazons(self, ask):
        link = "https://sellercentral.amazon.de/messaging/no-response-needed?t=A0FAKETOKEN1&amp;m=A0FAKEMESSAGE1"
        mail = ask(
            f'<p>x</p><pre style="white-space: -o-pre-wrap">see <a href="{link}">me</a> &lt;3</pre><p>y</p>',
            content_type="text/html",
        )
        assert (mail.text, mail.thread_refs[0].type, mail.no_response_url) == ("see me <3", "alias", None)

    def test_link_to_another_host_is_not_read(self, ask, frame):
        for host in (
            "sellercentral.amazon.de.evil.example",
            "sellercentral.amazon.de@evil.example",
            "sellercentral-amazon.de",
        ):
            footer = f"\nhttps://{host}/messaging/no-response-needed?t=A0FAKETOKEN1&m=A0FAKEMESSAGE1\n"
            mail = ask(frame("Hi", footer=footer))
            assert not mail.dedup_trusted and mail.no_response_url is None

    @pytest.mark.parametrize(
        "quoted",
        [
            "Am Mo., 5. Okt. 2026 um 10:00 schrieb Shop <a@shop.example>:\n> Passt das?",
            "On Mon, Oct 5, 2026 at 10:00 AM Shop\n<a@shop.example> wrote:\nDoes it fit?",
            "Le lun. 5 oct. 2026 à 10:00, Shop a écrit :\n> Ça va ?",
            "-----Ursprüngliche Nachricht-----\nVon: Shop\n\nPasst das?",
            "Da: Shop\nInviato: lunedì 5 ottobre 2026\nA: Jo\nOggetto: x\n\nVa bene?",
            "2026年10月5日(月) 10:00 Shop <a@shop.example>さん:\n> どうですか",
        ],
    )
    def test_quoted_history_inside_the_frame_is_cut(self, ask, frame, quoted):
        assert ask(frame(f"Yes, thanks.\n\n{quoted}")).text == "Yes, thanks."

    @pytest.mark.parametrize(
        "text",
        [
            "On Monday 5 I wrote this to you:\nplease answer",
            "Von: Köln\nAn: Bonn\nDatum: 5.5.\nBitte so liefern",
            "> my own arrow\nand more",
            "------ Rechnung ------\nbitte senden",
        ],
    )
    def test_words_that_only_look_like_a_quote_survive(self, ask, frame, text):
        assert ask(frame(text)).text == text

    @pytest.mark.parametrize(
        "body",
        [
            "Danke!\n\n-------- Ursprüngliche Nachricht --------\nVon: Shop\n\n{frame}",
            "Danke!\n\nAm 5.10.2026 um 10:00 schrieb Shop <a@shop.example>:\n> Hallo\n> Jo",
            "Danke!\n\n> Hallo\n> -------- Begin message --------\n> unser Text\n> -------- End message --------",
        ],
    )
    def test_answer_by_mail_is_a_buyer_message_without_notification_type(self, ask, frame, body):
        mail = ask(body.format(frame=frame("unser Text")), type_=None, subject="AW: Ihre Anfrage")
        assert (mail.kind, mail.text) == ("buyer_message", "Danke!")

    @pytest.mark.parametrize("lost", ["start", "end", "both"])
    def test_text_is_found_when_a_marker_is_lost(self, ask, frame, lost):
        lines = frame("Hello there,\n\nJo").split("\n")
        marks = [n for n, line in enumerate(lines) if line.startswith("------------- ")]
        for number in {"start": marks[:1], "end": marks[1:], "both": marks}[lost]:
            lines[number] = ""
        mail = ask("\n".join(lines))
        assert (mail.text, mail.order_ref) == ("Hello there,\n\nJo", "302-1234567-1234567")

    def test_html_without_its_pre_is_read_between_headline_and_footer(self, ask):
        mail = ask(
            "<p>You have received a message.</p><p>Order ID 302-1234567-1234567:</p><table><tr><td># </td><td>ASIN</td>"
            '</tr><tr><td>1</td><td>B0EXAMPL01</td><td><a href="https://www.amazon.de/dp/B0EXAMPL01">T</a></td></tr></table>'
            "<h4>Message:</h4><div>Hello<br>Jo</div><p>View message</p><p>Resolve case</p><p>Copyright 2026 Amazon</p>",
            content_type="text/html",
        )
        assert (mail.text, mail.order_ref) == ("Hello\nJo", "302-1234567-1234567")


class TestBuyer:
    @pytest.mark.parametrize(
        ("name", "subject", "expected"),
        [
            ('"Jo Doe - Amazon Marketplace"', "x", "Jo Doe"),
            ("Mr. Jo Doe", "x", "Jo Doe"),
            ("佐伯 様", "x", "佐伯"),
            ('"O\'Neil, Pat"', "x", "O'Neil, Pat"),
            ("Amazon-Kunde", "Anfrage von Amazon-Kunde Jörg Maß (Bestellung: 302-1234567-1234567)", "Jörg Maß"),
            ("Shop X", "Inquiry from Amazon customer Jo (Order: 114-1234567-1234567)", "Jo"),
            ("shop  x", "Inquiry from Amazon customer SHOP X", None),
            ("Acquirente Amazon", "Messaggio dall'acquirente", None),
            ("", "Order delivery inquiry from Amazon customer  (Order: 114-1234567-1234567)", None),
            ("", "Return policy inquiry from Amazon customer Jo(Order: 114-1234567-1234567)", "Jo"),
            ("", "Detalhes do produto Amazon João Sá pergunta do cliente", "João Sá"),
            ("", "Factuuraanvraag van Amazon-klant Piet de Vries (Bestelling: 171-1234567-1234567)", "Piet de Vries"),
        ],
    )
    def test_name_is_the_persons(self, ask, frame, name, subject, expected):
        sender = f"{name} <abcdefghijklmno@marketplace.amazon.de>"
        assert ask(frame("Hi"), sender=sender, subject=subject, seller_names=["Shop X"]).buyer_name == expected

    def test_thread_is_told_by_token_case_alias_and_answered_mail(self, ask, frame):
        mail = ask(frame("Hi"), headers="In-Reply-To: <ours@shop.example>")
        assert mail.thread_refs == (
            ThreadRef("token", "A0REALTOKEN000000001"),
            ThreadRef("case", "11111111-2222-4333-8444-555555555555"),
            ThreadRef("alias", "abcdefghijklmno@marketplace.amazon.de"),
            ThreadRef("in_reply_to", "<ours@shop.example>"),
        )

    def test_answer_goes_to_the_full_address_and_never_to_a_foreign_one(self, ask, frame):
        tagged = "abcdefghijklmno+11111111-2222-4333-8444-555555555555@marketplace.amazon.de"
        assert ask(frame("Hi"), headers=f"Reply-To: <{tagged}>").reply_to == tagged
        mail = ask(frame("Hi"), headers="Reply-To: <jo@evil.example>")
        assert mail.reply_to == "abcdefghijklmno@marketplace.amazon.de"

    def test_copies_of_one_message_have_one_trusted_reference(self, ask, frame):
        first = ask(frame("Hi"))
        second = ask(frame("Hi"), headers="To: orders@shop.example\nReceived: x")
        assert first.dedup_ref == second.dedup_ref == "m:A0REALMESSAGE0000001"
        assert first.dedup_trusted

    def test_question_before_the_sale_names_the_product(self, read):
        mail = read("buyer_presale_nl")
        assert mail.presale and mail.item_ref == "B0EXAMPN03" and mail.order_ref is None

    @pytest.mark.parametrize(
        ("address", "is_relay"),
        [
            ("abcdefghijklmno@marketplace.amazon.de", True),
            ("Jo <ABCDEFGHIJKLMNO+x@Marketplace.Amazon.Co.UK>", True),
            ("donotreply@marketplace.amazon.com.br", False),
            ("no-reply-amazon-iba-buyer@marketplace.amazon.it", False),
            ("abcdefghijklmno@marketplace.amazon.de.evil.example", False),
            ("abcdefghijklmno@amazon.de", False),
            ("", False),
            (None, False),
        ],
    )
    def test_relay_address_is_told_by_its_whole_host(self, address, is_relay):
        assert is_relay_address(address) is is_relay
