"""In which language a text is written, by its most common words; silent unless that is plain to see."""

import re
import unicodedata

#: Words that are common in one language and (nearly) unknown in the others.
_WORDS = {
    "en": "the and you your we our is are was have has been will this that with for from not please would it of to be "
    "they which when there their can thank thanks order dear sorry",
    "de": "der die das und ist nicht ein eine einen wir sie ihre ihren ihnen uns mit auf für zu zum zur haben wurde "
    "werden wird kann können dass bitte vielen dank leider auch sich noch bei nach oder wenn aber hallo",
    "fr": "le les des une est pas vous votre nous notre avec pour dans sur sont avez avons été sera merci bonjour ce "
    "cette qui que mais très être je il du au aux cordialement",
    "es": "el los las una es no usted su sus nosotros nuestro con para por en del al hemos ha han está gracias hola lo "
    "muy pero más como este esta que le ya cuando saludos",
    "it": "il gli una non lei suo sua noi nostro con per nel del della dei delle abbiamo è stato sono grazie "
    "buongiorno questo questa che ma molto può essere anche cordiali saluti di si ci",
    "pt": "o os uma não você seu sua nós nosso com para por em do da dos das no na foi está obrigado olá isso este "
    "esta que mas muito mais ao são temos",
    "nl": "de het een en is niet u uw wij ons onze met voor van op zijn hebben heeft wordt worden kan kunnen dat deze "
    "bedankt beste maar ook bij naar nog geen als",
    "sv": "och att det är inte en ett vi ni er vår med för på av har som kan ska till tack hej men också om från den "
    "din ditt",
    "pl": "i w na nie jest się że z do o za pan pani państwa nam nasz przez dla oraz dziękujemy dziękuję dzień dobry "
    "został została zostało proszę to jak czy są",
    "tr": "ve bir bu için ile de da siz sizin biz bizim değil olarak çok teşekkür ederiz merhaba lütfen var yok ama "
    "daha en olan sipariş",
}
_SETS = {lang: frozenset(words.split()) for lang, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
#: Fewer words than that prove nothing.
_MIN_WORDS = 12
_MIN_HITS = 6
_NAMES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
    "tr": "Turkish",
    "zh": "Chinese",
}


def language_name(lang: str) -> str:
    """Return a language's English name."""
    return _NAMES.get(lang, lang)


def find_language(text: str) -> str | None:
    """Return the two letters of the language a text is written in, or None when that is not certain."""
    script = _by_script(text)
    if script:
        return script
    words = [word.casefold() for word in _WORD.findall(text[:10_000])]
    if len(words) < _MIN_WORDS:
        return None
    hits = sorted(((sum(word in known for word in words), lang) for lang, known in _SETS.items()), reverse=True)
    (best, lang), (second, _other) = hits[:2]
    # A third of running text is such words; two languages in one mail are left alone.
    return lang if best >= max(_MIN_HITS, len(words) * 0.2) and best >= 2 * second else None


def _by_script(text):
    counts = {"kana": 0, "han": 0, "arabic": 0, "latin": 0}
    for char in text[:5000]:
        if char.isalpha():
            name = unicodedata.name(char, "")
            kind = {"HIRAGANA": "kana", "KATAKANA": "kana", "CJK": "han", "ARABIC": "arabic", "LATIN": "latin"}
            if found := kind.get(name.partition(" ")[0]):
                counts[found] += 1
    asian = counts["kana"] + counts["han"]
    if asian >= 12 and asian > counts["latin"]:
        return "ja" if counts["kana"] * 5 > asian else "zh" if not counts["kana"] else None
    return "ar" if counts["arabic"] >= 25 and counts["arabic"] > counts["latin"] else None
