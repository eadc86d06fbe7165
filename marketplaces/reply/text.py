"""The text of a mail to a buyer: new words on top, the signature, the buyer's mail quoted below; and its bare twin."""

import re
from html import escape

from ..mail.charset import clean
from ..schema import Site
from .placeholders import format_date, lang_of

#: Longest quotation: a thread that quotes itself must not grow for ever.
MAX_QUOTE = 20_000
MAX_SUBJECT = 250
MAX_REFERENCES = 20
#: The line above a quoted mail; each is one that :func:`.mail_text.split_quote` knows again.
_WROTE = {
    "ar": "في {date} كتب المشتري:",
    "de": "Am {date} schrieben Sie:",
    "en": "On {date}, you wrote:",
    "es": "El {date}, el comprador escribió:",
    "fr": "Le {date}, l’acheteur a écrit :",
    "it": "Il {date}, l’acquirente ha scritto:",
    "ja": "{date} お客様のメッセージ:",
    "nl": "Op {date} heeft de koper geschreven:",
    "pl": "W dniu {date} kupujący napisał:",
    "pt": "Em {date}, o comprador escreveu:",
    "sv": "Den {date} skrev köparen:",
    "tr": "{iso} tarihinde alıcı yazdı:",
}
_NO_DATE = "-----Original Message-----"
_ANSWER = re.compile(r"(?:(?:re|aw|antw|sv|odp|ynt|rif|res|回复|答复)(?:\[\d{1,3}\])? ?[:：]\s*)+", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n(?:[ \t]*\n)+")


def tidy(text: str | None) -> str:
    """Return text with plain line ends, without blanks at the ends of its lines and around it."""
    lines = clean((text or "").replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n").strip()


def one_line(text: str | None) -> str:
    """Return a text that can stand in a header."""
    return " ".join(clean(text or "").split())


def answer_subject(subject: str | None, fallback: str) -> str:
    """Return the subject of an answer: "Re:" once, then what the buyer's mail had."""
    known = _ANSWER.sub("", one_line(subject), count=1) if _ANSWER.match(one_line(subject)) else one_line(subject)
    return f"Re: {known or fallback}"[:MAX_SUBJECT]


def quote(words: str | None, date, site: Site | None) -> str:
    """Return a buyer's mail as it is quoted, or an empty text when it had no words."""
    words = tidy(words)[:MAX_QUOTE]
    if not words:
        return ""
    iso = date.strftime("%Y-%m-%d") if date else ""
    form = _WROTE.get(lang_of(site), _WROTE["en"])
    head = form.format(date=format_date(date, site), iso=iso) if date else _NO_DATE
    return "\n".join([head, *(f"> {line}".rstrip() for line in words.split("\n"))])


def join(*parts: str) -> str:
    """Return parts of a mail one below the other, with an empty line between."""
    return "\n\n".join(part for part in parts if part) + "\n"


def to_html(*parts: str) -> str:
    """Return parts of a mail as bare HTML: paragraphs and line breaks, nothing else."""
    paragraphs = [one for part in parts if part for one in _PARAGRAPH.split(part)]
    body = "".join("<p>{}</p>".format(escape(one).replace("\n", "<br>\n")) for one in paragraphs)
    return f"<html><body>{body}</body></html>"


def references(known, message_id: str | None) -> tuple[str, ...]:
    """Return the ids of a thread, oldest first, the answered mail last."""
    ids = dict.fromkeys(one for one in (*known, message_id) if one)
    return tuple(ids)[-MAX_REFERENCES:]
