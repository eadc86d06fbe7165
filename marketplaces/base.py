"""The contract: what a marketplace must know so that Odoo needs to know nothing about it."""

import re
from collections.abc import Mapping
from datetime import datetime

from .base_replies import ReplyContract
from .schema import (
    Consent,
    CredentialField,
    Credentials,
    InboundMail,
    LoginRequest,
    NoticeKind,
    Order,
    OrderPage,
    Participation,
    SetupPlace,
    Site,
    Token,
)


class Marketplace(ReplyContract):
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


def _fold(code) -> str:
    """Return an error code in one spelling."""
    return re.sub(r"[^0-9A-Z]+", "_", str(code or "").upper()).strip("_")
