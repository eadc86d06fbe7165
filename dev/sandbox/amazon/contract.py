"""What the operations accept, written by hand from the official models of August 2026.

Orders 2026-01-01, sellers v1, messaging v1, solicitations v1, uploads 2020-11-01.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from ..times import moment, now

INCLUDED_DATA = (
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
)
STATUSES = (
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
)
ORDER_REF = re.compile(r"\d{3}-\d{7}-\d{7}|D01-\d{7}-\d{7}")


def _time(value):
    try:
        moment(value)
    except ValueError:
        return "must be an ISO 8601 date with a time zone"
    return None


def _one_of(*allowed, most=None):
    def check(value):
        values = value.split(",")
        if most and len(values) > most:
            return f"may hold at most {most} values"
        wrong = [v for v in values if v not in allowed] if allowed else [v for v in values if not v]
        return f"has unknown values: {', '.join(wrong)}" if wrong else None

    return check


def _page_size(value):
    return None if value.isdecimal() and 1 <= int(value) <= 100 else "must be between 1 and 100"


def _anything(value):
    return None if value else "must not be empty"


@dataclass(frozen=True)
class Operation:
    """An operation: its query parameters with their checks, which of them it needs, and whether it has a body."""

    name: str
    parameters: dict[str, Callable] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    body: bool = False


#: Messaging v1 and Solicitations v1.
_OF_AN_ORDER = (
    "getMessagingActionsForOrder",
    "GetAttributes",
    "getSolicitationActionsForOrder",
    "createProductReviewAndSellerFeedbackSolicitation",
)
_MESSAGES = (
    "confirmCustomizationDetails",
    "createConfirmDeliveryDetails",
    "createConfirmOrderDetails",
    "createConfirmServiceDetails",
    "createUnexpectedProblem",
    "createDigitalAccessKey",
    "createLegalDisclosure",
    "CreateWarranty",
    "sendInvoice",
)
OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("getOrder", {"includedData": _one_of(*INCLUDED_DATA)}),
        Operation(
            "searchOrders",
            {
                "createdAfter": _time,
                "createdBefore": _time,
                "lastUpdatedAfter": _time,
                "lastUpdatedBefore": _time,
                "fulfillmentStatuses": _one_of(*STATUSES),
                "marketplaceIds": _one_of(most=50),
                "fulfilledBy": _one_of("MERCHANT", "AMAZON"),
                "maxResultsPerPage": _page_size,
                "paginationToken": _anything,
                "includedData": _one_of(*INCLUDED_DATA),
            },
        ),
        Operation("getMarketplaceParticipations"),
        Operation(
            "createUploadDestinationForResource",
            {"marketplaceIds": _one_of(most=1), "contentMD5": _anything, "contentType": _anything},
            ("marketplaceIds", "contentMD5"),
        ),
        *(Operation(name, {"marketplaceIds": _one_of(most=1)}, ("marketplaceIds",)) for name in _OF_AN_ORDER),
        *(Operation(name, {"marketplaceIds": _one_of(most=1)}, ("marketplaceIds",), True) for name in _MESSAGES),
    )
}


def check_query(operation, arguments):
    """Return what is wrong with query parameters, in words; an empty list when nothing is.

    :param Operation operation: what is called.
    :param arguments: werkzeug's ``request.args``.
    """
    problems = [f"{name} is missing" for name in operation.required if name not in arguments]
    for name, values in arguments.lists():
        check = operation.parameters.get(name)
        if check is None:
            problems.append(f"{name} is not a parameter of {operation.name}")
        elif len(values) > 1:
            problems.append(f"{name} is given {len(values)} times; lists are separated by commas")
        elif problem := check(values[0]):
            problems.append(f"{name} {problem}")
    if operation.name == "searchOrders" and not problems:
        problems += _check_times(arguments)
    return problems


def _check_times(arguments):
    given = [name for name in ("createdAfter", "lastUpdatedAfter") if name in arguments]
    if len(given) != 1:
        return ["Exactly one of createdAfter and lastUpdatedAfter must be given"]
    after, kind = given[0], given[0].removesuffix("After")
    other = "lastUpdatedBefore" if kind == "created" else "createdBefore"
    if other in arguments:
        return [f"{other} may not be given with {after}"]
    before = arguments.get(f"{kind}Before")
    if not before:
        return []
    if moment(before) > now() - timedelta(minutes=2):
        return [f"{kind}Before must be at least two minutes before now"]
    if moment(before) < moment(arguments[after]):
        return [f"{kind}Before must not be earlier than {after}"]
    return []


def check_headers(headers):
    """Return what is wrong with the headers of a request, in words."""
    agent = headers.get("User-Agent", "")
    if not agent:
        return ["The User-Agent header is missing"]
    return ["The User-Agent header is longer than 500 characters"] if len(agent) > 500 else []
