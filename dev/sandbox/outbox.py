"""The pretend marketplaces' outgoing mail: a queue in memory that tries for ever while it is only told to wait."""

import heapq
import re
import smtplib
import threading
import time
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from email.utils import parseaddr

from .hosts import host_of, marketplace_of
from .times import now, stamp

_MESSAGE_REF = re.compile(rb"no-response-needed\?t=3D\w+&m=3D(\w+)&")
_PAUSES = (0.2, 0.5, 1, 2, 5)


@dataclass
class Mail:
    """A mail on its way: ``state`` is queued, accepted, refused (5xx) or bounced (returned later)."""

    number: int
    to: str
    sender: str
    message_id: str
    message_ref: str | None
    subject: str
    authentication: str
    size: int
    generation: int
    raw: bytes | None = field(repr=False)  # None once it is settled
    state: str = "queued"
    attempts: int = 0
    answer: str | None = None
    queued: str = field(default_factory=lambda: stamp(now()))
    accepted: str | None = None

    def report(self):
        """Return the mail as plain data, without its raw bytes."""
        return {key: value for key, value in asdict(self).items() if key not in ("raw", "generation")}


class Outbox:
    """Sends mails to the sandbox's SMTP receiver, several at a time.

    :param World world: gets the log of mails.
    :param str token: secret by which the receiver knows us.
    """

    def __init__(self, world, token, workers=8):
        self._world = world
        self._token = token
        self._queue = []
        self._changed = threading.Condition()
        self._ended = False
        self._port = None
        self._threads = [threading.Thread(target=self._work, daemon=True) for _n in range(workers)]

    def start(self, port):
        """Begin to send to a port of this machine."""
        self._port = port
        for thread in self._threads:
            thread.start()

    def stop(self):
        """Stop sending; what is queued is dropped."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def send(self, raw, to, *, sender=None, authentication="pass", message_ref=None):
        """Queue a mail and return its record.

        :param bytes raw: the mail.
        :param str to: recipient.
        :param str sender: envelope sender; by default as the marketplace makes it.
        :param str authentication: what the receiving server shall find: ``pass``, ``fail`` or ``none``.
        :param str message_ref: the ``m=`` in it, where known.
        """
        head = message_from_bytes(raw.split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0] + b"\r\n\r\n")
        message_id = str(head.get("Message-ID", "")).strip()
        mail = Mail(
            number=self._world.next_number(),
            to=to,
            sender=_envelope(head, message_id) if sender is None else sender,
            message_id=message_id,
            message_ref=message_ref or _find_message_ref(raw),
            subject=str(head.get("Subject", "")),
            authentication=authentication,
            size=len(raw),
            generation=self._world.generation,
            raw=raw,
        )
        with self._world.lock:
            self._world.mails.append(mail)
        self._push(mail, 0)
        return mail

    def wait(self, *mails, timeout=30):
        """Wait until mails (by default all) are no longer queued and return whether they are."""
        mails = mails or tuple(self._world.mails)
        until = time.monotonic() + timeout
        with self._changed:
            while any(m.state == "queued" for m in mails):
                rest = until - time.monotonic()
                if rest <= 0 or self._ended:
                    return False
                self._changed.wait(rest)
        return True

    def _push(self, mail, pause):
        with self._changed:
            heapq.heappush(self._queue, (time.monotonic() + pause, mail.number, mail))
            self._changed.notify()

    def _pop(self):
        with self._changed:
            while not self._ended:
                if self._queue and self._queue[0][0] <= time.monotonic():
                    return heapq.heappop(self._queue)[2]
                self._changed.wait(max(self._queue[0][0] - time.monotonic(), 0) if self._queue else None)
        return None

    def _work(self):
        while mail := self._pop():
            if mail.generation != self._world.generation:
                continue
            code, answer = self._try(mail)
            mail.attempts += 1
            mail.answer = f"{code} {answer}"
            if 200 <= code < 300:
                self._settle(mail, "accepted")
            elif code >= 500:
                self._settle(mail, "refused")
            else:
                self._push(mail, _PAUSES[min(mail.attempts, len(_PAUSES)) - 1])

    def _settle(self, mail, state):
        with self._changed:
            mail.state, mail.raw = state, None
            mail.accepted = stamp(now()) if state == "accepted" else None
            self._changed.notify_all()

    def _try(self, mail):
        hello = f"{self._token}-{mail.authentication}.invalid"
        try:
            with smtplib.SMTP("127.0.0.1", self._port, hello, timeout=300) as smtp:
                smtp.sendmail(mail.sender, [mail.to], mail.raw, ["BODY=8BITMIME"])
        except smtplib.SMTPResponseException as error:
            return error.smtp_code, _words(error.smtp_error)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return code, _words(words)
        except OSError as error:  # includes the other SMTP errors: the connection broke
            return 421, type(error).__name__
        return 250, "accepted"


def _words(answer):
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)


def _find_message_ref(raw):
    found = _MESSAGE_REF.search(raw[:65536].replace(b"=\r\n", b"").replace(b"=\n", b""))
    return found[1].decode() if found else None


def _envelope(head, message_id):
    sender = parseaddr(str(head.get("From", "")))[1]
    if marketplace_of(host_of(sender)) == "walmart":
        return sender
    host = sender.rpartition("@")[2].removeprefix("marketplace.")
    return f"{message_id.strip('<>').partition('@')[0]}@bounces.{host}"
