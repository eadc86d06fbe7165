"""Why a reply of ours did not reach the buyer: read from refusals, bounces and automatic answers.

Sources: an amazon.it notice of 2026-09-10, US wording of 2017, an automatic answer of 2026, delivery reports as mail
servers write them; gathered 2026-11-22. What Amazon's own server says to an unregistered sender is not known.
"""

import re

from ...mail.reading import read_bounce
from . import const

_OPTED_OUT = re.compile(
    r"opted? out|unsolicited|non richiesti|unaufgefordert|nicht angefordert|unerwünschte|non sollicités|no solicitad|"
    r"não solicitad|ongevraagd|niezamówion|oönskade|istenmeyen|オプトアウト|配信停止",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"did not meet|guidelines|richtlinien|linee guida|directrices|violat|not allowed content", re.IGNORECASE
)
_TEXTS = {
    "opted_out": "The buyer takes no unasked messages of sellers. If it is essential, answer the buyer's own message, "
    "or send it again marked as important.",
    "sender": "Amazon does not take mail from this address: enter it in Seller Central under Messaging Permissions.",
    "content": "Amazon did not pass it on for what it holds: see its Communication Guidelines.",
    "auto_reply": "It went to an address that nobody at Amazon reads.",
    "bounced": "A mail server gave it back.",
}


def read_refusal(mail) -> dict:
    """Return ``refusal``, ``refusal_text`` and ``important_word`` of a mail that says that ours did not arrive."""
    code, told = _judge(mail)
    text = f"{_TEXTS[code]} It says: “{told}”" if told else _TEXTS[code]
    word = None
    if code == "opted_out":
        match = const.IMPORTANT_WORD.search(f"{mail.body} {_decoded(mail.html)}"[:100_000])
        word = match and match[0]
    return {"refusal": code, "refusal_text": text, "important_word": word}


def _judge(mail):
    """Return the kind of refusal and what the other side says about it, if that says more than its kind."""
    if mail.report:
        return read_bounce(mail.report)
    if mail.get("x-amazon-auto-reply") or mail.senders[0].local.lower() == "nobody" or mail.is_auto_reply:
        return "auto_reply", ""
    type_, body = mail.get("x-space-notification-type").upper(), mail.body[:20_000]
    if "OPTED_OUT" in type_ or _OPTED_OUT.search(body):
        return "opted_out", ""
    if re.search("REJECT|BLOCK", type_) or _CONTENT.search(body):
        return "content", ""
    return "bounced", mail.subject[:300]


def _decoded(html):
    """Return HTML with the brackets of its mailto: links readable."""
    return (html or "")[:100_000].replace("%5B", "[").replace("%5D", "]").replace("%5b", "[").replace("%5d", "]")
