"""Which values of a Walmart mail Walmart itself wrote, and which a person could have typed.

A buyer's display name stands in From and, once more, in Walmart's introduction. A buyer can also answer by e-mail: then
subject and body are what the mail program sent, and may imitate Walmart's own in every word.
"""

import re

from ...schema import IDENTITIES
from . import const as facts
from . import keys
from .names import introduced
from .senders import is_from_buyer

_ANSWER = re.compile(r"(?:re|aw|tr|rép?|fwd?|wg) ?[:：]", re.IGNORECASE)
_COMPOSED = re.compile(rf"(?:message from )?{facts.BUYER_SUBJECT}", re.IGNORECASE)
_INTRO = re.compile(facts.INTRO, re.IGNORECASE)
_FORM_LINE = re.compile(rf"[*_ \t]{{0,4}}(?:{facts.ORDER_LABEL}|{facts.ITEM_LABEL}|order)\b", re.IGNORECASE)


def is_answer(mail) -> bool:
    """Tell whether somebody answered by e-mail."""
    return bool(mail.in_reply_to or _ANSWER.match(mail.subject))


def is_framed(mail, frame) -> bool:
    """Tell whether the frame around a buyer's words is Walmart's own: an answer by e-mail is framed by nobody."""
    return frame.how in ("label", "foot") and bool(frame.head) and not is_answer(mail)


def find_order(mail, frame, site) -> tuple[str | None, bool]:
    """Return the order that a buyer's message is about, and whether Walmart itself says so."""
    if is_framed(mail, frame):
        head = own_lines(frame.head)
        own = keys.order_by_label(head, site)
        # A question about an item only is about no order, whatever its subject says.
        if not own and not keys.item_of(head) and _COMPOSED.match(mail.subject):
            own = keys.order_in_subject(mail.subject, site)
        if own:
            return own, True
    return keys.order_in_subject(mail.subject, site) or keys.order_by_label(frame.head, site), False


def typed(mail, frame, order_is_sure: bool) -> frozenset[str]:
    """Return the names of those values of a buyer's message that a person could have typed."""
    names = set() if order_is_sure else {"order"}
    if not (is_framed(mail, frame) and introduced(frame.head)):
        names.add("buyer_name")
    return frozenset(names)


def typed_by_agent(mail) -> frozenset[str]:
    """Return the same of a message that customer care wrote: nothing, if it was not a buyer who says so."""
    return frozenset(IDENTITIES) - {"alias"} if is_from_buyer(mail) else frozenset()


def find_notice_order(mail, frame, site) -> tuple[str | None, bool]:
    """Return the order that a mail names which is no buyer's message, and whether Walmart itself says so.

    A copy of our answer bears the subject that the buyer gave the thread.
    """
    if is_answer(mail):
        own = keys.order_by_label(own_lines(frame.head), site) if frame.how == "label" else None
        if own:
            return own, True
    found = keys.order_in_subject(mail.subject, site) or keys.order_by_label(mail.subject, site)
    return found or keys.order_by_label(mail.body, site), not is_answer(mail)


def own_lines(head: str) -> str:
    """Return the lines above the words that are Walmart's form: order and item, without the name before them."""
    kept = []
    for line in head.split("\n"):
        # The last one: a name may be such a sentence itself.
        ends = [match.end() for match in _INTRO.finditer(line)]
        if ends:
            kept = []  # Above it stands our own name, or the buyer's where a line ends in the middle of the sentence.
        is_value = kept and kept[-1].rstrip().endswith(":")  # below its label
        if ends or _FORM_LINE.match(line) or is_value:
            kept.append(line[max(ends, default=0) :])
    return "\n".join(kept)
