"""Times as the API writes and reads them."""

from datetime import datetime, timezone


def now():
    """Return the present moment in UTC."""
    return datetime.now(timezone.utc)


def stamp(when):
    """Return a moment as the API writes it."""
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text):
    """Return an ISO 8601 time as an aware datetime.

    :raise ValueError: it is none, or has no time zone.
    """
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if when.tzinfo is None:
        raise ValueError("no time zone")
    return when
