"""One mail handed over by SMTP, so that it is known how far it got and when it has an end."""

import contextlib
import smtplib
import socket
import threading

#: Seconds for which a mail server may be silent, and what sending the mail itself may take.
SILENCE, MAIL_TIME = 20, 40
#: Seconds for a server that was away to show that it's back, before a connection is tried that may take minutes.
KNOCK = 10
#: Seconds after a reply was taken: until when a mail may be begun, and when its connection is cut. The latter is
#: well below the time after which Odoo kills a worker (120), which is well below the lease.
BEGIN_WITHIN, CUT_AFTER = 60, 100


class OutcomeUnknown(Exception):
    """The connection ended after the mail had left, before the server said a word: it was taken, or not."""


class ServerTrouble(Exception):
    """The server has no time for any mail of this sender."""


class MailTrouble(Exception):
    """The server has no time for this mail."""


class MailRefused(Exception):
    """The server does not want this mail, today or tomorrow."""


class HandOver:
    """A connection over which one mail goes, inside a ``with`` block.

    :param smtplib.SMTP smtp: connected; closed at the end.
    :param float seconds: after which it's cut, whatever is going on.
    """

    def __init__(self, smtp, seconds):
        #: All of the mail has left: from now on only the server knows whether it takes it.
        self.has_left = False
        self._smtp = smtp
        self._send = smtp.send
        # A server that says one letter at a time would go on for ever.
        self._timer = threading.Timer(seconds, socket.socket.shutdown, (smtp.sock, socket.SHUT_RDWR))
        self._timer.daemon = True

    def __enter__(self):
        self._smtp.sock.settimeout(SILENCE)
        self._smtp.send = self._watch
        self._timer.start()
        return self

    def __exit__(self, error, *_rest):
        self._timer.cancel()
        if not error:
            with contextlib.suppress(OSError):
                self._smtp.putcmd("quit")  # its answer tells nothing that is worth waiting for
        self._smtp.close()

    def _watch(self, words):
        is_mail = isinstance(words, bytes)  # commands are text
        if is_mail:
            self.has_left = True
            self._smtp.sock.settimeout(MAIL_TIME)
        try:
            self._send(words)
        except OSError:
            # Without the line that ends it no server takes a mail.
            self.has_left = self.has_left and not is_mail
            raise


def knock(host, port, greets):
    """Look whether a server answers at all: with Odoo's own patience a worker would wait for a minute.

    :param bool greets: it speaks first, which it does where encryption does not come before all.
    :raise OSError: it does not.
    """
    with socket.create_connection((host, port), KNOCK) as connection:
        if greets and not connection.recv(1):
            raise ConnectionResetError("The mail server hung up.")


def explain_connecting(error):
    """Return what it means that a connection could not be made."""
    code, reason = _answer(error)
    return MailRefused(reason) if code >= 500 else ServerTrouble(reason)


def explain_sending(error, has_left):
    """Return what it means that a mail was not handed over; None when that has nothing to do with the server.

    :param bool has_left: all of the mail was sent.
    """
    # Odoo wraps what the mail server said.
    error = error if isinstance(error, smtplib.SMTPException) else error.__context__ or error
    code, reason = _answer(error)
    if 400 <= code < 500:
        concerns_all = code == 421 or isinstance(error, smtplib.SMTPSenderRefused)
        return ServerTrouble(reason) if concerns_all else MailTrouble(reason)
    if code >= 500:
        return MailRefused(reason)
    if has_left:
        return OutcomeUnknown(reason)
    if isinstance(error, smtplib.SMTPNotSupportedError) or not isinstance(error, OSError):
        return None
    return MailTrouble(reason)


def _answer(error):
    """Return (code of the server's answer or 0, what it said)."""
    code, words = 0, error
    if isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    elif isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    words = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words) or type(words).__name__
    return code, (f"{code} {words}" if code else words)[:300]
