"""Words out of mails: HTML as readable text, quoted history taken off. True for any marketplace."""

import re

from lxml import etree

from . import budget
from .charset import clean
from .quotes import QUOTE_END, QUOTE_LINE

#: More HTML than a person reads; the rest is not looked at.
MAX_HTML = 4_000_000
#: libxml2 looks through all open elements for each tag, so that depth costs quadratic time; real mails stay below
#: a hundred. What has fewer tags than this is not too deep, whatever it looks like.
MAX_DEPTH = 300
FEW_TAGS = 1_000
#: Bytes that are parsed between two looks at the depth and the budget; more where a tag goes on.
CHUNK = 4_096

#: Stand for a line break, the edge of a block, the edge of a paragraph, and the edges of the element searched for:
#: private characters, which are taken out of what comes in.
_BREAK, _EDGE, _GAP, START, END = "\ue0f1", "\ue0f2", "\ue0f3", "\ue0f4", "\ue0f5"
_PRIVATE = re.compile("[\ue0f1-\ue0f5]")
_BLOCKS = (
    "address article aside blockquote body caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody tfoot thead title tr ul"
).split()
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "table", "blockquote"}
_DROPPED = ("script", "style", "head", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea")
_SPACES = re.compile("[ \t\n\f\u200b]+")
#: A run of blanks is looked at once, from its first: from each of them anew it would take quadratic time.
_AROUND_BREAK = re.compile("(?:(?<! ) +)?\ue0f1 *")
_AROUND_EDGES = re.compile("(?:(?<! ) +)?[\ue0f2\ue0f3][\ue0f2\ue0f3 ]*")
_MANY_BREAKS = re.compile("\n{3,}")
_ANY_TAG = re.compile(r"<[^<>]*>")
#: An ampersand that begins nothing: the parser writes down an error for each, which takes ten times as long.
_BARE_AMPERSAND = re.compile(r"&(?!#[0-9A-Za-z]|[A-Za-z])")
_PARSER = {"encoding": "utf-8", "remove_comments": True, "remove_pis": True, "huge_tree": True}


def parse_html(html: str):
    """Return the lxml tree of any HTML, or None when there is nothing in it or it is built to hang a parser."""
    html = _BARE_AMPERSAND.sub("&amp;", _PRIVATE.sub("", clean(html[:MAX_HTML])))
    content = html.encode("utf-8", "replace")
    try:
        if html.count("<") > FEW_TAGS:
            return _parse_in_steps(content)
        return etree.fromstring(content, etree.HTMLParser(**_PARSER))
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _parse_in_steps(content):
    """Return the tree of HTML with many tags, or None as soon as it gets too deep.

    How deep it is tells only the tree: which tags end another element, and which are ignored, is up to the parser.
    """
    parser = etree.HTMLPullParser(events=("start", "end"), **_PARSER)
    start = depth = waiting = 0
    while start < len(content):
        budget.check()
        # A piece that ends within an attribute may keep the parser (libxml2 2.10) waiting for its end until the last.
        end = content.find(b">", start + CHUNK) + 1 or len(content)
        parser.feed(content[start:end])
        waiting += content.count(b"<", start, end)
        for event, _element in parser.read_events():
            waiting, depth = 0, depth + (1 if event == "start" else -1)
            if depth > MAX_DEPTH:
                return None
        if waiting > FEW_TAGS:
            return None
        start = end
    return parser.close()


def tree_to_text(root, marked=None) -> str:
    """Return a tree's words with a line for each block; consumes the tree.

    :param marked: an element whose text comes out between ``START`` and ``END``.
    """
    budget.check()
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    _keep_line_breaks(root)
    for element in root.iter("br", *_BLOCKS):
        if element.tag == "br":
            element.tail = _BREAK + (element.tail or "")
            continue
        edge = _GAP if element.tag in _PARAGRAPHS else _EDGE
        element.text = edge + (element.text or "")
        element.tail = edge + (element.tail or "")
    for cell in root.iter("td", "th"):
        cell.tail = " " + (cell.tail or "")
    if marked is not None:
        marked.text = START + (marked.text or "")
        marked.tail = END + (marked.tail or "")
    return _tidy(etree.tostring(root, method="text", encoding="unicode", with_tail=False))


def _keep_line_breaks(root):
    """Mark the line breaks in preformatted text; what stands in several ``<pre>`` is looked at once."""
    nested = set()
    for pre in root.iter("pre"):
        if pre in nested:
            continue
        for element in pre.iter():
            element.text = element.text and element.text.replace("\n", _BREAK)
            if element is not pre:
                element.tail = element.tail and element.tail.replace("\n", _BREAK)
                nested.update([element] if element.tag == "pre" else [])


def _tidy(text):
    text = _SPACES.sub(" ", text).replace("\xa0", " ")
    text = _AROUND_EDGES.sub(lambda match: "\n\n" if _GAP in match[0] else "\n", text)
    text = _AROUND_BREAK.sub("\n", text)
    return _MANY_BREAKS.sub("\n\n", text).strip()


def html_to_text(html: str) -> str:
    """Return the words of HTML, block by block, without scripts and styles; never raises.

    Quoted mails (``<blockquote>``) are marked with ``> `` as in plain text.
    """
    return parsed_to_text(parse_html(html), html)


def parsed_to_text(root, html: str) -> str:
    """Return the words of HTML that was parsed, as :func:`html_to_text`; consumes the tree.

    :param root: what :func:`parse_html` made of it, None when it made nothing of it.
    """
    if root is None:
        return _tidy(_ANY_TAG.sub(_BREAK, clean(html[:MAX_HTML])))
    mark_quotes(root)
    return tree_to_text(root)


def mark_quotes(root):
    """Put a line ``>`` at the head of each quoted mail in a tree, so that it can be cut off as text."""
    for quote in root.iter("blockquote", "div"):
        classes = quote.get("class") or ""
        if quote.tag == "blockquote" and (quote.get("type") == "cite" or "quote" in classes):
            quote.text = f"{_BREAK}{QUOTE_LINE}{_BREAK}{quote.text or ''}"
            last = quote[-1] if len(quote) else None
            if last is None:
                quote.text += f"{_BREAK}{QUOTE_END}{_BREAK}"
            else:
                last.tail = f"{last.tail or ''}{_BREAK}{QUOTE_END}{_BREAK}"
