"""Reads Pretend's mails: a decoded mail in, ``InboundMail`` out. Never raises, whatever stands in it."""

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.mail.message import addresses, split_quote
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.schema import InboundMail, ThreadRef

from . import const, orders

#: Header that names a notice; buyers' mails come from the relay and have none.
NOTICE = "X-Pretend-Notice"


def is_relay_address(address):
    """Tell whether an address, with or without a name, is a buyer's."""
    found = addresses(address or "")
    return bool(found) and found[0].host == const.RELAY_HOST


def claims(mail):
    """Tell whether a mail says it is Pretend's: whether that is true is judged when it is read."""
    return any(one.host in (const.HOST, const.RELAY_HOST) for one in mail.senders)


def read(mail, *, seller_names=()):
    """Return what a mail of Pretend's means (``InboundMail``)."""
    sender = mail.senders[0]
    authentication = mail.authentication.verdict(sender.host)
    kind, values = _read_kind(mail, sender, authentication, seller_names)
    return InboundMail(
        app="pretend",
        kind=kind,
        site=const.SITES[0].code,
        order_ref=orders.find_ref(mail.subject),
        dedup_ref=f"id:{mail.message_id}" if mail.message_id else f"sha256:{mail.digest}",
        attachments=mail.attachments,
        authentication=authentication,
        subject=mail.subject,
        body=mail.body,
        sender=sender.address,
        recipients=mail.recipients,
        message_id=mail.message_id,
        date=mail.date,
        typed=_find_typed(mail),
        **values,
    )


def _read_kind(mail, sender, authentication, seller_names):
    """Return the kind of a mail, and what goes with it."""
    if authentication == "fail":
        return "suspect", {"reasons": ("not sent by Pretend",)}
    if notice := mail.get(NOTICE):
        return "notice", {"notice": notice, "reasons": (f"header {NOTICE}",)}
    if sender.host != const.RELAY_HOST:
        return "unknown", {"reasons": ("a form not seen before",)}
    return "buyer_message", {
        "text": split_quote(mail.body)[0].strip(),
        "buyer_name": sender.name if sender.name not in seller_names else None,
        "reply_to": sender.address,
        "thread_refs": (ThreadRef("alias", sender.address.lower()),),
        "reasons": ("from the relay",),
    }


def _find_typed(mail):
    """Return which values a person can have typed: a display name always, and the subject of an answer by e-mail."""
    is_answer = mail.in_reply_to or mail.subject.lower().startswith("re:")
    return frozenset({"buyer_name", "order"} if is_answer else {"buyer_name"})
