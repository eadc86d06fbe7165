"""Shared mail reading: any bytes → :class:`Mail`. True for every marketplace, knows none of them."""

import copy
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import cached_property

from ..schema import Attachment, InboundMail
from . import authentication as mail_auth
from . import mime
from .address import BARE, MAX_ADDRESSES, Address, addresses
from .charset import header_text, to_text
from .quotes import split_quote
from .text import html_to_text, parse_html, parsed_to_text

__all__ = ["Address", "Mail", "Report", "addresses", "decode", "html_to_text", "split_quote", "unclaimed"]

MAX_REPEATED = 20
#: Everybody a mail was meant for, also when a forwarder or catch-all changed To.
_RECIPIENT_HEADERS = (
    "to",
    "cc",
    "delivered-to",
    "x-delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-forwarded-to",
    "apparently-to",
    "resent-to",
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_DSN_FIELD = re.compile(r"^([A-Za-z-]{1,60}):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_ID_IN_COPY = re.compile(r"^(?:> ?)?message-id:\s{0,3}(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
#: Parts of a delivery report that are for machines.
_REPORT_TYPES = ("message/delivery-status", "text/rfc822-headers")
_BOUNCERS = ("mailer-daemon", "postmaster", "mail-daemon", "maildaemon")


@dataclass(frozen=True)
class Report:
    """What a delivery report (RFC 3464, or an older form) says about a mail of ours.

    ``action`` is "failed", "delayed", "delivered", "relayed" or "expanded"; ``original`` are the
    headers of the returned mail as far as they came back; ``diagnostic`` what the refusing server said.
    """

    recipients: tuple[str, ...]
    action: str
    status: str | None
    original: mime.Part
    message_id: str | None
    diagnostic: str | None = None


@dataclass(frozen=True)
class Mail:
    """A decoded mail. ``text`` and ``html`` are None when there is no such part."""

    headers: tuple[tuple[str, bytes], ...]
    text: str | None
    html: str | None
    attachments: tuple[Attachment, ...]
    authentication: mail_auth.Authentication
    report: Report | None
    digest: str

    @cached_property
    def _by_name(self):
        found = {}
        for name, value in self.headers:
            found.setdefault(name, []).append(value)
        return found

    def get(self, name: str) -> str:
        """Return the first header of this name (any case), decoded, or ``""``."""
        return next((header_text(value) for value in self._by_name.get(name.lower(), ())), "")

    def get_all(self, name: str) -> list[str]:
        """Return all headers of this name (any case), decoded, topmost first."""
        return [header_text(value) for value in self._by_name.get(name.lower(), ())]

    def addresses_of(self, name: str) -> list[Address]:
        """Return the addresses in all headers of this name."""
        values = self._by_name.get(name.lower(), ())[:MAX_REPEATED]
        return [address for value in values for address in addresses(to_text(value))]

    @cached_property
    def senders(self) -> tuple[Address, ...]:
        """Return the From addresses; more than one is odd. Without any: Sender, else Reply-To."""
        for name in ("from", "sender", "reply-to"):
            if found := self.addresses_of(name):
                return tuple(found)
        return (Address(self.get("from"), ""),)

    @property
    def from_name(self) -> str:
        """Return the sender's display name, or ``""``."""
        return self.senders[0].name

    @property
    def from_address(self) -> str:
        """Return the sender's address, or ``""``."""
        return self.senders[0].address

    @cached_property
    def reply_to(self) -> str | None:
        """Return the address of Reply-To, or None."""
        found = self.addresses_of("reply-to")
        return found[0].address if found else None

    @cached_property
    def return_path(self) -> str | None:
        """Return the envelope sender: ``""`` for a bounce, None when it is not known."""
        value = self.get("return-path")
        if not value:
            return None
        found = addresses(value)
        return found[0].address if found else ""

    @cached_property
    def recipients(self) -> tuple[str, ...]:
        """Return every address the mail was meant for, lower case, without repetition."""
        found = (a.address.lower() for name in _RECIPIENT_HEADERS for a in self.addresses_of(name))
        return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]

    @cached_property
    def subject(self) -> str:
        """Return the subject on one line."""
        return " ".join(self.get("subject").split())

    @cached_property
    def message_id(self) -> str | None:
        """Return the Message-ID with its angle brackets, or None."""
        return next(iter(_ids(self.get("message-id"))), None)

    @cached_property
    def in_reply_to(self) -> tuple[str, ...]:
        """Return the ids of the mails answered: In-Reply-To first, then References from the latest."""
        found = _ids(self.get("in-reply-to")) + _ids(self.get("references"))[::-1]
        return tuple(dict.fromkeys(found))

    @cached_property
    def date(self) -> datetime | None:
        """Return when the mail was sent by its own word (aware UTC), or None."""
        return to_date(self.get("date"))

    @property
    def is_auto_reply(self) -> bool:
        """Tell whether a machine answered (RFC 3834)."""
        return self.get("auto-submitted").lower().startswith("auto-replied")

    @cached_property
    def _parsed(self):
        return parse_html(self.html) if self.html else None

    def copy_tree(self):
        """Return a tree (lxml) of the HTML part to work on, or None when there is nothing in it."""
        return copy.deepcopy(self._parsed)

    @cached_property
    def html_text(self) -> str:
        """Return the words of the HTML part, or ``""``."""
        return parsed_to_text(self.copy_tree(), self.html) if self.html else ""

    @property
    def body(self) -> str:
        """Return the readable text: the text part, else the words of the HTML part."""
        return (self.text or "").strip() or self.html_text


def to_date(value: str) -> datetime | None:
    """Return the moment (aware UTC) that a date as mails write it means, or None."""
    try:
        date = parsedate_to_datetime(value)
        return date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _ids(value):
    """Return the message ids in a header, with angle brackets even when they were forgotten."""
    found = _MESSAGE_ID.findall(value)
    return found or [f"<{word}>" for word in value.split()[:1] if "@" in word]


def decode(
    raw: bytes, *, authserv_id: str | None = None, receiver=None, signatures=None, is_trusted=False, judgement=None
) -> Mail:
    """Decode a mail; whatever is readable in any non-empty bytes comes out, and nothing raises.

    :param bytes raw: the mail as received.
    :param str authserv_id: name of the server whose topmost Authentication-Results we believe, wherever it stands.
    :param receiver: how our own server writes its verdict (``mail_auth.Receiver``), in place of its name alone.
    :param signatures: what we found out about its signatures (``mail_signatures.Signatures``).
    :param bool is_trusted: an administrator trusts what arrives where this mail did.
    :param judgement: what it was found to be earlier (``mail_auth.Judgement``), which stays.
    """
    whole = mime.read_part(raw, top=True)
    leaves = mime.leaves(whole)
    bodies = [part for part in leaves if mime.is_body(part)]
    plain = [part.text() for part in bodies if part.type == "text/plain"]
    html = [part.text() for part in bodies if part.type == "text/html"]
    files = [p for p in leaves if not mime.is_body(p) and p.type not in _REPORT_TYPES and p.body]
    text = "\n".join(plain) if plain else None
    results, unnamed = _read_results(whole.headers, authserv_id, receiver)
    return Mail(
        headers=whole.headers,
        text=text,
        html="\n".join(html) if html else None,
        attachments=tuple(mime.attachment(part, number) for number, part in enumerate(files, 1)),
        authentication=mail_auth.Authentication(results, unnamed, signatures, is_trusted, judgement),
        report=_report(whole, leaves, text or ""),
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _read_results(headers, authserv_id, receiver):
    if receiver is not None:
        return mail_auth.read_received(headers, receiver)
    values = (header_text(value) for name, value in headers if name == "authentication-results")
    return mail_auth.without_doubled(headers, mail_auth.read(values, authserv_id)), ()


def _report(whole, leaves, text):
    """Return the delivery report a mail is, or None."""
    status = next((part for part in leaves if part.type == "message/delivery-status"), None)
    original = next((p for p in leaves if p.type in ("message/rfc822", "text/rfc822-headers")), None)
    headers = mime.read_part(original.content(), top=True) if original else mime.Part((), b"")
    failed = [a.address for a in addresses(whole.get("x-failed-recipients"))]
    message_id = next(iter(_ids(headers.get("message-id"))), None)
    sender = next(iter(addresses(whole.get("from"))), Address("", ""))
    if not failed and whole.type != "multipart/report" and sender.local.lower() not in _BOUNCERS:
        return None
    if status is None:
        if whole.type == "multipart/report" and sender.local.lower() not in _BOUNCERS:
            return None
        copy = _ID_IN_COPY.search(text)
        failed = failed or [match[0].lower().strip(".'") for match in BARE.finditer(text[:20_000])]
        return Report(tuple(failed[:MAX_ADDRESSES]), "failed", None, headers, message_id or (copy and copy[1]))
    fields = [(name.lower(), value) for name, value in _DSN_FIELD.findall(status.text())]
    for name, value in fields:
        if name in ("final-recipient", "original-recipient"):
            failed += [a.address for a in addresses(value.rpartition(";")[2])]
    actions = [value.strip().lower() for name, value in fields if name == "action"]
    action = "failed" if "failed" in actions or not actions else actions[0]
    code = next((value.strip() for name, value in fields if name == "status"), None)
    told = next((value.partition(";")[2].strip() for name, value in fields if name == "diagnostic-code"), None)
    return Report(tuple(dict.fromkeys(failed))[:MAX_ADDRESSES], action, code, headers, message_id, told or None)


def unclaimed(mail: Mail) -> InboundMail:
    """Return what a mail is that names no marketplace: nothing of ours, kept readable."""
    host = mail.senders[0].host
    return InboundMail(
        app=None,
        kind="unknown",
        dedup_ref=f"id:{mail.message_id}" if mail.message_id else f"sha256:{mail.digest}",
        attachments=mail.attachments,
        authentication=mail.authentication.verdict(host) if host else "none",
        reasons=("claims no marketplace",),
        subject=mail.subject,
        body=mail.body,
        sender=mail.from_address or None,
        recipients=mail.recipients,
        message_id=mail.message_id,
        date=mail.date,
    )
