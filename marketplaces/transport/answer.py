"""The HTTP door: what holds for every answer of every marketplace, whichever library carries it."""

import ipaddress
import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime

from ..errors import MarketplaceError, Unavailable
from . import json_values

#: No call may hold a worker longer than this, however slowly the other side answers.
TOTAL_SECONDS = 10
CONNECT_SECONDS = 5
#: A page of a hundred orders is below 2 MB.
MAX_BYTES = 20 * 1024 * 1024
#: Longest pause we believe a marketplace about.
MAX_RETRY_SECONDS = 24 * 3600
#: The query of an address, whose values may be a signature or a token.
_QUERY = re.compile(r"\?[^\s\"'<>]+")


class _WithoutQuery(logging.Filter):
    """Cuts the queries of addresses off what a library writes to the log: such as the signature of an upload."""

    def filter(self, record):
        record.msg, record.args = _QUERY.sub("?…", record.getMessage()), ()
        return True


def hush(*loggers: str) -> None:
    """Have these loggers of a library that carries requests write no queries, once."""
    for logger in map(logging.getLogger, loggers):
        if not any(isinstance(one, _WithoutQuery) for one in logger.filters):
            logger.addFilter(_WithoutQuery())


def is_loopback(host: str) -> bool:
    """Tell whether what is sent to a host never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Deadline:
    """A moment by which everything has to be over.

    :param float seconds: from now on.
    :param clock: what tells the time, in seconds, never going backwards.
    """

    def __init__(self, seconds=TOTAL_SECONDS, clock=time.monotonic):
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds left, 0 or less when it is over."""
        return self._end - self._clock()

    def limit(self, timeout: float | None, error: type[Exception]) -> float:
        """Return the seconds that one step may take: what is left, at most its own timeout.

        :raise error: when it is over.
        """
        left = self.left()
        if left <= 0:
            raise error("deadline")
        return left if timeout is None else min(left, timeout)


@dataclass(frozen=True)
class Answer:
    """An answer read to its end. Header names are lower case; neither headers nor body are ever printed."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self, who: str):
        """Return the decoded body; decimal numbers keep their decimals.

        :param str who: the marketplace, for the message.
        :raise Unavailable: when it is no complete JSON.
        """
        content_type = self.headers.get("content-type", "")
        if content_type and "json" not in content_type.lower():
            raise Unavailable(f"{who} answered with a page instead of data (HTTP {self.status}); try again later.")
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise Unavailable(f"{who}'s answer is cut off or no JSON (HTTP {self.status}); try again later.") from None

    def retry_after(self, now: datetime | None = None) -> float | None:
        """Return the seconds the Retry-After header asks to wait, or None without a usable one.

        :param datetime now: aware; the present by default.
        """
        told = self.headers.get("retry-after", "")
        seconds = json_values.number(told)
        if seconds is None:
            try:
                moment = parsedate_to_datetime(told)
                seconds = (moment - (now or datetime.now(timezone.utc))).total_seconds()
            except (TypeError, ValueError):  # no date, or one without a zone
                return None
        return float(min(max(seconds, 1), MAX_RETRY_SECONDS))


def read_body(host: str, headers: Mapping[str, str], chunks, deadline: Deadline, late: type[Exception]) -> bytes:
    """Return the whole body of an answer.

    :param headers: names in any case; ``chunks``: the body's bytes, piece by piece.
    :raise Unavailable: it is packed, or larger than ``MAX_BYTES``.
    :raise late: the deadline is over.
    """
    # Packed answers could unpack to any size.
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Unavailable(f"{host} sends a packed answer although we did not ask for one.")
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unavailable(f"{host} sends an answer of more than {MAX_BYTES // 1024**2} MB.")
        if deadline.left() <= 0:
            raise late("deadline")
    return bytes(body)


def check_redirect(host: str, answer: Answer) -> Answer:
    """Return an answer that does not send us elsewhere.

    :raise Unavailable: it does.
    """
    if 300 <= answer.status < 400:
        raise Unavailable(f"{host} sends us elsewhere (HTTP {answer.status}); we only talk to {host} itself.")
    return answer


def no_answer(host: str, deadline: Deadline, unsent: bool) -> Unavailable:
    """Return the error of a host that did not answer in time."""
    return _unavailable(f"{host} did not answer within {deadline.seconds:g} seconds; try again later.", unsent)


def not_reached(host: str, error: Exception, unsent: bool) -> Unavailable:
    """Return the error of a host that can't be reached; of ``error`` only the type, its text may quote what we sent."""
    return _unavailable(f"{host} can't be reached ({type(error).__name__}); try again later.", unsent)


def other_proxy() -> MarketplaceError:
    """Return the error of an environment that names a proxy of a kind we don't speak to."""
    message = "The proxy that the environment names is no HTTP proxy: set HTTPS_PROXY to one, or NO_PROXY."
    return MarketplaceError(message)


def _unavailable(message, unsent):
    unavailable = Unavailable(message)
    unavailable.unsent = unsent
    return unavailable
