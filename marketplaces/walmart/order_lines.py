"""Lines of a Walmart order: their amounts, and how far each piece of them has come.

An order has no status of its own. A line has one for each part of its quantity, so everything is derived from those.
"""

import re

from ..common.carriers import tracking_url
from ..schema import OrderLine, Package, Refund
from ..transport import json_values
from . import const
from .proceeds import read_proceeds, read_refunded
from .shapes import moment, nested, objects

_LINK = re.compile(r"https?://[^\s<>\"'\\]{1,2000}", re.IGNORECASE)
_NO = ("", "0", "false", "n", "no", "none", "null")
_SENT = {"shipped", "delivered", "refunded"}
#: Of a parcel with pieces in several states the least advanced counts.
_PACKAGE_RANKS = ("shipped", "delivered")


def read_line(line, purchase_order) -> OrderLine:
    """Return one line.

    :param dict line: an ``orderLine`` object.
    :param str purchase_order: number of its purchase order, or None; line numbers begin anew in each.
    """
    proceeds = read_proceeds(line)
    quantity = _read_quantity(line)
    amounts = {name: getattr(proceeds, name) for name in ("total", "tax", "shipping", "discount")}
    return OrderLine(
        line_ref=line_ref(line, purchase_order),
        sku=json_values.text(json_values.dig(line, "item", "sku")),
        item_ref=json_values.text(json_values.dig(line, "item", "itemId")),
        title=json_values.text(json_values.dig(line, "item", "productName")),
        quantity=quantity,
        unit_price=_unit_price(proceeds.product, quantity),
        **{name: money.amount if money else None for name, money in amounts.items()},
        status=combine(read_statuses(line)),
        image=_link(json_values.dig(line, "item", "imageUrl")),
        cancel_requested=_is_told(line.get("intentToCancel")),
    )


def line_ref(line, purchase_order) -> str | None:
    """Return what names a line among those of all purchase orders of a customer order ("1081234567890/1")."""
    number = json_values.text(line.get("lineNumber"))
    return f"{purchase_order}/{number}" if purchase_order and number else number


def read_statuses(line) -> set[str | None]:
    """Return the distinct statuses of the pieces of a line; None is among them when some have an unknown one."""
    parts = [(_status(part), _amount(part.get("statusQuantity"))) for part in _parts(line)]
    ordered = _amount(line.get("orderLineQuantity"))
    quantities = [quantity for _name, quantity in parts]
    found = {name for name, quantity in parts if quantity != 0}
    is_short = ordered is not None and None not in quantities and sum(quantities) < ordered
    return found | {None} if is_short or not found else found


def read_raw_statuses(line) -> list[str]:
    """Return the statuses of the parts of a line as Walmart writes them."""
    return list(filter(None, (json_values.text(part.get("status")) for part in _parts(line))))


def combine(statuses) -> str | None:
    """Return the one status of what has several: a line, or an order; None when it is not known.

    :param statuses: of its pieces, see :func:`read_statuses`.
    """
    left = set(statuses) - {"cancelled"}
    if not left:
        return "cancelled" if statuses else None
    if left == {"refunded"}:
        return "refunded"
    if left <= {"delivered", "refunded"}:
        return "delivered"
    if left <= _SENT:
        return "shipped"
    if left & _SENT:
        return "partially_shipped"
    return "unshipped" if "unshipped" in left else None


def read_packages(lines, country) -> tuple[Package, ...]:
    """Return the parcels of all lines, each once.

    :param lines: ``orderLine`` objects; ``country``: alpha-2 code of where they go.
    """
    found = {}
    for part in (part for line in lines for part in _parts(line)):
        package = _read_package(part, country)
        if package:
            found.setdefault(package.tracking or (package.carrier, package.url, package.shipped), []).append(package)
    return tuple(min(same, key=_rank) for same in found.values())


def read_refunds(line, purchase_order) -> list[Refund]:
    """Return the money that went back for a line, by reason."""
    refunds = []
    for data in objects(line.get("refund")):
        by_reason = {}
        for entry in nested(data, "refundCharges", "refundCharge"):
            by_reason.setdefault(json_values.text(entry.get("refundReason")), []).append(
                json_values.mapping(entry.get("charge"))
            )
        shared = {
            "refund_ref": json_values.text(data.get("refundId")),
            "line_ref": line_ref(line, purchase_order),
            "comment": json_values.text(data.get("refundComments")),
        }
        for reason, charges in (by_reason or {None: []}).items():
            money = read_refunded(charges)
            refunds.append(Refund(**shared, reason=reason, amount=money.amount if money else None))
    return [refund for refund in refunds if refund.refund_ref or refund.comment or refund.reason or refund.amount]


# --- parts of a line -----------------------------------------------------------------------------------


def _parts(line):
    return nested(line, "orderLineStatuses", "orderLineStatus")


def _status(part):
    return const.STATUSES.get((json_values.text(part.get("status")) or "").lower())


def _amount(data):
    """Return a quantity, told as an object or bare, never below 0."""
    number = json_values.number(json_values.dig(data, "amount") if isinstance(data, dict) else data)
    return number if number is not None and number >= 0 else None


def _read_quantity(line):
    """Return the ordered quantity, else the sum of the parts' when all tell theirs."""
    ordered = _amount(line.get("orderLineQuantity"))
    parts = [_amount(part.get("statusQuantity")) for part in _parts(line)]
    return ordered if ordered is not None or not parts or None in parts else sum(parts)


def _unit_price(product, quantity):
    """Return the price of one piece when the line's can be divided into whole cents, or as fine as it was told."""
    if not product or not quantity:
        return None
    price = product.amount / quantity
    told = max(2, -product.amount.as_tuple().exponent)
    is_exact = price * quantity == product.amount and -price.as_tuple().exponent <= told
    return price if is_exact else None


def _is_told(value):
    """Tell whether a flag is set; the documentation gives it no type."""
    if isinstance(value, (dict, list)):
        return bool(value)
    return str(value).strip().lower() not in _NO if value is not None else False


def _link(value):
    text = json_values.text(value)
    return text if text and _LINK.fullmatch(text) else None


def _read_package(part, country):
    """Return the parcel of a part of a line, or None when nothing of it is told."""
    data = json_values.mapping(part.get("trackingInfo"))
    name = data.get("carrierName")
    carrier = (
        json_values.text(name)
        or json_values.text(json_values.dig(name, "carrier"))
        or json_values.text(json_values.dig(name, "otherCarrier"))
    )
    tracking = json_values.text(data.get("trackingNumber"))
    url = _link(data.get("trackingURL")) or tracking_url(carrier, tracking, country)
    shipped = moment(data.get("shipDateTime"))
    if not (tracking or carrier or url or shipped):
        return None
    status = json_values.text(part.get("status"))
    return Package(
        package_ref=None,
        carrier=carrier,
        tracking=tracking,
        url=url,
        status=status.lower() if status else None,
        shipped=shipped,
    )


def _rank(package):
    known = package.status in _PACKAGE_RANKS
    return _PACKAGE_RANKS.index(package.status) if known else len(_PACKAGE_RANKS)
