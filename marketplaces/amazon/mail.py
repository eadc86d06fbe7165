"""What an Amazon mail means: the fields of `InboundMail`, each from the place where Amazon wrote it."""

import re

from ..mail import addresses
from ..schema import InboundMail, ThreadRef
from . import mail_const as facts
from . import mail_keys, mail_parts
from .mail_kinds import claims, judge, owns
from .mail_names import addressee, buyer_name
from .mail_refusals import read_refusal
from .mail_senders import failed_relay, is_from_buyer, is_relay_address, site_of

__all__ = ["claims", "is_relay_address", "owns", "read"]

_RELAY_IN_TEXT = re.compile(r"(?<![\w.+-])[\w.+-]{4,80}@(?:m\.)?marketplace\.amazon\.[a-z.]{2,6}", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
MAX_REFS = 20


def read(mail, *, seller_names=()) -> InboundMail:
    """Return what a mail that claims to be Amazon's means; never raises on odd content.

    :param mail.Mail mail: as decoded.
    :param seller_names: our own seller names, never taken for a buyer's.
    """
    host = mail.senders[0].host
    authentication = mail.authentication.verdict(host, facts.SIGNERS if host in facts.AMAZON_HOSTS else ())
    frame = mail_parts.read_frame(mail)
    verdict = judge(mail, authentication, frame)
    if verdict.kind == "buyer_message":
        values = _buyer_values(mail, frame, seller_names)
    elif verdict.kind == "unknown" and is_from_buyer(mail):
        values = _buyer_values(mail, mail_parts.Frame(), seller_names) | {"text": None}
    else:
        values = _other_values(mail, verdict, frame)
    unverified = ("unverified: no authentication result",) if authentication == "none" else ()
    common = {
        "app": "amazon",
        "kind": verdict.kind,
        "notice": verdict.word if verdict.kind == "notice" else None,
        "urgent": verdict.word in ("atoz_claim", "chargeback"),
        "attachments": mail.attachments,
        "authentication": authentication,
        "subject": mail.subject,
        "body": mail.body,
        "sender": mail.from_address or None,
        "recipients": mail.recipients,
        "message_id": mail.message_id,
        "date": mail.date,
        "dedup_ref": f"id:{mail.message_id}" if mail.message_id else f"sha256:{mail.digest}",
        "reasons": (verdict.reason, *unverified),
    }
    return InboundMail(**common | values)


def _buyer_values(mail, frame, seller_names):
    """Return the fields of a message that must be answered."""
    links = mail_keys.read_links(frame.links)
    reply_to, alias, case = _relay(mail)
    orders = mail_keys.find_orders(mail.subject)[-1:] or mail_keys.find_orders(frame.head)[:1]
    item = mail_keys.find_item(frame.head)
    values = {
        "site": site_of(mail, links.get("site_ref")),
        "order_ref": orders[0] if orders else None,
        "buyer_name": buyer_name(mail, seller_names),
        "text": frame.words,
        "thread_refs": _refs(
            ("token", links.get("token")),
            ("case", case or links.get("case")),
            ("alias", alias),
            *(("in_reply_to", message_id) for message_id in mail.in_reply_to),
        ),
        "reply_to": reply_to,
        "item_ref": item,
        "presale": bool(item and not orders),
        "no_response_url": links.get("no_response_url"),
        "seller_ref": links.get("seller_ref"),
    }
    if "message" in links:
        values |= {"dedup_ref": f"m:{links['message']}", "dedup_trusted": True}
    return values


def _refs(*pairs):
    """Return thread references for (type, value) pairs; those without a value fall away."""
    refs = dict.fromkeys(ThreadRef(type_, value) for type_, value in pairs if value)
    return tuple(refs)[:MAX_REFS]


def _relay(mail):
    """Return the address to answer to, the buyer's alias and the case id, each None when unknown.

    From and Reply-To are the same buyer, but only one of them may carry the case; a Reply-To to somebody else
    is ignored. The case may also stand only in the address that the mail was first sent to.
    """
    relays = [address for address in (mail.reply_to, mail.from_address) if is_relay_address(address)]
    if not relays:
        return None, None, None
    alias = mail_keys.read_tag(relays[-1])[0]
    same = [address for address in (*relays, *mail.recipients) if mail_keys.read_tag(address)[0] == alias]
    tagged = [address for address in same if mail_keys.read_tag(address)[1]]
    return (tagged or same)[0], alias, mail_keys.read_tag(tagged[0])[1] if tagged else None


def _other_values(mail, verdict, frame):
    """Return the fields of a mail that is no buyer's message."""
    body = mail.body
    orders = mail_keys.find_orders(mail.subject)[-1:] or mail_keys.find_orders(body)[:1]
    values = {"order_ref": orders[0] if orders else None, "site": site_of(mail)}
    if verdict.kind == "suspect":
        return values
    refs = [("in_reply_to", message_id) for message_id in mail.in_reply_to]
    if mail.report:
        found = mail_keys.find_orders(mail.report.original.get("subject"))
        values["order_ref"] = found[-1] if found else values["order_ref"]
        refs = _reported_refs(mail.report) + refs
    if verdict.kind == "undelivered" or verdict.word in ("reply_copy", "delivery_status"):
        values["buyer_name"] = None if mail.report else addressee(mail, body)
        refs = _addressee_refs(mail, body) + refs
    if verdict.kind == "undelivered":
        values |= read_refusal(mail)
    elif verdict.word == "reply_copy" and frame.how:
        values["reply_text"] = frame.words
    return values | {"thread_refs": _refs(*refs)}


def _addressee_refs(mail, body):
    """Return the case and alias of the buyer whom a refused or copied mail of ours went to."""
    relay = failed_relay(mail)
    if not relay and (match := _RELAY_IN_TEXT.search(f"{body} {mail.html or ''}"[:100_000])):
        relay = match[0]
    if not is_relay_address(relay):
        return []
    alias, case = mail_keys.read_tag(addresses(relay)[0].address)
    return [("case", case), ("alias", alias)]


def _reported_refs(report):
    """Return the ids of the mail of ours that came back, first its own, then those that it answered."""
    answered = f"{report.original.get('in-reply-to')} {report.original.get('references')}"
    return [("in_reply_to", value) for value in (report.message_id, *_MESSAGE_ID.findall(answered)[:MAX_REFS])]
