"""What can go wrong at a marketplace, typed so that each caller knows what to do next.

A message is written for a person, names the thing and the way out, and never holds a secret or a body.
"""


class MarketplaceError(Exception):
    """Base of all: ``code`` is the marketplace's own error code, ``request_id`` what its support asks for."""

    #: Trying the same again later can succeed without anybody doing anything.
    temporary = False

    def __init__(self, message, *, code=None, request_id=None):
        super().__init__(message)
        self.code = code
        self.request_id = request_id


class NotAuthorized(MarketplaceError):
    """The seller's authorization ended or was revoked: a person must authorize again."""


class TokenExpired(NotAuthorized):
    """The access token is too old: renew it once and try again."""

    temporary = True


class BadCredentials(MarketplaceError):
    """The application's own id or secret is refused: an admin must enter a valid one."""


class Forbidden(MarketplaceError):
    """The account is known but not allowed to do this (a missing role or scope)."""


class NotFound(MarketplaceError):
    """What was asked for does not exist there."""


class Throttled(MarketplaceError):
    """Too many requests: wait ``retry_after`` seconds."""

    temporary = True

    def __init__(self, message, *, retry_after, **kwargs):
        super().__init__(message, **kwargs)
        self.retry_after = retry_after


class Unavailable(MarketplaceError):
    """The marketplace does not answer, answers late, or answers with something that is no answer.

    ``unsent`` is true when the request certainly never reached it.
    """

    temporary = True
    unsent = False


class Unconfirmed(Unavailable):
    """What was asked may have been done or not: it must not be asked again before somebody has looked."""

    temporary = False


class Refused(MarketplaceError):
    """The marketplace understood the request and refuses it as invalid."""


class Unreadable(MarketplaceError):
    """A mail, an order or an answer can't be understood."""


class TooCostly(Unreadable):
    """Reading a mail takes more computing than a mail may: it is set aside, and the next one read."""
