"""Replies to Walmart's buyers: what may stand in them, and the mail that carries them. Text in, data out.

Sources: Customer Care policy and guide "Seller Center Inbox" (marketplacelearn.walmart.com), a seller's program of
2017–2020; read 2026-11-22. Walmart takes mail from the registered customer service address only.
"""

from ..errors import Refused
from ..reply import files as reply_files
from ..reply import findings
from ..reply import text as reply_text
from ..reply.mail import build_reply
from ..schema import MailReply, Site
from . import reply_const
from .mail import const
from .mail.senders import is_relay_address

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
    other_langs = reply_const.OTHER_LANGS.get(site.code, ()) if site else ()
    elsewhere = findings.found(reply_const.ELSEWHERE, text)
    limits = file_limits or reply_const.FILE_LIMITS
    return findings.in_order(
        [
            findings.empty_text(text),
            *reply_files.check_files(files, limits, "Walmart", reply_const.FILE_ENDINGS),
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
    first = reply_const.FIRST_SUBJECT.format(ref=order_ref) if order_ref else ""
    if not answered and not first:
        raise Refused("Walmart allows to write first only about an order: name its number.")
    return reply_text.answer_subject(answered.subject, first or site.name) if answered else first
