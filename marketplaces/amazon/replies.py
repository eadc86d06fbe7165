"""Replies to Amazon's buyers: what may stand in them, and the mail that carries them. Text in, data out.

Sources: Seller Central help G200389080, G201054220, G200383320, 202152030; Communication Guidelines of 2020; read
2026-11-22. Amazon takes mail from a registered sender only, and keeps to the thread by the buyer's own address.
"""

from datetime import datetime, timedelta, timezone

from ..errors import Refused
from ..reply import checks
from ..reply import files as reply_files
from ..reply import findings as reply_findings
from ..reply import text as reply_text
from ..reply.mail import build_reply
from ..schema import FileLimits, Finding, MailReply, Site
from .mail import const
from .mail.senders import is_relay_address

#: Endings of files that reach the buyer. The official list was not found: pdf, png, txt, doc, docx, tif and bmp are
#: what an implementer sends (2026), jpg, jpeg and gif stand in older guides. Source: Seller Central help 200389080 ("a
#: list of formats exists"), seller tools' guides; gathered 2026-11-22. An admin may change it.
FILE_ENDINGS = ("pdf", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "txt", "doc", "docx")
#: All files of a mail together. Source: Seller Central help 200389080 (10 MB), 2026-11-22. Whether a million or 2**20
#: is meant, and whether it is counted in the mail's encoding (a third more), is not said.
FILE_BYTES = 10_000_000
FILE_LIMITS = FileLimits(FILE_ENDINGS, bytes_total=FILE_BYTES)

#: The word that lets a mail pass although the buyer takes no unasked ones. [Important] is on the help page (G200383320)
#: for all storefronts, [Importante] in an amazon.it notice of 2026-09-10; about 2025 Amazon announced the end of the
#: word, so the notice decides, which also says which word it is.
IMPORTANT = "[Important]"
IMPORTANT_BY_LANG = {"it": "[Importante]"}
#: The subject of a mail that a seller writes first. Source: Seller Central help, sellers' mails of 2016–2026.
FIRST_SUBJECT = "Additional Information Required (Order: {ref})"

#: Days after the latest delivery within which a seller may write first. Source: Communication Guidelines ("within 30
#: days of order completion"), copies of 2020–2026, gathered 2026-11-22.
FIRST_DAYS = 30

#: Languages in which buyers of a storefront are written to beside the storefront's own. Source: languages that the
#: storefronts offer, 2026-11-22.
OTHER_LANGS = {
    "AE": ("ar",),
    "BE": ("nl", "de", "en"),
    "CA": ("fr",),
    "DE": ("en",),
    "EG": ("en",),
    "ES": ("pt", "en"),
    "IN": ("hi",),
    "JP": ("en", "zh"),
    "MX": ("en",),
    "NL": ("en",),
    "PL": ("en",),
    "SA": ("en",),
    "SE": ("en",),
    "SG": ("zh",),
    "TR": ("en", "ar"),
    "US": ("es", "zh"),
}

_OWN_HOSTS = {*const.STORE_HOSTS, *(f"www.{host}" for host in const.STORE_HOSTS)}


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
    return reply_findings.in_order(
        [
            reply_findings.empty_text(text),
            *check_files(files, file_limits),
            *check_words(text, site, order, buyer_text),
            None if is_answer else _check_time(order),
        ]
    )


def check_files(files, limits=None):
    """Return the findings about files: their kind, and their size together."""
    return reply_files.check_files(files, limits or FILE_LIMITS, "Amazon", FILE_ENDINGS)


def check_words(text, site=None, order=None, buyer_text=None):
    """Return the findings about the words of a message: what Amazon forbids, and what was forgotten."""
    other_langs = OTHER_LANGS.get(site.code, ()) if site else ()
    findings = [
        # Seller Central's links open for no buyer.
        *reply_findings.check_words("Amazon", text, site, order, _OWN_HOSTS, " unless the order needs them"),
        reply_findings.finding("emoji", checks.find_emojis(text), "Amazon forbids emojis: {}."),
        reply_findings.wrong_language(text, site, buyer_text, other_langs),
    ]
    return [one for one in findings if one]


def _check_time(order, now=None):
    """Return the finding that it is too late to write first, or None."""
    now = now or datetime.now(timezone.utc)
    if order and order.deliver_by and order.deliver_by + timedelta(days=FIRST_DAYS) < now:
        text = f"The order was complete more than {FIRST_DAYS} days ago: Amazon allows answers only."
        return Finding("late", "warn", text)
    return None


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
    return build_reply(
        name="Amazon",
        site=site,
        site_address=site_address,
        site_name=site_name,
        recipient=to,
        subject=_subject(site, answered, order_ref, important, important_word),
        text=text,
        answered=answered,
        signature=signature,
        important=important,
    )


def _subject(site, answered, order_ref, important, important_word):
    """Return the subject: the buyer's own in an answer, so that Amazon keeps it to the thread."""
    first = FIRST_SUBJECT.format(ref=order_ref) if order_ref else ""
    if answered is None and not first:
        raise Refused("Amazon allows to write first only about an order: name its number.")
    subject = reply_text.answer_subject(answered.subject, first or site.name) if answered else first
    if not important or const.IMPORTANT_WORD.search(subject):
        return subject
    known = const.IMPORTANT_WORD.fullmatch(important_word or "")
    word = known[0] if known else IMPORTANT_BY_LANG.get(site.lang[:2], IMPORTANT)
    return f"{word} {subject}"
