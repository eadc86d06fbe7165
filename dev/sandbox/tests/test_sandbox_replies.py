"""What the pretend Amazon does with a seller's answers: copies, refusals, silence, and machines that answer."""

import smtplib
from email import message_from_bytes, policy

import pytest
from sandbox.server import AUTHSERV_ID

from marketplaces import read_mail
from marketplaces.amazon import Amazon
from marketplaces.schema import BuyerMail

DE = Amazon.get_site("DE")
SITE_ADDRESS = "amazon-de@odoo.example"


class Shop:
    """A seller who reads what is delivered and answers by mail."""

    def __init__(self, sandbox, delivered):
        self.sandbox, self.delivered = sandbox, delivered
        orders = [order for _code, order in sandbox.orders.all("DEMO-EU")]
        here = [order for order in orders if order["salesChannel"]["marketplaceId"] == DE.site_ref]
        self.ref = next(order["orderId"] for order in here if "buyerEmail" in order["buyer"])

    def asked(self, text="Wo ist mein Paket?", **options):
        """Return the buyer's mail that arrives."""
        self.sandbox.write(text, order_ref=self.ref, **options)
        return self.read()[-1]

    def read(self):
        assert self.sandbox.wait()
        return [read_mail(raw, authserv_id=AUTHSERV_ID) for raw in list(self.delivered)]

    def answer(self, buyer_mail, text="Unterwegs!", sender=SITE_ADDRESS, **values):
        """Send an answer and return it."""
        options = {"site": DE, "site_address": sender, "site_name": "Shop", "text": text, "buyer_mail": buyer_mail}
        reply = Amazon.make_reply(**{**options, **values})
        headers = {
            "From": reply.from_header,
            "To": reply.recipient,
            "Subject": reply.subject,
            "Message-ID": "<ours@odoo.example>",
            "In-Reply-To": reply.in_reply_to,
            "References": reply.references_header,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        raw = f"{head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{reply.text}"
        with smtplib.SMTP("127.0.0.1", self.sandbox.smtp_port, timeout=10) as smtp:
            smtp.sendmail(sender, [reply.recipient], raw.encode(), ["BODY=8BITMIME"])
        return reply

    def seen(self):
        """Return what the buyer got, and what became of it."""
        return [(e["fate"], e["text"].split("\n")[0]) for e in self.sandbox.read_conversation(self.ref) if "fate" in e]


@pytest.fixture
def shop(sandbox, delivered):
    return Shop(sandbox, delivered)


def test_a_copy_proves_that_the_buyer_got_it(sandbox, shop):
    sandbox.world.set_switches({"reply_copies": True})
    question = shop.asked()
    reply = shop.answer(question, "Grüße & Küsse <3\n\nUnterwegs!", signature="Ihr Team")
    *_before, copy = shop.read()
    assert (copy.notice, copy.order_ref, copy.authentication) == ("reply_copy", shop.ref, "pass")
    assert Amazon.matches_reply(copy, reply.words)
    assert not Amazon.matches_reply(copy, "Etwas anderes")
    assert shop.seen() == [("shown", "Grüße & Küsse <3")]


def test_a_copy_before_the_sale_names_no_order(sandbox, shop):
    sandbox.world.set_switches({"reply_copies": True})
    sandbox.write("Passt das?", site="DE", asin="B0EXAMPL01", buyer="Ann")
    reply = shop.answer(shop.read()[-1])
    copy = shop.read()[-1]
    assert (copy.notice, copy.order_ref) == ("reply_copy", None)
    assert Amazon.matches_reply(copy, reply.words)


def test_addresses_are_blanked_for_the_buyer_and_the_copy_is_known_all_the_same(sandbox, shop):
    sandbox.world.set_switches({"reply_copies": True})
    reply = shop.answer(shop.asked(), "Bitte an service@shop.example schreiben, danke.")
    assert shop.seen() == [("shown", "Bitte an [e-mail address removed] schreiben, danke.")]
    assert Amazon.matches_reply(shop.read()[-1], reply.words)


@pytest.mark.parametrize("unapproved", ["drop", "bounce", "refuse", "pass"])
def test_a_sender_that_amazon_does_not_know(sandbox, shop, unapproved):
    sandbox.world.set_switches({"unapproved": unapproved, "reply_copies": True})
    question = shop.asked()
    if unapproved == "refuse":
        with pytest.raises(smtplib.SMTPDataError) as caught:
            shop.answer(question, sender="other@odoo.example")
        assert caught.value.smtp_code == 550
        assert shop.seen() == []
        return
    shop.answer(question, sender="other@odoo.example")
    after = shop.read()[1:]
    fate = {"drop": "dropped", "bounce": "bounced", "pass": "shown"}[unapproved]
    assert shop.seen() == [(fate, "Unterwegs!")]
    assert [mail.notice or mail.kind for mail in after] == {
        "drop": [],
        "bounce": ["undelivered"],
        "pass": ["reply_copy"],
    }[unapproved]
    if unapproved == "bounce":
        assert after[0].refusal == "sender"
        assert ("in_reply_to", "<ours@odoo.example>") in [(ref.type, ref.value) for ref in after[0].thread_refs]
        assert after[0].order_ref == shop.ref


def test_the_right_sender_is_never_refused(sandbox, shop):
    for unapproved in ("drop", "bounce", "refuse"):
        sandbox.world.set_switches({"unapproved": unapproved})
        shop.answer(shop.asked())
    assert {fate for fate, _text in shop.seen()} == {"shown"}


def test_a_buyer_who_opted_out_gets_answers_and_important_mail_only(sandbox, shop):
    sandbox.set_habits(shop.ref, opted_out="unasked")
    question = shop.asked()
    shop.answer(question, "eins")
    first = {"recipient": question.reply_to, "order_ref": shop.ref}
    shop.answer(None, "zwei", **first)
    notice = shop.read()[-1]
    assert (notice.kind, notice.refusal, notice.order_ref) == ("undelivered", "opted_out", shop.ref)
    assert notice.important_word == "[Important]"
    shop.answer(None, "drei", important=True, important_word=notice.important_word, **first)
    assert shop.seen() == [("shown", "eins"), ("opted_out", "zwei"), ("shown", "drei")]


def test_a_refused_answer_is_told_to_the_site(sandbox, shop, api):
    api.control("buyers", order_ref=shop.ref, opted_out="all")
    assert api.control("buyers", "GET")["buyers"][0]["opted_out"] == "all"
    shop.answer(shop.asked())
    assert shop.read()[-1].refusal == "opted_out"
    assert shop.seen() == [("opted_out", "Unterwegs!")]
    assert [mail["fate"] for mail in api.control("inbox", "GET")["mails"]] == ["opted_out"]


def test_a_seller_can_write_first(sandbox, shop):
    relay = sandbox.orders.find(shop.ref)[1]["buyer"].get("buyerEmail")
    shop.answer(None, recipient=relay, order_ref=shop.ref)
    assert shop.seen() == [("shown", "Unterwegs!")]


def test_machines_answer_whatever_arrives(sandbox, shop):
    question = shop.asked()
    sandbox.world.set_switches({"auto_reply": "both"})
    shop.answer(question)
    buyer, machine = sorted(shop.read()[1:], key=lambda mail: mail.kind)
    assert (machine.kind, machine.refusal, machine.sender) == ("undelivered", "auto_reply", "nobody@bounces.amazon.com")
    assert (buyer.kind, buyer.order_ref) == ("buyer_message", shop.ref)
    assert "automatic" in buyer.text
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        smtp.sendmail(SITE_ADDRESS, "donotreply@amazon.com", b"Subject: x\r\n\r\nHi\r\n")
    assert shop.read()[-1].refusal == "auto_reply"


def test_a_reply_in_html_is_shown_as_words(sandbox, shop):
    question = shop.asked()
    raw = f"From: {SITE_ADDRESS}\r\nTo: {question.reply_to}\r\nContent-Type: text/html\r\n\r\n<p>Ja<br>nein</p>"
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        smtp.sendmail(SITE_ADDRESS, question.reply_to, raw)
    assert shop.seen() == [("shown", "Ja")]


@pytest.mark.parametrize("switch", [{"unapproved": "eat"}, {"opted_out": True}, {"auto_reply": "yes"}])
def test_switches_that_make_no_sense_are_refused(sandbox, switch):
    with pytest.raises(ValueError, match="must be one of"):
        sandbox.world.set_switches(switch)
    with pytest.raises(ValueError):
        sandbox.set_habits(site="DE", buyer="Ann", opted_out="maybe")


def test_an_answer_is_told_by_its_thread_only(sandbox, shop):
    sandbox.set_habits(shop.ref, opted_out="unasked")
    question = shop.asked()
    lost = BuyerMail(message_id="<other@x.example>", subject=question.subject, reply_to=question.reply_to)
    shop.answer(lost)
    assert shop.seen() == [("opted_out", "Unterwegs!")]


def test_a_bounce_is_a_delivery_report(sandbox, shop, delivered):
    sandbox.world.set_switches({"unapproved": "bounce"})
    shop.answer(shop.asked(), sender="other@odoo.example")
    shop.read()
    message = message_from_bytes(delivered[-1], policy=policy.default)
    assert message.get_content_type() == "multipart/report"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    assert message["Return-Path"] == "<>" and message["Delivered-To"] == "other@odoo.example"
