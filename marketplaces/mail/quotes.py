"""Quoted history in a mail's text, found by its shape: what was newly written is told from the mails below it.

Mail programs write a head above the mail that they quote. Its words differ by program and language; its shape does
not: an address in angle brackets beside a date and a colon, a block of short ``Label: value`` lines, or dashes around
words above such a block. Words are looked for only where a shape alone would be too little.
Source: heads as Gmail, Outlook, Apple Mail, Yahoo, Thunderbird, GMX/WEB.DE, T-Online, Orange, Samsung, QQ, Naver and
Mail.ru write them, read in mails of 2016–2026.
"""

import re
from dataclasses import dataclass

from . import budget

#: Quoted history begins before this line, or a person would not find it either.
MAX_LINES = 10_000
#: What `text.mark_quotes` leaves around a quoted mail of HTML.
QUOTE_LINE, QUOTE_END = "> ⋯", "⋯ <"
#: Lines that a head may be wrapped to, and the characters that they may have together.
HEAD_LINES, HEAD_CHARS = 6, 500
#: Lines that a block of headers may have, and characters of a label.
BLOCK_LINES, LABEL_CHARS = 12, 25

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ADDRESS = re.compile(
    r"[<\[(] ?(?:mailto:)?[^<>\[\]()@\n]{1,100}@[^<>\[\]()@\n]{1,100}[>\])]|<[^<>@\s]{1,80}@[^<>@\s]{1,80}<mailto:"
)
_ANY_ADDRESS = re.compile(r"[^\s<>@,;:\"]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
_TIME = r"(?<!\d)\d{1,2}(?:[:.h]|時|시 ?)\d{2}(?!\d)"
_DAY = (
    r"(?<!\d)(?:\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}|\d{4}[./-] ?\d{1,2}[./-] ?\d{1,2}|\d{4}[年년]|(?:19|20)\d{2})(?!\d)"
)
_DATE = re.compile(f"{_TIME}|{_DAY}")
_MOMENT = re.compile(rf"{_DAY}.{{0,40}}{_TIME}|{_TIME}.{{0,40}}{_DAY}", re.DOTALL)
_ISO_HEAD = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T].{0,120}[<\[][^<>\[\]@\s]{1,100}@[^<>\[\]@\s]{1,100}[>\]]")

_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|scrive|escreveu|geschreven|schreef|"
    r"napisał(?:\(a\)|a)?|pisze|skrev|kirjoitti|yazdı|napsala?|написала?|пише|пишет)\b|كتب|بواسطة|写道|寫道|"
    r"のメッセージ|のメール|さん|wrote|님이 작성",
    re.IGNORECASE,
)
#: An "On …, X wrote:" without an address must begin and end as these do, and name a day or a time.
_WROTE_HEAD = re.compile(
    r"(?=[^\n]{0,400}\d)(?:(?:on|am|le|el|il|em|op|w dniu|dnia|den|tarihinde|في|dne|kl)\b.{0,300}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|geschreven|napisał(?:\(a\))?a?|pisze|skrev|yazdı|napsal|"
    r"كتب)[^\n]{0,120}|\d{4}.{0,120}(?:のメッセージ|:のメール|wrote|写道|寫道|yazdı|さん)[^\n]{0,40})[:：]",
    re.IGNORECASE,
)
#: Words between dashes that announce another mail, without anything else of it.
_DIVIDER_WORDS = (
    "original message|original e-?mail|ursprüngliche nachricht|original-?\\s?nachricht|urspr\\. nachricht|"
    "message d'origine|message original|mail original|mensaje original|messaggio originale|mensagem original|"
    "oorspronkelijk bericht|wiadomość oryginalna|oryginalna wiadomość|ursprungligt meddelande|originalmeddelande|"
    "orijinal ileti|orijinal mesaj|özgün ileti|元のメッセージ|原始邮件|原始郵件|الرسالة الأصلية|원본 메일|"
    "původní zpráva|исходное сообщение|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|"
    "forwarded message|forwarded mail|weitergeleitete nachricht|message transféré|mensaje reenviado|"
    "messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|przekazana wiadomość|vidarebefordrat meddelande|"
    "転送メッセージ|转发邮件|iletilmiş mesaj|رسالة معاد توجيهها|пересылаемое сообщение|přeposlaná zpráva"
)
_DIVIDER = re.compile(rf"[-_—–* ]{{2,40}}(?:{_DIVIDER_WORDS})[-_—–* ]{{0,40}}", re.IGNORECASE)
#: The same without dashes, as Apple Mail writes it above a block of headers.
_FORWARDED = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré)|"
    r"inizio (?:del )?messaggio inoltrato|inicio del mensaje reenviado|início da mensagem (?:re)?encaminhada|"
    r"begin doorgestuurd bericht|początek przekazywanej wiadomości|vidarebefordrat brev|"
    r"iletilen (?:mesaj|ileti) başlangıcı|転送されたメッセージ|下面是被转发的邮件|بداية الرسالة المعاد توجيهها) ?[:：]",
    re.IGNORECASE,
)
_DASHED = re.compile(r"[-_—–*]{2,40} ?[^\W\d_].{0,200}[^\W_] ?[-_—–*]{2,40}")
_RULER = re.compile(r"[-_—–*= ]{4,}")
_LABEL = re.compile(
    rf"\*{{0,2}}([^\W\d_][^:：\n<>]{{0,{LABEL_CHARS}}}?)\*{{0,2}} {{0,2}}[:：]\*{{0,2}}(?!//) ?(.{{0,400}})"
)
_FROM = frozenset(
    "from|von|de|da|van|od|från|fra|kimden|gönderen|gönderici|差出人|送信者|发件人|寄件者|보낸사람|보낸 사람|من|المرسل|"
    "от|від|lähettäjä|expéditeur|remitente|mittente|remetente|afzender|nadawca|avsändare|प्रेषक|"
    "od koho|від кого".split("|")
)
_WHEN = frozenset(
    "sent|date|gesendet|datum|envoyé|date d'envoi|enviado|enviado el|enviado em|fecha|data|inviato|verzonden|wysłano|"
    "skickat|gönderildi|gönderilme tarihi|tarih|送信日時|日時|日付|发送时间|发送日期|时间|日期|寄件日期|보낸시간|"
    "날짜|"
    "تم الإرسال|التاريخ|تاريخ الإرسال|отправлено|дата|odesláno|sendt|dato|lähetetty|päivämäärä|दिनांक".split("|")
)
_TO = frozenset(
    "to|an|à|a|para|aan|do|till|til|kime|alıcı|宛先|收件人|收件者|받는사람|받는 사람|إلى|кому|komu|vastaanottaja|"
    "destinataire|destinatario|cc|kopie|copia|kopia|reply-to|risposta|antwort an".split("|")
)
_SUBJECT = frozenset(
    "subject betreff objet objeto asunto oggetto assunto onderwerp temat ämne emne konu 件名 主题 主旨 제목 الموضوع "
    "тема předmět aihe विषय".split()
)


#: A head that is wrapped goes on in the next line; the writer's own sentence above it has an end ("28." has none).
_SENTENCE_END = re.compile(r"[!?。！？:：]$|(?<!\d)\.$")


@dataclass(frozen=True)
class _Head:
    """Where the head of a quoted mail begins, and the line after it."""

    start: int
    end: int


def split_quote(text: str) -> tuple[str, str]:
    """Split a mail's text into what was newly written and the mails it quotes.

    Only a head cuts: lines that merely begin with ``>`` may be the writer's own. Text below or between quoted blocks
    stays new. A head that would leave no word at all cuts nothing.

    :return: (new text, quoted history), either may be empty.
    """
    budget.check()
    lines = text.split("\n")
    plain = [_plain(line) for line in lines[:MAX_LINES]]
    kept, cut, number, begin = [], [], 0, 0
    while number < len(plain):
        head = _find_head(plain, number)
        if head is None or head.start < begin:
            number += 1
            continue
        end = _quote_end(plain, head) or len(lines)
        above = kept + _without_ruler(lines[begin : head.start])
        if end >= len(lines) and not any(map(_is_word, above)):
            break
        kept, begin = above, end
        cut += lines[head.start : end]
        number = end
    kept += lines[begin:]
    kept = [line for line in kept if line not in (QUOTE_LINE, QUOTE_END)]
    return "\n".join(kept).strip(), "\n".join(cut).strip()


def is_divider(line: str) -> bool:
    """Tell whether a line alone says that a quoted or forwarded mail follows ("-----Original Message-----")."""
    return line == QUOTE_LINE or bool(_DIVIDER.fullmatch(line) or _FORWARDED.fullmatch(line))


def _plain(line):
    """Return a line as it looks: without blanks around it and without characters that nobody sees."""
    return (_INVISIBLE.sub("", line) if not line.isascii() else line).strip()


def _is_word(line):
    return any(map(str.isalnum, line.lstrip("> ")))


def _without_ruler(lines):
    """Return lines without a ruler at their end: it stood above the quoted mail."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _RULER.fullmatch(_plain(lines[end - 1]))):
        end -= 1
    return lines[:end]


def _find_head(lines, number):
    """Return the head of a quoted mail that begins, or for a wrapped one ends, at a line, or None."""
    line = lines[number]
    if not line:
        return None
    if line == QUOTE_LINE:
        return _Head(number, number)
    if line.startswith((">", "|")) and not _closes_address(lines, number):
        is_first = not number or not lines[number - 1].startswith((">", "|"))
        return _Head(number, number) if is_first and _opens_with_head(lines, number) else None
    return _find_plain_head(lines, number)


def _opens_with_head(lines, number):
    """Tell whether the first lines of a block behind ``>`` are a head themselves."""
    inner = []
    for line in lines[number : number + BLOCK_LINES]:
        if not line.startswith((">", "|")):
            break
        inner.append(line.lstrip(">| "))
    first = next((n for n, line in enumerate(inner) if line), 0)
    return any(_find_plain_head(inner, n) for n in range(first, min(first + 4, len(inner))) if inner[n])


def _find_plain_head(lines, number):
    line = lines[number]
    if is_divider(line):
        return _Head(number, _block_end(lines, number + 1))
    if _DASHED.fullmatch(line) and (_announces(lines, number) or _DATE.search(line) and _WROTE.search(line)):
        return _Head(number, _block_end(lines, number + 1))
    if size := _block_size(lines, number):
        return _Head(number, number + size)
    if line[-1] in ":：" and (start := _wrote_start(lines, number)) is not None:
        return _Head(start, number + 1)
    is_iso = line[-1] in ">]" and line[0].isdigit() and _ISO_HEAD.fullmatch(line[:HEAD_CHARS])
    if is_iso and _is_quoted(lines, number + 1):
        return _Head(number, number + 1)
    return None


def _announces(lines, number):
    """Tell whether dashes around words stand right above a block of headers."""
    return _block_end(lines, number + 1) > number + 1


def _block_end(lines, number):
    """Return the line after a block of two headers or more that begins here or one line below, else this line."""
    first = next((n for n in range(number, min(number + 2, len(lines))) if lines[n]), None)
    size = _block_size(lines, first, least=2) if first is not None else 0
    return first + size if size else number


# --- "On …, X wrote:" -----------------------------------------------------------------------------------


def _wrote_start(lines, number):
    """Return the line where an "On …, X <address> wrote:" that ends here begins, or None when there is none."""
    is_quoted = _is_quoted(lines, number + 1)
    windows = list(_windows(lines, number))
    for start, head in windows:
        if _ADDRESS.search(head) and _DATE.search(_ADDRESS.sub(" ", head)):
            return start
    for start, head in windows:
        if _ADDRESS.search(head) and (is_quoted and _WROTE.search(head) or _is_short_wrote(head)):
            return start
    return next((start for start, head in windows[:2] if _is_wrote(head, is_quoted and start == number)), None)


def _windows(lines, number):
    """Yield (first line, its words) of what a head that ends at a line may be wrapped to, the shortest first."""
    whole = ""
    for start in range(number, max(number - HEAD_LINES, -1), -1):
        line = lines[start]
        if start < number and (
            line.startswith(">") or _SENTENCE_END.search(line) or not line and whole[0] not in "<>m"
        ):
            return
        whole = f"{line} {whole}".strip()
        if len(whole) > HEAD_CHARS:
            return
        if line:
            yield start, whole


def _closes_address(lines, number):
    """Tell whether a line behind ``>`` is the end of a head that was wrapped within its address: ``> wrote:``."""
    line = lines[number]
    if len(line) > 60 or line[-1] not in ":：":
        return False
    above = next((line for line in reversed(lines[max(number - 3, 0) : number]) if line), "")
    return "<" in above and ">" not in above[above.rindex("<") :] or above.startswith("mailto:")


def _is_short_wrote(head):
    """Tell whether a head is no more than ``Name <address> wrote:``."""
    rest = _WROTE.sub("", _ADDRESS.sub("", head), count=1)
    return _WROTE.search(head) is not None and len(rest) < 60


def _is_wrote(head, is_quoted):
    """Tell whether a head without address names a day or time, beside the words for "wrote" or above quoted lines."""
    if len(head) > HEAD_CHARS:
        return False
    return bool(_WROTE_HEAD.fullmatch(head) or is_quoted and len(head) < 200 and _DATE.search(head))


def _is_quoted(lines, number):
    """Tell whether the next line with words begins with ``>`` (or ``|``, as old mail programs write)."""
    following = next((line for line in lines[number : number + 4] if line), "")
    return following.startswith((">", "|")) and following != QUOTE_LINE or following == QUOTE_LINE


# --- blocks of headers ----------------------------------------------------------------------------------


def _block_size(lines, number, least=3):
    """Return how many lines a block of headers that begins here takes, 0 when there is none.

    It has at least three lines ``Label: value``. Known labels must be those of a mail; of unknown ones, one line must
    hold an address and another a day with its time: a buyer may write such lines, too.
    """
    first = _LABEL.fullmatch(lines[number][:HEAD_CHARS])
    if not first or number and _LABEL.fullmatch(lines[number - 1][:HEAD_CHARS]) and least == 3:
        return 0
    labels, values, size, misses = [], [], 0, 0
    for line in lines[number : number + BLOCK_LINES]:
        match = _LABEL.fullmatch(line[:HEAD_CHARS])
        if match:
            labels.append(match[1].strip(" *").casefold())
            values.append(match[2].strip(" *"))
            size, misses = len(labels) + misses, misses
        elif not line or misses == 2:
            break
        else:
            misses += 1
    return size if _is_head_block(labels, values, least) else 0


def _is_head_block(labels, values, least):
    kinds = {kind for label in labels for kind, words in enumerate((_FROM, _WHEN, _TO, _SUBJECT)) if label in words}
    has_address = any(_ANY_ADDRESS.search(value) for value in values)
    if {0, 3} <= kinds and (has_address or 1 in kinds):
        return True
    if len(labels) >= least and len(kinds) >= min(least, 3):
        return has_address or any(map(_DATE.search, values))
    return len(labels) >= 4 and has_address and any(map(_MOMENT.search, values)) and _is_apart(values)


def _is_apart(values):
    """Tell whether address and moment stand in lines of their own."""
    return any(_MOMENT.search(value) and not _ANY_ADDRESS.search(value) for value in values)


# --- where it ends --------------------------------------------------------------------------------------


def _quote_end(lines, head):
    """Return the line after a quoted block that follows a head, or None when it goes on to the end."""
    number = head.end
    while number < len(lines) and not lines[number]:
        number += 1
    if number < len(lines) and lines[number] == QUOTE_LINE:
        return _html_quote_end(lines, number)
    if number >= len(lines) or not lines[number].startswith((">", "|")):
        return None
    while number < len(lines) and (lines[number].startswith((">", "|")) or not lines[number]):
        if lines[number] == QUOTE_LINE:
            return _html_quote_end(lines, number)
        number += 1
    return number


def _html_quote_end(lines, number):
    """Return the line after the end of a quoted mail of HTML, or None when nothing says where it ends."""
    depth = 0
    for end in range(number, len(lines)):
        depth += (lines[end] == QUOTE_LINE) - (lines[end] == QUOTE_END)
        if not depth:
            return end + 1
    return None
