"""Of which kind a Walmart mail is.

Order of tests: can it be believed, is it a machine's answer, does Walmart's customer care write, who is the sender.
"""

import re
import unicodedata

from ...mail.quotes import split_quote
from ...mail.reading import Verdict, by_report, distrust, failed_relay
from . import const as facts
from .names import introduced, is_ours
from .parts import has_intro
from .senders import is_from_buyer, is_from_shop, is_no_buyer, is_relay_address, look_of, looks_like_walmart

_FAMILIAR_NAME = re.compile(r"^\W*wal-?mart\b|wal-?mart (?:marketplace|customer|seller)|relay\.walmart\.")
_CUSTOMER_SUBJECT = re.compile(rf"(?:message from )?{facts.BUYER_SUBJECT}", re.IGNORECASE)
_FRAME_PROOF = re.compile(
    rf"^\W{{0,4}}(?:{facts.TEAM})\W{{0,4}}$|received this message from the customer, who", re.IGNORECASE | re.MULTILINE
)
_AGENT_SUBJECT = re.compile(facts.AGENT_SUBJECT, re.IGNORECASE)
_AGENT_BODY = re.compile(facts.AGENT_BODY, re.IGNORECASE)
_ANSWER = re.compile(r"re ?:", re.IGNORECASE)
_COPY_HEAD = re.compile(facts.COPY_HEAD, re.IGNORECASE)
_SUBJECTS = [(word, re.compile(pattern)) for word, pattern in facts.SUBJECTS]


def claims(mail) -> bool:
    """Tell whether a mail says it comes from Walmart's marketplace, truly or not, or reports on mail sent there."""
    if any(sender.host in facts.WALMART_HOSTS or looks_like_walmart(sender.host) for sender in mail.senders):
        return True
    if _FAMILIAR_NAME.search(look_of(mail.from_name)) or failed_relay(mail, is_relay_address):
        return True
    if _CUSTOMER_SUBJECT.match(mail.subject):
        return True
    # Walmart's frame as the newest words, not as something quoted or forwarded.
    new = split_quote(mail.body[:50_000])[0]
    return bool(has_intro(new) and _FRAME_PROOF.search(new))


def owns(mail) -> bool:
    """Tell whether a mail is Walmart's by sender or answer address, or reports on mail sent to a buyer."""
    senders = {address.host for name in ("from", "sender", "reply-to") for address in mail.addresses_of(name)}
    return bool(senders & facts.WALMART_HOSTS.keys() or failed_relay(mail, is_relay_address))


def judge(mail, authentication: str, frame, seller_names=()) -> Verdict:
    """Return what a mail that claims to be Walmart's is.

    :param str authentication: "pass", "fail" or "none".
    :param frame: `mail_parts.Frame` of the mail.
    :param seller_names: our own: whoever bears one of them wrote for us.
    """
    return (
        distrust(mail, authentication, "Walmart", facts.WALMART_HOSTS, facts.STORE_HOSTS, is_relay_address)
        or _by_machine(mail)
        or _by_agent(mail)
        or _by_relay(mail, frame, seller_names)
        or _by_sender(mail, frame, seller_names)
    )


def is_agent(mail) -> bool:
    """Tell whether Walmart's customer care writes for a buyer; it expects an answer and counts it.

    An answer by mail may begin with the same words: then the buyer wrote them.
    """
    if is_from_shop(mail):
        return False
    if _AGENT_SUBJECT.match(mail.subject):
        return True
    is_answer = mail.in_reply_to or _ANSWER.match(mail.subject)
    return not is_answer and bool(_AGENT_BODY.match(mail.body[:200]))


def _by_machine(mail):
    """Return the verdict on bounces and automatic answers, or None."""
    if mail.report:
        return by_report(mail.report)
    if mail.is_auto_reply and not is_from_buyer(mail):
        return Verdict("undelivered", "automatic answer")
    return None


def _by_agent(mail):
    if is_agent(mail):
        return Verdict("buyer_message", "Walmart's customer care writes for a buyer: escalation")
    return None


def _by_relay(mail, frame, seller_names):
    """Return the verdict on mail from the relay, where people write; None for its machines."""
    if is_from_buyer(mail):
        return Verdict("buyer_message", f"a buyer's relay address, frame found by {frame.how or 'nothing'}")
    sender = mail.senders[0]
    if is_from_shop(mail):
        if is_ours(sender.name, seller_names) or _is_copy(mail, frame, seller_names):
            return Verdict("reply_copy", "the relay shows what our shop wrote")
        return Verdict("consumer", "a shop writes to us as its customer")
    if sender.host not in facts.RELAY_HOSTS or is_no_buyer(sender.local):
        return None
    if _is_copy(mail, frame, seller_names):
        return Verdict("reply_copy", "copy of an answer")
    if frame.how == "label" or frame.how and has_intro(frame.head):
        return Verdict("buyer_message", "relay host and a buyer's frame, but a form of address not known")
    return Verdict("unknown", "relay host, but a form not known")


def _is_copy(mail, frame, seller_names):
    """Tell whether what stands above the words says that we wrote them."""
    top = "\n".join([line for line in (frame.head or mail.body).split("\n") if line.strip()][:4])[:1000]
    writer = introduced(frame.head)
    return bool(_COPY_HEAD.search(mail.subject) or _COPY_HEAD.search(top) or is_ours(writer, seller_names))


def _by_sender(mail, frame, seller_names):
    """Return the verdict on mail of Walmart's machines and staff, by sender and subject."""
    sender = mail.senders[0]
    local, host = sender.local.lower(), sender.host
    for known in (local, host):
        if known in facts.SURE_SENDERS:
            return Verdict(facts.SENDERS[known], f"sender {known[:60]}")
    if f"{local}@{host}" in facts.CONSUMER_SENDERS:
        return Verdict("consumer", "mail to us as a customer of Walmart")
    if _is_copy(mail, frame, seller_names):
        return Verdict("reply_copy", "copy of an answer")
    if word := _by_subject(mail):
        return Verdict(word, "words of a notice")
    if frame.how == "label" and has_intro(frame.head):
        return Verdict("buyer_message", "a buyer's frame from another of Walmart's addresses")
    word = facts.SENDERS.get(host)
    return Verdict(word or "other", f"notice of a kind not known, from {local[:60]}@{host[:100]}")


def _by_subject(mail):
    """Return what the subject says a notice is about, or None."""
    subject = unicodedata.normalize("NFKC", mail.subject[:1000]).casefold().replace("’", "'")
    return next((word for word, pattern in _SUBJECTS if pattern.search(subject)), None)
