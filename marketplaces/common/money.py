"""Exact money: an amount with its currency, and sums that say nothing rather than something wrong."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Money:
    """An amount; its currency is None when only the amount was told."""

    amount: Decimal
    currency: str | None = None


def add(amounts) -> Money | None:
    """Return the exact sum of amounts; None when there are none, one is unknown, or currencies differ."""
    amounts = list(amounts)
    if not amounts or not all(amounts):
        return None
    currencies = {money.currency for money in amounts if money.currency}
    if len(currencies) > 1:
        return None
    return Money(sum(money.amount for money in amounts), currencies.pop() if currencies else None)
