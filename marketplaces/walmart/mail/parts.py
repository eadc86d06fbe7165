"""The parts of a Walmart buyer mail: what Walmart wrote above, the buyer's words, what Walmart wrote below.

Nothing marks the words but a label above and sentences below, so both are searched from the outside: what a buyer
wrote that looks like them stays. Whatever decides something is read above the words, never inside.
"""

import re
from dataclasses import dataclass

from ...mail.quotes import split_quote
from . import const as facts

_EDGE = r"[*_ \t]{0,4}"


def _line(pattern):
    return re.compile(rf"{_EDGE}(?:{pattern}){_EDGE}", re.IGNORECASE)


_INTRO = re.compile(facts.INTRO, re.IGNORECASE)
_GREETING, _THANKS, _REF_ID = _line(facts.GREETING), _line(facts.THANKS), _line(facts.REF_ID)
_LABEL = re.compile(rf"{_EDGE}(?:{facts.HEAD_LABEL})[*_]{{0,2}} ?[:#].*", re.IGNORECASE)
_MARK = re.compile(rf"{_EDGE}(?:{facts.ORDER_LABEL}|{facts.ITEM_LABEL})[*_]{{0,2}} ?[:#]", re.IGNORECASE)
_MESSAGE = re.compile(rf"{_EDGE}{facts.MESSAGE_LABEL} ?:[*_]{{0,2}}[ \t]*(.*)", re.IGNORECASE)
_NOTE = re.compile(facts.NOTE_START, re.IGNORECASE)
_NOTE_PROOFS = [[re.compile(pattern, re.IGNORECASE) for pattern in row] for row in facts.NOTE_PROOFS]
_RETENTION = re.compile(rf"{_EDGE}(?:{facts.RETENTION})", re.IGNORECASE)
_TEAM = re.compile(
    rf"{_EDGE}(?:{facts.THANKS} ?)?(?:{facts.TEAM})[ ,.!*_]*(?:$|{facts.RETENTION}|{facts.REF_ID})", re.IGNORECASE
)
#: What may stand behind other words when all of a mail is one line.
_INLINE_HEAD = re.compile(r"((?:connect with|sent) you\b[^\n]{0,2000}?)[ \t]+(?=Message:)")
_INLINE_FOOT = (
    re.compile(r"\*\*Note: You have received this message"),
    re.compile(rf"thank you,\s{{0,3}}(?:{facts.TEAM})\b", re.IGNORECASE),
)
#: Lines that the head takes, and a wrapped paragraph of the foot.
_HEAD_LINES, _FOOT_LINES = 60, 12


@dataclass(frozen=True)
class Frame:
    """A buyer mail taken apart. ``how`` is "label", "foot", "answer", or "" when no frame was found."""

    head: str = ""
    words: str = ""
    foot: str = ""
    how: str = ""


def read_frame(mail) -> Frame:
    """Return the parts of a buyer mail; without any frame all its new words.

    Of text and HTML the one whose frame is known better counts, then the one that has words.
    """
    frames = [_frame(text) for text in (mail.text or "", mail.html_text) if text.strip()]
    if not frames:
        return Frame()
    ranks = {"label": 3, "foot": 2, "answer": 1, "": 0}
    best = max(frames, key=lambda frame: (ranks[frame.how], bool(frame.words)))
    if not best.words and not mail.attachments:
        # The frame has changed: what is surely not Walmart's is better than nothing.
        words = next(filter(None, (_leftover(frame) for frame in frames)), "")
        best = Frame(best.head, words, best.foot, best.how)
    return best


def has_intro(text: str) -> bool:
    """Tell whether a text begins as Walmart introduces a buyer, not as something quoted."""
    filled = [line for line in text[:20_000].split("\n") if line.strip()]
    return any(_INTRO.search(line) and not line.startswith(">") for line in filled[:8])


def agent_words(text: str) -> str:
    """Return what customer care wrote, without Walmart's greeting, note and foot."""
    new = split_quote(_cut_foot(text.split("\n"))[0])[0]
    first, _break, rest = new.partition("\n")
    return rest.strip() if rest.strip() and _GREETING.fullmatch(first.rstrip()) else new


def without_foot(text: str) -> str:
    """Return a text without what Walmart wrote below the words."""
    return _cut_foot(text.split("\n"))[0]


def _frame(text):
    """Return the frame of one part of a mail.

    A buyer who answers by mail writes above the quoted mail, with Walmart's frame around both, or without any.
    """
    text = _unfolded(text.replace("\xa0", " "))
    new, old = split_quote(text)
    start = _start(new.split("\n"))
    if start is None:
        lines = (new if old else text).split("\n")
        words, foot = _cut_foot(lines)
        return Frame(words=words, foot=foot, how="answer" if old else "foot" if foot else "")
    head, rest, how = _start(text.split("\n")) if old else start
    words, foot = _cut_foot(rest)
    new, old = split_quote(words)
    return Frame(head, _cut_foot(new.split("\n"))[0] if old else words, foot, how)


def _unfolded(text):
    """Return text in which label and foot stand on lines of their own, the foot where it stands last."""
    text = _INLINE_HEAD.sub(r"\1\n", text[:20_000], count=1) + text[20_000:]
    for pattern in _INLINE_FOOT:
        last = max((match.start() for match in pattern.finditer(text)), default=0)
        if last and text[last - 1] not in "\n*_>":
            text = f"{text[:last]}\n{text[last:]}"
    return text


def _start(lines):
    """Return Walmart's text above the words, the lines from there on, and how that was found; None without any."""
    top = lines[:_HEAD_LINES]
    filled = [number for number, line in enumerate(top) if line.strip()]
    intro = next((number for number in filled[:8] if _INTRO.search(top[number])), None)
    first = filled[0] if intro is None and filled else (intro or 0) + 1
    for number in range(first, len(top)):
        if match := _MESSAGE.fullmatch(top[number].rstrip()):
            above = [top[n] for n in filled if n < number]
            if intro is None and not (all(map(_is_head, above)) and any(map(_MARK.match, above))):
                break
            return "\n".join(lines[:number]), [match[1], *lines[number + 1 :]], "label"
    if intro is None:
        return None
    end = intro + 1
    while end < len(lines) and (not lines[end].strip() or _LABEL.fullmatch(lines[end].rstrip())):
        end += 1
    return "\n".join(lines[:end]), lines[end:], "foot"


def _is_head(line):
    line = line.rstrip()
    return bool(_LABEL.fullmatch(line) or _GREETING.fullmatch(line))


def _cut_foot(lines):
    """Return the words and Walmart's text below them, going up from the lowest line that is surely Walmart's.

    Each sentence is Walmart's once and in its place; what a buyer wrote like it stands above.
    """
    teams = [number for number, line in enumerate(lines) if _TEAM.match(line.rstrip())]
    ends = teams or [n for n, line in enumerate(lines) if _is_low(line) or _is_note(lines, n, len(lines))]
    if not ends:
        return "\n".join(line.rstrip() for line in lines).strip(), ""
    end, left = ends[-1], ["thanks", "note"] if teams else ["low", "thanks", "note"]
    while end:
        line, start = lines[end - 1].strip(), _paragraph(lines, end)
        if not line:
            end -= 1
        elif "low" in left and (_is_low(line) or _TEAM.match(line)):
            end -= 1
        elif "low" in left and _RETENTION.match(lines[start]):
            end = start
        elif "thanks" in left and _THANKS.fullmatch(line):
            end, left = end - 1, ["note"]
        elif "note" in left and (note := _note_above(lines, start, end)) is not None:
            end, left = note, []
        else:
            break
    return "\n".join(line.rstrip() for line in lines[:end]).strip(), "\n".join(lines[end:]).strip()


def _is_low(line):
    return bool(_RETENTION.match(line) or _REF_ID.fullmatch(line.rstrip()))


def _paragraph(lines, end):
    """Return where the lines without a gap begin that end above ``end``."""
    start = end - 1
    while start > max(0, end - _FOOT_LINES) and lines[start - 1].strip():
        start -= 1
    return start


def _note_above(lines, start, end):
    """Return where Walmart's note in the lines from ``start`` to ``end`` begins, or None."""
    return next((number for number in range(end - 1, start - 1, -1) if _is_note(lines, number, end)), None)


def _is_note(lines, number, end):
    """Tell whether Walmart's note begins in a line and takes all that follows without a gap."""
    if not _NOTE.match(lines[number].strip()):
        return False
    block = []
    for line in lines[number : min(end, number + _FOOT_LINES)]:
        if not line.strip():
            break
        block.append(line)
    note = " ".join(block)[:2000]
    return any(all(pattern.search(note) for pattern in row) for row in _NOTE_PROOFS)


def _leftover(frame):
    """Return the lines of a frame's head and foot of which no form is known."""
    kept = []
    for line in f"{frame.head}\n{frame.foot}".split("\n"):
        plain = line.strip()
        known = (_is_head, _INTRO.search, _THANKS.fullmatch, _TEAM.match, _NOTE.match, _is_low)
        if plain and plain.casefold() != "order:" and not any(test(plain) for test in known):
            kept.append(plain)
    return "\n".join(kept)
