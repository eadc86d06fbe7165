"""What an Amazon mail means: who really wrote it, of which kind it is, what it belongs to."""

import re
import unicodedata
from dataclasses import dataclass

from ..mail import addresses
from ..mail_text import split_quote
from ..schema import InboundMail, ThreadRef
from . import const, mail_parts
from . import mail_const as facts
from .mail_names import addressee, buyer_name

#: Letters of other scripts, and digits, that look like the letters of "amazon".
_CONFUSABLE = str.maketrans(dict(zip("аɑαӓ4мϻоοօⲟ0зᴢʐոпɴν", "aaaaammooooozzznnnn", strict=True)))
_FAMILIAR_NAME = re.compile(r"^\W*amazon\b|amazon marketplace|seller central|amazon seller|marketplace\.amazon\.")
_LOOKS_LIKE_AMAZON = re.compile(r"amazon(?!ia|as|ite|en)")
_FRAME_PROOF = re.compile(r"\bSPC-[A-Z]{2}Amazon-\d|\[commMgrTok:|https://sellercentral[\w.-]*/messaging/no-response-needed\?")
_STORE_IN_TEXT = re.compile(r"(?:sellercentral|www)\.(amazon\.[a-z.]{2,6})(?=[/\s\"?]|$)")
_SHOP_NAME = re.compile(r"amazon\.(?:com\.[a-z]{2}|co\.[a-z]{2}|[a-z]{2,3})", re.IGNORECASE)
_BUYER_SUBJECT = re.compile(
    r"customer|kunde|client|klant|klient|müşteri|カスタマー|お客様|عميل|inquiry|enquiry", re.IGNORECASE
)
_RELAY_IN_TEXT = re.compile(r"(?<![\w.+-])[\w.+-]{4,80}@(?:m\.)?marketplace\.amazon\.[a-z.]{2,6}", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What a mail is and why; ``word`` is a kind of `schema.MAIL_KINDS`, or else a kind of notice."""

    word: str
    reason: str

    @property
    def kind(self) -> str:
        """Return the kind of mail."""
        return self.word if self.word in ("buyer_message", "undelivered", "suspect", "unknown") else "notice"


def claims(mail) -> bool:
    """Tell whether a mail says it comes from Amazon's marketplace, truly or not, or reports on mail sent there."""
    hosts = {sender.host for sender in mail.senders}
    if any(host in facts.AMAZON_HOSTS or _looks_like_amazon(host) for host in hosts):
        return True
    if mail.get("x-space-notification-type") or mail.get("x-amazon-auto-reply"):
        return True
    if _FAMILIAR_NAME.search(_skeleton(mail.from_name)) or _failed_relay(mail):
        return True
    return bool(_FRAME_PROOF.search(split_quote(mail.body[:50_000])[0]))


def is_relay_address(address: str) -> bool:
    """Tell whether an address (with or without display name) is a buyer's at Amazon's relay.

    :return: false for addresses inside the relay hosts that nobody reads, such as ``donotreply``.
    """
    found = addresses(address or "")
    return bool(found) and found[0].host in facts.RELAY_HOSTS and not _is_no_buyer(found[0].local)


def read(mail, *, seller_names=()) -> InboundMail:
    """Return what a mail that claims to be Amazon's means; never raises on odd content.

    :param mail.Mail mail: as decoded.
    :param seller_names: our own seller names, never taken for a buyer's.
    """
    authentication = _authentication(mail)
    frame = mail_parts.Frame()
    verdict = _distrust(mail, authentication) or _machine(mail)
    if not verdict:
        frame = _frame(mail)
        verdict = _by_type(mail, frame) or _by_sender(mail, frame) or _by_frame(mail, frame)
    known = {
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
        "reasons": (verdict.reason, *(() if authentication != "none" else ("unverified: no authentication result",))),
    }
    if verdict.kind == "buyer_message":
        return InboundMail(**known | _buyer_values(mail, frame, seller_names))
    return InboundMail(**known | _other_values(mail, verdict.kind, verdict.word))


# --- who wrote it ------------------------------------------------------------------------------------


def _authentication(mail):
    host = mail.senders[0].host
    return mail.authentication.verdict(host, facts.SIGNERS if host in facts.AMAZON_HOSTS else ())


def _distrust(mail, authentication):
    """Return why a mail is not to be believed (or that it reports a bounce), or None when Amazon may have written it."""
    host = mail.senders[0].host
    if authentication == "fail":
        return Verdict("suspect", f"authentication failed for {host or 'a mail without sender'}")
    if len({sender.host for sender in mail.senders}) > 1 or len(mail.get_all("from")) > 1:
        return Verdict("suspect", "more than one sender in From")
    if host in facts.AMAZON_HOSTS:
        return None
    if mail.report and _failed_relay(mail):
        return _reported(mail.report)
    if authentication == "pass" and host.endswith(tuple("." + store for store in facts.STORE_HOSTS)):
        return None
    return Verdict("suspect", f"claims to be Amazon's, but was sent by {host[:100] or 'nobody'}")


def _machine(mail):
    """Return the verdict on bounces and automatic answers, or None."""
    if mail.report:
        return _reported(mail.report)
    if mail.get("x-amazon-auto-reply") or mail.senders[0].local.lower() == "nobody":
        return Verdict("undelivered", "Amazon's automatic answer to a mail of ours")
    if mail.is_auto_reply and mail.senders[0].host not in facts.RELAY_HOSTS:
        return Verdict("undelivered", "automatic answer")
    return None


def _reported(report):
    if report.action == "failed":
        return Verdict("undelivered", f"delivery report: failed {report.status or ''}".strip())
    return Verdict("delivery_status", f"delivery report: {report.action}")


def _failed_relay(mail):
    """Return the relay address that a delivery report is about, or None."""
    report = mail.report
    if not report:
        return None
    found = next((address for address in report.recipients if is_relay_address(address)), None)
    original = report.original.get("to")
    return found or (original if is_relay_address(original) else None)


def _skeleton(text):
    """Return text as it looks: punycode read, accents off, letters of other scripts as their Latin doubles."""
    labels = []
    for label in text[:500].casefold().split("."):
        if label.startswith("xn--") and len(label) < 64:
            try:
                label = label[4:].encode("ascii").decode("punycode")
            except (UnicodeError, ValueError):
                label = label[4:]
        labels.append(label)
    plain = unicodedata.normalize("NFKD", ".".join(labels)).translate(_CONFUSABLE).replace("rn", "m")
    return "".join(c for c in plain if not unicodedata.combining(c))


def _looks_like_amazon(host):
    is_cloud = host in facts.CLOUD_HOSTS or host.endswith(tuple("." + cloud for cloud in facts.CLOUD_HOSTS))
    return not is_cloud and bool(_LOOKS_LIKE_AMAZON.search(_skeleton(host).replace("-", "")))


def _is_no_buyer(local):
    return local.lower().startswith(facts.NO_BUYERS)


# --- of which kind it is -----------------------------------------------------------------------------


def _frame(mail):
    if mail.subject.casefold().removeprefix("re: ").startswith(facts.AGENT_SUBJECTS):
        if frame := mail_parts.read_agent(mail.body):
            return frame
    return mail_parts.read_frame(mail)


def _by_type(mail, frame):
    """Return the verdict by X-Space-Notification-Type, the surest mark of current mails; None without it."""
    value = re.sub(r"[^A-Z0-9]+", "_", mail.get("x-space-notification-type").upper()).strip("_")[:60]
    if not value:
        return None
    word = next((word for fragment, word in facts.NOTIFICATION_TYPES if fragment in value), None)
    if word is None and frame.how and _is_buyer(mail):
        return Verdict("buyer_message", f"buyer's words in a mail of the new type {value}")
    return Verdict(word or value.lower(), f"notification type {value}")


def _by_sender(mail, frame):
    """Return the verdict by sender and subject, for mails without a notification type; None for relay mail."""
    sender = mail.senders[0]
    local = sender.local.lower()
    if frame.how == "agent":
        return Verdict("buyer_message", "Amazon's customer service writes for a buyer")
    if mail.get("x-amazon-mail-relay-type"):
        return Verdict("consumer", "mail to us as a customer of Amazon")
    if sender.host in facts.RELAY_HOSTS and not _is_no_buyer(local):
        return None
    if local in facts.SENDERS_BY_SUBJECT or local not in facts.SENDERS:
        word = _by_words(mail, frame)
        # What we buy ourselves is cancelled and refunded by the same sender; only returns to us are told apart.
        if word and (local != "order-update" or word == "return_request"):
            return Verdict(word, "subject of a notice")
    if local in facts.SENDERS:
        return Verdict(facts.SENDERS[local], f"sender {local}")
    if _is_no_buyer(local) or local == "auto-communication":
        return Verdict("other", f"notice of a kind not known, from {local[:60]}")
    return Verdict("unknown", f"sender {local[:60]} is not known")


def _by_words(mail, frame):
    subject = unicodedata.normalize("NFKC", mail.subject).casefold().replace("’", "'")
    for word, fragments in facts.SUBJECTS:
        if any(fragment in subject for fragment in fragments.split("|")):
            return word
    body = mail.body[:20_000].casefold()
    for word, fragments in facts.BODIES:
        if any(fragment in body for fragment in fragments.split("|")):
            return word
    return "reply_copy" if frame.how else None


def _by_frame(mail, frame):
    """Return the verdict on relay mail without a notification type, as before 2020 or with headers lost."""
    if frame.how:
        return Verdict("buyer_message", f"relay host, frame found by {frame.how}")
    body = mail.body
    has_footer = mail_parts.cut_footer(body) != body.strip() or _FRAME_PROOF.search(body)
    is_addressed = mail.get("x-marketplace-id") or mail.in_reply_to or mail.subject.lower().startswith("re:")
    if has_footer or is_addressed or _BUYER_SUBJECT.search(mail.subject) or mail.attachments and not body:
        return Verdict("unknown", "relay host, but a form not known")
    # The relay works both ways: a seller from whom we bought writes through it, without Amazon's frame.
    return Verdict("consumer", "relay host without any frame: a seller writes to us as a buyer")


def _is_buyer(mail):
    return mail.senders[0].host in facts.RELAY_HOSTS and not _is_no_buyer(mail.senders[0].local)


# --- what it says ------------------------------------------------------------------------------------


def _buyer_values(mail, frame, seller_names):
    """Return the fields of a message that must be answered."""
    words = frame.words if frame.how else mail_parts.cut_footer(mail_parts.drop_intro(mail.body))
    links = mail_parts.read_links(frame.links)
    reply_to, alias, case = _relay(mail)
    orders = mail_parts.find_orders(mail.subject)[-1:] or mail_parts.find_orders(frame.head)[:1]
    refs = (
        ("token", links.get("token")),
        ("case", case or links.get("case")),
        ("alias", alias),
        *(("in_reply_to", message_id) for message_id in mail.in_reply_to),
    )
    values = {
        "site": _site(mail, links.get("site_ref")),
        "order_ref": orders[0] if orders else None,
        "buyer_name": buyer_name(mail, seller_names),
        "text": words,
        "thread_refs": tuple(ThreadRef(type_, value) for type_, value in refs if value),
        "reply_to": reply_to,
        "item_ref": mail_parts.find_item(frame.head),
        "no_response_url": links.get("no_response_url"),
    }
    values["presale"] = bool(values["item_ref"] and not orders)
    if "message" in links:
        values |= {"dedup_ref": f"m:{links['message']}", "dedup_trusted": True}
    return values


def _relay(mail):
    """Return the address to answer to, the buyer's alias and the case id, each None when unknown.

    From and Reply-To are the same buyer, but only one of them may carry the case; a foreign Reply-To is ignored.
    """
    candidates = [mail.reply_to or "", mail.from_address, *mail.recipients]
    relays = [address for address in candidates[:2] if is_relay_address(address)]
    if not relays:
        return None, None, None
    alias = mail_parts.read_tag(relays[-1])[0]
    same = [address for address in relays if mail_parts.read_tag(address)[0] == alias]
    tagged = [address for address in same if mail_parts.read_tag(address)[1]]
    return (tagged or same)[0], alias, mail_parts.read_tag(tagged[0])[1] if tagged else None


def _other_values(mail, kind, word):
    """Return the fields of a mail that is no buyer's message."""
    body = mail.body
    orders = mail_parts.find_orders(mail.subject)[-1:] or mail_parts.find_orders(body)[:1]
    values = {"order_ref": orders[0] if orders else None, "site": _site(mail)}
    if kind == "suspect":
        return values
    refs = [ThreadRef("in_reply_to", message_id) for message_id in mail.in_reply_to]
    if kind == "undelivered" or word in ("reply_copy", "delivery_status"):
        values["buyer_name"] = None if mail.report else addressee(mail, body)
        refs = _failed_refs(mail, body) + refs
    if mail.report:
        found = mail_parts.find_orders(mail.report.original.get("subject"))
        values["order_ref"] = found[-1] if found else values["order_ref"]
    return values | {"thread_refs": tuple(dict.fromkeys(refs))}


def _failed_refs(mail, body):
    """Return the keys of the mail of ours that was refused or copied: its case, alias, id, and what it answered."""
    relay = _failed_relay(mail)
    if not relay and (match := _RELAY_IN_TEXT.search(f"{body} {mail.html or ''}"[:100_000])):
        relay = match[0]
    alias, case = mail_parts.read_tag(addresses(relay)[0].address) if relay and is_relay_address(relay) else (None, None)
    refs = [("case", case), ("alias", alias)]
    if mail.report:
        original = mail.report.original
        answered = re.findall(r"<[^<>\s]{1,500}>", original.get("in-reply-to") + original.get("references"))
        refs += [("in_reply_to", value) for value in (mail.report.message_id, *answered[:20])]
    return [ThreadRef(type_, value) for type_, value in refs if value]


def _site(mail, link_ref=None):
    """Return the storefront: by marketplace id, relay host, footer link, else by what a notice names.

    A notice's sender is at amazon.com for all storefronts. Source: amazon.it notices of 2026.
    """
    by_ref = {site.site_ref: site.code for site in const.SITES}
    host, local = mail.senders[0].host, mail.senders[0].local.lower()
    claimed = next((relay for relay in facts.RELAY_HOSTS if host.startswith(relay + ".")), host)
    code = by_ref.get(mail.get("x-marketplace-id").strip()) or facts.RELAY_HOSTS.get(claimed) or by_ref.get(link_ref)
    if code:
        return code
    if relay := _failed_relay(mail):
        return facts.RELAY_HOSTS.get(addresses(relay)[0].host)
    if host not in facts.AMAZON_HOSTS:
        return None
    if host != "amazon.com" and facts.AMAZON_HOSTS[host] and host != "bounces.amazon.com":
        return facts.AMAZON_HOSTS[host]
    return _named_site(mail) or (None if local in facts.ANY_SITE_SENDERS else "US")


def _named_site(mail):
    """Return the storefront that a notice's display name ("Amazon.it") or links name, or None."""
    if match := _SHOP_NAME.search(mail.from_name):
        return facts.STORE_HOSTS.get(match[0].lower())
    named = _STORE_IN_TEXT.findall(f"{mail.html or ''} {mail.text or ''}"[:200_000])
    codes = {facts.STORE_HOSTS.get(host.rstrip(".")) for host in named} - {None}
    return next(iter(codes)) if len(codes) == 1 and codes != {"US"} else None
