"""Mails that arrived: stamped as a receiving server does, or opened for somebody to read."""

import re
import secrets
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from email.utils import format_datetime, getaddresses

from .amazon.identity import ses_server
from .hosts import marketplace_of
from .sites import get_site
from .times import now, stamp

_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass
class Received:
    """A mail that reached somebody: who, from whom, what. ``kind`` is mail, auto (automatic) or bounce.

    ``fate`` of a mail to a buyer: shown, dropped, bounced, opted_out, or unknown (no such buyer).
    """

    number: int
    to: str
    sender: str
    header_from: str
    subject: str
    text: str
    kind: str
    message_id: str
    in_reply_to: str | None
    attachments: list
    raw: bytes = field(repr=False)
    approved: bool | None = None
    fate: str | None = None
    time: str = field(default_factory=lambda: stamp(now()))

    def report(self):
        """Return the mail as plain data, without its raw bytes."""
        return {k: v for k, v in asdict(self).items() if k != "raw"} | {"size": len(self.raw)}


def open_mail(number, raw, to, sender):
    """Return what a recipient sees of a raw mail."""
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain", "html"))
    return Received(
        number=number,
        to=to,
        sender=sender,
        header_from=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        text=_text(body),
        kind=_kind(message, sender),
        message_id=str(message.get("Message-ID", "")).strip(),
        in_reply_to=message.get("In-Reply-To"),
        attachments=[part.get_filename() or part.get_content_type() for part in message.iter_attachments()],
        raw=raw,
    )


def _text(body):
    if body is None:
        return ""
    text = body.get_content().replace("\r\n", "\n")
    if body.get_content_subtype() == "html":
        text = re.sub(r"<(br|/p|/div|/tr|/h\d)\b[^>]*>", "\n", text, flags=re.IGNORECASE)
        text = re.sub(r"<[^>]+>", "", text)
    return text.strip()


def _kind(message, sender):
    if not sender or message.get_content_type() == "multipart/report":
        return "bounce"
    if message.get("Auto-Submitted", "no") != "no" or message.get("Precedence") in ("bulk", "auto_reply"):
        return "auto"
    return "mail"


def stamp_mail(raw, sender, recipients, authentication, authserv_id):
    """Return a raw mail with what a receiving server writes on top of it.

    :param str authentication: ``pass`` (from the marketplace), ``fail`` (forged) or ``none`` (nothing published).
    :param str authserv_id: our name in Authentication-Results; headers that claim it already are removed.
    """
    raw = _without_own_results(raw, authserv_id)
    host = _from_host(raw)
    lines = [f"Return-Path: <{sender}>"]
    lines += [f"Delivered-To: {recipient}" for recipient in recipients]
    lines.append(_results(sender, authentication, authserv_id, host))
    lines.append(_received(sender, recipients, authentication, authserv_id, host))
    return "".join(f"{line}\r\n" for line in lines).encode() + raw


def _without_own_results(raw, authserv_id):
    end = _HEAD_END.search(raw)
    head, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw, b"")
    own = rb"^Authentication-Results:\s*" + re.escape(authserv_id.encode()) + rb"(?=[\s;]|$)"
    fields = re.split(rb"\r?\n(?![ \t])", head)
    return b"\r\n".join(f for f in fields if not re.match(own, f, re.IGNORECASE)) + rest


def _from_host(raw):
    head = message_from_bytes(_HEAD_END.split(raw, 1)[0] + b"\r\n\r\n")
    addresses = getaddresses([str(head.get("From", ""))])
    return addresses[0][1].rpartition("@")[2].lower() if addresses else ""


def _received(sender, recipients, authentication, authserv_id, host):
    server = "mail.elsewhere.example"
    if authentication == "pass" and marketplace_of(host) == "walmart":
        server = "mta.relay.walmart.com"
    elif authentication == "pass":
        try:
            server = ses_server(get_site(_organisation(host)).region)
        except KeyError:
            server = ses_server("na")
    return (
        f"Received: from {server} ({server} [192.0.2.25])\r\n\tby {authserv_id} with ESMTPS id {secrets.token_hex(7)}"
        f"\r\n\tfor <{recipients[0]}>; {format_datetime(now())}"
    )


def _organisation(host):
    return host.removeprefix("marketplace.").removeprefix("bounces.")


def _results(sender, authentication, authserv_id, host):
    mail_from = sender.rpartition("@")[2] or "unknown"
    if authentication == "pass" and marketplace_of(host) == "walmart":
        results = [
            f"dkim=pass header.i=@{host} header.s=s1",
            f"spf=pass smtp.mailfrom={mail_from}",
            f"dmarc=pass header.from={host}",
        ]
    elif authentication == "pass":
        signer = _organisation(host)
        results = [
            f"dkim=pass header.i=@{signer} header.s=sandbox header.b={secrets.token_hex(4)}",
            f"dkim=pass header.i=@amazonses.com header.s=sandbox header.b={secrets.token_hex(4)}",
            f"spf=pass smtp.mailfrom={mail_from}",
            f"dmarc=pass (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from={host}",
        ]
    elif authentication == "fail":
        results = [
            "dkim=none",
            f"spf=fail smtp.mailfrom={mail_from}",
            f"dmarc=fail (p=QUARANTINE sp=QUARANTINE dis=QUARANTINE) header.from={host}",
        ]
    else:
        results = ["dkim=none", "spf=none", "dmarc=none"]
    return ";\r\n\t".join([f"Authentication-Results: {authserv_id}", *results])
