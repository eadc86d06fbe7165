"""Tells a copy of our own reply from other words: marketplaces reformat, wrap, cut and blank what we write."""

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher

from ..mail.charset import one_form

#: From here on a copy is one of this reply.
ENOUGH = 0.9
#: Words compared; a longer reply is told by its beginning.
MAX_WORDS = 600
#: A copy this long that is the beginning of the reply was cut off, a shorter one may be another reply.
MIN_CUT = 25
#: What stands in a copy instead of an address, a link or a number. Source: US mails of 2016–2020.
_BLANKED = re.compile(
    r"\[[^\[\]\n]{0,60}(?:removed|entfernt|supprim|rimoss|eliminad|removid|verwijderd|削除)[^\[\]\n]{0,40}\]"
)
_ADDRESS = re.compile(r"\S{1,200}@\S{1,200}|https?://\S{1,2000}|www\.\S{1,2000}", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
#: Scripts without blanks between words are compared letter by letter.
_WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\W_぀-ヿ㐀-鿿豈-﫿]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text without what a marketplace may change: layout, case, punctuation, addresses."""
    plain = one_form(_TAG.sub(" ", text[:40_000]))
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    plain = _ADDRESS.sub(" ", _BLANKED.sub(" ", plain.casefold()))
    return _WORD.findall(plain)[:MAX_WORDS]


def similarity(copied: str, written: str) -> float:
    """Return how much of what we wrote a copy holds, 0 to 1.

    What stands in the copy below our words (signature, quoted mail) doesn't count. A number that we did not write
    makes it another reply, however alike the rest is.
    """
    copy, ours = words_of(copied), words_of(written)
    if not copy or not ours:
        return float(not copy and not ours)
    if copy == ours:
        return 1.0
    if copy[: len(ours)] == ours:
        return 0.99 if len(ours) > 2 else 0.95
    if ours[: len(copy)] == copy and len(copy) >= MIN_CUT:
        return 0.98
    best = _ratio(copy, ours)
    # A long signature or quoted mail below would make a copy look unlike.
    return max(best, _ratio(copy[: len(ours)], ours)) if len(copy) > len(ours) else best


def containment(copied: str, written: str) -> float:
    """Return 0.95 when our words stand somewhere in a copy whose frame is not known, else 0."""
    copy, ours = words_of(copied), words_of(written)
    places = (start for start, word in enumerate(copy) if ours and word == ours[0])
    return 0.95 if any(copy[start : start + len(ours)] == ours for start in places) else 0.0


def _ratio(copy, ours):
    numbers = Counter(word for word in copy if word.isdigit())
    if numbers - Counter(word for word in ours if word.isdigit()):
        return 0.0
    matcher = SequenceMatcher(None, copy, ours, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ENOUGH else 0.0
