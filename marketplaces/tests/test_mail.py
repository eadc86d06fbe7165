"""Shared mail reading: charsets, structure, files, quotes, reports."""

import base64
from datetime import datetime, timezone

import pytest

from marketplaces.mail import message
from marketplaces.mail.charset import header_text, to_text

HEAD = b"From: A <a@b.example>\nSubject: x\nMIME-Version: 1.0\n"


def decode(body, content_type=b"text/plain; charset=utf-8", more=b""):
    return message.decode(HEAD + more + b"Content-Type: " + content_type + b"\n\n" + body)


def multipart(*parts, kind=b"mixed"):
    body = b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"
    return message.decode(HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\n\n" + body)


class TestCharsets:
    @pytest.mark.parametrize(
        ("text", "encoded_as", "declared"),
        [
            ("Grüße – 5 €", "windows-1252", "iso-8859-1"),
            ("Grüße – 5 €", "windows-1252", "us-ascii"),
            ("Grüße", "utf-8", "x-unknown"),
            ("Grüße", "utf-8", "iso-2022-jp"),
            ("Grüße", "utf-8-sig", "windows-1252"),
            ("Grüße", "utf-16", ""),
            ("商品は届きました。", "shift_jis", ""),
            ("商品は届きました。", "euc_jp", "utf-8"),
            ("商品は届きました。", "iso-2022-jp", "utf-8"),
            ("ﾃｽﾄ 商品", "iso2022_jp_ext", "iso-2022-jp"),
            ("包裹什么时候到？", "gb18030", "gb2312"),
            ("包裹什么时候到？", "gb18030", ""),
            ("Żółw", "iso-8859-2", "iso-8859-2"),
            ("Ayşe", "windows-1254", "iso-8859-9"),
        ],
    )
    def test_text_is_read_whatever_its_charset_claims(self, text, encoded_as, declared):
        assert to_text(text.encode(encoded_as), declared) == text

    @pytest.mark.parametrize("name", ["hex", "idna", "punycode", "undefined", "base64", "\0", "../x", "a" * 500, None])
    def test_name_that_is_no_charset_does_no_harm(self, name):
        assert to_text(b"plain", name) == "plain"

    def test_cut_utf8_stays_utf8(self):
        assert to_text("Grüße aus Köln, schöne Tage in Österreich ü".encode()[:-1], "utf-8").startswith(
            "Grüße aus Köln"
        )

    def test_control_characters_and_line_ends_are_cleaned(self):
        assert to_text(b"a\x00b\r\nc\rd\x1b") == "ab\nc\nd"

    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            (b"=?utf-8?q?Caf=C3=A9?= =?utf-8?q?_noir?=", "Café noir"),
            (b"=?utf-8?q?=C3?=\n =?utf-8?q?=A9?=", "é"),
            (b"=?UTF-8*fr?Q?=C3=A9?=", "é"),
            (b"=?x-nothing?q?=E9?=", "é"),
            (b"=?utf-8?q?broken", "=?utf-8?q?broken"),
            ("Grüße".encode(), "Grüße"),
            (b"Gr\xfc\xdfe", "Grüße"),
            (b"(=?iso-2022-jp?B?GyRCQ23KOBsoQg==?= 250)", "(注文 250)"),
        ],
    )
    def test_header_words_are_decoded_even_when_broken(self, raw, text):
        if b"Q23KOBs" in raw:
            raw = raw.replace(b"GyRCQ23KOBsoQg==", base64.b64encode("注文".encode("iso-2022-jp")))
        assert header_text(raw) == text


class TestHeaders:
    def test_header_is_found_in_any_case_and_unfolded(self):
        decoded = message.decode(b"X-Long: a\r\n\tb\r\nsubject: s\r\n\r\nbody")
        assert (decoded.get("x-LONG"), decoded.subject, decoded.body) == ("a b", "s", "body")

    def test_damaged_line_does_not_end_the_headers(self):
        decoded = message.decode(b"From: a@b.example\nthis is no header\nSubject: s\n\nbody")
        assert (decoded.from_address, decoded.subject, decoded.body) == ("a@b.example", "s", "body")

    def test_mbox_line_and_blank_lines_before_the_headers_are_skipped(self):
        assert message.decode(b"\n\nFrom a@b Mon Oct 5\nSubject: s\n\nbody").subject == "s"

    @pytest.mark.parametrize(
        ("value", "name", "address"),
        [
            (b'"Doe, Jo" <jo@X.Example>', "Doe, Jo", "jo@x.example"),
            (b"Doe, Jo <jo@x.example>", "Doe, Jo", "jo@x.example"),
            (b"jo@x.example (Jo Doe)", "Jo Doe", "jo@x.example"),
            (b'"other@y.example" <jo@x.example>', "other@y.example", "jo@x.example"),
            (b'"Jo <jo@x.example>', "Jo", "jo@x.example"),
            (b"=?utf-8?q?J=C3=B6?= <jo@x.example.>", "Jö", "jo@x.example"),
        ],
    )
    def test_name_is_never_taken_for_the_address(self, value, name, address):
        decoded = message.decode(b"From: " + value + b"\n\nx")
        assert [(a.name, a.address) for a in decoded.senders] == [(name, address)]

    def test_recipients_come_from_all_headers_once(self):
        decoded = message.decode(b"To: A <a@x.example>, b@x.example\nCc: B@x.example\nX-Original-To: c@x.example\n\nx")
        assert decoded.recipients == ("a@x.example", "b@x.example", "c@x.example")

    @pytest.mark.parametrize(
        ("value", "date"),
        [
            (b"Mon, 05 Oct 2026 10:00:00 +0200", datetime(2026, 10, 5, 8, tzinfo=timezone.utc)),
            (b"5 Oct 2026 10:00:00 -0000", datetime(2026, 10, 5, 10, tzinfo=timezone.utc)),
            (b"Fri, 31 Dec 9999 23:59:59 -2359", None),
            (b"yesterday", None),
            (b"", None),
        ],
    )
    def test_date_is_aware_utc_or_unknown(self, value, date):
        assert message.decode(b"Date: " + value + b"\n\nx").date == date

    def test_answered_mails_are_listed_latest_first(self):
        decoded = message.decode(b"In-Reply-To: <c@x>\nReferences: <a@x> <b@x>\n <c@x>\n\nx")
        assert decoded.in_reply_to == ("<c@x>", "<b@x>", "<a@x>")


class TestParts:
    def test_alternative_gives_text_and_html(self):
        decoded = multipart(
            b"Content-Type: text/plain\n\nplain", b"Content-Type: text/html\n\n<p>html", kind=b"alternative"
        )
        assert (decoded.text, decoded.html, decoded.attachments) == ("plain", "<p>html", ())

    def test_files_keep_their_names_in_every_notation(self):
        decoded = multipart(
            b'Content-Type: image/png; name="=?utf-8?q?=C3=A4.png?="\n\nx',
            b"Content-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''%C3%B6.png\n\nx",
            b'Content-Type: image/png\nContent-Disposition: attachment; filename*0="a b"; filename*1=.png\n\nx',
            b"Content-Type: text/plain; name=note.txt\n\nx",
            b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="../../etc/x\x00.pdf"\n\nx',
            b"Content-Type: image/jpeg\n\nx",
            b"Content-Type: message/rfc822\n\nSubject: inner\n\ninner",
        )
        names = [file.name for file in decoded.attachments]
        assert names == ["ä.png", "ö.png", "a b.png", "note.txt", "x.pdf", "attachment-6.jpg", "message-7.eml"]
        assert decoded.text is None

    def test_contradicting_file_names_do_no_harm(self):
        decoded = multipart(b"Content-Type: image/png; name*=a; name*0=b\n\nx")
        assert len(decoded.attachments) == 1

    def test_inline_image_keeps_its_content_id(self):
        decoded = multipart(
            b"Content-Type: image/png\nContent-ID: <i@x>\nContent-Disposition: inline\n\nx", kind=b"related"
        )
        assert decoded.attachments[0].content_id == "i@x"

    def test_boundary_that_begins_another_one_is_told_apart(self):
        inner = b"Content-Type: multipart/alternative; boundary=bb\n\n--bb\n\ninner\n--bb--"
        assert multipart(inner, b"\nouter").text == "inner\nouter"

    @pytest.mark.parametrize("body", [b"--z\n\nhello\n--z--", b"hello"])
    def test_wrong_boundary_hides_nothing(self, body):
        assert "hello" in decode(body, b"multipart/mixed; boundary=q").text

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            (b"aGVsbG8=", "hello"),
            (b"aGVs\nbG8", "hello"),
            (b"aGVsbG8=\n\n", "hello"),
            (b"this is no base64 at all", "this is no base64 at all"),
        ],
    )
    def test_broken_base64_gives_what_is_readable(self, body, text):
        assert decode(body, more=b"Content-Transfer-Encoding: base64\n").text == text

    def test_truncated_mail_gives_what_came(self):
        raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhel"
        assert message.decode(raw).text == "hel"


class TestHtml:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<p>a</p><p>b<br>c</p>", "a\n\nb\nc"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<style>x</style><script>y</script><!-- z -->a &amp; b&nbsp;c", "a & b c"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("<pre>a\n  b</pre>", "a\nb"),
            ("<?xml version='1.0' encoding='utf-16'?><p>ü", "ü"),
            ("a &#0; &#xD800; \x00 b", "a b"),
            ("", ""),
        ],
    )
    def test_words_keep_their_lines(self, html, text):
        assert message.html_to_text(html).replace("\ufffd", "").replace("  ", " ").replace("  ", " ") == text

    def test_nested_too_deep_for_a_parser_is_still_read(self):
        assert message.html_to_text("<div>" * 100_000 + "hello") == "hello"


class TestQuotes:
    @pytest.mark.parametrize(
        "head",
        [
            "On Mon, Oct 5, 2026 at 10:00 AM Jo <jo@x.example> wrote:",
            "Am 05.10.2026 um 10:00 schrieb Jo:",
            "Le lun. 5 oct. 2026 à 10:00, Jo <jo@x.example> a écrit :",
            "El lun, 5 oct 2026 a las 10:00, Jo (<jo@x.example>) escribió:",
            "Il giorno lun 5 ott 2026 alle ore 10:00 Jo ha scritto:",
            "Em seg., 5 de out. de 2026 às 10:00, Jo escreveu:",
            "Op ma 5 okt 2026 om 10:00 schreef Jo <jo@x.example> het volgende geschreven:",
            "W dniu 5.10.2026 o 10:00 Jo napisał(a):",
            "Den mån 5 okt. 2026 kl 10:00 skrev Jo <jo@x.example>:",
            "-----Original Message-----",
            "-------- Messaggio originale --------",
            "________ Mensaje original ________",
            "From: Jo\nSent: Monday\nTo: Me\nSubject: x",
            "Van: Jo\nVerzonden: maandag\nAan: Mij\nOnderwerp: x",
            "De : Jo\nEnvoyé : lundi\nÀ : Moi\nObjet : x",
        ],
    )
    def test_history_is_split_off_at_its_head(self, head):
        new, old = message.split_quote(f"new\n\n{head}\n\nold words")
        assert new == "new"
        assert old.endswith("old words")

    def test_words_below_a_quote_stay_new(self):
        assert message.split_quote("On 5 Oct 2026 Jo wrote:\n> old\n> older\n\nnew")[0] == "new"

    def test_quoted_block_of_html_is_history(self):
        text = message.html_to_text('<p>new</p><blockquote type="cite"><p>old</p></blockquote>')
        assert message.split_quote(text)[0] == "new"

    def test_below_a_head_and_a_quoted_block_of_html_nothing_is_new(self):
        text = message.html_to_text(
            "<div>new</div><div>On Wed, Nov 25, 2026 at 9:00 AM Jo wrote:<br></div>"
            '<blockquote class="gmail_quote"><div>old</div>&gt; older<div>oldest</div></blockquote>'
        )
        assert message.split_quote(text)[0] == "new"


class TestReports:
    def test_report_tells_recipient_status_and_returned_mail(self):
        raw = (
            b"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\nsorry\n"
            b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
            b"Final-Recipient: rfc822; <a@x.example>\nAction: failed\nStatus: 5.7.1\n"
            b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <o@x>\nSubject: s\n\nx\n--b--\n"
        )
        report = message.decode(raw).report
        assert (report.recipients, report.action, report.status) == (("a@x.example",), "failed", "5.7.1")
        assert (report.message_id, report.original.get("subject")) == ("<o@x>", "s")

    def test_ordinary_mail_is_no_report(self):
        assert decode(b"x").report is None


class TestUnclaimed:
    def test_mail_of_nobody_is_kept_readable(self):
        seen = message.unclaimed(decode(b"words"))
        assert (seen.app, seen.kind, seen.text, seen.body) == (None, "unknown", None, "words")

    def test_authentication_of_any_sender_is_judged_by_alignment(self):
        for results, expected in (("dkim=pass header.d=b.example", "pass"), ("dkim=pass header.d=c.example", "none")):
            raw = f"Authentication-Results: mx; {results}\n".encode() + HEAD + b"\nx"
            assert message.unclaimed(message.decode(raw, authserv_id="mx")).authentication == expected
            assert message.unclaimed(message.decode(raw)).authentication == "none"
