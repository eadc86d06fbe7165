"""What crosses the wall about a mail that came in: frozen data, as in :mod:`.schema`."""

from dataclasses import dataclass, field, replace
from datetime import datetime

MAIL_KINDS = ("buyer_message", "notice", "undelivered", "suspect", "unknown")
AUTHENTICATIONS = ("pass", "fail", "none")
THREAD_REF_TYPES = ("token", "case", "alias", "in_reply_to")
#: Values of a mail that tell whose it is and what it belongs to; see `InboundMail.proves`.
IDENTITIES = ("order", "token", "case", "alias", "buyer_name")


@dataclass(frozen=True)
class NoticeKind:
    """A kind of mail from the marketplace that is not a buyer's words; ``code`` is `InboundMail.notice`.

    ``is_claim``: money is at stake and an answer is due; ``is_copy``: it holds an answer that went to a buyer.
    """

    code: str
    label: str
    is_claim: bool = False
    is_copy: bool = False


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str
    content: bytes = field(repr=False)
    content_id: str | None = None

    @property
    def size(self):
        """Return the size in bytes of the decoded content."""
        return len(self.content)


@dataclass(frozen=True)
class ThreadRef:
    """A key that ties mails together: ``token``, ``case``, ``alias`` or ``in_reply_to``."""

    type: str
    value: str


@dataclass(frozen=True)
class InboundMail:
    """What a marketplace makes of one raw mail (``docs/cli.md`` has each key).

    ``reply_to`` is the full address an answer must go to (plus tag kept), only for buyer messages.
    ``no_response_url`` is the marketplace's signed "no response needed" link, only when it stands where the
    marketplace writes it and on its own host; for a person's browser, never fetched by us.
    ``text`` is the buyer's own words for buyer messages; ``body`` the readable text of any mail.
    ``seller_ref`` is the seller account that the marketplace names, only where it writes it itself.
    ``proof`` is what proves a mail whose ``authentication`` is "pass": header, dkim, arc or decision. ``is_unchecked``:
    its signatures, which nobody checked or whose keys were not to be had, may still prove it.
    ``dedup_trusted`` is true when ``dedup_ref`` was made by the marketplace, not derived by us.
    ``reply_text`` is what a copy of our own reply ("reply_copy") says, for ``matches_reply``. Of "undelivered" mail
    ``refusal`` is why (one of ``REFUSALS``), ``refusal_text`` the same for a person, ``important_word`` what the
    subject must hold to pass, if the marketplace says so.
    ``typed`` names those of ``IDENTITIES`` that were read where a person can type: a display name, the subject of an
    answer by e-mail, the words, what is quoted, names of files. All others stood in the marketplace's own frame.
    """

    app: str | None
    kind: str
    site: str | None = None
    notice: str | None = None
    urgent: bool = False
    order_ref: str | None = None
    buyer_name: str | None = None
    text: str | None = None
    thread_refs: tuple[ThreadRef, ...] = ()
    dedup_ref: str = ""
    attachments: tuple[Attachment, ...] = ()
    authentication: str = "none"
    reasons: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    reply_to: str | None = None
    message_id: str | None = None
    date: datetime | None = None
    presale: bool = False
    item_ref: str | None = None
    no_response_url: str | None = None
    dedup_trusted: bool = False
    seller_ref: str | None = None
    reply_text: str | None = None
    refusal: str | None = None
    refusal_text: str | None = None
    important_word: str | None = None
    typed: frozenset[str] = frozenset()
    proof: str = ""
    is_unchecked: bool = False

    def find_ref(self, type_: str) -> str | None:
        """Return the first thread reference of a type, or None."""
        return next((ref.value for ref in self.thread_refs if ref.type == type_), None)

    def get_identity(self, name: str) -> str | None:
        """Return one of the values named in ``IDENTITIES``, proved or not, or None without it."""
        own = {"order": self.order_ref, "buyer_name": self.buyer_name}
        return own[name] if name in own else self.find_ref(name)

    def facts(self) -> "InboundMail":
        """Return this mail with only those values that it proves; what it says it answers stays, as a hint."""
        refs = tuple(ref for ref in self.thread_refs if ref.type == "in_reply_to" or self.proves(ref.type))
        return replace(self, order_ref=self.order_ref if self.proves("order") else None, thread_refs=refs)

    def proves(self, name: str) -> bool:
        """Tell whether one of ``IDENTITIES`` is a fact: written by the marketplace itself, in a mail that is genuine.

        What a mail says it answers (``in_reply_to``) is never one.
        """
        is_fact = self.authentication == "pass" and name in IDENTITIES and name not in self.typed
        return is_fact and bool(self.get_identity(name))
