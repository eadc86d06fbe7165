"""The part of the contract about writing to a buyer: by mail from a ticket, and through the marketplace's API."""

from collections.abc import Mapping, Sequence

from .reply import match, placeholders
from .schema import (
    ActionField,
    FileLimits,
    Finding,
    InboundMail,
    MailReply,
    MessageAction,
    Order,
    Placeholder,
    ReplyFile,
    Site,
    UploadedFile,
)


class ReplyContract:
    """Part of :class:`.base.Marketplace`. Class methods are pure; the others are one API call each."""

    #: Buyers can be answered by mail: :meth:`make_reply` works.
    has_replies: bool = False
    #: A seller may write to the buyer of an order who did not ask anything.
    has_write_first: bool = False
    #: Reasons of refusal (see ``schema_reply.REFUSALS``) after which an agent may send again marked as important.
    important_after: tuple[str, ...] = ()
    #: What files may go with a reply; an admin may know better (see :meth:`check_reply`).
    file_limits: FileLimits = FileLimits()
    #: Templates may name the buyer.
    has_personal_placeholders: bool = False
    #: What a template may hold in braces: (name, label, function of order and site → text or None, personal).
    PLACEHOLDERS: tuple[Placeholder, ...] = placeholders.COMMON
    #: All messages that the API can send about an order: :meth:`fetch_message_actions` tells which of them it may.
    message_actions: tuple[MessageAction, ...] = ()
    #: Such a message counts at the marketplace as an answer to what the buyer wrote last.
    message_answers: bool = False
    #: How buyers are asked for a review, if they can be: :meth:`fetch_review_action` tells of which order they may.
    review_action: MessageAction | None = None

    # --- by mail: pure -------------------------------------------------------------------------------

    @classmethod
    def can_reply(cls, *, reply_to: str | None, order: Order | None = None, is_answer: bool = True) -> str | None:
        """Return why the buyer can't be written to, in words for an agent, or None.

        :param str reply_to: the buyer's address of the last message, else the order's ``relay``.
        :param bool is_answer: a message of the buyer is answered; false when we write first.
        """
        raise NotImplementedError

    @classmethod
    def check_reply(
        cls,
        text: str,
        files: Sequence[ReplyFile] = (),
        *,
        site: Site | None,
        order: Order | None = None,
        buyer_text: str | None = None,
        is_answer: bool = True,
        file_limits: FileLimits | None = None,
    ) -> list[Finding]:
        """Return what an agent should know before sending this; blocking findings first. Fast: can follow typing.

        :param str text: what the agent wrote, without signature and quoted mail, as plain text.
        :param Order order: its numbers are not taken for phone numbers.
        :param str buyer_text: what is answered: a buyer's own language is never wrong.
        :param bool is_answer: see :meth:`can_reply`.
        :param FileLimits file_limits: replaces the class's own, when an admin knows better.
        """
        raise NotImplementedError

    @classmethod
    def make_reply(
        cls,
        *,
        site: Site,
        site_address: str,
        site_name: str,
        text: str,
        buyer_mail=None,
        recipient: str | None = None,
        order_ref: str | None = None,
        signature: str | None = None,
        important: bool = False,
        important_word: str | None = None,
    ) -> MailReply:
        """Return the mail that answers a buyer, or that writes to one first.

        :param str site_address: the address that the marketplace knows as ours for this storefront.
        :param str site_name: our shop's name.
        :param buyer_mail: the buyer's last message (:class:`.schema.BuyerMail` or ``InboundMail``); never a notice.
        :param str recipient: the buyer's address when there is no such message, with ``order_ref``.
        :param str signature: the site's own, plain.
        :param str important_word: what the marketplace's refusal says the subject must hold (``InboundMail``), if any.
        :raise Refused: an address is missing or can't be one.
        """
        raise NotImplementedError

    @classmethod
    def fill_placeholders(cls, text: str, order: Order | None, site: Site | None) -> tuple[str, list[str]]:
        """Return a template's text with its placeholders filled, and the labels of those that have no value.

        The latter stay as they are, so that :meth:`check_reply` finds them; names that are no placeholders likewise.
        """
        return placeholders.fill(text, cls.offered_placeholders(), order, site)

    @classmethod
    def offered_placeholders(cls) -> list[Placeholder]:
        """Return what templates may hold: the buyer's name only where the marketplace allows it."""
        return [one for one in cls.PLACEHOLDERS if cls.has_personal_placeholders or not one.personal]

    @classmethod
    def reply_similarity(cls, copy: InboundMail | str | None, reply_text: str) -> float:
        """Return how much of our words (``MailReply.words``) the marketplace's copy holds: 0 nothing, 1 all.

        Of several replies to one order the one with the highest value is meant.
        """
        if copy is None or isinstance(copy, str):
            return match.similarity(copy, reply_text) if copy is not None else 0.0
        if copy.reply_text is None:  # its frame was not understood
            return match.containment(copy.body, reply_text)
        return match.similarity(copy.reply_text, reply_text)

    @classmethod
    def matches_reply(cls, copy: InboundMail | str | None, reply_text: str) -> bool:
        """Tell whether a marketplace's copy (``notice`` "reply_copy", or its text) is one of this reply of ours."""
        return cls.reply_similarity(copy, reply_text) >= match.ENOUGH

    # --- by API --------------------------------------------------------------------------------------

    @classmethod
    def get_message_action(cls, code: str) -> MessageAction | None:
        """Return the message with this code."""
        return next((action for action in cls.message_actions if action.code == code), None)

    @classmethod
    def check_message(
        cls, action_code: str, values: Mapping, files: Sequence[ReplyFile] = (), *, site: Site, order=None
    ) -> list[Finding]:
        """Return what an agent should know before a message of the API is sent; see :meth:`send_message`.

        :param files: those to be uploaded for the action's field of the kind "files".
        """
        raise NotImplementedError

    @classmethod
    def explain_review(cls, order: Order, now) -> str | None:
        """Return why the buyer of an order can't be asked for a review now, in words, or None when we can't tell.

        :param datetime now: aware.
        """
        raise NotImplementedError

    def fetch_message_actions(self, order_ref: str, *, site: Site) -> list[MessageAction]:
        """Return the messages that the marketplace would send about this order now."""
        raise NotImplementedError

    def fetch_buyer_lang(self, order_ref: str, *, site: Site) -> str | None:
        """Return the language that the buyer prefers, such as "en-US": messages of the API must be written in it."""
        raise NotImplementedError

    def upload_file(
        self, order_ref: str, action_code: str, *, site: Site, name: str, content_type: str, content: bytes
    ) -> UploadedFile:
        """Return a file that was brought to the marketplace for one message about one order.

        It may be done again without harm; each file must be used within minutes.
        """
        raise NotImplementedError

    def send_message(self, order_ref: str, action_code: str, values: Mapping, *, site: Site) -> None:
        """Have the marketplace send a message about an order.

        :param dict values: by the names of the action's fields: text, a tuple of :class:`UploadedFile`, dates.
        :raise Refused: a value is missing or too long, or the marketplace doesn't allow this message any more.
        :raise Unconfirmed: it may have been sent. Not to be tried again without a person's word.
        """
        raise NotImplementedError

    def fetch_review_action(self, order_ref: str, *, site: Site) -> MessageAction | None:
        """Return how the buyer of this order can be asked for a review, or None when that is not possible now."""
        raise NotImplementedError

    def request_review(self, order_ref: str, *, site: Site) -> None:
        """Have the marketplace ask the buyer for a review; errors as :meth:`send_message`."""
        raise NotImplementedError


def text_field(max_length: int, help_: str = "") -> ActionField:
    """Return the field of a message's own words."""
    return ActionField("text", "Message", "text", True, max_length, help_)


def files_field(max_length: int, required: bool) -> ActionField:
    """Return the field of a message's files."""
    return ActionField("files", "Files", "files", required, max_length)
