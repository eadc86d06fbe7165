"""Who wrote: the buyer's name out of Walmart's introduction, display names and agents' labels."""

import re
import unicodedata

from . import const as facts

_INTRO = re.compile(rf"([^\n]{{1,120}}?)\s+(?:{facts.INTRO})", re.IGNORECASE)
_GREETING = re.compile(r"(?:hi|hello|dear|bonjour)\b[^\n,!:]{0,100}[,!:]\s*", re.IGNORECASE)
_LABEL = re.compile(
    r"^[*_ \t]{0,4}(?:customer|buyer)(?: name)?[*_]{0,2} ?: *([^\n]{1,100})", re.IGNORECASE | re.MULTILINE
)
_SUFFIX = re.compile(r"\s*(?:[-–—|(]|\bvia\b|\bthrough\b)\s*(?:a )?walmart\b.*$", re.IGNORECASE)


def buyer_name(mail, frame, seller_names=()) -> str | None:
    """Return the buyer's name: from Walmart's introduction, else From; None for placeholders and our own name."""
    ours = {plain(name) for name in seller_names if name}
    names = map(_person, (introduced(frame.head), mail.from_name))
    return next((name for name in names if name and plain(name) not in ours), None)


def labelled_name(text: str) -> str | None:
    """Return the buyer's name that an agent's mail gives behind "Customer:", or None."""
    match = _LABEL.search(text[:5000])
    return _person(match[1]) if match else None


def introduced(head: str) -> str:
    """Return the words before " wants to connect with you", or ``""``."""
    match = _INTRO.search(head[:5000])
    return _GREETING.sub("", match[1], count=1) if match else ""


def is_ours(name: str, seller_names) -> bool:
    """Tell whether a name is one of our own seller names."""
    return bool(plain(name)) and plain(name) in {plain(ours) for ours in seller_names if ours}


def plain(name: str) -> str:
    """Return a name in a form in which equal ones are equal."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _person(text):
    """Return the person in a name, or None for a placeholder, an address or nothing."""
    name = _SUFFIX.sub("", " ".join(text.split())).strip(" '\"*_,;:-–")
    known = plain(name)
    if not known or len(name) > 100 or "@" in known or known in facts.PLACEHOLDERS or "walmart" in known:
        return None
    return name if any(map(str.isalnum, known)) else None
