"""What Amazon writes to sellers beside buyers' messages, and until when a claim must be answered."""

import re

from ..schema import NoticeKind
from .mail.parts import is_marker

#: Each word that :mod:`.mail_kinds` may find, as people know it.
NOTICES = (
    NoticeKind("cancel_request", "Cancellation request"),
    NoticeKind("cancelled", "Order cancelled"),
    NoticeKind("return_request", "Return request"),
    NoticeKind("refund", "Refund"),
    NoticeKind("atoz_claim", "A-to-z Guarantee claim", is_claim=True),
    NoticeKind("chargeback", "Chargeback", is_claim=True),
    NoticeKind("new_order", "New order"),
    NoticeKind("reply_copy", "Copy of an answer", is_copy=True),
    NoticeKind("delivery_status", "Delivery report of a mail"),
    NoticeKind("fba", "Fulfillment by Amazon"),
    NoticeKind("payment", "Payment"),
    NoticeKind("account", "Seller account"),
    NoticeKind("review", "Product review"),
    NoticeKind("listing", "Listing"),
    NoticeKind("news", "News for sellers"),
    NoticeKind("consumer", "Mail to you as a customer"),
    NoticeKind("other", "Other notice"),
)
#: Hours for answering a claim; the notice's own words may say less. Source: notices of 2026: A-to-z "within 3 days"
#: (that number stands in the text only), chargeback 7 days.
CLAIM_HOURS = {"atoz_claim": 3 * 24, "chargeback": 7 * 24}
#: Marks of a notice that ends a claim. Source: X-Space-Notification-Type A_Z_CLAIM_…_CLOSE; subjects of US notices,
#: in the other languages the same word translated.
_ENDED = re.compile(r"_close\b|\bdecision\b|entscheidung|décision|decisión|decisione|decisão|beslissing|beslut|decyzja")


def claim_hours(mail):
    """Return how many hours there are to answer the claim in an `InboundMail`; None when there is none to answer."""
    if _ENDED.search(f"{mail.subject} {' '.join(mail.reasons)}".casefold()):
        return None
    return CLAIM_HOURS.get(mail.notice)


def copied_words(mail):
    """Return what stands in Amazon's frame of a copy; all of it when there is no frame.

    The outer markers are Amazon's: an answer that quotes the buyer has the buyer's frame inside.
    """
    lines = mail.body.split("\n")
    marks = [number for number, line in enumerate(lines) if is_marker(line)]
    words = "\n".join(lines[marks[0] + 1 : marks[-1]]) if len(marks) > 1 else mail.body
    return words.strip()
