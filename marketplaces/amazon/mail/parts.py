"""The parts of an Amazon buyer mail: what Amazon wrote above, the buyer's words, what Amazon wrote below.

Whatever decides something (order, thread, links) is read above or below the words, never inside: a buyer can
write anything, also Amazon's own phrases. The frame is found by its shape, which is the same in all languages.
"""

import re
from dataclasses import dataclass, replace

from ...mail.quotes import is_divider, split_quote
from ...mail.text import END, START, mark_quotes, tree_to_text
from . import const
from .keys import find_orders

_URL = re.compile(r"https://[^\s<>\"'\]]{1,2000}")
_DASHES = "-–—"
_PRODUCT_LINE = re.compile(r"#\s{0,3}ASIN\b|\d{1,3}[ \t/].{0,400}(?:\[ASIN:|\bB0[0-9A-Z]{8}\b)")
_ANSWER_SUBJECT = re.compile(r"(?:re|aw|antw|sv|odp|ynt|rif|r|res|回复|答复) ?[:：]", re.IGNORECASE)
_AGENT_ITEM = re.compile(r"^ {0,3}(?:ASIN|Item|Article|Artikel|Articolo|Artículo|Produto|商品) ?[:：]", re.MULTILINE)
_AGENT_ORDER = re.compile(r"^ {0,3}[^\W\d_]{3,15} ?# ?[:：] {0,3}(?:\d{3}|D\d\d)-\d{7}-\d{7}", re.MULTILINE)
_FOOTERS = (*const.FOOTERS, *(proof.casefold() for proof in const.FOOTER_PROOFS))
_FIELD = re.compile(r"\s{0,3}([^\W\d_][^:：\n]{0,30}?) ?[:：] ?(.*)")


@dataclass(frozen=True)
class Frame:
    """A buyer mail taken apart. ``how`` is "pre", "markers", "answer", "agent", or "" when no frame was found.

    ``sure_head`` and ``sure_links`` are those parts of head and links in which no word of the buyer's can be.
    """

    head: str = ""
    words: str = ""
    foot: str = ""
    links: tuple[str, ...] = ()
    how: str = ""
    sure_head: str = ""
    sure_links: tuple[str, ...] = ()


def is_marker(line: str) -> bool:
    """Tell whether a line is dashes around words; dashes alone, and a quoted mail's divider, are none."""
    line = line.strip(" \t\xa0\u200e\u200f")
    if not line or line[0] not in _DASHES or len(line) > 200:
        return False
    if line[:6].strip(_DASHES) or line[-6:].strip(_DASHES) or is_divider(line):
        return False
    return any(map(str.isalpha, line.strip(_DASHES)))


def read_frame(mail) -> Frame:
    """Return the parts of a buyer mail; without any frame the readable text, less intro, footer and quotes.

    The HTML's one ``<pre>`` is surest (what the buyer typed is escaped there), then the markers of the text
    part, then those of the HTML. New words on top of a quoted mail of ours come before all of them. Exactly two
    markers are Amazon's own: then the HTML need not be looked at.
    """
    text = mail.text or ""
    if answer := _answer(text):
        return answer
    marked = _by_markers(text)
    if marked.words and marked.foot and sum(map(is_marker, text.split("\n"))) == 2 and find_orders(marked.head):
        return marked
    if mail.subject.casefold().startswith(const.AGENT_SUBJECTS) and not marked.how:
        marked = _by_agent(mail) or marked
    html = _html_frame(mail.copy_tree())
    if html.how == "pre" and marked.how != "agent" and (html.words or not marked.words):
        return _joined(html, marked)
    if marked.how:
        return _joined(marked, html)
    return html if html.how else _by_agent(mail) or _unframed(mail)


def is_answer(mail) -> bool:
    """Tell whether a mail answers another one, by its subject or its headers."""
    return bool(mail.in_reply_to or _ANSWER_SUBJECT.match(mail.subject))


def _unframed(mail):
    """Return what is left of a mail without frame; an answer that quotes ours needs none."""
    new, old = split_quote(mail.body)
    words = drop_intro(new)
    head = new.removesuffix(words)
    is_ours = head.strip().casefold().startswith(const.INTROS)
    how = "answer" if old and is_answer(mail) else ""
    return Frame(head if is_ours else "", cut_footer(words), how=how)


def _joined(frame, other):
    """Return a frame with what only the other part of the mail says."""
    head, foot = f"{frame.head}\n{other.head}", f"{frame.foot}\n{other.foot}"
    sure_links = frame.sure_links + other.sure_links
    return Frame(head, frame.words, foot, frame.links + other.links, frame.how, frame.sure_head, sure_links)


def _answer(text):
    """Return the frame of an answer by e-mail: new words on top, our own mail quoted below; else None.

    Without this the seller's words between the quoted markers would become the buyer's.
    """
    new, old = split_quote(text)
    lines = new.split("\n")
    if old and not any(map(is_marker, lines)):
        if any(is_marker(line.lstrip("> ")) for line in old.split("\n")):
            return Frame(words=cut_footer(new), how="answer")
        return None
    quoted = next((n for n, line in enumerate(lines) if line.startswith(">") and is_marker(line.lstrip("> "))), None)
    if quoted is None or any(map(is_marker, lines)):
        return None
    while quoted and (lines[quoted - 1].startswith(">") or not lines[quoted - 1].strip()):
        quoted -= 1
    return Frame(words="\n".join(lines[:quoted]).strip(), how="answer")


def _by_markers(text):
    """Return the frame that lines of dashes around words make: from the first to the last of them."""
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if is_marker(line)]
    if not marks:
        return Frame()
    start, end = marks[0], marks[-1]
    if start == end and _is_end(lines[start]):
        above = "\n".join(lines[:start]).strip()
        words = drop_intro(above)
        # Where nothing marks their beginning, what looks like Amazon's head may be the buyer's words.
        return replace(_frame(above.removesuffix(words), words, "\n".join(lines[end + 1 :])), sure_head="")
    head = "\n".join(lines[:start])
    if start == end:
        return Frame(head, split_quote(cut_footer("\n".join(lines[start + 1 :])))[0], how="markers")
    return _frame(head, "\n".join(lines[start + 1 : end]), "\n".join(lines[end + 1 :]))


def _frame(head, words, foot):
    """Return a frame whose end is certain: only then links below it are Amazon's."""
    words = "\n".join(line.rstrip() for line in split_quote(words)[0].split("\n"))
    links = tuple(_URL.findall(foot))
    return Frame(head, words.strip(), foot, links, "markers", head, links)


def _is_end(line):
    return not const.END_WORDS.isdisjoint(line.casefold().strip(_DASHES + " \t").split())


def _html_frame(root):
    """Return the frame in a tree of HTML, if any: by its ``<pre>``, else by markers among its words."""
    if root is None:
        return Frame()
    pre = _message_pre(root)
    before, after = _hrefs(root, pre)
    mark_quotes(root)
    text = tree_to_text(root, marked=pre)
    if pre is None:
        frame = _answer(text) or _by_markers(text)
        return Frame(frame.head, frame.words, frame.foot, tuple(before) if frame.foot else (), frame.how, frame.head)
    head, _start, rest = text.partition(START)
    words, _end, foot = rest.partition(END)
    new, old = split_quote(head)
    if old:
        return Frame(words=new, how="answer")
    words = "\n".join(line.rstrip() for line in split_quote(words)[0].split("\n"))
    return Frame("\n".join([head, *before]), words.strip(), foot, tuple(after), "pre", head, tuple(after))


def _hrefs(root, pre):
    """Return the links above and below an element; those in the buyer's own words are left out."""
    inside = list(pre.iter("a")) if pre is not None else []
    before, after = [], []
    links = before
    for element in root.iter("a", "pre"):
        if element is pre:
            links = after
        elif element.tag == "a" and element not in inside:
            links.append(element.get("href") or "")
    return before, after


def _message_pre(root):
    """Return the element that holds the buyer's words, or None. Source: all locales, 2025–2026."""
    pres = list(root.iter("pre"))
    styled = [pre for pre in pres if "-o-pre-wrap" in (pre.get("style") or "")]
    return styled[0] if styled else pres[0] if len(pres) == 1 else None


def _by_agent(mail):
    """Return the frame of a message that Amazon's customer service wrote for a buyer, or None.

    It has labelled lines instead of markers: "Order#:", "Item:", "Reason:", "Details:".
    """
    top = mail.body[:3000]
    if not _AGENT_ORDER.search(top) or not _AGENT_ITEM.search(top):
        return None
    lines = mail.body.split("\n")
    fields = {}
    for number, line in enumerate(lines):
        if match := _FIELD.match(line):
            fields.setdefault(match[1].casefold(), number)
    number = next((fields[label] for label in const.AGENT_LABELS if label in fields), None)
    if number is None:
        return None
    kept = [_FIELD.match(lines[number])[2]]
    for line in lines[number + 1 :]:
        plain = line.strip().casefold()
        if plain.startswith(const.AGENT_END) or _is_footer(line) or (plain and not plain.strip(_DASHES)):
            break
        kept.append(line.rstrip())
    head = "\n".join(lines[:number])
    return Frame(head=head, words="\n".join(kept).strip(), how="agent", sure_head=head)


def drop_intro(text: str) -> str:
    """Return text without what Amazon writes above the words: intro, order line, product line."""
    lines, is_begun = text.split("\n"), False
    for number, line in enumerate(map(str.strip, lines)):
        is_order = len(line) < 60 and find_orders(line)
        is_product = _PRODUCT_LINE.match(line)
        is_label = is_begun and line.rstrip(" :：").casefold() in const.MESSAGE_LABELS
        if line and not (is_order or is_product or is_label or line.casefold().startswith(const.INTROS)):
            return "\n".join(lines[number:]).strip()
        is_begun = is_begun or bool(line)
    return ""


def cut_footer(text: str) -> str:
    """Return text without Amazon's footer, when enough of it stands there to be sure.

    Each kind of footer line counts where it stands last: what a buyer pasted stands above the real one.
    """
    lines = text.split("\n")
    last = {}
    for number, line in enumerate(lines):
        if kind := _is_footer(line):
            last[kind] = number
    if len(last) < 2 and not any(kind in last for kind in const.FOOTER_PROOFS):
        return text.strip()
    cut = min(last.values())
    # The label of a link ("Was this email helpful?") stands right above it.
    while cut and (lines[cut - 1].strip() and len(lines[cut - 1]) < 80 and lines[cut].strip().startswith("https://")):
        cut -= 1
    return "\n".join(lines[:cut]).strip()


def _is_footer(line):
    """Return which kind of footer line this is, or None."""
    line = line.strip()
    if not line.casefold().startswith(_FOOTERS):
        return None
    if proof := next((proof for proof in const.FOOTER_PROOFS if line.startswith(proof)), None):
        return proof
    plain = line.casefold()
    return next((footer for footer in const.FOOTERS if plain.startswith(footer)), None)
