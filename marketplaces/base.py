"""The contract: what a marketplace must know so that Odoo needs to know nothing about it."""

from datetime import datetime

from .schema import Credentials, InboundMail, Order, OrderPage, Participation, Site, Token


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
    #: The catalogue of storefronts.
    sites: tuple[Site, ...] = ()
    #: Calls a second and burst of each method of this class that calls the API: {method: (rate, burst)}.
    rates: dict[str, tuple[float, int]] = {}
    #: Hours within which the marketplace expects an answer to a buyer.
    reply_hours: int = 24

    def __init__(self, credentials: Credentials, *, endpoints=None, transport=None):
        self.credentials = credentials
        self.endpoints = dict(endpoints or {})
        self.transport = transport

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
    def read_mail(cls, mail, *, seller_names=()) -> InboundMail:
        """Return what a decoded mail (``mail.Mail``) means. Never raises on odd content.

        :param seller_names: our own seller names, never taken for a buyer's.
        """
        raise NotImplementedError

    @classmethod
    def is_relay_address(cls, address: str) -> bool:
        """Tell whether an e-mail address is one where the marketplace would pass mail on to a buyer."""
        raise NotImplementedError

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

    # --- API: one account, one call each, no sleeping, no retries ------------------------------------

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
        """Return a page of orders changed since ``updated_after`` (aware UTC)."""
        raise NotImplementedError

    def fetch_participations(self) -> list[Participation]:
        """Return the storefronts the account takes part in; also proves that the connection works."""
        raise NotImplementedError
