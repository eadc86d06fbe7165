"""How the sandbox, or a single buyer, treats mail to buyers."""

import re

#: What happens to mail from an address that the storefront does not know. Nobody outside knows what Amazon does:
#: "rejected or silently dropped". Source: Seller Central help G201054220 and sellers' reports, 2026-11-22. Walmart:
#: "refused", no more is known.
UNAPPROVED = ("pass", "refuse", "bounce", "drop")
#: Which mail a buyer does not take: none of it, unasked one (an answer in the thread passes, as does the word
#: [Important]), or all, as happened to a seller whose answer did not hold the buyer's mail. Amazon's buyers only.
OPT_OUTS = ("", "unasked", "all")
#: Who answers by itself whatever reaches a buyer. ``amazon`` is no more than silence at Walmart.
AUTO_REPLIES = ("", "buyer", "amazon", "both")
#: From which address Walmart passes a buyer's words on: new for each mail, or the order's. Reports disagree.
WALMART_FROM = ("new", "order")
#: What a buyer's mail program answers.
AWAY = "I am away until Monday and will answer then. This is an automatic message."
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def blank_addresses(text):
    """Return words without e-mail addresses, as a buyer gets them."""
    return _ADDRESS.sub("[e-mail address removed]", text)


def check_habits(habits):
    """Check the habits of one buyer.

    :raise ValueError: no such habit or value.
    """
    known = {"opted_out": OPT_OUTS, "auto_reply": AUTO_REPLIES}
    for name, value in habits.items():
        if value not in known.get(name, ()):
            raise ValueError(f"{name} can't be {value!r}")
