"""Who wrote: the buyer's name out of display names, subjects and notices."""

import re
import unicodedata

from . import const

_SUFFIX = re.compile(r"\s{0,3}[-–—|]\s{0,3}Amazon(?:\.[a-z.]{2,6})?\s{1,3}Marketplace\s*$", re.IGNORECASE)
_HONORIFIC_AFTER = re.compile(r"\s*(?:様|さま|さん|殿|先生)$")
_HONORIFIC_BEFORE = re.compile(
    r"(?:mr|mrs|ms|miss|herr|frau|mme|mlle|monsieur|madame|sig|sig\.ra|sig\.na|signor|signora|sr|sra|señor|señora|"
    r"dhr|mevr)(?:\.\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
#: "… from Amazon customer NAME (Order: …": the word before the name, by language. Sources: EN DE FR ES NL PT JA
#: subjects of 2016–2026; IT SV PL TR AR are the same words translated.
_SUBJECT = re.compile(
    r"(?:Amazon customers?|Amazon-Kund(?:en|in|e)|client(?:e)? (?:de )?Amazon|Amazon-klant|Amazon-kund(?:en)?|"
    r"klienta Amazon|Amazon müşterisi|Amazonの(?:カスタマー|お客様)|عميل أمازون)"
    r"[ \u3000]+([^\s(（\[].{0,79}?)\s*(?:[(（\[]|様|さま|さん|$)",
    re.IGNORECASE,
)
_SUBJECT_IN_MIDDLE = re.compile(r"Amazon (.{1,80}?) pergunta do cliente", re.IGNORECASE)
#: The last word of "Your e-mail to NAME" before the name, as in the subjects of `mail_const.SUBJECTS`.
_COPY_SUBJECT = re.compile(
    r"(?:e-?mail to|e-?mail an|e-mail à|correo electrónico a|e-mail a|messaggio a|e-mail para|e-mail aan|e-mail do|"
    r"meddelande till) (.{1,80}?)\s*(?:[(（\[]|$)",
    re.IGNORECASE,
)
_COPY_BODY = re.compile(
    r"copy of the e-?mail (?:that )?you sent to ([^\n]{1,80}?)\.?\s*$", re.IGNORECASE | re.MULTILINE
)
#: "… the message you sent to NAME on 2026-09-10 for the order [406-…]"
_DATE_BEFORE_ORDER = re.compile(r"\d{1,4}[-./年]\d{1,2}[-./月]\d{1,4}|\d{1,2}\.? [^\W\d_]{3,12}\.? \d{4}")
_TO_NAME = re.compile(r" (?:to|an|a|à|ad|para|aan|do|till) ", re.IGNORECASE)


def buyer_name(mail, seller_names=()) -> str | None:
    """Return the buyer's name: From first, subject second; None when both hold only placeholders or our own name.

    Amazon sometimes writes the seller's account name where the buyer's belongs (seen on JP and DE, 2026).
    """
    candidates = [mail.from_name]
    for pattern in (_SUBJECT_IN_MIDDLE, _SUBJECT):
        if match := pattern.search(mail.subject[:500]):
            candidates.append(match[1])
    ours = {_plain(name) for name in seller_names if name}
    names = (person(candidate) for candidate in candidates)
    return next((name for name in names if name and _plain(name) not in ours), None)


def addressee(mail, body: str) -> str | None:
    """Return whom our own mail went to, as a copy or a refusal of it says, or None."""
    match = _COPY_SUBJECT.search(mail.subject[:500]) or _COPY_BODY.search(body[:5000])
    if match:
        return person(match[1])
    if date := _DATE_BEFORE_ORDER.search(body[:3000]):
        before = body[max(date.start() - 200, 0) : date.start()].rstrip().rpartition(" ")[0]
        *_rest, name = _TO_NAME.split(f" {before}")
        return person(name) if _rest and len(name) < 60 else None
    return None


def person(text: str) -> str | None:
    """Return the person in a display name, or None for a placeholder, an address or nothing."""
    name = _SUFFIX.sub("", " ".join(text.split())).strip(" '\"")
    name = _HONORIFIC_AFTER.sub("", _HONORIFIC_BEFORE.sub("", name, count=1) if _starts_with_title(name) else name)
    name = name.strip(" ,;:-–")
    plain = _plain(name)
    if not plain or "@" in plain or plain in const.PLACEHOLDERS or any(word in plain for word in const.OWN_NAMES):
        return None
    return name if any(map(str.isalnum, plain)) else None


def _starts_with_title(name):
    return _HONORIFIC_BEFORE.match(name) is not None


def _plain(name):
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
