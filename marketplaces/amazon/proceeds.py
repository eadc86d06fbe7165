"""Money of an Amazon order: what its "proceeds" (of the order or of one item) say.

How the official model (orders 2026-01-01) nests them: entries of ``breakdowns`` stand side by side and add up to
the total, so TAX is on top of ITEM and SHIPPING; ``detailedBreakdowns`` only split up their own entry (a TAX entry
into tax on ITEM, SHIPPING, DISCOUNT …) and never count again. The model does not say which sign a DISCOUNT
carries, so its size counts, taken off.
"""

from dataclasses import dataclass

from ..common.money import Money, add
from ..transport import json_values


@dataclass(frozen=True)
class Proceeds:
    """Totals of an order or item as told, ``None`` where nothing is told; ``discount`` is positive."""

    total: Money | None = None
    tax: Money | None = None
    shipping: Money | None = None
    discount: Money | None = None
    tip: Money | None = None

    @property
    def currency(self):
        """Return the first currency told, or None."""
        told = (self.total, self.tax, self.shipping, self.discount)
        return next((money.currency for money in told if money and money.currency), None)


def read_money(data) -> Money | None:
    """Return the amount in a ``Money`` object of the API, or None."""
    amount = json_values.number(json_values.dig(data, "amount"))
    return None if amount is None else Money(amount, json_values.text(json_values.dig(data, "currencyCode")))


def read_proceeds(data, total_key: str) -> Proceeds:
    """Return the totals in the ``proceeds`` of an order ("grandTotal") or of an item ("proceedsTotal").

    The total that Amazon gives stands; without it the breakdowns are added up.
    """
    entries = json_values.mappings(json_values.dig(data, "breakdowns"))
    by_type = [(json_values.text(entry.get("type")), _subtotal(entry)) for entry in entries]

    def total_of(kind):
        return add([money for type_, money in by_type if type_ == kind and money])

    told = read_money(json_values.dig(data, total_key))
    complete = total_of("ITEM") is not None  # without the goods themselves the entries are no total
    return Proceeds(
        total=told or (add(money for _type, money in by_type) if complete else None),
        tax=total_of("TAX"),
        shipping=total_of("SHIPPING"),
        discount=_size(total_of("DISCOUNT")),
        tip=total_of("DELIVERY_TIP"),
    )


def _subtotal(entry):
    """Return what an entry adds to the total: its subtotal, else the sum of its details."""
    parts = json_values.mappings(entry.get("detailedBreakdowns"))
    money = read_money(entry.get("subtotal")) or add(_detail(part) for part in parts)
    if money and json_values.text(entry.get("type")) == "DISCOUNT":
        return Money(-abs(money.amount), money.currency)
    return money


def _detail(part):
    money = read_money(part.get("value"))
    # Tax of a discount is tax that is not paid.
    if money and json_values.text(part.get("subtype")) == "DISCOUNT":
        return Money(-abs(money.amount), money.currency)
    return money


def _size(money):
    return money and Money(abs(money.amount), money.currency)
