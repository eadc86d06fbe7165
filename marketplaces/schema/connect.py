"""What crosses the wall about connecting an account and its storefronts: frozen data, as in :mod:`.schema`."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Site:
    """One storefront of a marketplace, as its catalogue knows it.

    ``code`` is the country, ``site_ref`` the marketplace's own id of the storefront, ``relay_hosts``
    the hosts its buyers write from, ``seller_host`` the seller's console.
    """

    code: str
    site_ref: str
    region: str
    name: str
    currency: str
    lang: str
    host: str
    seller_host: str
    relay_hosts: tuple[str, ...]


@dataclass(frozen=True)
class Token:
    """An access token, the moment it ends (aware UTC), and the refresh token to keep if it changed."""

    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Credentials:
    """What opens one seller account at a marketplace's API. Never printed.

    ``site_ref`` is the storefront, where an account has one only.
    """

    region: str
    seller_ref: str | None = None
    site_ref: str | None = None
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class CredentialField:
    """One thing an admin enters to connect: ``name`` is a field of :class:`Credentials` or ``application_ref``."""

    name: str
    label: str
    help: str
    placeholder: str
    secret: bool
    required: bool


@dataclass(frozen=True)
class LoginRequest:
    """The marketplace asks us to sign a person in and to send the browser back to ``callback_url``.

    ``marketplace_state`` goes back as it came; ``application_ref`` tells which application is to be authorized,
    ``region`` where the seller is, as far as the request tells.
    """

    callback_url: str
    marketplace_state: str = field(repr=False)
    seller_ref: str
    application_ref: str | None = None
    is_draft: bool = False
    region: str | None = None


@dataclass(frozen=True)
class Consent:
    """What came back from the marketplace's consent page: a ``code`` to exchange, or why there is none.

    ``state`` is what we sent, to be checked by the caller. ``error_text`` is written for a person, by us.
    """

    state: str | None = field(repr=False)
    code: str | None = field(default=None, repr=False)
    seller_ref: str | None = None
    error_code: str | None = None
    error_text: str | None = None


@dataclass(frozen=True)
class SetupPlace:
    """A page of the seller's console where a storefront's address must be entered, and how."""

    code: str
    title: str
    text: str
    path: str


@dataclass(frozen=True)
class Scope:
    """A part of the API and how far the account's keys open it: ``level`` is full, view or none.

    ``needed_for`` says what does not work without it; None when nothing of ours needs it.
    """

    code: str
    label: str
    level: str
    needed_for: str | None = None


@dataclass(frozen=True)
class Participation:
    """A storefront the seller account takes part in, as the marketplace tells it.

    ``seller_ref`` and ``scopes`` are what it tells of the seller and of the keys beside that, if anything.
    """

    site_ref: str
    country: str | None
    name: str | None
    store_name: str | None
    active: bool
    suspended: bool = False
    seller_ref: str | None = None
    scopes: tuple[Scope, ...] = ()
