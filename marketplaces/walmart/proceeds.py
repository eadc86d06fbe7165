"""Money of a Walmart order line: what its "charges" say.

Charges are for the whole line, not for one piece, and each has its tax beside it, on top. Walmart gives no grand
total that can be relied on ("orderSummary" is mostly absent): the sum of all charges and taxes is what the buyer pays.
Source: example answers of Walmart's OpenAPI, 2026-11-22, whose totals come out so.
"""

from dataclasses import dataclass

from ..common.money import Money, add
from ..transport import json_values
from .shapes import money, nested, objects


@dataclass(frozen=True)
class Charge:
    """A charge of a line; ``amount`` and ``tax`` are negative where they are taken off."""

    kind: str
    is_discount: bool
    amount: Money | None
    tax: Money | None


@dataclass(frozen=True)
class Proceeds:
    """Totals of a line, ``None`` where nothing is told; ``product`` is the goods alone, ``discount`` positive."""

    total: Money | None = None
    product: Money | None = None
    tax: Money | None = None
    shipping: Money | None = None
    discount: Money | None = None


def read_proceeds(line) -> Proceeds:
    """Return the totals of an ``orderLine``.

    A charge without an amount is as good as absent, unless it is the goods themselves: then there is no total.
    """
    charges = [read_charge(charge) for charge in nested(line, "charges", "charge")]
    known = [charge for charge in charges if charge.amount]
    goods = [charge for charge in charges if charge.kind == "PRODUCT" and not charge.is_discount]
    taxes = [charge.tax for charge in known if charge.tax]
    is_complete = all(charge.amount for charge in goods)
    return Proceeds(
        total=add([*(charge.amount for charge in known), *taxes]) if is_complete else None,
        product=add(charge.amount for charge in goods),
        tax=add(taxes),
        shipping=add(charge.amount for charge in known if charge.kind == "SHIPPING" and not charge.is_discount),
        discount=_size(add(charge.amount for charge in known if charge.is_discount)),
    )


def read_charge(data) -> Charge:
    """Return a ``charge`` object; what calls itself a discount is taken off, whichever sign it has."""
    amount = money(data.get("chargeAmount"))
    taxes = [money(tax.get("taxAmount")) for tax in objects(data.get("tax"))]
    tax = add(filter(None, taxes))
    kind, name = ((json_values.text(data.get(key)) or "").upper() for key in ("chargeType", "chargeName"))
    if "DISCOUNT" in kind + name:
        amount, tax = _negative(amount), _negative(tax)
    return Charge(kind=kind, is_discount=bool(amount and amount.amount < 0), amount=amount, tax=tax)


def read_refunded(charges) -> Money | None:
    """Return what the charges of a refund give back, tax included; positive whichever sign they have."""
    read = [read_charge(charge) for charge in charges]
    parts = [charge.amount for charge in read] + [charge.tax for charge in read if charge.tax]
    return _size(add(parts))


def _negative(told):
    return told and Money(-abs(told.amount), told.currency)


def _size(told):
    return told and Money(abs(told.amount), told.currency)
