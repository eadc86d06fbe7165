"""Looks for what should not leave in a reply: links, addresses, phone numbers, HTML, empty places of a template.

True for any marketplace; each function returns the places as they stand in the text. What may look alike (order,
tracking and article numbers, dates, prices) is told apart: an agent who is warned for nothing stops reading warnings.
"""

import re
import unicodedata

from ..schema import Order

_URL = re.compile(r"\bhttps?://[^\s<>\"')\]]{3,500}|\bwww\.[\w-]{1,60}\.[^\s<>\"')\]]{2,300}", re.IGNORECASE)
#: Hosts without "www": endings that are no words of a language, so that "fertig.es tut" stays a missing blank.
_HOST = re.compile(
    r"(?<![\w@./-])((?:[a-z0-9][a-z0-9-]{0,60}\.){1,4}(?:com|org|net|info|biz|shop|store|online|eu|de|fr|pl|nl|it|es|"
    r"co\.uk|co\.jp|com\.[a-z]{2}))(?![\w-]|\.[a-z])(/[^\s<>\"')\]]{0,300})?",
    re.IGNORECASE,
)
#: Endings that are words where these languages are written: only with a path behind them.
_WORD_ENDINGS = {"de": ("es", "fr", "pt", "nl"), "es": None, "it": None, "net": ("nl", "fr"), "nl": None}
_EMAIL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}|"
    r"[\w.+-]{1,64} ?[(\[{] ?(?:at|ät|arroba|chiocciola|a-?bot) ?[)\]}] ?[\w-]{1,60} ?(?:\.|[(\[{] ?"
    r"(?:dot|punkt|punto|point)"
    r" ?[)\]}]) ?[a-z]{2,10}",
    re.IGNORECASE,
)
_HTML = re.compile(
    r"</?(?:a|b|i|u|p|br|hr|div|span|strong|em|ul|ol|li|table|tbody|tr|td|th|img|font|h[1-6]|html|body|head|style|pre|"
    r"script|blockquote|center|o:p|t)(?:\s[^<>\n]{0,300})?/?>|"
    r"&(?:nbsp|amp|lt|gt|quot|apos|euro|[AOUaou]uml|szlig|[aeiou](?:acute|grave|circ)|ccedil|ntilde|"
    r"#\d{2,6}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)
_FIELD_WORDS = (
    "name|first name|last name|customer|customer name|buyer|order|order number|order id|date|delivery date|tracking|"
    "tracking number|item|product|amount|company|shop|your name|kunde|kundenname|vorname|nachname|bestellnummer|datum|"
    "sendungsnummer|artikel|betrag|firma|nom|prénom|client|numéro de commande|numéro de suivi|article|montant|nombre|"
    "cliente|número de pedido|fecha|número de seguimiento|artículo|importe|nome|numero d'ordine|numero ordine|data|"
    "articolo|importo|naam|klant|bestelnummer|imię|numer zamówienia|namn|ordernummer|adı|sipariş numarası|"
    "お名前|注文番号|商品名|追跡番号|日付"
)
_PLACES = re.compile(
    r"\{\{[^{}\n]{1,80}\}\}|\$\{[^{}\n]{1,80}\}|\{[A-Za-z][\w. ]{0,60}\}|%\([a-z_]{1,40}\)s|\{%[^{}\n]{1,80}%\}|"
    rf"[\[<](?:{_FIELD_WORDS})[\]>]|\[[A-Z]{{2,20}}(?:[_ ][A-Z]{{2,20}}){{1,3}}\]|"
    rf"\bX{{3,}}\b|\b[Xx]{{4,}}\b|_{{4,}}|\?{{4,}}",
)
_PLACES_ANY_CASE = re.compile(rf"[\[<] ?(?:{_FIELD_WORDS}) ?[\]>]", re.IGNORECASE)
#: Pictures; not ©®™, arrows, check marks and stars, which are text.
_EMOJI = re.compile("[\U0001f300-\U0001faff\U0001f1e6-\U0001f1ff☹☺☻❤♥]\ufe0f?")

# --- phone numbers -------------------------------------------------------------------------------------

_SEPARATOR = r"[ \xa0.\-/()]{0,3}"
_RUN = re.compile(rf"(?<![\w.,#№-])(\+|\()?{_SEPARATOR}\d(?:{_SEPARATOR}\d){{5,24}}(?![\w%€$£¥-]|[.,]\d)")
_DATE = re.compile(
    r"(?<!\d)(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./] ?\d{1,2}[-./] ?\d{2,4})(?!\d)"
    r"(?:[T ,]{1,2}\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?)?|(?<!\d)\d{1,2}[:h]\d{2}(?::\d{2})?(?!\d)"
)
_PRICE = re.compile(
    r"(?:[€$£¥]|\b(?:EUR|USD|GBP|PLN|SEK|JPY|TRY|CAD|AUD|BRL|MXN)) ?\d[\d., ]{0,14}\d?|"
    r"\d[\d., \xa0]{0,14} ?(?:[€$£¥]|(?:EUR|USD|GBP|PLN|SEK|JPY|TRY|CAD|AUD|BRL|MXN|zł|kr|円|TL)\b)"
)
_ORDER = re.compile(r"(?:\d{3}|D\d\d)-\d{7}-\d{7}")
#: A word that says what number follows: everything but a phone.
_NUMBER_LABEL = re.compile(
    r"(?:track|trace|sendung|paket|parcel|suivi|colis|seguimiento|envío|envio|spedizione|tracciamento|zending|pakket|"
    r"przesył|śledz|spår|kolli|kargo|takip|追跡|伝票|問い合わせ番号|order|bestel|commande|pedido|ordine|zamówie|sipariş|注文|"
    r"\bean\b|gtin|isbn|\bupc\b|asin|\bsku\b|\bref|rechnung|invoice|factu|fattura|faktur|\bvat\b|ust|\btva\b|\biva\b|"
    r"\biban\b|\bbic\b|konto|account|serial|serien|série|serie|seri |artikel|article|artículo|articolo|artykuł|\brma\b|"
    r"retour|return|\bcase\b|ticket|vorgang|model|typ\b|charge|batch|lot\b|part|teile|handelsregister|hrb|dhl|ups|dpd|gls|"
    r"hermes|fedex|usps|royal mail|colissimo|chronopost|correos|postnl|brt|amazon logistics)[^\d\n]{0,24}$",
    re.IGNORECASE,
)
_PHONE_LABEL = re.compile(
    r"(?:\btel|phone|\bfon\b|\bfax|hotline|\bmobil|\bmovil|móvil|cellular|\bcell\b|handy|whats ?app|\bcall\b|\bring\b|"
    r"\bruf|\banruf|telefon|téléphon|teléfon|teléf|appel|llam|chiam|\bbellen?\b|\bbel\b|dzwoń|zadzwo|\bring|arayın|"
    r"電話|هاتف|اتصل)(?:[^\d\n]{0,40})$",
    re.IGNORECASE,
)
#: National numbers: written in groups, with the leading 0 of most countries, or as in North America.
_NATIONAL = re.compile(r"\(?0\d")
_AMERICAN = re.compile(r"(?:1[ .\-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[.\-])[2-9]\d\d[ .\-]\d{4}")


def find_links(text: str, lang: str = "en") -> list[str]:
    """Return all web addresses in a text, with or without https://."""
    found = [match[0].rstrip(".,;:!?") for match in _URL.finditer(text)]
    rest = _EMAIL.sub(" ", _URL.sub(" ", text))
    for match in _HOST.finditer(rest):
        ending = match[1].rpartition(".")[2].lower()
        words_in = _WORD_ENDINGS.get(ending, ())
        if match[2] or words_in is not None and lang not in words_in:
            found.append(match[0].rstrip(".,;:!?"))
    return _distinct(found)


def find_emails(text: str) -> list[str]:
    """Return all e-mail addresses, also those written with "(at)"."""
    return _distinct(match[0] for match in _EMAIL.finditer(_URL.sub(" ", text)))


def find_html(text: str) -> list[str]:
    """Return tags and entities that would be seen as such."""
    return _distinct(match[0] for match in _HTML.finditer(text))


def find_places(text: str) -> list[str]:
    """Return the empty places of a template that nobody filled."""
    found = [*_PLACES.finditer(text), *_PLACES_ANY_CASE.finditer(text)]
    return _distinct(match[0] for match in sorted(found, key=lambda match: match.start()))


def find_emojis(text: str) -> list[str]:
    """Return pictures among the letters."""
    return _distinct(match[0] for match in _EMOJI.finditer(text))


def find_phones(text: str, order: Order | None = None) -> list[str]:
    """Return phone numbers: with + or 00, in groups as a country writes them, or after a word such as "call"."""
    text = _without_known(unicodedata.normalize("NFKC", text), order)
    found = []
    for match in _RUN.finditer(text):
        shown = match[0].strip(" .-/\xa0")
        digits = re.sub(r"\D", "", shown)
        before = text[max(match.start() - 60, 0) : match.start()]
        if not _NUMBER_LABEL.search(before) and _is_phone(shown, digits, before):
            found.append(shown)
    return _distinct(found)


def _is_phone(shown, digits, before):
    if len(digits) > 15 or len(set(digits)) == 1:
        return False
    if shown.startswith(("+", "(+")) or before.endswith("+"):
        return len(digits) >= 8
    is_grouped = len(re.findall(r"\d+", shown)) > 1
    if digits.startswith("00"):
        return is_grouped and 10 <= len(digits) <= 15 or bool(_PHONE_LABEL.search(before))
    if _AMERICAN.fullmatch(shown):
        return True
    if is_grouped and _NATIONAL.match(shown) and 9 <= len(digits) <= 12:
        return True
    return len(digits) <= 13 and bool(_PHONE_LABEL.search(before))


def _without_known(text, order):
    """Return a text in which what is certainly no phone number is blanked out."""
    for known in sorted(_numbers_of(order), key=len, reverse=True):
        text = text.replace(known, "\n")
    # A line break keeps what stands before and behind from being read as one number.
    for pattern in (_URL, _EMAIL, _ORDER, _DATE, _PRICE):
        text = pattern.sub("\n", text)
    return text


def _numbers_of(order):
    if order is None:
        return set()
    found = {order.order_ref, *order.other_refs, *order.related_refs, order.buyer_purchase_order}
    for line in order.lines:
        found |= {line.line_ref, line.sku, line.item_ref, line.title}
    for package in order.packages:
        found |= {package.package_ref, package.tracking}
    return {text for text in found if text and len(text) > 3}


def _distinct(found):
    return list(dict.fromkeys(found))
