"""Amounts of orders: parts add up to their total, as in the examples of the official model."""

from decimal import ROUND_HALF_UP, Decimal


def round_to(amount, currency):
    """Return an amount rounded to the smallest coin of a currency."""
    return amount.quantize(Decimal("1" if currency == "JPY" else "0.01"), ROUND_HALF_UP)


def money(amount, currency):
    """Return an amount in the form of the API."""
    return {"amount": str(round_to(amount, currency)), "currencyCode": currency}


def line_proceeds(item, currency, percent, discount, shipping):
    """Return what the seller receives for a line.

    :param Decimal percent: tax in percent.
    :param Decimal discount: share in percent that is taken off the goods.
    :param Decimal shipping: freight without tax.
    """
    net = Decimal(item["product"]["price"]["unitPrice"]["amount"]) * item["quantityOrdered"]
    # the model does not say which sign a discount has; parts that add up need a negative one
    parts = {"ITEM": net, "SHIPPING": shipping, "DISCOUNT": -round_to(net * discount / 100, currency)}
    taxes = {
        "ITEM": round_to((net + parts["DISCOUNT"]) * percent / 100, currency),
        "SHIPPING": round_to(shipping * percent / 100, currency),
    }
    rows = [{"type": kind, "subtotal": money(amount, currency)} for kind, amount in parts.items() if amount]
    tax = sum(taxes.values())
    details = [{"subtype": kind, "value": money(value, currency)} for kind, value in taxes.items() if value]
    rows.append({"type": "TAX", "subtotal": money(tax, currency), "detailedBreakdowns": details})
    return {"proceedsTotal": money(sum(parts.values()) + tax, currency), "breakdowns": rows}


def order_proceeds(items, currency):
    """Return what the seller receives for an order: the sums of its lines."""
    sums = {}
    for item in items:
        for row in item["proceeds"]["breakdowns"]:
            sums[row["type"]] = sums.get(row["type"], Decimal(0)) + Decimal(row["subtotal"]["amount"])
    return {
        "grandTotal": money(sum(sums.values()), currency),
        "breakdowns": [{"type": kind, "subtotal": money(amount, currency)} for kind, amount in sums.items()],
    }
