"""What an agent is told before an answer leaves, and what must not be found: false alarms are read no more."""

import time
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from marketplaces.amazon import Amazon
from marketplaces.schema import FIELD_KINDS, FINDING_LEVELS, FileLimits, ReplyFile
from marketplaces.tests.test_amazon_replies import DE, ORDER, US

PDF = ReplyFile("invoice.pdf", "application/pdf", 1000)
MB = 1_000_000


def check(text="Gerne!", files=(), site=DE, **options):
    return Amazon.check_reply(text, files, site=site, **options)


def codes(*args, **kwargs):
    return [finding.code for finding in check(*args, **kwargs)]


class TestBlocking:
    @pytest.mark.parametrize("text", ["", None, " \n\t", "\u200b\xa0\ufeff"])
    @pytest.mark.parametrize("files", [(), (PDF,)])
    def test_an_answer_without_words_is_held_back(self, text, files):
        (finding,) = check(text, files)
        assert (finding.code, finding.level) == ("empty", "block")

    @pytest.mark.parametrize(
        ("name", "content_type"),
        [
            ("a.zip", "application/zip"),
            ("a.exe", "application/octet-stream"),
            ("invoice.pdf.html", "text/html"),
            ("invoice.pdf", "text/html"),
            ("photo.png", "application/x-msdownload"),
            ("invoice", "application/pdf"),
            ("a.svg", "image/svg+xml"),
        ],
    )
    def test_files_that_do_not_arrive_are_named(self, name, content_type):
        (finding,) = check(files=[PDF, ReplyFile(name, content_type, 5)])
        assert (finding.code, finding.level, finding.excerpts) == ("file_type", "block", (name,))
        assert name in finding.text and "pdf, jpg" in finding.text

    @pytest.mark.parametrize(
        ("name", "content_type"),
        [
            ("A.PDF", "application/pdf; name=x"),
            ("b.jpeg", "image/jpeg"),
            ("c.JPG", "application/octet-stream"),
            ("d.txt", "text/plain; charset=utf-8"),
            ("e.tiff", "image/tiff"),
            ("f.docx", ""),
        ],
    )
    def test_files_that_arrive_are_none_of_it(self, name, content_type):
        assert codes(files=[ReplyFile(name, content_type, 5)]) == []

    def test_ten_megabytes_together_are_the_most(self):
        assert codes(files=[replace(PDF, size=7 * MB)]) == []
        (near,) = check(files=[replace(PDF, size=4 * MB), replace(PDF, size=4 * MB)])
        assert (near.code, near.level) == ("file_size", "warn")
        (over,) = check(files=[replace(PDF, size=6 * MB), replace(PDF, size=5 * MB)])
        assert (over.code, over.level) == ("file_size", "block")
        assert "11.0 MB" in over.text
        assert codes(files=[replace(PDF, size=0)]) == ["file_empty"]

    def test_an_admin_may_allow_other_files(self):
        xlsx = ReplyFile("a.xlsx", "application/vnd.ms-excel", 5)
        assert codes(files=[xlsx]) == ["file_type"]
        assert codes(files=[xlsx], file_limits=FileLimits(("XLSX", ".csv"), bytes_total=10_000_000)) == []
        assert codes(files=[PDF], file_limits=FileLimits(("xlsx",), bytes_total=10_000_000)) == ["file_type"]

    def test_blocking_findings_come_first(self):
        found = check("call +49 30 1234567", files=[ReplyFile("a.zip", "", 5)])
        assert [finding.level for finding in found] == ["block", "warn"]
        assert {finding.level for finding in found} <= set(FINDING_LEVELS)


HARMLESS = [
    "Ihre Bestellung 302-1234567-1234567 kommt am 25.11.2026 zwischen 10:00 und 12:30 Uhr.",
    "Die Sendungsnummer ist 00340434161094042557 (DHL), der Preis war 1.299,00 EUR oder 29,90 €.",
    "Die EAN ist 4006381333931, die ASIN B0EXAMPL01, GTIN-13: 0012345678905, ISBN 978-3-16-148410-0.",
    "Tracking number: 1Z999AA10123456784 and USPS 9400 1112 0255 5567 8901 23. It left on 11/25/2026.",
    "Suivi 6A12345678901, commande 404-1234567-1234567, livraison le 25/11/2026 à 14h30.",
    "DPD 01505012345678 oder 0150 5012 3456 78, Royal Mail 0B 0480 0123 4567 8901 234",
    "Seriennummer: 0123 4567 890, SKU 0815-4711-001, model 555-123-4567",
    "Invoice 2026-001234-55 of 01 02 2026, VAT DE123456789, IBAN DE89 3704 0044 0532 0130 00",
    "Größe 120-80-60 cm, 1.000.000 Stück, PLZ 10115 Berlin, 3-5 Tage, 24.12.-27.12.2026, 2026-11-25 10:15:00",
    "Das Geld ist erstattet.Es dauert noch.Danke.es war nett z.B. am Mo. Siehe Rechnung.pdf, Version 1.2.3",
    "Mehr auf amazon.de, https://www.amazon.de/dp/B0EXAMPL01 oder www.amazon.com/help.",
    "Vielen Dank für Ihre Bewertung. Wir haben Ihr Feedback weitergegeben. Die Gutschrift ist unterwegs.",
    "Please give me your feedback on the color.",
    "Thank you for your feedback and your review. We have read both, and 5 starting points came up.",
    "Merci pour votre avis. Nous avons bien reçu votre commentaire. La note de crédit suit.",
    "伝票番号は 1234-5678-9012 です。レビューをありがとうございます。",
    "a < b, c > d, R&D, AT&T, 50 % & mehr; {} und [sic], Größe XXL, Schrauben M6x20 <3 ✓ ★ → ©",
    "[Important] The part fits [ASIN: B0EXAMPL01].",
]
TOLD = [
    ("phone", "Rufen Sie uns an: 030 1234567"),
    ("phone", "Tel. 0171/1234567"),
    ("phone", "call us at (555) 123-4567"),
    ("phone", "Or +49 (0)30 12345678"),
    ("phone", "0049 30 12345678"),
    ("phone", "Appelez le 01 23 45 67 89"),
    ("phone", "hotline 08001234567"),
    ("phone", "WhatsApp 4917012345678"),
    ("phone", "電話 03-1234-5678"),
    ("phone", "chiama il 333 1234567"),
    ("phone", "telefonisch unter ０３０ 1234567"),
    ("link", "siehe www.myshop.de/x."),
    ("link", "https://amazon.de.evil.example/x"),
    ("link", "https://www.amazon.de@evil.example/x"),
    ("link", "bei shop24.com kaufen"),
    ("link", "dhl.de/sendung?x=1"),
    ("link", "https://sellercentral.amazon.de/orders"),
    ("email", "an max@shop.de schreiben"),
    ("email", "max (at) shop (dot) de"),
    ("email", "max[at]shop.de"),
    ("coupon", "Use the discount code SAVE10"),
    ("coupon", "Mit dem Gutscheincode X sparen Sie"),
    ("coupon", "Voici un code promo"),
    ("coupon", "un código de descuento"),
    ("coupon", "un buono sconto"),
    ("coupon", "次回使えるクーポン"),
    ("review", "Please leave us a positive review."),
    ("review", "Could you remove the negative feedback?"),
    ("review", "5-star rating"),
    ("review", "Über eine positive Bewertung würden wir uns freuen."),
    ("review", "Bitte bewerten Sie uns."),
    ("review", "Merci de laisser un avis."),
    ("review", "Deje una valoración positiva."),
    ("review", "Lasci una recensione positiva."),
    ("review", "Laat een beoordeling achter."),
    ("review", "Prosimy o wystawienie pozytywnej opinii."),
    ("review", "Lämna gärna ett omdöme."),
    ("review", "Lütfen olumlu yorum bırakın."),
    ("review", "レビューをお願いします。"),
    ("html", "Hallo<br>Jo"),
    ("html", "<p>Hallo"),
    ("html", "A&nbsp;B"),
    ("html", 'siehe <a href="x">hier</a>'),
    ("placeholder", "Hallo {name},"),
    ("placeholder", "Hallo {{ object.name }},"),
    ("placeholder", "Hallo [Name],"),
    ("placeholder", "Hallo [kundenname],"),
    ("placeholder", "Sendungsnummer: XXXX"),
    ("placeholder", "Dear <name>,"),
    ("placeholder", "am [DELIVERY DATE] oder ${date}"),
    ("emoji", "Danke 😊"),
]


class TestWarnings:
    @pytest.mark.parametrize("text", HARMLESS)
    def test_what_is_harmless_is_not_found(self, text):
        assert [finding for finding in check(text) if finding.code != "language"] == []

    @pytest.mark.parametrize(("code", "text"), TOLD)
    def test_what_is_not_allowed_is_told(self, code, text):
        (finding,) = check(text)
        assert (finding.code, finding.level) == (code, "warn")
        assert finding.excerpts and all(excerpt for excerpt in finding.excerpts)
        assert f"“{finding.excerpts[0]}" in finding.text

    def test_numbers_of_the_order_are_no_phone_numbers(self):
        text = "Bitte 0171 2345678 angeben."
        assert codes(text) == ["phone"]
        package = replace(ORDER.packages[0], tracking="0171 2345678")
        assert codes(text, order=replace(ORDER, packages=(package,))) == []

    def test_many_places_are_counted(self):
        (finding,) = check(" ".join(f"{{place_{name}}}" for name in "abcde"))
        assert finding.text.count("“") == 3 and "and 2 more" in finding.text
        assert len(finding.excerpts) == 5

    def test_long_and_odd_texts_are_checked_in_time(self):
        for text in (
            "1 " * 20_000,
            "a." * 20_000,
            "(" * 20_000,
            "<" * 20_000,
            "leave " * 5_000,
            "1-" * 20_000,
            "{" * 9_999,
        ):
            started = time.process_time()
            check(text)
            assert time.process_time() - started < 2

    def test_writing_first_too_late_is_told(self):
        old = replace(ORDER, deliver_by=datetime(2020, 1, 1, tzinfo=timezone.utc))
        assert codes(order=old) == []
        assert codes(order=old, is_answer=False) == ["late"]


SENTENCES = {
    "en": "Thank you for your message. We have sent your order yesterday and it will be with you in two days.",
    "de": "Vielen Dank für Ihre Nachricht. Wir haben Ihre Bestellung gestern verschickt und sie wird in zwei Tagen bei "
    "Ihnen sein.",
    "fr": "Merci pour votre message. Nous avons expédié votre commande hier et elle sera chez vous dans les deux "
    "jours.",
    "es": "Gracias por su mensaje. Hemos enviado su pedido ayer y estará con usted en los próximos dos días, "
    "no hay más.",
    "it": "Grazie per il suo messaggio. Abbiamo spedito il suo ordine ieri e sarà da lei nei prossimi due giorni, non "
    "è stato perso.",
    "nl": "Bedankt voor uw bericht. Wij hebben uw bestelling gisteren verzonden en het pakket is over twee dagen "
    "bij u.",
    "pl": "Dziękujemy za wiadomość. Paczka została wysłana wczoraj i będzie u Pani w ciągu dwóch dni, nie jest to "
    "opóźnienie z naszej strony.",
    "sv": "Tack för ditt meddelande. Vi har skickat din beställning i går och den är hos dig om två dagar, det är inte "
    "försenat.",
    "pt": "Obrigado pela sua mensagem. Enviamos o seu pedido ontem e ele estará com você em dois dias, não há atraso.",
    "tr": "Mesajınız için teşekkür ederiz. Siparişiniz dün gönderildi ve bu hafta içinde sizde olacak, bir gecikme "
    "yok ama daha erken değil.",
    "ja": "お問い合わせありがとうございます。ご注文の商品は昨日発送いたしました。",
    "ar": "شكرا على رسالتك. لقد أرسلنا طلبك أمس وسيصل إليك خلال يومين.",
}


class TestLanguage:
    @pytest.mark.parametrize("lang", SENTENCES)
    def test_each_language_is_right_where_it_is_spoken_and_wrong_elsewhere(self, lang):
        for site in Amazon.sites:
            found = codes(SENTENCES[lang], site=site)
            if site.lang.startswith(lang):
                assert found == []
            elif site.code in ("GB", "IE", "AU") and lang != "en":
                assert found == ["language"], site.code

    def test_it_says_which_and_what_is_usual(self):
        (finding,) = check(SENTENCES["fr"], site=DE)
        assert finding.text == "This looks French; buyers at amazon.de are answered in German."

    def test_a_buyers_own_language_is_never_wrong(self):
        assert codes(SENTENCES["fr"], site=DE, buyer_text=SENTENCES["fr"].replace("Merci", "Bonjour")) == []
        assert codes(SENTENCES["es"], site=US) == []

    @pytest.mark.parametrize(
        "text", ["OK, thank you!", "Merci beaucoup", "Sent with UPS", "1Z999AA10123456784", "Gracias."]
    )
    def test_short_texts_prove_nothing(self, text):
        for site in Amazon.sites:
            assert "language" not in codes(text, site=site)

    def test_two_languages_in_one_text_prove_nothing(self):
        assert codes(f"{SENTENCES['de']}\n\n{SENTENCES['fr']}", site=Amazon.get_site("IT")) == []


class TestMessages:
    def test_every_action_has_a_form(self):
        for action in Amazon.message_actions:
            assert action.fields and action.title and action.help
            assert {field.kind for field in action.fields} <= set(FIELD_KINDS)

    def check(self, code, values, files=()):
        return [(f.code, f.level) for f in Amazon.check_message(code, values, files, site=DE)]

    def test_texts_have_their_own_limits(self):
        assert self.check("confirmOrderDetails", {"text": "Welche Farbe?"}) == []
        assert self.check("confirmOrderDetails", {"text": " "}) == [("empty", "block")]
        assert self.check("digitalAccessKey", {"text": "ab " * 134}) == [("too_long", "block")]

    def test_what_the_api_refuses_is_blocking(self):
        values = {"text": "<b>an</b> a@b.de oder 030 1234567"}
        assert self.check("confirmOrderDetails", values) == [("html", "block"), ("email", "block"), ("phone", "warn")]

    def test_files_are_counted_and_checked(self):
        assert self.check("invoice", {}) == [("no_file", "block")]
        assert self.check("invoice", {}, [PDF] * 6) == [("too_many", "block")]
        assert self.check("invoice", {}, [replace(PDF, name="a.zip")]) == [("file_type", "block")]
        assert self.check("invoice", {}, [PDF]) == []

    def test_a_warranty_ends_after_it_begins(self):
        now = datetime.now(timezone.utc)
        values = {"coverage_start": now, "coverage_end": now.replace(year=now.year - 1)}
        assert self.check("warranty", values, [PDF]) == [("dates", "block")]

    def test_a_review_has_its_time(self):
        now = datetime(2026, 12, 1, tzinfo=timezone.utc)
        assert Amazon.explain_review(ORDER, now) is None
        assert "cancelled" in Amazon.explain_review(replace(ORDER, status="cancelled"), now)
        assert "not been shipped" in Amazon.explain_review(replace(ORDER, status="unshipped"), now)
        assert "30 days" in Amazon.explain_review(ORDER, now.replace(year=2027))
