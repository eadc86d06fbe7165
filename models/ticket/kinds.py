"""What the messages on a marketplace's ticket may be."""

#: Who said it; anything an agent posts gets "not_sent" until an answer really goes out.
MESSAGE_KINDS = [
    ("buyer", "Buyer"),
    ("unverified", "Buyer, not verified"),
    ("check", "Unrecognized form, please check"),
    ("notice", "Notice"),
    ("reply", "Answer to the buyer"),
    ("not_sent", "Not sent to the buyer"),
    ("answered", "Answered at the marketplace"),
]
#: What a message may be that somebody posts; all else is said by what marketplaces send and by what is sent to them.
FREE_KINDS = (None, False, "not_sent")
#: What a buyer or a marketplace said, and what was said to them.
EVIDENCE_KINDS = tuple(kind for kind, _label in MESSAGE_KINDS if kind not in FREE_KINDS)
#: Marks of what a buyer wrote, and the kinds of its mail (``marketplace.message``).
BUYER_WORDS = ("buyer", "unverified", "check")
BUYER_KINDS = ("buyer_message", "unknown", "suspect")
#: A kind of notice that no marketplace of ours knows by a name.
OTHER = "other"


def is_evidence(message, values):
    """Tell whether a message is one of a marketplace or of its buyer, or went to them.

    :param values: of the message, where it is only being made; else False or None.
    """
    kind = values["marketplace_kind"] if "marketplace_kind" in (values or {}) else message.marketplace_kind
    return kind in EVIDENCE_KINDS
