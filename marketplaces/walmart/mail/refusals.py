"""Why a reply of ours did not reach the buyer. What Walmart's own server says is not known (2026-11-22)."""

from ...mail.reading import read_bounce

_TEXTS = {
    "sender": "Walmart does not take mail from this address: enter it in Seller Center under Settings › Manage "
    "Contacts › Customer Service.",
    "content": "It was not passed on for what it holds: see Walmart's Customer Care policy.",
    "auto_reply": "It went to an address that nobody at Walmart reads.",
    "bounced": "A mail server gave it back.",
}


def read_refusal(mail) -> dict:
    """Return ``refusal`` and ``refusal_text`` of a mail that says that ours did not arrive."""
    if mail.report:
        code, told = read_bounce(mail.report)
    elif mail.is_auto_reply:
        code, told = "auto_reply", ""
    else:
        code, told = "bounced", mail.subject[:300]
    return {"refusal": code, "refusal_text": f"{_TEXTS[code]} It says: “{told}”" if told else _TEXTS[code]}
