"""Mails whose From a forwarder wrote anew (Google Groups, lists): whose they were.

Google Groups writes ``'Jo' via Support <support@shop.example>`` where the sender's domain asks for DMARC, and keeps the
sender in Reply-To, ``X-Original-From`` or ``X-Original-Sender``. Source: mails.md 9. Anybody can write such lines: they
count by a chain of forwarders that is believed (``mail_dkim``), else the mail is shown as the original, unproved.
"""

import re
from dataclasses import replace

from .address import addresses
from .authentication import Authentication
from .charset import to_text
from .dkim_check import ORIGINALS

_VIA = re.compile(r"^['\"]?(.{1,200}?)['\"]?\s+(?:via|über|par|tramite|a través de)\s", re.IGNORECASE)


def restore(mail, signers_of):
    """Return a mail with the From line that it had, or as it is when nobody rewrote it.

    :param mail.Mail mail: as decoded.
    :param signers_of: function of a host → what would prove its mail, None for hosts of no marketplace.
    """
    if len(mail.senders) != 1 or signers_of(mail.senders[0].host) is not None:
        return mail
    chain = mail.authentication.signatures and mail.authentication.signatures.chain
    if chain and chain.result == "pass" and chain.sender:
        return _with_sender(mail, chain.sender, mail.authentication)
    line = _claimed(mail, signers_of)
    # What the receiving server says is about the forwarder's address.
    known = mail.authentication
    unproved = Authentication(signatures=known.signatures, judgement=known.judgement)
    return _with_sender(mail, line, unproved) if line else mail


def _claimed(mail, signers_of):
    """Return the From line that a mail says it had, None when it does not look rewritten by the address it came to."""
    match = _VIA.match(mail.from_name)
    if not match or mail.from_address.lower() not in mail.recipients:
        return None
    for name in ORIGINALS:
        for value in [to_text(value) for key, value in mail.headers if key == name][:1]:
            found = addresses(value)
            if len(found) == 1 and signers_of(found[0].host) is not None:
                name = (found[0].name or match[1]).replace('"', "").replace("\\", "")
                return f'"{name}" <{found[0].address}>'
    return None


def _with_sender(mail, line, authentication):
    headers = tuple((name, value) for name, value in mail.headers if name != "from")
    sender = ("from", line.encode("utf-8", "replace"))
    return replace(mail, headers=(sender, *headers), authentication=authentication)
