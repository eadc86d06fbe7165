"""Delivery reports of the pretend marketplaces' mail servers, as RFC 3464 has them."""

from email import message_from_bytes, policy
from secrets import token_hex

from . import mime
from .chance import rng
from .times import now

_REASON = "550 5.7.1 Sender is not authorized"
_AMAZON = "inbound-smtp.amazon.example"


def report(mail, reason=_REASON, server=_AMAZON):
    """Return a raw delivery report that gives a mail back.

    :param Received mail: what is given back.
    :param str reason: what the server says.
    :param str server: its name.
    """
    source, when = rng("bounce", token_hex(8)), now()
    status = next((word for word in reason.split() if word.count(".") == 2), "5.0.0")
    returned = message_from_bytes(mail.raw, policy=policy.default)
    kept = ("From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Date")
    head = "".join(f"{name}: {' '.join(str(returned[name]).split())}\r\n" for name in kept if returned[name])
    words = f"Your message could not be delivered to\r\n<{mail.to}>:\r\n{reason}\r\n"
    fields = (
        f"Reporting-MTA: dns; {server}\r\n\r\n"
        f"Final-Recipient: rfc822; {mail.to}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {reason}\r\n"
    )
    parts = [
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}",
        f"Content-Type: message/delivery-status\r\n\r\n{fields}",
        f"Content-Type: text/rfc822-headers; charset=utf-8\r\n\r\n{head}",
    ]
    boundary = f"=_{token_hex(12)}"
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    headers = (
        f"Date: {mime.date(when)}\r\n"
        f"From: Mail Delivery System <MAILER-DAEMON@{server}>\r\n"
        f"To: {mail.sender}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <{source.getrandbits(64):x}@{server}>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n'
    )
    return (headers + body).encode()
