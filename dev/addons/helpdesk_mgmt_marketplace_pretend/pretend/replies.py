"""Replies to Pretend's buyers: what may stand in them, and the mail that carries them. Text in, data out."""

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.errors import Refused
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.reply import checks
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.reply import text as reply_text
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.schema import Finding, MailReply

from . import const
from .mail import is_relay_address


def can_reply(*, reply_to, order=None, is_answer=True):
    """Return why the buyer can't be written to, or None."""
    return None if is_answer and is_relay_address(reply_to) else "Pretend passes on answers to its buyers only."


def check_reply(text, files=(), *, site, order=None, buyer_text=None, is_answer=True, file_limits=None):
    """Return what an agent should know before sending (``Finding``), blocking findings first."""
    limits = file_limits or const.FILE_LIMITS
    blocking = {
        "empty": [] if reply_text.tidy(text) else ["an answer without words"],
        "file_type": [one.name for one in files if not one.name.lower().endswith(limits.endings)],
    }
    warnings = {
        "link": checks.find_links(text),
        "email": checks.find_emails(text),
        "phone": checks.find_phones(text, order),
        "place": checks.find_places(text),
    }
    return [
        Finding(code, level, f"Pretend does not pass this on: {', '.join(found)}", tuple(found))
        for level, findings in (("block", blocking), ("warn", warnings))
        for code, found in findings.items()
        if found
    ]


def make_reply(
    *, site, site_address, site_name, text, buyer_mail=None, recipient=None, order_ref=None, signature=None,
    important=False, important_word=None,
):  # fmt: skip
    """Return the mail that answers a buyer (``MailReply``)."""
    to = getattr(buyer_mail, "reply_to", None) or recipient
    if not is_relay_address(to) or not site_address:
        raise Refused("The buyer's address or the storefront's own is missing.")
    words, signature = reply_text.tidy(text), reply_text.tidy(signature)
    quoted = reply_text.quote(buyer_mail.text, buyer_mail.date, site) if buyer_mail else ""
    return MailReply(
        sender=site_address,
        recipient=to.lower(),
        subject=reply_text.answer_subject(getattr(buyer_mail, "subject", None), f"Order {order_ref}"),
        text=reply_text.join(words, signature, quoted),
        html=reply_text.to_html(words, signature, quoted),
        in_reply_to=getattr(buyer_mail, "message_id", None),
        sender_name=reply_text.one_line(site_name),
        words=words,
    )
