"""The parts of an Amazon buyer mail: what Amazon wrote above, the buyer's words, what Amazon wrote below.

Whatever decides something (order, thread, links) is read above or below the words, never inside: a buyer can
write anything, also Amazon's own phrases. The frame is found by its shape, which is the same in all languages.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from ..mail_text import END, START, is_divider, mark_quotes, parse_html, split_quote, tree_to_text
from . import mail_const as const

#: Source: order numbers of 15 countries, mails of 2016–2026; D01 are digital orders.
_ORDER = re.compile(r"(?<![\d-])((?:\d{3}|D\d\d)-\d{7}-\d{7})(?![\d-])")
_ITEM = re.compile(r"ASIN:? {0,3}(B[0-9A-Z]{9}|\d{9}[\dX])\b|/dp/(B[0-9A-Z]{9}|\d{9}[\dX])\b")
_URL = re.compile(r"https://[^\s<>\"'\]]{1,2000}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{6,64}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DASHES = "-–—"
_TO_ASCII = {ord(c): "-" for c in "‐‑‒–—−－"} | {ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_FIELD = re.compile(r"\s{0,3}([^\W\d_][^:：\n]{0,30}?) ?[:：] ?(.*)")


@dataclass(frozen=True)
class Frame:
    """A buyer mail taken apart. ``how`` is "pre", "markers", "answer", "agent", or "" when no frame was found."""

    head: str = ""
    words: str = ""
    foot: str = ""
    links: tuple[str, ...] = ()
    how: str = ""


def find_orders(text: str) -> list[str]:
    """Return all order numbers in a text, in the order they stand."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:200_000]).translate(_TO_ASCII))
    return _ORDER.findall(text)


def find_item(text: str) -> str | None:
    """Return the first ASIN in a text that Amazon wrote, or None."""
    match = _ITEM.search(text)
    return match and (match[1] or match[2])


def is_marker(line: str) -> bool:
    """Tell whether a line is dashes around words; dashes alone, and a quoted mail's divider, are none."""
    line = line.strip(" \t\xa0\u200e\u200f")
    if not line or line[0] not in _DASHES or len(line) > 200:
        return False
    if line[:6].strip(_DASHES) or line[-6:].strip(_DASHES) or is_divider(line):
        return False
    return any(map(str.isalpha, line.strip(_DASHES)))


def read_frame(mail) -> Frame:
    """Return the parts of a buyer mail; ``how`` is ``""`` when there is no frame to be found.

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
    html = _html_frame(mail.html) if mail.html else Frame()
    if html.how == "pre" and (html.words or not marked.words):
        return _joined(html, marked)
    if marked.how:
        return _joined(marked, html)
    return html


def _joined(frame, other):
    """Return a frame with what only the other part of the mail says."""
    return Frame(f"{frame.head}\n{other.head}", frame.words, f"{frame.foot}\n{other.foot}", frame.links + other.links, frame.how)


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
        return _frame(above.removesuffix(words), words, "\n".join(lines[end + 1 :]))
    head = "\n".join(lines[:start])
    if start == end:
        return Frame(head, split_quote(cut_footer("\n".join(lines[start + 1 :])))[0], how="markers")
    return _frame(head, "\n".join(lines[start + 1 : end]), "\n".join(lines[end + 1 :]))


def _frame(head, words, foot):
    """Return a frame whose end is certain: only then links below it are Amazon's."""
    words = "\n".join(line.rstrip() for line in split_quote(words)[0].split("\n"))
    return Frame(head, words.strip(), foot, tuple(_URL.findall(foot)), "markers")


def _is_end(line):
    return not const.END_WORDS.isdisjoint(line.casefold().strip(_DASHES + " \t").split())


def _html_frame(html):
    """Return the frame in HTML: by its ``<pre>``, else by markers among its words."""
    root = parse_html(html)
    if root is None:
        return Frame()
    pre = _message_pre(root)
    before, after = _hrefs(root, pre)
    mark_quotes(root)
    text = tree_to_text(root, marked=pre)
    if pre is None:
        frame = _answer(text) or _by_markers(text)
        return Frame(frame.head, frame.words, frame.foot, tuple(before) if frame.foot else (), frame.how)
    head, _start, rest = text.partition(START)
    words, _end, foot = rest.partition(END)
    new, old = split_quote(head)
    if old:
        return Frame(words=new, how="answer")
    words = "\n".join(line.rstrip() for line in split_quote(words)[0].split("\n"))
    return Frame("\n".join([head, *before]), words.strip(), foot, tuple(after), "pre")


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


def read_agent(text: str) -> Frame | None:
    """Return the frame of a message that Amazon's customer service wrote for a buyer, or None.

    It has labelled lines instead of markers: "Order#:", "Item:", "Reason:", "Details:".
    """
    lines = text.split("\n")
    fields = [(n, m[1].casefold(), m[2]) for n, m in ((n, _FIELD.match(line)) for n, line in enumerate(lines)) if m]
    details = next((f for f in fields if f[1] in const.AGENT_DETAILS.split("|")), None)
    details = details or next((f for f in fields if f[1] in const.AGENT_REASON.split("|")), None)
    if not details:
        return None
    number, _label, words = details
    kept = [words]
    for line in lines[number + 1 :]:
        plain = line.strip().casefold()
        if plain.startswith(const.AGENT_END) or _is_footer(line) or (plain and not plain.strip(_DASHES)):
            break
        kept.append(line.rstrip())
    return Frame(head="\n".join(lines[:number]), words="\n".join(kept).strip(), how="agent")


def drop_intro(text: str) -> str:
    """Return text without what Amazon writes above the words: intro, order line, product line."""
    lines = text.split("\n")
    while lines:
        line = lines[0].strip()
        is_order = len(line) < 60 and find_orders(line)
        if line and not (is_order or "[ASIN:" in line or line.casefold().startswith(tuple(const.INTROS))):
            break
        lines.pop(0)
    return "\n".join(lines).strip()


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
    if proof := next((proof for proof in const.FOOTER_PROOFS if line.startswith(proof)), None):
        return proof
    plain = line.casefold()
    return next((footer for footer in const.FOOTERS if plain.startswith(footer)), None)


def read_links(links) -> dict:
    """Return what the footer's links tell: ``token``, ``message``, ``site_ref``, ``case``, ``no_response_url``.

    :param links: addresses that stand below the buyer's words; only Seller Central's own hosts are read.
    """
    found = {}
    for link in links:
        url = console_url(link) if "/messaging/" in link or "no-response-needed" in link else None
        if url is None:
            continue
        query = {key: values[0] for key, values in parse_qs(url.query[:4000]).items()}
        if "no-response-needed" in url.path:
            found.setdefault("no_response_url", link)
            for key, name in (("t", "token"), ("m", "message"), ("mp", "site_ref")):
                if _TOKEN.fullmatch(query.get(key, "")):
                    found.setdefault(name, query[key])
        for key in ("ss", "cc"):
            if _UUID.fullmatch(query.get(key, "").lower()):
                found.setdefault("case", query[key].lower())
    return found


def console_url(link: str):
    """Return a link split, or None unless it is an https address on exactly one of Seller Central's hosts."""
    try:
        url = urlsplit(link.strip())
        is_ours = url.scheme == "https" and url.netloc.lower().removesuffix(":443") in const.CONSOLE_HOSTS
    except ValueError:
        return None
    return url if is_ours else None


def read_tag(address: str) -> tuple[str, str | None]:
    """Return a relay address without its plus tag, lower case, and the case id in the tag (or None).

    The tag is a uuid today; about 2020 it was "A" and 19–20 letters and digits.
    """
    local, _at, host = address.rpartition("@")
    base, _plus, tag = local.partition("+")
    is_case = _UUID.fullmatch(tag.lower()) or re.fullmatch(r"A[A-Z0-9]{18,20}", tag.upper())
    return f"{base}@{host}".lower(), (tag.lower() if "-" in tag else tag.upper()) if is_case else None
