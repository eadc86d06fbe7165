"""Raw mails as Walmart's relay sends them."""

from dataclasses import dataclass, field
from html import escape

from .. import mime
from ..chance import rng
from ..times import now
from . import identity, wording
from .catalogue import PRODUCTS, find_product
from .wire import lines_of


@dataclass(frozen=True)
class Letter:
    """A mail to be passed on: whose words, to which seller, about what.

    ``sender`` is the whole address that it comes from; ``ref`` the number of the customer order, None before a sale;
    ``sku`` or ``item_id`` tells the product.
    """

    seller: object
    site: object
    sender: str
    buyer: str
    text: str
    to: str
    ref: str | None = None
    item_id: str = ""
    title: str = ""
    topic: str | None = None
    attachments: list = field(default_factory=list)


def product_of(order=None, item_id=None):
    """Return ``(item id, title)`` of an order's first product, or of the one with this id."""
    if order:
        item = lines_of(order)[0]["item"]
        product = find_product(item["sku"])
        return product.item_id if product else "100200300", item["productName"]
    item_id = item_id or PRODUCTS[0].item_id
    return item_id, next((product.title for product in PRODUCTS if product.item_id == item_id), item_id)


def buyer_message(letter, ref_id=None):
    """Return the raw mail by which Walmart passes on what a buyer wrote on its pages.

    :param str ref_id: what it ends with, new by default; only messages about an order have one.
    """
    name = letter.site.name.capitalize()
    topic = letter.topic or ("question" if letter.ref else "product")
    words = {**wording.TOPICS, **(wording.CA_TOPICS if letter.site.code == "CA" else {})}.get(topic, topic)
    subject = wording.SUBJECT.format(name=name, topic=f"{words}, {letter.ref}" if letter.ref else words)
    text = escape(letter.text, quote=False).replace("\n", "<br/>\n")
    body = _framed(letter, name, text, ref_id) if letter.ref else _framed_before_sale(letter, text)
    return _mail(letter, letter.sender, subject, body)


def _framed(letter, name, text, ref_id):
    small_print = wording.SMALL_PRINT.format(to=letter.to)
    return f"""<div dir="ltr">
    <div>Hi {escape(letter.seller.name)},&nbsp;</div>
    {wording.BLANK}
    <div>{escape(letter.buyer, quote=False)} wants to connect with you regarding the following order:</div>
    {wording.BLANK}
    <div>Sales Order ID:&nbsp; {letter.ref}</div>
    <div>Item ID:&nbsp; {letter.item_id}</div>
    <div>Item:&nbsp; {escape(letter.title, quote=False)}</div>
    <div><br><br></div>
    <div>Message:<br/></div>
    {text}
    {wording.BLANK}
    <div><i>{wording.NOTE.format(name=name)}</i>
    </div>
    <div><br><br></div>
    <div>Thank you,&nbsp;</div>
    <div>Walmart Customer Service Team</div>
    <br>
    <br>
    <i>{small_print}</i>
    <br><br>
    <div>RefID: {ref_id or identity.make_ref_id()}</div>
</div>
"""


def _framed_before_sale(letter, text):
    return (
        f'<div dir="ltr"><div>Hi {escape(letter.seller.name)},&nbsp;</div>{wording.BLANK}'
        f"<div>A customer wants to connect with you regarding the following item:</div>{wording.BLANK}"
        f"<div>Item ID:&nbsp; {escape(letter.item_id)}</div><div>Item:&nbsp; {escape(letter.title, quote=False)}</div>"
        f"<div><br><br></div><div>Message:<br/></div>\n{text}\n{wording.BLANK}"
        "<div>Thank you,&nbsp;</div><div>Walmart Customer Service Team</div></div>\n"
    )


def answer(letter, received):
    """Return the raw mail of a buyer who answered a seller's mail in the mail program.

    :param dict received: the seller's mail as the buyer got it: ``subject``, ``message_id``, ``text``, ``time``.
    """
    subject = received["subject"]
    subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    shop = f"{letter.seller.name} &lt;{identity.SELLER}{'0' * 32}@{letter.site.relay_hosts[0]}&gt;"
    quoted = escape(received["text"], quote=False).replace("\n", "<br>\n")
    words = escape(letter.text, quote=False).replace("\n", "<br>\n")
    body = (
        f'<div dir="ltr">{words}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"On {received['time']:%a, %b %d, %Y at %I:%M %p} {shop} wrote:<br></div>"
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);'
        f'padding-left:1ex">{quoted}</blockquote></div>\n'
    )
    message_id = received["message_id"]
    thread = [("In-Reply-To", message_id), ("References", message_id)] if message_id else []
    return _mail(letter, letter.sender, subject, body, thread)


def notice(kind, letter):
    """Return a raw mail of Walmart itself: one of ``wording.NOTICES`` but a copy."""
    if kind in wording.SYSTEM:
        prefix, subject, body = wording.SYSTEM[kind]
        body = body.format(seller=escape(letter.seller.name))
        return _mail(letter, prefix + letter.site.relay_hosts[0], subject, body)
    subject = wording.STAFF_SUBJECTS[kind].format(item=letter.title)
    rows = (
        wording.STAFF_BODIES[kind],
        "",
        f"Sales Order ID:&nbsp; {letter.ref}",
        f"Item ID:&nbsp; {letter.item_id}",
        f"Item:&nbsp; {escape(letter.title, quote=False)}",
        f"Customer:&nbsp; {escape(letter.buyer, quote=False)}",
        "",
        *escape(letter.text, quote=False).split("\n"),
        "",
        "Thank you,",
        "Walmart Customer Care",
    )
    body = "".join(f"<div>{row or '<br>'}</div>" for row in rows)
    return _mail(letter, wording.DESK, subject, f'<div dir="ltr">{body}</div>\n', reply_to=letter.sender)


def reply_copy(letter, subject, message_id):
    """Return the copy of a seller's own reply that the seller gets.

    :param Letter letter: ``text`` holds the reply, ``sender`` the seller's address at the relay.
    :param str message_id: of the reply.
    """
    words = escape(letter.text, quote=False).replace("\n", "<br/>\n")
    small_print = wording.SMALL_PRINT.format(to=letter.to)
    ref_id = identity.make_ref_id()
    body = f'<div dir="ltr">{words}<br><br><i>{small_print}</i><br><br><div>RefID: {ref_id}</div></div>\n'
    thread = [("In-Reply-To", message_id), ("References", message_id)] if message_id else []
    return _mail(letter, letter.sender, subject, body, thread, name=letter.seller.name)


def _mail(letter, sender, subject, body, more=(), name="", reply_to=None):
    when = now()
    address = mime.address(name, sender)
    headers = [
        ("Date", mime.date(when)),
        ("From", address),
        ("Reply-To", reply_to or address),
        ("To", letter.to),
        ("Message-ID", identity.make_message_id(letter.site.relay_hosts[0])),
        *more,
        ("Subject", subject),
    ]
    part = mime.text_part("html", body)
    if letter.attachments:
        parts = [part, *map(mime.file_part, letter.attachments)]
        part = mime.multipart("mixed", parts, rng(subject, when), when)
    return mime.mail(headers, part)
