"""What can happen to a purchase order after it was placed."""

import copy
from datetime import timedelta
from decimal import Decimal

from ..chance import digits, rng
from ..times import now
from .wire import lines_of, number, stamp_ms, statuses_of

_OVER = ("Cancelled", "Refund")


def change_order(order, change, when=None):
    """Change a purchase order in place as life does.

    :param str change: a key of ``CHANGES``.
    :param datetime when: now by default.
    :raise ValueError: no such change.
    """
    if change not in CHANGES:
        raise ValueError(f"change must be one of {', '.join(CHANGES)}")
    when = when or now()
    for line in CHANGES[change](order, when):
        line["statusDate"] = stamp_ms(when)


def _set(order, status, when, **values):
    """Give all lines that are not over a status, and return them."""
    changed = []
    for line in lines_of(order):
        open_rows = [row for row in statuses_of(line) if row["status"] not in _OVER]
        for row in open_rows:
            row.update(status=status, **copy.deepcopy(values))
        changed += [line] if open_rows else []
    return changed


def _acknowledge(order, when):
    return _set(order, "Acknowledged", when)


def _ship(order, when):
    source = rng("walmart package", order["purchaseOrderId"])
    tracking = f"9400{digits(source, 18)}"
    info = {
        "shipDateTime": stamp_ms(when),
        "carrierName": {"otherCarrier": None, "carrier": "USPS"},
        "methodCode": "Standard",
        "carrierMethodCode": None,
        "trackingNumber": tracking,
        "trackingURL": f"https://www.walmart.com/tracking?tracking_id={tracking}&order_id={order['purchaseOrderId']}",
    }
    return _set(order, "Shipped", when, trackingInfo=info)


def _deliver(order, when):
    if not all(row["trackingInfo"] or row["status"] in _OVER for ln in lines_of(order) for row in statuses_of(ln)):
        _ship(order, when - timedelta(hours=20))
    return _set(order, "Delivered", when)


def _cancel_lines(lines):
    """Cancel lines; Walmart does not return what they would have cost."""
    for line in lines:
        for row in statuses_of(line):
            row.update(status="Cancelled", cancellationReason="CUSTOMER_REQUESTED_SELLER_TO_CANCEL", trackingInfo=None)
        for charge in line["charges"]["charge"]:
            charge["chargeAmount"]["amount"] = 0
            charge["tax"] = None
    return lines


def _cancel(order, when):
    return _cancel_lines(lines_of(order))


def _cancel_line(order, when):
    return _cancel_lines(lines_of(order)[-1:])


def _refund(order, when):
    changed = _set(order, "Refund", when)
    for line in changed:
        charges = copy.deepcopy(line["charges"]["charge"])
        rows = [{"refundReason": "DamagedItem", "charge": charge} for charge in charges]
        line["refund"] = {
            "refundId": digits(rng("walmart refund", order["purchaseOrderId"], line["lineNumber"]), 12),
            "refundComments": "Refunded by the seller",
            "refundCharges": {"refundCharge": rows},
        }
    return changed


def _return(order, when):
    return []  # what returns tells; the order itself stays as it is


def _split(order, when):
    """Cancel one piece of the first line that has several."""
    for line in lines_of(order):
        amount = int(line["orderLineQuantity"]["amount"])
        if amount > 1 and len(statuses_of(line)) == 1:
            first = statuses_of(line)[0]
            first["statusQuantity"] = first["statusQuantity"] | {"amount": str(amount - 1)}
            rest = first | {"status": "Cancelled", "trackingInfo": None}
            rest["statusQuantity"] = first["statusQuantity"] | {"amount": "1"}
            rest["cancellationReason"] = "SELLER_CANCEL_OUT_OF_STOCK"
            statuses_of(line).append(rest)
            for charge in line["charges"]["charge"]:
                _scale(charge, Decimal(amount - 1) / amount)
            return [line]
    raise ValueError("No line has several pieces")


def _scale(charge, factor):
    for place in (charge["chargeAmount"], (charge["tax"] or {}).get("taxAmount")):
        if place:
            place["amount"] = number((Decimal(str(place["amount"])) * factor).quantize(Decimal("0.01")))


#: ``return`` changes nothing here: it makes a return order (see :mod:`.orders`).
CHANGES = {
    "acknowledge": _acknowledge,
    "ship": _ship,
    "deliver": _deliver,
    "cancel": _cancel,
    "cancel_line": _cancel_line,
    "cancel_piece": _split,
    "refund": _refund,
    "return": _return,
}
