"""The contract: what a marketplace must know so that Odoo needs to know nothing about it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from .reply import match, placeholders
from .schema import (
    Consent,
    CredentialField,
    Credentials,
    FileLimits,
    Finding,
    InboundMail,
    LoginRequest,
    MailReply,
    MessageAction,
    NoticeKind,
    Order,
    OrderPage,
    Participation,
    Placeholder,
    ReplyFile,
    SetupPlace,
    Site,
    Token,
    UploadedFile,
)


class Marketplace:
    """One marketplace. Class methods need no account; the others speak to its API for one account.

    :param Credentials credentials: what opens the account; ``access_token`` may be empty until the caller
        has called :meth:`renew_token`.
    :param dict endpoints: base URLs by name that replace the official ones (sandbox only).
    :param transport: stands in for the network (tests); marketplace-specific.
    """

    code: str
    name: str
    #: What sellers call the marketplace's console.
    console_name: str
    #: (regions in the order people know them): ((code, label), …)
    regions: tuple[tuple[str, str], ...] = ()
    #: Regions that can't be connected, and why, in words for an admin: ((label, why), …).
    other_regions: tuple[tuple[str, str], ...] = ()
    #: An account has one storefront only: the keys of each are its own.
    has_one_site: bool = False
    #: The catalogue of storefronts.
    sites: tuple[Site, ...] = ()
    #: Calls a second and burst of each method of this class that calls the API: {method: (rate, burst)}.
    rates: dict[str, tuple[float, int]] = {}
    #: Hours within which the marketplace expects an answer to a buyer.
    reply_hours: int = 24
    #: A mail that names no order may be found among the orders of this many last days, by :meth:`relay_key`; 0 never.
    relay_days: int = 0
    #: In-Reply-To of a buyer's mail tells which answer of ours it is about.
    threads_by_answer: bool = False
    #: The kinds of notices it sends.
    notices: tuple[NoticeKind, ...] = ()

    #: What an admin copies from the application at the marketplace, in the order of the form.
    credential_fields: tuple[CredentialField, ...] = ()
    #: What an admin enters of the seller account itself when it is not authorized in the browser.
    account_fields: tuple[CredentialField, ...] = ()
    #: What the marketplace calls a seller's id, where it is found, and what it looks like (regular expression).
    seller_ref_label: str = "Seller ID"
    seller_ref_help: str = ""
    seller_ref_pattern: str = r"\S{1,64}"
    #: Client id and secret alone open the account: there is nothing more to authorize, and each account has its own.
    has_own_keys: bool = False
    #: The seller can authorize in the browser: :meth:`consent_url` and what follows it work.
    has_consent: bool = False
    #: Days until an authorization given in the browser must be given again, and until a client secret ends.
    authorization_days: int | None = None
    secret_days: int | None = None
    #: Codes of errors on the way through the consent page → what happened and the way out.
    consent_errors: dict[str, str] = {}
    #: Where in the seller's console a storefront's address must be entered.
    setup_places: tuple[SetupPlace, ...] = ()

    #: Buyers can be answered by mail: :meth:`can_reply`, :meth:`check_reply` and :meth:`make_reply` work.
    has_replies: bool = False
    #: A seller may write to the buyer of an order who did not ask anything.
    has_write_first: bool = False
    #: Reasons of refusal (see ``schema.REFUSALS``) after which an agent may send again marked as important.
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

    def __init__(self, credentials: Credentials, *, endpoints=None, transport=None):
        self.credentials = credentials
        self.endpoints = dict(endpoints or {})
        self.transport = transport
        #: Requests sent so far that count against a rate limit.
        self.requests = 0

    # --- mail: pure, no account needed ---------------------------------------------------------------

    @classmethod
    def claims_mail(cls, mail) -> bool:
        """Tell whether a decoded mail (``mail.Mail``) says it comes from this marketplace, truly or not."""
        raise NotImplementedError

    @classmethod
    def owns_mail(cls, mail) -> bool:
        """Tell whether a decoded mail, or only its header, is this marketplace's: from its hosts or with its marks.

        Narrower than :meth:`claims_mail`: it decides what is taken out of a mailbox that people use for their own
        mail as well, so a name that only sounds like the marketplace is not enough. A delivery report belongs here
        when it is about a mail to a buyer.
        """
        raise NotImplementedError

    @classmethod
    def signers_of(cls, host: str):
        """Return the domains whose DKIM signature proves that a mail from a host is this marketplace's.

        Empty: the host's own and those above it. None: the host is not the marketplace's, and nothing would prove it;
        nobody's name server is asked then. Without an override signatures are not checked, and only the receiving
        server's own verdict proves a mail.
        """
        return None

    @classmethod
    def read_mail(cls, mail, *, seller_names=()) -> InboundMail:
        """Return what a decoded mail (``mail.Mail``) means. Never raises on odd content.

        Only what the marketplace itself wrote decides whose mail it is. So each order, token, case, alias and buyer's
        name that is read where a person can type goes into ``InboundMail.typed``: the sender's display name, the
        subject of an answer by e-mail, the words, quoted mails, names of files, and any of them that the marketplace
        repeats in a text of its own ("… wants to connect with you"). Not typed are headers that the marketplace sets,
        the address of its relay, parameters of links below the words, its own table or form above them, and a subject
        that it composed, without the name that it may quote there. A buyer can answer with a mail that looks like the
        marketplace's own in every word: where nothing tells the two apart, it is typed.

        :param seller_names: our own seller names, never taken for a buyer's.
        """
        raise NotImplementedError

    @classmethod
    def is_relay_address(cls, address: str) -> bool:
        """Tell whether an e-mail address is one where the marketplace would pass mail on to a buyer."""
        raise NotImplementedError

    @classmethod
    def relay_key(cls, address: str | None) -> str | None:
        """Return what is the same in all addresses of a buyer's relay, or None when this is none of them."""
        return address.lower() if address and cls.is_relay_address(address) else None

    @classmethod
    def claim_hours(cls, mail: InboundMail) -> int | None:
        """Return how many hours there are to answer the claim that a notice is about, counted from its date.

        None when it is no claim, needs no answer any more, or the marketplace's time is not known.
        """
        return None

    @classmethod
    def copied_words(cls, mail: InboundMail) -> str:
        """Return the words of an answer in the marketplace's copy of it (a notice that ``is_copy``)."""
        return mail.body

    # --- orders: pure --------------------------------------------------------------------------------

    @classmethod
    def orders_from_json(cls, data) -> list[Order]:
        """Return the orders in a decoded API answer, whatever its wrapping.

        :raise Unreadable: when it holds no order.
        """
        raise NotImplementedError

    @classmethod
    def normalize_ref(cls, text: str) -> str | None:
        """Return an order number as the API writes it, or None when the text can't be one."""
        raise NotImplementedError

    @classmethod
    def order_url(cls, site: Site, order_ref: str) -> str | None:
        """Return the address of the order in the seller's console."""
        raise NotImplementedError

    @classmethod
    def item_url(cls, site: Site, item_ref: str) -> str | None:
        """Return the address of the product's public page."""
        raise NotImplementedError

    @classmethod
    def get_site(cls, code_or_ref: str | None) -> Site | None:
        """Return the storefront with this country code or marketplace id."""
        return next((s for s in cls.sites if code_or_ref and code_or_ref in (s.code, s.site_ref)), None)

    # --- connecting: pure ----------------------------------------------------------------------------

    @classmethod
    def check_seller_ref(cls, text: str) -> str | None:
        """Return a seller's id as the marketplace writes it, or None when the text can't be one."""
        # What is copied from a page may bring blanks and invisible characters along.
        chars = text if isinstance(text, str) else ""
        clean = "".join(char for char in chars if char.isprintable() and not char.isspace())
        return clean if re.fullmatch(cls.seller_ref_pattern, clean) else None

    @classmethod
    def consent_url(
        cls, *, region, site_ref=None, application_ref, state, redirect_uri=None, is_draft=False, endpoints=None
    ) -> str:
        """Return the address of the page where the seller allows the application.

        :param str region: of the account; ``site_ref``: a storefront whose console the seller is used to.
        :param str state: comes back to us with the answer; unguessable.
        :param str redirect_uri: where the answer goes; the application's first one when it is not given.
        :param bool is_draft: the application is not published yet.
        :param dict endpoints: ``console`` replaces the console's official address (sandbox only).
        :raise BadCredentials: ``application_ref`` is missing or can't be one.
        """
        raise NotImplementedError

    @classmethod
    def read_login(cls, params: Mapping, endpoints=None) -> LoginRequest:
        """Return what the marketplace asks when it sends a browser to our log-in address.

        :param params: the query: name → value or list of values, or a multi-dict (so that a name that is there
            twice is noticed).
        :raise Refused: the request is not one of the marketplace's, or would send the browser somewhere else.
        """
        raise NotImplementedError

    @classmethod
    def login_url(cls, login: LoginRequest, state: str, redirect_uri: str | None = None) -> str:
        """Return where the browser goes back to, once the person is signed in here."""
        raise NotImplementedError

    @classmethod
    def read_callback(cls, params: Mapping) -> Consent:
        """Return what the marketplace's consent page sent to our redirect address.

        :param params: see :meth:`read_login`.
        :raise Refused: it makes no sense.
        """
        raise NotImplementedError

    @classmethod
    def explain_consent_error(cls, code: str | None) -> str:
        """Return what an error on the way through the consent page means, and the way out."""
        known = next((text for name, text in cls.consent_errors.items() if _fold(name) == _fold(code)), None)
        # What is no code may be a stranger's sentence: never on our page.
        named = f" with the error “{code}”" if re.fullmatch(r"[0-9A-Za-z_.-]{1,40}", str(code or "")) else ""
        return known or (
            f"{cls.name} ended the authorization{named}. Start again; if it happens again, "
            f"look for it in {cls.name}'s help on authorization errors or ask its developer support."
        )

    @classmethod
    def setup_url(cls, place: SetupPlace | str, site: Site) -> str:
        """Return the address of a place (or of its code) in the console of a storefront's seller.

        :raise KeyError: there is no such place.
        """
        code = place if isinstance(place, str) else place.code
        paths = {known.code: known.path for known in cls.setup_places}
        return f"https://{site.seller_host}{paths[code]}"

    @classmethod
    def app_url(cls, region: str) -> str:
        """Return the address where a seller of the region finds or makes the application and its keys."""
        raise NotImplementedError

    @classmethod
    def merchant_id_url(cls, region: str) -> str | None:
        """Return the address where a seller of the region reads the seller's id; None where nobody has to."""
        return None

    # --- writing to a buyer by mail: pure -------------------------------------------------------------

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

    # --- API: one account, one call each, no sleeping, no retries ------------------------------------

    def exchange_code(self, code: str, redirect_uri: str | None = None) -> Token:
        """Return access and refresh token for the code that the consent page sent.

        :param str redirect_uri: the one that the consent was asked with.
        :raise NotAuthorized: the code was used or is too old.
        :raise BadCredentials: client id or secret is refused.
        """
        raise NotImplementedError

    def renew_token(self) -> Token:
        """Return a new access token.

        :raise NotAuthorized: the refresh token was revoked or ended.
        :raise BadCredentials: client id or secret is refused.
        """
        raise NotImplementedError

    def fetch_order(self, order_ref: str) -> Order:
        """Return the order with this number.

        :raise NotFound: no such order in this account.
        """
        raise NotImplementedError

    def search_orders(self, *, updated_after: datetime, site_refs=(), page_token=None) -> OrderPage:
        """Return a page of orders changed since ``updated_after`` (aware UTC).

        :param str page_token: ``next_token`` of the page before; everything else must stay the same.
        :raise Refused: the token is no longer good, among other reasons.
        """
        raise NotImplementedError

    def fetch_participations(self) -> list[Participation]:
        """Return the storefronts the account takes part in; also proves that the connection works.

        Beside them it tells the seller and what the keys open, where the marketplace does.
        """
        raise NotImplementedError

    # --- writing to a buyer by API --------------------------------------------------------------------

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


class Gone(Marketplace):
    """Stand for a marketplace whose add-on was uninstalled, so that its stored records can still be shown."""

    code = name = console_name = ""

    @classmethod
    def claims_mail(cls, mail):
        return False

    @classmethod
    def owns_mail(cls, mail):
        return False

    @classmethod
    def is_relay_address(cls, address):
        return False


def _fold(code) -> str:
    """Return an error code in one spelling."""
    return re.sub(r"[^0-9A-Z]+", "_", str(code or "").upper()).strip("_")
