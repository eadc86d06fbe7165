"""Raw mails of buyers as Amazon passes them on today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from secrets import token_hex
from urllib.parse import urlencode

from .. import mime
from ..mime import File
from ..sites import get_site
from ..times import now
from . import identity
from .notices import SPC_REGIONS, notice
from .sellers import SELLERS
from .wording import WORDINGS, language

__all__ = ["File", "buyer_message", "notice"]

_PRE = (
    "white-space: pre-wrap; white-space: -moz-pre-wrap; white-space: -pre-wrap; white-space: -o-pre-wrap; "
    "word-wrap: break-word; font-family: Arial, sans-serif; font-size: 14px; text-align: left; color: black;"
)


@dataclass(frozen=True)
class _Frame:
    """Everything that stands around a buyer's words in one mail."""

    words: object
    base: str
    shop: str
    ref: str | None
    goods: list
    resolve: str
    report: str
    survey: str
    spc: str
    year: int


@dataclass(frozen=True)
class _Letter:
    """Who writes to whom about what, and by which names Amazon knows it."""

    order: dict | None
    site: object
    buyer: str
    seller: object
    when: datetime
    source: object
    thread: str
    message: str
    case: str | None
    alias: str
    asin: str | None

    @property
    def ref(self):
        """Return the order number, or None."""
        return self.order["orderId"] if self.order else None


def buyer_message(
    order, site, buyer, text, *, lang=None, attachments=(), case=None, thread=None, message=None, copy=False,
    presale_asin=None, to="seller@odoo.example", topic=None, seller=None, when=None, seed=None, host=None,
):  # fmt: skip
    """Return the raw mail by which Amazon passes a buyer's message on.

    :param dict order: order of the API that it is about; None before the sale or when Amazon leaves it out.
    :param site: storefront, its country code or marketplace id.
    :param str buyer: name of the buyer; with seller and site it decides the relay address.
    :param str text: the buyer's words; empty for a message of photos only.
    :param str lang: language of the frame (that of the seller's account); the subject's is the storefront's.
    :param attachments: :class:`File` objects.
    :param str case: id of the Seller Central case, False for none; by default it follows from the thread.
    :param str thread: ``t=``; by default the same for one buyer and order.
    :param str message: ``m=``; by default new each time, or following from ``seed``.
    :param bool copy: the second copy of the same message to another address: give it the same ``message`` or
        ``seed`` as the first.
    :param str presale_asin: product of a question before the sale.
    :param str topic: question, shipping, product, return, damaged, cancel, invoice.
    :param Seller seller: by default the demo seller of the storefront's region.
    :param datetime when: moment of sending (aware).
    :param seed: whatever it is, everything random follows from it.
    :param str host: another mail host than the storefront's relay, for look-alikes.
    :return bytes:
    """
    site, seed = get_site(site), token_hex(8) if seed is None else seed
    letter = _letter(order, site, buyer, seller, when or now(), seed, thread, message, case, copy, presale_asin)
    topic = topic or ("question" if order else "product")
    subject = WORDINGS[language(site.lang)].subject(topic, buyer, letter.ref)
    frame = _frame(letter, WORDINGS[language(lang or site.lang)])
    return mime.mail(_headers(letter, subject, host, to), _body(letter, frame, text, attachments))


def _letter(order, site, buyer, seller, when, seed, thread, message, case, copy, asin):
    seller = seller or next(s for s in SELLERS if s.region == site.region)
    alias = identity.alias(buyer, seller.merchant_id, site)
    thread = thread or identity.token(alias, order["orderId"] if order else asin or "")
    return _Letter(
        order=order,
        site=site,
        buyer=buyer,
        seller=seller,
        when=when + timedelta(milliseconds=200 if copy else 0),
        source=identity.rng(seed, "copy" if copy else "first"),
        thread=thread,
        message=message or identity.token(seed, thread),
        case=identity.case_id(thread) if case is None else case or None,
        alias=alias,
        asin=asin,
    )


def _headers(letter, subject, host, to):
    site, when = letter.site, letter.when
    name = f"{letter.buyer} - Amazon Marketplace" if site.code == "US" and letter.buyer else letter.buyer
    local_part = f"{letter.alias}+{letter.case}" if letter.case else letter.alias
    sender = mime.address(name, f"{local_part}@{host or site.relay_hosts[0]}")
    aws = {"na": "us-east-1", "eu": "eu-west-1", "fe": "us-west-2"}[site.region]
    return [
        ("Date", mime.date(when)),
        ("From", sender),
        ("Reply-To", sender),
        ("To", to),
        ("Message-ID", identity.ses_message_id(letter.source, site.region, when)),
        ("Subject", subject),
        ("X-Marketplace-ID", site.site_ref),
        ("X-Space-Notification-Type", "BBC_MESSAGE_SENT_TO_MERCHANT"),
        ("Feedback-ID", f"::1.{aws}.{identity.hexadecimal(letter.source, 40)}=:AmazonSES"),
        ("X-SES-Outgoing", f"{when:%Y.%m.%d}-54.240.7.17"),
    ]


def _frame(letter, words):
    site, base = letter.site, f"https://sellercentral.{letter.site.host}"
    items = letter.order["orderItems"] if letter.order else []
    goods = [(i["product"]["asin"], i["product"]["title"]) for i in items]
    return _Frame(
        words=words,
        base=base,
        shop=f"https://www.{site.host}",
        ref=letter.ref,
        goods=goods or ([(letter.asin, letter.asin)] if letter.asin else []),
        resolve=_resolve_link(letter, base),
        report=_report_link(letter, base),
        survey=f"{base}/gp/satisfaction/survey-form.html?ie=UTF8&HMDName=NotificationBusEmailHMD"
        "&customAttribute1Value=BBC_MESSAGE_SENT_TO_MERCHANT",
        spc=f"SPC-{SPC_REGIONS[site.region]}Amazon-{identity.digits(letter.source, 16)}",
        year=letter.when.year,
    )


def _resolve_link(letter, base):
    signature = identity.hexadecimal(identity.rng("signature", letter.thread, letter.message), 40)
    query = {"t": letter.thread, "m": letter.message, "mp": letter.site.site_ref, "c": letter.seller.merchant_id}
    return f"{base}/messaging/no-response-needed?{urlencode(query | {'h': signature, 's': 1})}"


def _report_link(letter, base):
    if letter.case:
        query = {"fi": "caseId", "ss": letter.case, "cc": letter.case, "ref": "bsm_email_report"}
        return f"{base}/messaging/inbox?{urlencode(query | {'lc': letter.site.lang})}"
    query = {"marketplaceId": letter.site.site_ref, "ref_": "bsm_email_report", "report": "true"}
    return f"https://www.{letter.site.host}/messaging/{identity.digits(letter.source, 19)}?{urlencode(query)}"


def _body(letter, frame, text, attachments):
    source, when, encoded = letter.source, letter.when, frame.words.base64
    parts = [
        mime.text_part("plain", _plain(frame, text), base64_encoded=encoded),
        mime.text_part("html", _html(frame, text, identity.hexadecimal(source, 32)), base64_encoded=encoded),
    ]
    body = mime.multipart("alternative", parts, source, when)
    if attachments:
        body = mime.multipart("mixed", [body, *map(mime.file_part, attachments)], source, when)
    return body


def _plain(frame, text):
    words, between = frame.words, " " if frame.words.one_line else "\n"
    blocks = [words.intro]
    if frame.ref:
        rows = [f"{n} / {title} [ASIN: {asin}]" for n, (asin, title) in enumerate(frame.goods, 1)]
        blocks.append("\n".join([f"# {frame.ref}:", *rows]))
    blocks += [
        f"------------- {words.start} -------------",
        text,
        f"------------- {words.end} -------------",
        f"{words.helpful}{between}{frame.survey}",
        f"{words.resolve}{between}{frame.resolve}",
        f"{words.report}{between}{frame.report}",
        "-" * 26,
        words.copyright.format(year=frame.year),
        words.fyi,
        frame.spc,
    ]
    return "\n\n".join(blocks) + "\n"


def _html(frame, text, redirect):
    words = frame.words
    rows = "".join(
        f'<tr><td> {n} </td><td> {asin} </td><td> <a href="{frame.shop}/dp/{asin}">{escape(title)}</a> </td></tr>\n'
        for n, (asin, title) in enumerate(frame.goods, 1)
    )
    table = f"<table><tbody><tr><td># </td><td>ASIN </td><td>{words.product} </td></tr>\n{rows}</tbody></table>\n"
    order = f"<p>{words.order.format(ref=frame.ref)}</p>\n" if frame.ref else ""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" /></head><body>
<center><table width="640"><tr><td>
<p>{words.intro}</p>
{order}{table if rows else ""}<h4><strong>{words.start.strip()}</strong></h4>
<table width="100%"><tr><th><pre style="{_PRE}">{escape(text)}</pre></th></tr></table>
<p><a href="{frame.base}/nms/redirect/{redirect}">{words.view}</a></p>
<p><a href="{escape(frame.resolve)}">{words.resolve}</a> <a href="{escape(frame.report)}">{words.report}</a></p>
<p style="font-size:11px">{words.fyi}</p>
<p>{words.helpful} <a href="{escape(frame.survey)}">+</a></p>
<p style="font-size:11px">{words.copyright.format(year=frame.year)}</p>
<div id="spc-watermark"><p style="font-size:9px;color:#fff">{frame.spc}</p></div>
</td></tr></table></center></body></html>
"""
