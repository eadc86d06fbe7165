"""Errors that cross rooms."""


class TicketRefused(Exception):
    """A ticket can't be made as its site is configured; the message says why."""
