"""Replies to Walmart's buyers: what may stand in them, and the mail that carries them. Text in, data out.

Sources: Customer Care policy and guide "Seller Center Inbox" (marketplacelearn.walmart.com), a seller's program of
2017–2020; read 2026-11-22. Walmart takes mail from the registered customer service address only.
"""

import re

from ..errors import Refused
from ..reply import files as reply_files
from ..reply import findings
from ..reply import text as reply_text
from ..reply.mail import build_reply
from ..schema import FileLimits, MailReply, Site
from .mail import const
from .mail.senders import is_relay_address

#: Seller Center's inbox takes 5 files of 5 MB each (a seller's notes of 2026-04); what the relay of mails takes was not
#: found, nor which kinds of files: pictures and documents that any buyer can open. An admin may change it.
FILE_ENDINGS = ("pdf", "jpg", "jpeg", "png", "gif", "txt", "doc", "docx")
FILE_LIMITS = FileLimits(FILE_ENDINGS, count=5, bytes_each=5_000_000)

#: The subject of a mail that a seller writes first, as Seller Center makes it. Source: a seller's program, gathered
#: 2026-11-22.
FIRST_SUBJECT = "Regarding Walmart order# {ref}"

#: Support is given in English; what is known of Canada is that it has two languages. Source: Customer Care policy,
#: marketplacelearn.walmart.com, 2026-11-22.
OTHER_LANGS = {"CA": ("fr",)}

#: Walmart forbids to move the talk elsewhere. Source: Customer Care policy, 2026-11-22.
ELSEWHERE = re.compile(
    r"(?:contact|reach|e-?mail|text|message|write(?: to)?|call|find|follow) (?:us|me) (?:directly|outside|off\b|"
    r"privately|"
    r"(?:on|via|at|by|through) (?:our |my |your )?(?:own )?(?:web ?site|site|store|shop|e-?mail|phone))|"
    r"\b(?:on|via|through|over|sur) (?:whats ?app|facebook|instagram|telegram|wechat|messenger|tiktok)\b|"
    r"(?:our|my) (?:own )?(?:web ?site|online (?:store|shop)|amazon|ebay|etsy|shopify)\b|"
    r"(?:buy|order|purchase|pay)\b[^.!?\n]{0,30} (?:directly from us|from us directly|(?:outside(?: of)?|off) walmart)|"
    r"notre (?:propre )?site",
    re.IGNORECASE,
)

_OWN_HOSTS = {"walmart.com", "www.walmart.com", "walmart.ca", "www.walmart.ca"}
_NO_ADDRESS = "Walmart has not given the buyer's address yet: refresh the order, or answer in Seller Center."
_FOREIGN = "The buyer's address is not one of Walmart's relay: answer in Seller Center."


def can_reply(reply_to, order=None, is_answer=True) -> str | None:
    """Return why a buyer can't be written to, or None (see the contract).

    An order that was just placed may have a placeholder for some time. Cancelled ones may be written about.
    """
    if not reply_to or const.PLACEHOLDER_ADDRESS in reply_to.lower():
        return _NO_ADDRESS
    if not is_relay_address(reply_to):
        return _FOREIGN
    if not is_answer and order is None:
        return "Walmart allows to write first only about an order: choose one."
    return None


def check_reply(text, files=(), *, site=None, order=None, buyer_text=None, is_answer=True, file_limits=None):
    """Return the findings about a reply, blocking ones first (see the contract)."""
    text = text or ""
    other_langs = OTHER_LANGS.get(site.code, ()) if site else ()
    elsewhere = findings.found(ELSEWHERE, text)
    limits = file_limits or FILE_LIMITS
    return findings.in_order(
        [
            findings.empty_text(text),
            *reply_files.check_files(files, limits, "Walmart", FILE_ENDINGS),
            *findings.check_words("Walmart", text, site, order, _OWN_HOSTS),
            findings.finding("elsewhere", elsewhere, "Walmart forbids to move the talk elsewhere: {}."),
            findings.wrong_language(text, site, buyer_text, other_langs),
        ]
    )


def make_reply(
    *, site: Site, site_address, site_name, text, buyer_mail=None, recipient=None, order_ref=None, signature=None,
    important=False, important_word=None,
) -> MailReply:  # fmt: skip
    """Return the mail to a buyer (see the contract); Walmart knows no important ones."""
    to = getattr(buyer_mail, "reply_to", None) or recipient
    if refusal := can_reply(to):
        raise Refused(refusal)
    return build_reply(
        name="Walmart",
        site=site,
        site_address=site_address,
        site_name=site_name,
        recipient=to,
        subject=_subject(site, buyer_mail, order_ref),
        text=text,
        answered=buyer_mail or None,
        signature=signature,
    )


def _subject(site, answered, order_ref):
    """Return the subject: the buyer's own in an answer."""
    first = FIRST_SUBJECT.format(ref=order_ref) if order_ref else ""
    if not answered and not first:
        raise Refused("Walmart allows to write first only about an order: name its number.")
    return reply_text.answer_subject(answered.subject, first or site.name) if answered else first
