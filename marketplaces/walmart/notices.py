"""What Walmart writes to sellers beside buyers' messages. It has no claims that a mail tells of."""

from ..schema import NoticeKind
from .mail.parts import without_foot

#: Each word that :mod:`.mail_kinds` may find, as people know it.
NOTICES = (
    NoticeKind("cancel_request", "Cancellation request"),
    NoticeKind("cancelled", "Order cancelled"),
    NoticeKind("return_request", "Return request"),
    NoticeKind("refund", "Refund"),
    NoticeKind("new_order", "New order"),
    NoticeKind("reply_copy", "Copy of an answer", is_copy=True),
    NoticeKind("delivery_status", "Delivery report of a mail"),
    NoticeKind("payment", "Payment"),
    NoticeKind("account", "Seller account"),
    NoticeKind("seller_help", "Seller Help case"),
    NoticeKind("news", "News for sellers"),
    NoticeKind("consumer", "Mail to you as a customer"),
    NoticeKind("other", "Other notice"),
)


def copied_words(mail) -> str:
    """Return what stands in Walmart's frame of a copy; all of it when there is none but the small print below."""
    return without_foot(mail.body) if mail.reply_text is None else mail.reply_text
