"""Returns of the Marketplace API v3, read into ``schema.Return``.

Source: example answer of GET /v3/returns in Walmart's OpenAPI, github.com/api-evangelist/walmart, d9aaf1d, 2026-11-22.
"""

import re

from ..common.carriers import tracking_url
from ..errors import Unreadable
from ..schema import Return
from ..transport import json_values
from .refs import normalize_ref
from .shapes import error_code, moment, money, objects, parse

_WRAPPERS = ("body", "payload", "response", "returnOrders", "returnOrder")
_LINK = re.compile(r"https://[^\s<>\"'\\]{1,2000}")


def returns_from_json(data) -> list[tuple[str | None, Return]]:
    """Return the returns in a decoded answer, each with the number of the buyer's order that it is of.

    :param data: the answer of GET /v3/returns, a list of returns, or one.
    :raise Unreadable: this is something else. An answer that says there are none is an empty list.
    """
    found = []
    for item in unwrap(data):
        ref = json_values.text(item.get("returnOrderId"))
        if ref:
            order_ref = json_values.text(item.get("customerOrderId"))
            found.append((order_ref and (normalize_ref(order_ref) or order_ref), _read_return(ref, item)))
    return found


def unwrap(data, levels=6) -> list[dict]:
    """Return the return orders in an answer.

    :raise Unreadable: this is no answer about returns.
    """
    if isinstance(data, str) and levels:
        return unwrap(parse(data), levels - 1)
    if isinstance(data, list):
        return json_values.mappings(data)
    if "returnOrderId" in json_values.mapping(data):
        return [data]
    inner = next((key for key in _WRAPPERS if key in json_values.mapping(data)), None)
    if inner is None or not levels or error_code(data) is not None:
        raise Unreadable("This is no answer of Walmart about returns: “returnOrders” is missing.")
    return unwrap(data[inner], levels - 1) if data[inner] else []


def _read_return(ref, data):
    lines = objects(data.get("returnOrderLines"))
    carrier, tracking = _read_label(data)
    told = money(data.get("totalRefundAmount"), "currencyAmount", "currencyUnit")
    return Return(
        return_ref=ref,
        status=_words(line.get("status") for line in lines),
        items=tuple(filter(None, map(_read_item, lines))),
        amount=told.amount if told else None,
        carrier=carrier,
        tracking=tracking,
        url=_read_link(lines, tracking) or tracking_url(carrier, tracking),
        created=moment(data.get("returnOrderDate")),
    )


def _words(told):
    """Return distinct codes ("IN_TRANSIT") as words for people, or None."""
    words = (json_values.text(code) for code in told)
    return ", ".join(dict.fromkeys(word.replace("_", " ").capitalize() for word in words if word)) or None


def _read_item(line):
    """Return what comes back and why: "1 × Lamp: Arrived late"."""
    title = json_values.text(json_values.dig(line, "item", "productName")) or json_values.text(
        json_values.dig(line, "item", "sku")
    )
    quantity = json_values.number(json_values.dig(line, "quantity", "measurementValue"))
    pieces = f"{quantity.normalize():f}" if quantity is not None and quantity > 0 else None
    what = " × ".join(filter(None, (pieces, title)))
    return ": ".join(filter(None, (what, _words([line.get("returnReason")])))) or None


def _read_label(data):
    """Return carrier and tracking number of the first label that has one."""
    groups = objects(data.get("returnLineGroups"))
    labels = [label for group in (*groups, data) for label in objects(group.get("labels"))]
    carriers = [info for label in labels for info in objects(label.get("carrierInfoList"))]
    pairs = [tuple(json_values.text(info.get(key)) for key in ("carrierName", "trackingNo")) for info in carriers]
    return next((pair for pair in pairs if pair[1]), next((pair for pair in pairs if pair[0]), (None, None)))


def _read_link(lines, tracking):
    """Return the address that Walmart gives for the parcel: an entry beside an event, "FedexTrackingLink"."""
    events = [event for line in lines for event in objects(line.get("returnTrackingDetail"))]
    notes = [note for event in events for note in objects(event.get("references"))]
    links = (
        json_values.text(note.get("value"))
        for note in notes
        if "TrackingLink" in (json_values.text(note.get("name")) or "")
    )
    return next((link for link in links if link and _LINK.fullmatch(link) and tracking and tracking in link), None)
