"""Replies to Amazon's buyers: what may stand in them, and the mail that carries them. Text in, data out.

Sources: Seller Central help G200389080, G201054220, G200383320, 202152030; Communication Guidelines of 2020; read
2026-11-22. Amazon takes mail from a registered sender only, and keeps to the thread by the buyer's own address.
"""

import re
from datetime import datetime, timedelta, timezone

from .. import reply_checks, reply_lang, reply_text
from ..errors import Refused
from ..mail import addresses
from ..schema import Finding, MailReply, Site
from . import mail_const, reply_const
from .mail_senders import is_relay_address

_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff\xad]+")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[\w.-]{1,190}\.[\w-]{2,63}")
_OWN_HOSTS = {*mail_const.STORE_HOSTS, *(f"www.{host}" for host in mail_const.STORE_HOSTS)}
_SHOWN = 3


def can_reply(reply_to, order=None, is_answer=True) -> str | None:
    """Return why a buyer can't be written to, or None (see the contract).

    An answer to a buyer's message is always allowed, also about a cancelled order: the buyer asks where the money is.
    """
    if not reply_to:
        return "Amazon told no address of the buyer: answer in Seller Central."
    if not is_relay_address(reply_to):
        return "The buyer's address is not one of Amazon's relay: answer in Seller Central."
    if not is_answer and order is None:
        return "Amazon allows to write first only about an order: choose one."
    if not is_answer and order.status == "cancelled":
        return "The order is cancelled: Amazon allows an answer to a message of the buyer only."
    return None


# --- checks --------------------------------------------------------------------------------------------


def check_reply(text, files=(), *, site=None, order=None, buyer_text=None, is_answer=True, file_limits=None):
    """Return the findings about a reply, blocking ones first (see the contract)."""
    text = text or ""
    findings = [
        *_check_presence(text),
        *check_files(files, file_limits),
        *check_words(text, site, order, buyer_text),
        *([] if is_answer else _check_time(order)),
    ]
    return sorted(findings, key=lambda finding: finding.level != "block")


def _check_presence(text):
    if not _INVISIBLE.sub("", text):
        yield Finding("empty", "block", "The answer is empty: write at least a sentence, with files too.")


def check_files(files, limits=None):
    """Return the findings about files: their kind, and their size together."""
    limits = limits or reply_const.FILE_LIMITS
    endings = tuple(one.lower().lstrip(".") for one in limits.endings)
    findings = []
    for file in files:
        ending = file.name.lower().rpartition(".")[2] if "." in file.name else ""
        if ending not in endings or not _is_of_type(file.content_type, ending):
            listed = ", ".join(endings)
            text = f"Amazon does not pass “{file.name}” on. Files may be of these kinds: {listed}."
            findings.append(Finding("file_type", "block", text, (file.name,)))
        elif file.size <= 0:
            text = f"“{file.name}” is empty: attach it again."
            findings.append(Finding("file_empty", "block", text, (file.name,)))
    total = sum(file.size for file in files)
    limit = limits.bytes_total
    if total > limit:
        text = f"The files have {_megabytes(total)} together; Amazon takes 10 MB. Leave one out or make them smaller."
        findings.append(Finding("file_size", "block", text))
    elif total * reply_const.ENCODED > limit:
        text = f"The files have {_megabytes(total)} together, but more than 10 MB as a mail carries them: Amazon may "
        findings.append(Finding("file_size", "warn", f"{text}refuse them."))
    return findings


def _is_of_type(content_type, ending):
    told = (content_type or "").partition(";")[0].strip().lower()
    if told in reply_const.UNNAMED_TYPES or ending not in reply_const.FILE_ENDINGS:
        return True
    known = reply_const.FILE_TYPES.get(ending)
    return told in known if known else told.startswith("image/")


def _megabytes(size):
    return f"{size / 1_000_000:.1f} MB"


def check_words(text, site=None, order=None, buyer_text=None):
    """Return the findings about the words of a message: what Amazon forbids, and what was forgotten."""
    lang = site.lang[:2] if site else "en"
    links = [link for link in reply_checks.find_links(text, lang) if not _is_own(link)]
    findings = [
        _finding("placeholder", reply_checks.find_places(text), "Nobody filled {}: write what belongs there."),
        _finding("html", reply_checks.find_html(text), "The buyer would read {} as it stands: take it out."),
        _finding("link", links, "Amazon forbids links to other sites unless the order needs them: {}."),
        _finding("email", reply_checks.find_emails(text), "Amazon forbids e-mail addresses: {}."),
        _finding("phone", reply_checks.find_phones(text, order), "Amazon forbids phone numbers: {}."),
        _finding("coupon", _found(reply_const.COUPON, text), "Amazon forbids coupons and advertising: {}."),
        _finding("review", _found(reply_const.REVIEW, text), "Amazon forbids to ask for a review or its change: {}."),
        _finding("emoji", reply_checks.find_emojis(text), "Amazon forbids emojis: {}."),
        _check_language(text, site, buyer_text),
    ]
    return [finding for finding in findings if finding]


def _finding(code, excerpts, words, level="warn"):
    """Return a finding that names the first few places, or None when there are none."""
    if not excerpts:
        return None
    shown = [f"“{one if len(one) <= 60 else one[:57] + '…'}”" for one in excerpts[:_SHOWN]]
    more = f" and {len(excerpts) - _SHOWN} more" if len(excerpts) > _SHOWN else ""
    return Finding(code, level, words.format(", ".join(shown) + more), tuple(excerpts))


def _found(pattern, text):
    return list(dict.fromkeys(" ".join(match[0].split()) for match in pattern.finditer(text)))


def _is_own(link):
    """Tell whether a link stays at Amazon's shop: those are allowed. Seller Central's open for no buyer."""
    host = re.split(r"[/?#]", re.sub(r"^https?://", "", link, flags=re.IGNORECASE))[0].lower()
    return host.removesuffix(":443") in _OWN_HOSTS


def _check_language(text, site, buyer_text):
    if site is None:
        return None
    lang = reply_lang.find_language(text)
    allowed = {site.lang[:2], *reply_const.OTHER_LANGS.get(site.code, ())}
    # Whoever wrote in another language can read it; what can't be told is no reason to warn.
    if lang is None or lang in allowed or lang == reply_lang.find_language(buyer_text or ""):
        return None
    named, wanted = reply_lang.language_name(lang), reply_lang.language_name(site.lang[:2])
    return Finding("language", "warn", f"This looks {named}; buyers at {site.name} are answered in {wanted}.")


def _check_time(order, now=None):
    """Return whether it is too late to write first."""
    now = now or datetime.now(timezone.utc)
    if order and order.deliver_by and order.deliver_by + timedelta(days=reply_const.FIRST_DAYS) < now:
        text = f"The order was complete more than {reply_const.FIRST_DAYS} days ago: Amazon allows answers only."
        yield Finding("late", "warn", text)


# --- the mail ------------------------------------------------------------------------------------------


def make_reply(
    *, site: Site, site_address, site_name, text, buyer_mail=None, recipient=None, order_ref=None, signature=None,
    important=False, important_word=None,
) -> MailReply:  # fmt: skip
    """Return the mail to a buyer (see the contract)."""
    answered = buyer_mail or None
    to = getattr(answered, "reply_to", None) or recipient
    if not is_relay_address(to):
        raise Refused("The buyer's address is missing or not one of Amazon's relay: answer in Seller Central.")
    if not _ADDRESS.fullmatch(site_address or ""):
        raise Refused("The storefront has no address yet from which Amazon takes mail: enter one.")
    words, signature = reply_text.tidy(text), reply_text.tidy(signature)
    quoted = reply_text.quote(answered.text, answered.date, site) if answered else ""
    message_id = answered.message_id if answered else None
    return MailReply(
        sender=site_address,
        recipient=addresses(to)[0].address,
        subject=_subject(site, answered, order_ref, important, important_word),
        text=reply_text.join(words, signature, quoted),
        html=reply_text.to_html(words, signature, quoted),
        in_reply_to=message_id,
        references=reply_text.references(getattr(answered, "references", ()), message_id),
        important=important,
        sender_name=reply_text.one_line(site_name),
        words=words,
    )


def _subject(site, answered, order_ref, important, important_word):
    """Return the subject: the buyer's own in an answer, so that Amazon keeps it to the thread."""
    first = reply_const.FIRST_SUBJECT.format(ref=order_ref) if order_ref else ""
    if answered is None and not first:
        raise Refused("Amazon allows to write first only about an order: name its number.")
    subject = reply_text.answer_subject(answered.subject, first or site.name) if answered else first
    if not important or reply_const.IMPORTANT_WORD.search(subject):
        return subject
    known = reply_const.IMPORTANT_WORD.fullmatch(important_word or "")
    word = known[0] if known else reply_const.IMPORTANT_BY_LANG.get(site.lang[:2], reply_const.IMPORTANT)
    return f"{word} {subject}"
