"""Bytes of a mail → text, whatever the mail says (or fails to say) about its charset."""

import binascii
import codecs
import contextlib
import re
import unicodedata
from functools import lru_cache

from . import budget

#: Declared names that mean a larger charset in practice. Source: encoding.spec.whatwg.org/#names-and-labels.
_SUPERSETS = {
    "ascii": "",
    "us-ascii": "",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
}
#: Codecs that are no charset of a mail, or slow enough to be an attack.
_REFUSED = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
_CHARSET_NAME = re.compile(r"[A-Za-z0-9][\w.:+-]{0,39}")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_KANA = re.compile("[\u3041-\u30ff]")
_JIS_ESCAPE = re.compile(rb"\x1b\$[@B]")
#: Two characters of an Asian charset; letters with accents seldom stand four in a row.
_HIGH_RUN = re.compile(rb"[\x80-\xff]{4}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
#: Accents in a row are sorted in quadratic time, and one character may become eighteen: text is taken in pieces.
_PIECE = re.compile(r"[^\n]{1,400}\n?|\n")
MAX_EXPANSION = 4


def clean(text: str) -> str:
    """Return text with LF line ends and without control characters or lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text) if _CONTROL.search(text) else text


def one_form(text: str, form: str = "NFKC") -> str:
    """Return text in which equal letters and digits are equal (Unicode normalisation), in linear time.

    A piece that would grow more than fourfold, as no honest one does, stays as it is.
    """
    if text.isascii():
        return text
    budget.check()
    pieces = ((piece, unicodedata.normalize(form, piece)) for piece in _PIECE.findall(text))
    return "".join(piece if len(plain) > MAX_EXPANSION * len(piece) else plain for piece, plain in pieces)


def to_text(data: bytes, charset: str | None = None) -> str:
    """Decode bytes by their declared charset, else by the most plausible one.

    :param bytes data: content after the transfer encoding was taken off.
    :param str charset: as declared, possibly wrong, unknown or missing.
    :return: cleaned text; never raises.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return clean(data.decode(name, "replace"))
    name = _known_charset(charset)
    if not name or (b"\x1b$" in data and _JIS_ESCAPE.search(data) and not name.startswith("iso2022")):
        return clean(_guess(data))
    try:
        return clean(data.decode(name))
    except (UnicodeError, LookupError):
        return clean(_guess(data, name))


@lru_cache(maxsize=256)
def _known_charset(charset):
    """Return the codec to use for a declared charset, or None when it says nothing usable."""
    name = (charset or "").strip(" \t\"'").split("*")[0].lower()
    name = _SUPERSETS.get(name, name)
    if not _CHARSET_NAME.fullmatch(name):
        return None
    try:
        name = codecs.lookup(name).name
        b"a".decode(name, "replace")  # "hex" and the like are codecs, but not of text
    except (LookupError, ValueError):
        return None
    return None if name.replace("-", "_") in _REFUSED else name


def _guess(data, declared=None):
    """Return text of bytes whose declared charset is missing or does not fit."""
    if _JIS_ESCAPE.search(data):
        return data.decode("iso2022_jp_ext", "replace")
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode("utf-8")
    high = sum(map((127).__lt__, data[:20000]))
    loose = data.decode("utf-8", "replace")
    # A cut or damaged UTF-8 text has few bad places among many good ones.
    if loose[:20000].count("\ufffd") <= 2 + high // 30 < high // 3:
        return loose
    if declared and declared not in ("utf-8", "cp1252"):
        return data.decode(declared, "replace")
    if high > len(data[:20000]) * 0.2 and _HIGH_RUN.search(data):
        return _guess_asian(data)
    return data.decode("cp1252", "replace")


def _guess_asian(data):
    """Return text of bytes that are mostly outside ASCII and no UTF-8."""
    for name in ("cp932", "euc_jp"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if len(_KANA.findall(text[:5000])) * 8 > len(text[:5000]):
            return text
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def from_base64(data: bytes) -> bytes:
    """Decode base64 that may be cut, badly padded or interspersed with other characters."""
    try:
        return binascii.a2b_base64(data)
    except ValueError:
        kept = _NOT_BASE64.sub(b"", data)
        kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def header_text(raw: bytes) -> str:
    """Decode an unfolded header value: encoded words (RFC 2047), also broken ones, and raw 8-bit.

    :param bytes raw: value without its name.
    :return: one line of text.
    """
    text = to_text(raw).replace("\n", " ")
    return decode_words(text) if "=?" in text else text


def decode_words(text: str) -> str:
    """Return text with its RFC 2047 encoded words decoded; neighbours of one charset are joined as bytes first.

    Senders split multi-byte characters between words, although the RFC forbids it.
    """
    text = _BETWEEN_WORDS.sub(r"\1", text)
    pieces, pending, charset, end = [], b"", None, 0
    for match in _ENCODED_WORD.finditer(text):
        name = match[1].split("*")[0].lower()
        if match.start() > end or name != charset:
            pieces += [to_text(pending, charset) if pending else "", text[end : match.start()]]
            pending, charset = b"", name
        content = match[3].encode("ascii", "replace")
        pending += from_base64(content) if match[2] in "bB" else binascii.a2b_qp(content, header=True)
        end = match.end()
    pieces += [to_text(pending, charset) if pending else "", text[end:]]
    return clean("".join(pieces)).replace("\n", " ")
