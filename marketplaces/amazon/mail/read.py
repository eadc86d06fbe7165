"""What an Amazon mail means: the fields of `InboundMail`, each from the place where Amazon wrote it."""

import re

from ...mail.message import addresses
from ...mail.reading import answered_refs, common_values, failed_relay, reported_refs, thread_refs
from ...schema import IDENTITIES, InboundMail
from . import keys, parts, proof
from .kinds import claims, judge, owns
from .names import addressee, buyer_name
from .refusals import read_refusal
from .senders import is_from_buyer, is_relay_address, signers_of, site_of

__all__ = ["claims", "is_relay_address", "owns", "read", "relay_key", "signers_of"]

_RELAY_IN_TEXT = re.compile(r"(?<![\w.+-])[\w.+-]{4,80}@(?:m\.)?marketplace\.amazon\.[a-z.]{2,6}", re.IGNORECASE)


def read(mail, *, seller_names=()) -> InboundMail:
    """Return what a mail that claims to be Amazon's means; never raises on odd content.

    :param mail.Mail mail: as decoded.
    :param seller_names: our own seller names, never taken for a buyer's.
    """
    host = mail.senders[0].host
    authentication = mail.authentication.verdict(host, signers_of(host) or ())
    frame = parts.read_frame(mail)
    verdict = judge(mail, authentication, frame)
    if verdict.kind == "buyer_message":
        values = _buyer_values(mail, frame, seller_names)
    elif verdict.kind == "unknown" and is_from_buyer(mail):
        values = _buyer_values(mail, parts.Frame(), seller_names) | {"text": None}
    else:
        values = _other_values(mail, verdict, frame)
    common = common_values("amazon", mail, verdict, authentication)
    common["urgent"] = verdict.word in ("atoz_claim", "chargeback")
    return InboundMail(**common | values)


def relay_key(address: str | None) -> str | None:
    """Return a buyer's relay address without the case in it, lower case; None when it is none."""
    return keys.read_tag(addresses(address)[0].address)[0] if is_relay_address(address) else None


def _buyer_values(mail, frame, seller_names):
    """Return the fields of a message that must be answered."""
    links = keys.read_links(frame.links)
    reply_to, alias, case = _relay(mail)
    order, is_sure = proof.find_order(mail, frame)
    item = keys.find_item(frame.head)
    typed = proof.typed(mail, frame, is_sure, links, case)
    values = {
        "site": site_of(mail, links.get("site_ref")),
        "order_ref": order,
        "buyer_name": buyer_name(mail, seller_names),
        "text": frame.words,
        "thread_refs": thread_refs(
            ("token", links.get("token")),
            ("case", case or links.get("case")),
            ("alias", alias),
            *answered_refs(mail),
        ),
        "reply_to": reply_to,
        "item_ref": item,
        "presale": bool(item and not (order and is_sure)),
        "no_response_url": None if "token" in typed else links.get("no_response_url"),
        "seller_ref": None if "token" in typed else links.get("seller_ref"),
        "typed": typed,
    }
    if "message" in links:
        values |= {"dedup_ref": f"m:{links['message']}", "dedup_trusted": "token" not in typed}
    return values


def _relay(mail):
    """Return the address to answer to, the buyer's alias and the case id, each None when unknown.

    From and Reply-To are the same buyer, but only one of them may carry the case; a Reply-To to somebody else
    is ignored. The case may also stand only in the address that the mail was first sent to.
    """
    relays = [address for address in (mail.reply_to, mail.from_address) if is_relay_address(address)]
    if not relays:
        return None, None, None
    alias = keys.read_tag(relays[-1])[0]
    same = [address for address in (*relays, *mail.recipients) if keys.read_tag(address)[0] == alias]
    tagged = [address for address in same if keys.read_tag(address)[1]]
    return (tagged or same)[0], alias, keys.read_tag(tagged[0])[1] if tagged else None


def _other_values(mail, verdict, frame):
    """Return the fields of a mail that is no buyer's message."""
    body = mail.body
    order, is_sure = proof.find_notice_order(mail, verdict.word, body, frame)
    values = {"order_ref": order, "site": site_of(mail)}
    values["typed"] = frozenset({"buyer_name"} | (set() if is_sure else {"order"}))
    if verdict.kind == "suspect":
        return values | {"typed": frozenset(IDENTITIES)}
    refs = answered_refs(mail)
    if mail.report:
        # Who wrote a delivery report is known of none: what it gives back is worth what it proves itself.
        found = keys.find_orders(mail.report.original.get("subject"))
        values |= {"order_ref": found[-1] if found else order, "typed": frozenset(IDENTITIES)}
        refs = reported_refs(mail.report) + refs
    if verdict.kind == "undelivered" or verdict.word in ("reply_copy", "delivery_status"):
        values["buyer_name"] = None if mail.report else addressee(mail, body)
        refs = _addressee_refs(mail, body) + refs
    if verdict.kind == "undelivered":
        values |= read_refusal(mail)
    elif verdict.word == "reply_copy" and frame.how:
        values["reply_text"] = frame.words
    return values | {"thread_refs": thread_refs(*refs)}


def _addressee_refs(mail, body):
    """Return the case and alias of the buyer whom a refused or copied mail of ours went to."""
    relay = failed_relay(mail, is_relay_address)
    if not relay and (match := _RELAY_IN_TEXT.search(f"{body} {mail.html or ''}"[:100_000])):
        relay = match[0]
    if not is_relay_address(relay):
        return []
    alias, case = keys.read_tag(addresses(relay)[0].address)
    return [("case", case), ("alias", alias)]
