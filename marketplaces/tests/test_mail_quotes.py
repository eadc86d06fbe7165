# ruff: noqa: E501 - heads are shown as they are written
"""Quoted mails are found whatever program wrote them, in the languages of the storefronts and some more."""

import pytest

from marketplaces.mail.message import html_to_text
from marketplaces.mail.quotes import split_quote

WORDS = "Bitte tauschen Sie das um.\n\nDanke\nJo"
ADDRESS = "abcdefghij12345@marketplace.amazon.de"

#: What mail programs write in one line (or two) above a quoted mail.
HEADS = {
    "gmail_de": f"Am Mo., 12. Okt. 2026 um 17:02 Uhr schrieb Example Store <{ADDRESS}>:",
    "gmail_en": f"On Mon, Oct 12, 2026 at 5:02 PM Example Store <{ADDRESS}> wrote:",
    "gmail_es": f"El lun, 12 oct 2026 a las 17:02, Example Store (<{ADDRESS}>) escribió:",
    "gmail_fr": f"Le lun. 12 oct. 2026 à 17:02, Example Store <{ADDRESS}> a écrit :",
    "gmail_it": f"Il giorno lun 12 ott 2026 alle ore 17:02 Example Store <{ADDRESS}> ha scritto:",
    "gmail_nl": f"Op ma 12 okt 2026 om 17:02 schreef Example Store <{ADDRESS}>:",
    "gmail_pl": f"pon., 12 paź 2026 o 17:02 Example Store <{ADDRESS}> napisał(a):",
    "gmail_sv": f"Den mån 12 okt. 2026 kl 17:02 skrev Example Store <{ADDRESS}>:",
    "gmail_tr": f"Example Store <{ADDRESS}>, 12 Eki 2026 Pzt, 17:02 tarihinde şunu yazdı:",
    "gmail_pt": f"Em seg., 12 de out. de 2026 às 17:02, Example Store <{ADDRESS}> escreveu:",
    "gmail_ja": f"2026年10月12日(月) 17:02 Example Store <{ADDRESS}>:",
    "gmail_zh": f"Example Store <{ADDRESS}> 于2026年10月12日周一 17:02写道：",
    "gmail_ar": f"في الاثنين، 12 أكتوبر 2026 في 5:02 م تمت كتابة ما يلي بواسطة Example Store <{ADDRESS}>:",
    "gmail_hi": f"सोम, 12 अक्टू॰ 2026 को 5:02 pm बजे Example Store <{ADDRESS}> ने लिखा:",
    "gmail_cs": f"po 12. 10. 2026 v 17:02 odesílatel Example Store <{ADDRESS}> napsal:",
    "gmail_ru": f"пн, 12 окт. 2026 г. в 17:02, Example Store <{ADDRESS}>:",
    "gmail_uk": f"пн, 12 жовт. 2026 р. о 17:02 Example Store <{ADDRESS}> пише:",
    "gmail_fi": f"ma 12. lokak. 2026 klo 17.02 Example Store <{ADDRESS}> kirjoitti:",
    "gmail_da": f"Den man. 12. okt. 2026 kl. 17.02 skrev Example Store <{ADDRESS}>:",
    "gmail_nb": f"man. 12. okt. 2026 kl. 17:02 skrev Example Store <{ADDRESS}>:",
    "gmail_wrapped": f"On Mon, Oct 12, 2026 at 5:02 PM Example Store <\n{ADDRESS}> wrote:",
    "gmail_wrapped_de": f"Example Store <{ADDRESS}> schrieb am Mo., 12.\nOkt. 2026 um 17:02 Uhr:",
    "apple_sv": f"12 okt. 2026 kl. 17:02 skrev Example Store <{ADDRESS}>:",
    "apple_fr": f"Le 12 oct. 2026 à 17:02, Example Store <{ADDRESS}> a écrit :",
    "thunderbird_pl": "W dniu 12.10.2026 o 17:02, Example Store pisze:",
    "thunderbird_de": "Am 12.10.26 um 17:02 schrieb Example Store:",
    "thunderbird_en": "On 12/10/2026 17:02, Example Store wrote:",
    "naver": f"2026-10-12 17:02 GMT+09:00, Example Store <{ADDRESS}>님이 작성:",
    "zoho": "---- On Mon, 12 Oct 2026 17:02:11 +0200 Example Store wrote ----",
    "outlook_en": f"From: Example Store <{ADDRESS}>\nSent: Monday, October 12, 2026 5:02 PM\nTo: Jo\nSubject: Your order",
    "outlook_bold": f"*From:* Example Store <{ADDRESS}>\n*Sent:* Monday, 12 October 2026 17:02\n*To:* Jo\n*Subject:* Order",
    "outlook_pl": f"Od: Example Store <{ADDRESS}>\nWysłane: poniedziałek, 12 października 2026 17:02\nDo: Jo\nTemat: Zamówienie",
    "outlook_zh": f"发件人: Example Store <{ADDRESS}>\n发送时间: 2026年10月12日 17:02\n收件人: Jo\n主题: 订单",
    "outlook_ar": f"من: Example Store <{ADDRESS}>\nتم الإرسال: 12 أكتوبر 2026 17:02\nإلى: Jo\nالموضوع: طلب",
    "outlook_it": f"Da: Example Store <{ADDRESS}>\nInviato: lunedì 12 ottobre 2026 17:02\nA: Jo\nOggetto: Ordine",
    "outlook_hr": f"Od: Example Store <{ADDRESS}>\nPoslano: 12. listopada 2026. 17:02\nPrima: jo@buyer.example\nPredmet: Narudžba",
    "gmx": f"Gesendet: Montag, 12. Oktober 2026 um 17:02 Uhr\nVon: Example Store <{ADDRESS}>\nAn: jo@gmx.example\nBetreff: Bestellung",
    "t_online": f"-----Original-Nachricht-----\nBetreff: Bestellung\nDatum: 12.10.2026 17:02\nVon: Example Store <{ADDRESS}>\nAn: Jo",
    "samsung_tr": f"-------- Orijinal mesaj --------\nKimden: Example Store <{ADDRESS}>\nTarih: 12.10.2026 17:02\nAlıcı: Jo\nKonu: Sipariş",
    "samsung_unknown": f"-------- Izvorna poruka --------\nOd: Example Store <{ADDRESS}>\nDatum: 12. 10. 2026. 17:02\nPrima: Jo",
    "qq": f"------------------ 原始邮件 ------------------\n发件人: \"Example Store\" <{ADDRESS}>\n发送时间: 2026年10月12日\n收件人: \"Jo\"",
    "yahoo": "----- Original Message -----\nFrom: Example Store\nSent: Monday 12 October 2026\nSubject: Your order",
    "mail_ru": f"Понедельник, 12 октября 2026, 17:02 +03:00 от Example Store <{ADDRESS}>:",
    "outlook_ios": f"________________________________\nFrom: Example Store <{ADDRESS}>\nSent: Monday, October 12, 2026\nTo: Jo\nSubject: Your order",
}  # fmt: skip
#: Heads that stand behind ">" themselves.
QUOTED_HEADS = {
    "orange": f"> Message du 12/10/26 17:02\n> De : \"Example Store\" <{ADDRESS}>\n> A : jo@orange.example\n> Objet : Commande",
    "apple_forward": f"> Begin forwarded message:\n>\n> From: Example Store <{ADDRESS}>\n> Subject: Order\n> Date: 12 October 2026 at 17:02",
    "apple_nl": f"> Op 12 okt. 2026 om 17:02 heeft Example Store <{ADDRESS}> het volgende geschreven:",
    "mac_zh": f"> 在 2026年10月12日，下午5:02，Example Store <{ADDRESS}> 写道：",
}  # fmt: skip
HISTORY = "Guten Tag, Ihr Paket ist am Montag abgegangen.\nExample Store"


def behind(text):
    """Return lines as a mail program quotes them."""
    return "\n".join(f"> {line}" for line in text.split("\n"))


class TestHeads:
    @pytest.mark.parametrize("name", HEADS)
    def test_what_stands_below_a_head_is_history(self, name):
        assert split_quote(f"{WORDS}\n\n{HEADS[name]}\n\n{HISTORY}")[0] == WORDS

    @pytest.mark.parametrize("name", HEADS)
    def test_a_head_right_below_the_words_takes_none_of_them(self, name):
        assert split_quote(f"{WORDS}\n{HEADS[name]}\n{behind(HISTORY)}")[0] == WORDS

    @pytest.mark.parametrize("name", HEADS)
    def test_words_below_a_quoted_block_stay(self, name):
        new, old = split_quote(f"{HEADS[name]}\n{behind(HISTORY)}\n\n{WORDS}")
        assert new == WORDS
        assert HISTORY.split("\n")[0] in old

    @pytest.mark.parametrize("name", QUOTED_HEADS)
    def test_a_quoted_block_may_begin_with_its_head(self, name):
        assert split_quote(f"{WORDS}\n\n{QUOTED_HEADS[name]}\n>\n{behind(HISTORY)}")[0] == WORDS

    @pytest.mark.parametrize("name", HEADS)
    def test_a_head_with_nothing_above_and_no_quoted_lines_below_cuts_nothing(self, name):
        text = f"{HEADS[name]}\n\n{HISTORY}"
        assert split_quote(text) == (text, "")

    def test_answers_between_quoted_blocks_all_stay(self):
        text = f"{HEADS['gmail_de']}\n{behind('Welche Farbe?')}\n\nBlau.\n\n{HEADS['apple_fr']}\n{behind('Welche Größe?')}\n\nM."
        assert split_quote(text)[0].split() == ["Blau.", "M."]

    def test_invisible_characters_hide_no_head(self):
        assert split_quote(f"{WORDS}\n\n\u200e\u200b{HEADS['gmail_ar']}\n\n{HISTORY}")[0] == WORDS


class TestWordsOfAPerson:
    @pytest.mark.parametrize(
        "text",
        [
            "Hello,\nmy address is:\nJo Doe\n1 Main Street\nThank you",
            "Please send it to:\nName: Jo Doe\nStreet: Main Street 1\nCity: 12345 Town\nPhone: 0123 456789",
            "Name: Jo Doe\nStreet: Main Street 1\nMail: jo@buyer.example\nOrder date: 12.10.2026",
            "I ordered on 12.10.2026 at 17:02 and it said:\ndelivered. But nothing came.",
            "> is this how to answer?\nI do not know.",
            "From: Paris\nTo: Berlin\nThat is how it travelled.",
            "Note: the box was open.\nPS: thanks!",
            "-----\nItem A\n-----\nItem B",
            "--- important ---\nPlease call back.",
            "Size: 42\nColour: blue\nQuantity: 2",
            "Your mail <info@seller.example> bounced, so I write here: where is it?",
        ],
    )
    def test_what_only_resembles_a_head_cuts_nothing(self, text):
        assert split_quote(text) == (text, "")


class TestHtml:
    HTML_QUOTE = '<blockquote type="cite">Welche Farbe?</blockquote>'

    def split(self, html):
        return split_quote(html_to_text(html))[0]

    def test_words_below_a_quoted_mail_stay(self):
        assert self.split(f"{self.HTML_QUOTE}<p>Blau.</p>") == "Blau."

    def test_words_between_quoted_mails_stay(self):
        html = f"<p>Hallo,</p>{self.HTML_QUOTE}<p>Blau.</p>{self.HTML_QUOTE}<p>M.</p>"
        assert self.split(html).split() == ["Hallo,", "Blau.", "M."]

    def test_a_quoted_mail_may_hold_another(self):
        nested = f'<div class="gmail_quote"><blockquote class="gmail_quote">a{self.HTML_QUOTE}b</blockquote></div>'
        assert self.split(f"<p>new</p>{nested}<p>below</p>").split() == ["new", "below"]

    def test_a_quotation_of_the_writers_own_stays(self):
        assert self.split("<p>It says</p><blockquote>Do not wash</blockquote><p>on it.</p>").split()[2:5] == [
            "Do",
            "not",
            "wash",
        ]
