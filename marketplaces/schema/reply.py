"""What crosses the wall when we write to a buyer: frozen data, as in :mod:`.schema`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formataddr
from typing import NamedTuple

#: "block": can't be sent like this; "warn": an agent may send it all the same.
FINDING_LEVELS = ("block", "warn")
FIELD_KINDS = ("text", "html", "files", "date")
#: Why a reply of ours did not reach the buyer: the buyer takes no unasked mail, our address is not registered, the
#: content was not let through, nobody reads that address, the mail server gave it back for another reason.
REFUSALS = ("opted_out", "sender", "content", "auto_reply", "bounced")


@dataclass(frozen=True)
class Finding:
    """What an agent should know before sending. ``excerpts`` are the places in the text, as they stand there."""

    code: str
    level: str
    text: str
    excerpts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReplyFile:
    """A file that is to go with a reply; ``size`` in bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class FileLimits:
    """What files may go with a reply: endings of their names, how many, bytes of each and of all together.

    None is no limit that we know of.
    """

    endings: tuple[str, ...] = ()
    count: int | None = None
    bytes_each: int | None = None
    bytes_total: int | None = None

    def describe(self) -> str:
        """Return these limits in words, empty when there are none."""
        parts = [
            ", ".join(self.endings),
            f"up to {self.count} files" if self.count else "",
            f"{self.bytes_each / 1_000_000:g} MB each" if self.bytes_each else "",
            f"{self.bytes_total / 1_000_000:g} MB together" if self.bytes_total else "",
        ]
        return "; ".join(filter(None, parts))


@dataclass(frozen=True)
class BuyerMail:
    """The mail of a buyer that is answered, as far as that needs it; an ``InboundMail`` does as well.

    ``reply_to`` is the buyer's address with its tag, ``text`` the buyer's own words.
    """

    message_id: str | None = None
    references: tuple[str, ...] = ()
    subject: str = ""
    reply_to: str | None = None
    text: str | None = None
    date: datetime | None = None


@dataclass(frozen=True)
class MailReply:
    """A mail to a buyer as it is to be sent: whoever sends it adds files, a Message-ID and a date, nothing else.

    ``sender`` is at once From, Reply-To and the envelope's sender. ``words`` is what the agent wrote, which
    ``matches_reply`` takes; ``text`` and its bare twin ``html`` also hold the signature and the quoted mail.
    """

    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    important: bool = False
    sender_name: str = ""
    words: str = ""

    @property
    def from_header(self) -> str:
        """Return the sender with the shop's name, ready for From."""
        return formataddr((self.sender_name, self.sender)) if self.sender_name else self.sender

    @property
    def references_header(self) -> str | None:
        """Return the ids of the thread, ready for References, or None."""
        return " ".join(self.references) or None


class Placeholder(NamedTuple):
    """A word in braces that a template may hold: ``value(order, site)`` is the text for it, or None."""

    name: str
    label: str
    value: Callable
    personal: bool = False


@dataclass(frozen=True)
class ActionField:
    """One field of the form of a :class:`MessageAction`.

    ``kind`` is one of ``FIELD_KINDS``; ``max_length`` counts characters of a text, or files.
    """

    name: str
    label: str
    kind: str
    required: bool = True
    max_length: int | None = None
    help: str = ""


@dataclass(frozen=True)
class MessageAction:
    """A message that the marketplace sends for us about an order; ``help`` says when it may be used."""

    code: str
    title: str
    help: str
    fields: tuple[ActionField, ...] = ()


@dataclass(frozen=True)
class UploadedFile:
    """A file that lies at the marketplace, ready to be named in a message. ``file_ref`` is good for minutes only."""

    file_ref: str = field(repr=False)
    name: str


def text_field(max_length: int, help_: str = "") -> ActionField:
    """Return the field of a message's own words."""
    return ActionField("text", "Message", "text", True, max_length, help_)


def files_field(max_length: int, required: bool) -> ActionField:
    """Return the field of a message's files."""
    return ActionField("files", "Files", "files", required, max_length)
