"""What a Walmart mail means: the fields of `InboundMail`, each from the place where Walmart wrote it."""

import re

from ...mail.message import addresses
from ...mail.reading import answered_refs, common_values, failed_relay, reported_refs, thread_refs
from ...schema import IDENTITIES, InboundMail
from . import keys, parts, proof
from .kinds import claims, is_agent, judge, owns
from .names import buyer_name, labelled_name
from .refusals import read_refusal
from .senders import is_buyers_form, is_from_buyer, is_relay_address, relay_key, signers_of, site_of

__all__ = ["claims", "is_relay_address", "owns", "read", "relay_key", "signers_of"]

_RELAY_IN_TEXT = re.compile(r"(?<![\w.+-])[\w.+-]{4,80}@relay\.walmart\.(?:com|ca)\b", re.IGNORECASE)


def read(mail, *, seller_names=()) -> InboundMail:
    """Return what a mail that claims to be Walmart's means; never raises on odd content.

    :param mail.Mail mail: as decoded.
    :param seller_names: our own seller names, never taken for a buyer's.
    """
    host = mail.senders[0].host
    authentication = mail.authentication.verdict(host, signers_of(host) or ())
    frame = parts.read_frame(mail)
    verdict = judge(mail, authentication, frame, seller_names)
    if verdict.kind == "buyer_message" and is_agent(mail):
        values = _agent_values(mail, seller_names)
    elif verdict.kind == "buyer_message":
        values = _buyer_values(mail, frame, seller_names)
    elif verdict.kind == "unknown":
        values = _buyer_values(mail, frame, seller_names) | {"text": None}
    else:
        values = _other_values(mail, verdict, frame)
    return InboundMail(**common_values("walmart", mail, verdict, authentication) | values)


def _buyer_values(mail, frame, seller_names):
    """Return the fields of a message that must be answered."""
    site = site_of(mail)
    reply_to, alias = _relay(mail)
    order, is_sure = proof.find_order(mail, frame, site)
    item = keys.item_of(frame.head)
    is_early = mail.senders[0].local.lower().startswith("pc-") and is_from_buyer(mail)
    return {
        "site": site,
        "order_ref": order,
        "buyer_name": buyer_name(mail, frame, seller_names),
        "text": frame.words,
        "thread_refs": thread_refs(("alias", alias), *answered_refs(mail)),
        "reply_to": reply_to,
        "item_ref": item,
        "presale": not (order and is_sure) and bool(item or is_early),
        "typed": proof.typed(mail, frame, is_sure),
    }


def _agent_values(mail, seller_names):
    """Return the fields of a message that customer care wrote: all of it is Walmart's, so labels count anywhere."""
    body, site = mail.body, site_of(mail)
    values = _buyer_values(mail, parts.Frame(head=body, words=parts.agent_words(body)), seller_names)
    order = keys.order_by_label(mail.subject, site) or keys.order_by_label(body, site)
    name = labelled_name(body)
    known = {"order_ref": values["order_ref"] or order, "buyer_name": name or values["buyer_name"]}
    # The desk of all buyers is no thread's.
    alias = relay_key(values["reply_to"]) if is_buyers_form(values["reply_to"]) else None
    known["thread_refs"] = thread_refs(("alias", alias), *answered_refs(mail))
    return values | known | {"urgent": True, "presale": False, "typed": proof.typed_by_agent(mail)}


def _relay(mail):
    """Return the address to answer to and the buyer's alias, each None when unknown.

    A Reply-To that is none of the relay's is ignored, and where a buyer writes, one that is another's.
    """
    relays = [address for address in (mail.reply_to, mail.from_address) if is_relay_address(address)]
    if is_from_buyer(mail):
        relays = [address for address in relays if relay_key(address) == relay_key(mail.from_address)]
    return (relays[0], relay_key(relays[-1])) if relays else (None, None)


def _other_values(mail, verdict, frame):
    """Return the fields of a mail that is no buyer's message."""
    body, site = mail.body, site_of(mail)
    order, is_sure = proof.find_notice_order(mail, frame, site)
    values = {"order_ref": order, "site": site, "typed": frozenset() if is_sure else frozenset({"order"})}
    if verdict.kind == "suspect":
        return values | {"typed": frozenset(IDENTITIES)}
    refs = answered_refs(mail)
    if mail.report:
        subject = mail.report.original.get("subject")
        found = keys.order_in_subject(subject, site) or keys.order_by_label(subject, site)
        # Who wrote a delivery report is known of none: what it gives back is worth what it proves itself.
        values |= {"order_ref": found or order, "typed": frozenset(IDENTITIES)}
        refs = reported_refs(mail.report) + refs
    if verdict.kind == "undelivered" or verdict.word in ("reply_copy", "delivery_status"):
        refs = _addressee_refs(mail, body) + refs
    if verdict.kind == "undelivered":
        values |= read_refusal(mail)
    elif verdict.word == "reply_copy" and frame.how == "label":
        values["reply_text"] = frame.words
    return values | {"thread_refs": thread_refs(*refs)}


def _addressee_refs(mail, body):
    """Return the alias of the buyer whom a refused or copied mail of ours went to."""
    relay = failed_relay(mail, is_relay_address)
    if not relay and (match := _RELAY_IN_TEXT.search(f"{body} {mail.html or ''}"[:100_000])):
        relay = match[0]
    return [("alias", relay_key(relay))] if relay and addresses(relay) else []
