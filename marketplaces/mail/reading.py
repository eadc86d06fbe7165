"""What reading a marketplace's mail takes at any of them: verdicts, look-alike hosts, delivery reports, references."""

import re
import unicodedata
from dataclasses import dataclass

from ..schema import ThreadRef
from .address import addresses

MAX_REFS = 20

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_UNREGISTERED = re.compile(
    r"sender (?:is |address )?(?:not|un)|not (?:an? )?(?:authori[sz]ed|approved|registered|permitted)|unauthori[sz]ed|"
    r"not allowed to send|5\.7\.\d",
    re.IGNORECASE,
)
#: A security policy (5.7.x) may also be about what a mail holds.
_REJECTED = re.compile(r"\bspam|content|virus|malware|attachment|too (?:big|large)|message size", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What a mail is and why; ``word`` is one of `schema.MAIL_KINDS`, or else a kind of notice."""

    word: str
    reason: str

    @property
    def kind(self) -> str:
        """Return the kind of mail."""
        return self.word if self.word in ("buyer_message", "undelivered", "suspect", "unknown") else "notice"


# --- who wrote -----------------------------------------------------------------------------------------


def skeleton(text: str, doubles) -> str:
    """Return text as it looks: punycode read, accents off, letters of other scripts as their Latin doubles.

    :param dict doubles: such letters → the Latin ones, as ``str.maketrans`` makes it.
    """
    labels = [_from_punycode(label) for label in text[-500:].casefold().split(".")]
    plain = unicodedata.normalize("NFKD", ".".join(labels)).translate(doubles)
    return "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf")).replace("rn", "m")


def _from_punycode(label):
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label[4:]


def longest_beginning(host: str, hosts) -> str | None:
    """Return the longest of these hosts that a look-alike begins with (``.com`` begins ``.com.br``), or None."""
    return max((known for known in hosts if f"{host}.".startswith(f"{known}.")), key=len, default=None)


def distrust(mail, authentication: str, name: str, hosts, stores, is_relay_address) -> Verdict | None:
    """Return why a mail is not to be believed (or that it reports a bounce); None when ``name`` may have written it.

    :param str authentication: "pass", "fail" or "none".
    :param hosts: the marketplace's own, compared whole; ``stores``: those whose other subdomains need proof.
    """
    host = mail.senders[0].host
    if authentication == "fail":
        return Verdict("suspect", f"authentication failed for {host[:100] or 'a mail without sender'}")
    if len({sender.host for sender in mail.senders}) > 1 or len(mail.get_all("from")) > 1:
        return Verdict("suspect", "more than one sender in From")
    if host in hosts:
        return None
    if failed_relay(mail, is_relay_address):
        return by_report(mail.report)
    if authentication == "pass" and host.endswith(tuple("." + store for store in stores)):
        return None
    return Verdict("suspect", f"claims to be {name}'s, but was sent by {host[:100] or 'nobody'}")


# --- delivery reports ----------------------------------------------------------------------------------


def failed_relay(mail, is_relay_address) -> str | None:
    """Return the relay address that a delivery report is about, or None."""
    if not mail.report:
        return None
    original = [address.address for address in addresses(mail.report.original.get("to"))]
    return next(filter(is_relay_address, [*mail.report.recipients, *original]), None)


def by_report(report) -> Verdict:
    """Return the verdict on a delivery report."""
    if report.action == "failed":
        return Verdict("undelivered", f"delivery report: failed {report.status or ''}".strip())
    return Verdict("delivery_status", f"delivery report: {report.action[:40]}")


def read_bounce(report) -> tuple[str, str]:
    """Return why a mail came back (one of `schema.REFUSALS`) and what the refusing server says."""
    told = " ".join((report.diagnostic or report.status or "").split())[:300]
    if _REJECTED.search(told):
        return "content", told
    return "sender" if _UNREGISTERED.search(told) else "bounced", told


def reported_refs(report) -> list[tuple[str, str | None]]:
    """Return the ids of the mail of ours that came back, first its own, then those that it answered."""
    answered = f"{report.original.get('in-reply-to')} {report.original.get('references')}"
    return [("in_reply_to", value) for value in (report.message_id, *_MESSAGE_ID.findall(answered)[:MAX_REFS])]


# --- what comes out ------------------------------------------------------------------------------------


def thread_refs(*pairs) -> tuple[ThreadRef, ...]:
    """Return thread references for (type, value) pairs; those without a value fall away."""
    refs = dict.fromkeys(ThreadRef(type_, value) for type_, value in pairs if value)
    return tuple(refs)[:MAX_REFS]


def answered_refs(mail) -> list[tuple[str, str]]:
    """Return (type, value) pairs of the mails that a mail says it answers."""
    return [("in_reply_to", message_id) for message_id in mail.in_reply_to]


def common_values(app: str, mail, verdict: Verdict, authentication: str) -> dict:
    """Return the fields of `InboundMail` that are read alike whatever a mail is."""
    unverified = ("unverified: no authentication result",) if authentication == "none" else ()
    return {
        "app": app,
        "kind": verdict.kind,
        "notice": verdict.word if verdict.kind == "notice" else None,
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
