"""Of which kind an Amazon mail is.

Order of tests: can it be believed, is it a machine's answer, its notification type, its sender, its frame.
"""

import re
import unicodedata

from ...mail.quotes import split_quote
from ...mail.reading import Verdict, by_report, distrust, failed_relay
from . import const as facts
from . import parts
from .senders import is_from_buyer, is_no_buyer, is_relay_address, look_of, looks_like_amazon

_FAMILIAR_NAME = re.compile(r"^\W*amazon\b|amazon marketplace|seller central|amazon seller|marketplace\.amazon\.")
_FRAME_PROOF = re.compile(
    r"\bSPC-[A-Z]{2}Amazon-\d|\[commMgrTok:|https://sellercentral[\w.-]*/messaging/no-response-needed\?"
)
_BUYER_SUBJECT = re.compile(
    r"customer|kunde|client|klant|klient|müşteri|カスタマー|お客様|عميل|inquiry|enquiry", re.IGNORECASE
)


def claims(mail) -> bool:
    """Tell whether a mail says it comes from Amazon's marketplace, truly or not, or reports on mail sent there."""
    hosts = {sender.host for sender in mail.senders}
    if any(host in facts.AMAZON_HOSTS or looks_like_amazon(host) for host in hosts):
        return True
    if mail.get("x-space-notification-type") or mail.get("x-amazon-auto-reply"):
        return True
    if _FAMILIAR_NAME.search(look_of(mail.from_name)) or failed_relay(mail, is_relay_address):
        return True
    # Amazon's frame as the newest words, not as something quoted or forwarded.
    return bool(_FRAME_PROOF.search(split_quote(mail.body[:50_000])[0]))


def owns(mail) -> bool:
    """Tell whether a mail is Amazon's by sender, answer address or mark, or reports on mail sent to a buyer."""
    senders = {address.host for name in ("from", "sender", "reply-to") for address in mail.addresses_of(name)}
    marked = mail.get("x-space-notification-type") or mail.get("x-amazon-auto-reply")
    return bool(senders & facts.AMAZON_HOSTS.keys() or marked or failed_relay(mail, is_relay_address))


def judge(mail, authentication: str, frame) -> Verdict:
    """Return what a mail that claims to be Amazon's is.

    :param str authentication: "pass", "fail" or "none".
    :param frame: `parts.Frame` of the mail.
    """
    return (
        _distrusted(mail, authentication)
        or _by_machine(mail)
        or _by_type(mail, frame)
        or _by_sender(mail, frame)
        or _by_frame(mail, frame)
    )


def _distrusted(mail, authentication):
    return distrust(mail, authentication, "Amazon", facts.AMAZON_HOSTS, facts.STORE_HOSTS, is_relay_address)


def _by_machine(mail):
    """Return the verdict on bounces and automatic answers, or None."""
    if mail.report:
        return by_report(mail.report)
    if mail.get("x-amazon-auto-reply") or mail.senders[0].local.lower() == "nobody":
        return Verdict("undelivered", "Amazon's automatic answer to a mail of ours")
    if mail.is_auto_reply and not is_from_buyer(mail):
        return Verdict("undelivered", "automatic answer")
    return None


def _by_type(mail, frame):
    """Return the verdict by X-Space-Notification-Type, the surest mark of current mails; None without it."""
    value = re.sub(r"[^A-Z0-9]+", "_", mail.get("x-space-notification-type")[:200].upper()).strip("_")[:60]
    if not value:
        return None
    word = next((word for fragment, word in facts.NOTIFICATION_TYPES if fragment in value), None)
    if word == "buyer_message" and is_no_buyer(mail.senders[0].local) and mail.senders[0].host in facts.RELAY_HOSTS:
        return Verdict("unknown", f"notification type {value}, but from nobody who could be answered")
    if word not in (None, "buyer_message") and is_from_buyer(mail):
        # What a buyer sends by e-mail may bear headers of the buyer's own; notices come from Amazon's addresses.
        return Verdict("unknown", f"notification type {value}, but from a buyer's address")
    if word is None and frame.how and is_from_buyer(mail):
        return Verdict("buyer_message", f"buyer's words in a mail of the new type {value}")
    return Verdict(word or value.lower(), f"notification type {value}")


def _by_sender(mail, frame):
    """Return the verdict by sender and subject, for mails without a notification type; None for a buyer's address."""
    local = mail.senders[0].local.lower()
    if frame.how == "agent":
        return Verdict("buyer_message", "Amazon's customer service writes for a buyer")
    if mail.get("x-amazon-mail-relay-type"):
        return Verdict("consumer", "mail to us as a customer of Amazon")
    if is_from_buyer(mail):
        return None
    if local in facts.SENDERS_BY_SUBJECT or local not in facts.SENDERS:
        word = _by_words(mail, frame)
        # What we buy ourselves is cancelled and refunded by the same sender; only returns to us are told apart.
        if word and (local != "order-update" or word == "return_request"):
            return Verdict(word, "words of a notice")
    if local in facts.SENDERS:
        return Verdict(facts.SENDERS[local], f"sender {local}")
    if is_no_buyer(local) or local == "auto-communication":
        return Verdict("other", f"notice of a kind not known, from {local[:60]}")
    return Verdict("unknown", f"sender {local[:60]} is not known")


def _by_words(mail, frame):
    """Return what subject or body say a notice is about, or None."""
    subject = unicodedata.normalize("NFKC", mail.subject[:1000]).casefold().replace("’", "'")
    for word, fragments in facts.SUBJECTS:
        if any(fragment in subject for fragment in fragments.split("|")):
            return word
    body = mail.body[:20_000].casefold()
    for word, fragments in facts.BODIES:
        if any(fragment in body for fragment in fragments.split("|")):
            return word
    return "reply_copy" if frame.how == "markers" else None


def _by_frame(mail, frame):
    """Return the verdict on relay mail without a notification type, as before 2020 or with headers lost."""
    if frame.how:
        return Verdict("buyer_message", f"relay host, frame found by {frame.how}")
    body = mail.body
    has_footer = parts.cut_footer(body) != body.strip() or _FRAME_PROOF.search(body)
    is_addressed = mail.get("x-marketplace-id") or parts.is_answer(mail)
    if has_footer or is_addressed or _BUYER_SUBJECT.search(mail.subject) or mail.attachments and not body:
        return Verdict("unknown", "relay host, but a form not known")
    # The relay works both ways: a seller from whom we bought writes through it, without Amazon's frame.
    return Verdict("consumer", "relay host without any frame: a seller writes to us as a buyer")
