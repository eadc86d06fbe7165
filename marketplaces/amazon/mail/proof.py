"""Which values of an Amazon mail Amazon itself wrote, and which a person could have typed.

A buyer's display name stands in From and, once more, in subjects and introductions of Amazon's own. A buyer can also
write by e-mail: then subject and body are what the mail program sent, and may imitate Amazon's own in every word.
"""

import re
import unicodedata

from . import keys
from .names import addressee, person
from .parts import is_answer

#: "Order ID 302-…:", "# 302-…:", "Pedido 702-…:": nothing else in the line, and nobody's name.
_ORDER_LINE = re.compile(
    r"^\W{0,3}(?:[^\W\d_]{2,20}[^\w\n]{0,3}){0,3}((?:\d{3}|D\d\d)-\d{7}-\d{7})\W{0,3}$", re.MULTILINE
)
_BRACKETED = re.compile(r"\[((?:\d{3}|D\d\d)-\d{7}-\d{7})\]")
_ORDER_LABEL = re.compile(
    r"^\W{0,3}(?:order|bestell|commande|ordine|pedido|bestelling|zamówieni|sipariş|注文)[^\n]{0,20}?[:：#][ \t]{0,3}"
    r"((?:\d{3}|D\d\d)-\d{7}-\d{7})",
    re.IGNORECASE | re.MULTILINE,
)


def is_framed(mail, frame) -> bool:
    """Tell whether the frame around a buyer's words is Amazon's own.

    Mails by a form of Amazon's bear its notification type and answer none; an answer by e-mail is framed by nobody.
    """
    return frame.how in ("pre", "markers", "agent") and not is_answer(mail) and has_type(mail)


def has_type(mail) -> bool:
    """Tell whether a mail bears the type that Amazon writes into its header. Source: all current mails, 2026."""
    return bool(mail.get("x-space-notification-type"))


def find_order(mail, frame) -> tuple[str | None, bool]:
    """Return the order that a buyer's message is about, and whether Amazon itself says so."""
    in_subject = keys.find_orders(mail.subject)[-1:]
    in_head = keys.find_orders(frame.head)[:1]
    if is_framed(mail, frame):
        own = [ref for ref in keys.find_orders(frame.sure_head) if not _is_named(mail.from_name, ref)][:1]
        # A question about a product only: whatever stands in its subject is the buyer's name.
        if not own and not keys.find_item(frame.head):
            own = _composed_orders(mail)[-1:]
        if own:
            return own[0], True
    found = in_subject or in_head
    return (found[0] if found else None), False


def _composed_orders(mail):
    """Return the orders in a subject that Amazon composed, without those in the buyer's name that it quotes."""
    name = _plain(person(mail.from_name) or mail.from_name)
    found = keys.find_orders(_plain(mail.subject).replace(name, " ").upper()) if name else []
    return [] if any(_is_named(mail.from_name, ref) for ref in keys.find_orders(mail.subject)) else found


def _is_named(name, ref):
    """Tell whether an order's number is a buyer's name, or part of it: Amazon writes that into its own lines too."""
    return _digits(ref) in _digits(keys.unify(name))


def _digits(text):
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def find_notice_order(mail, word: str, body: str, frame) -> tuple[str | None, bool]:
    """Return the order that a notice is about, and whether Amazon itself says so.

    :param str word: what kind of mail it is (`mail_reading.Verdict`).
    """
    in_subject, in_body = keys.find_orders(mail.subject), keys.find_orders(body)
    found = next(iter(in_subject[-1:] or in_body[:1]), None)
    if word == "reply_copy":
        # Its subject ends with the buyer's name.
        name = f"{addressee(mail, body) or ''} {addressee(mail, frame.head) or ''}"
        lines = [ref for ref in _ORDER_LINE.findall(_dashes(frame.head)) if not _is_named(name, ref)]
        return (lines[0], True) if lines and frame.how else (found, False)
    if word == "undelivered":
        own = _BRACKETED.findall(_dashes(body))
        return (own[-1], True) if own and len({*in_subject, *in_body}) == 1 else (found, False)
    if in_subject:
        return found, True
    labelled = _ORDER_LABEL.findall(_dashes(body))
    is_sure = bool(labelled) and len(set(in_body)) == 1
    return found, is_sure


def typed(mail, frame, order_is_sure: bool, links: dict, case: str | None) -> frozenset[str]:
    """Return the names of those values of a buyer's message that a person could have typed.

    :param dict links: as `keys.read_links` found them.
    :param str case: of the relay address, which Amazon sets.
    """
    sure = keys.read_links(frame.sure_links) if is_framed(mail, frame) else {}
    names = {"buyer_name"} | (set() if order_is_sure else {"order"})
    if links.get("token") != sure.get("token") or links.get("message") != sure.get("message"):
        names.add("token")
    if not case and links.get("case") != sure.get("case"):
        names.add("case")
    return frozenset(names)


def _dashes(text):
    return keys.unify(text[:200_000])


def _plain(text):
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
