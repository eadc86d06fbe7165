"""Messages that a seller sends about an order through Amazon's API: which there are, and what may stand in them.

They never answer a buyer: "You cannot use this API to respond to messages from buyers". Source:
developer-docs.amazon.com/sp-api/docs/messaging-api-v1-use-case-guide, 2026-11-22. Which there are: messaging.json and
solicitations.json of github.com/amzn/selling-partner-api-models, August 2026. The actions negativeFeedbackRemoval and
amazonMotors, still in its examples, were removed in 2025 and 2026.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from ..errors import Refused
from ..schema import ActionField, Finding, MessageAction, files_field, text_field
from . import replies

MAX_FILES = 5
#: Action of the answer of ``getSolicitationActionsForOrder``.
REVIEW = "productReviewAndSellerFeedback"
#: Days after the earliest and after the latest delivery date. Source:
#: developer-docs.amazon.com/sp-api/docs/set-up-the-solicitations-api, 2026-11-22.
REVIEW_FROM_DAYS = 5
REVIEW_UNTIL_DAYS = 30


@dataclass(frozen=True)
class Operation:
    """How an action is called: the operation's name, and the library's method for it."""

    name: str
    method: str


#: By action code, as the answer of ``getMessagingActionsForOrder`` names it.
OPERATIONS = {
    "confirmCustomizationDetails": Operation("confirmCustomizationDetails", "confirm_customization_details"),
    "confirmDeliveryDetails": Operation("createConfirmDeliveryDetails", "create_confirm_delivery_details"),
    "confirmOrderDetails": Operation("createConfirmOrderDetails", "create_confirm_order_details"),
    "confirmServiceDetails": Operation("createConfirmServiceDetails", "create_confirm_service_details"),
    "unexpectedProblem": Operation("createUnexpectedProblem", "create_unexpected_problem"),
    "digitalAccessKey": Operation("createDigitalAccessKey", "create_digital_access_key"),
    "legalDisclosure": Operation("createLegalDisclosure", "create_legal_disclosure"),
    "warranty": Operation("CreateWarranty", "create_warranty"),
    "invoice": Operation("sendInvoice", "send_invoice"),
}
_DATES = (
    ActionField("coverage_start", "Warranty from", "date", False),
    ActionField("coverage_end", "Warranty until", "date", False),
)
#: In the order of a menu.
MESSAGE_ACTIONS = (
    MessageAction(
        "confirmDeliveryDetails",
        "Arrange the delivery",
        "Arrange a delivery, or confirm the contact information for it. Links only if they are about the delivery.",
        (text_field(2000),),
    ),
    MessageAction(
        "confirmOrderDetails",
        "Ask about the order",
        "Ask what you must know before you ship. Links only if they are about completing the order.",
        (text_field(2000),),
    ),
    MessageAction(
        "confirmCustomizationDetails",
        "Ask for customization details",
        "Ask the buyer to give or check details such as spelling of names, images, initials.",
        (text_field(800), files_field(MAX_FILES, False)),
    ),
    MessageAction(
        "confirmServiceDetails",
        "Arrange a home service",
        "Contact the buyer of a Home Services order to arrange the service before it is performed.",
        (text_field(2000),),
    ),
    MessageAction(
        "unexpectedProblem",
        "Report an unexpected problem",
        "A critical message: an unexpected problem with the order or its delivery that you can't solve alone.",
        (text_field(2000),),
    ),
    MessageAction(
        "invoice",
        "Send the invoice",
        "Send the buyer an invoice. Amazon adds its own words.",
        (files_field(MAX_FILES, True),),
    ),
    MessageAction(
        "warranty",
        "Send warranty information",
        "Send details of the warranty. Amazon adds its own words.",
        (files_field(MAX_FILES, True), *_DATES),
    ),
    MessageAction(
        "legalDisclosure",
        "Send a legal disclosure",
        "A critical message with documents that a law or a contract requires. Amazon adds its own words.",
        (files_field(MAX_FILES, True),),
    ),
    MessageAction(
        "digitalAccessKey",
        "Send a digital access key",
        "Share what the buyer needs to use a digital product: a key, or how to download it.",
        (text_field(400), files_field(MAX_FILES, False)),
    ),
)
REVIEW_ACTION = MessageAction(
    REVIEW,
    "Request a review",
    "Amazon asks the buyer for a product review and seller feedback, in its own words; once for each order, from "
    f"{REVIEW_FROM_DAYS} days after the earliest to {REVIEW_UNTIL_DAYS} days after the latest delivery date.",
)


def check_message(action, content, files=(), *, site=None, order=None):
    """Return the findings about a message of the API (see the contract)."""
    findings = []
    for field in action.fields:
        value = content.get(field.name)
        if field.kind == "text":
            if not (value or "").strip():
                findings.append(Finding("empty", "block", "The message is empty."))
            elif len(value) > field.max_length:
                text = f"The message has {len(value)} characters; Amazon takes {field.max_length}."
                findings.append(Finding("too_long", "block", text))
            findings += replies.check_words(value or "", site, order)
        elif field.kind == "files":
            findings += _check_file_number(field, files) + replies.check_files(files)
    dates = [_day(content.get(name)) for name in ("coverage_start", "coverage_end")]
    if all(dates) and dates[0] > dates[1]:
        findings.append(Finding("dates", "block", "The warranty ends before it begins."))
    # These two Amazon refuses in messages of the API, whatever an agent thinks of it.
    strict = [_blocking(finding) if finding.code in ("html", "email") else finding for finding in findings]
    return sorted(strict, key=lambda finding: finding.level != "block")


def _check_file_number(field, files):
    if field.required and not files:
        return [Finding("no_file", "block", "Attach at least one file.")]
    if len(files) > field.max_length:
        return [Finding("too_many", "block", f"Amazon takes at most {field.max_length} files.")]
    return []


def _blocking(finding):
    return Finding(finding.code, "block", finding.text, finding.excerpts)


def make_body(action_code, content) -> dict:
    """Return the body of a message.

    :raise Refused: something is missing, or more than Amazon takes.
    """
    action = next((one for one in MESSAGE_ACTIONS if one.code == action_code), None)
    if action is None:
        raise Refused(f"Amazon has no message of the kind “{action_code}”.")
    body = {}
    for field in action.fields:
        value = content.get(field.name)
        if not value or field.kind == "text" and not value.strip():
            if field.required:
                raise Refused(f"“{field.label}” is missing.")
        elif field.max_length and len(value) > field.max_length:
            raise Refused(f"“{field.label}” has {len(value)} characters or files; Amazon takes {field.max_length}.")
        elif field.kind == "files":
            body["attachments"] = [{"uploadDestinationId": one.file_ref, "fileName": one.name} for one in value]
        elif field.kind == "date":
            body[{"coverage_start": "coverageStartDate", "coverage_end": "coverageEndDate"}[field.name]] = _time(value)
        else:
            body[field.name] = value
    return body


def _day(value):
    return value.date() if isinstance(value, datetime) else value


def _time(value):
    """Return a day, or an aware moment, as the API writes times."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def explain_review(order, now):
    """Return why a buyer can't be asked for a review now, as far as the order tells, or None."""
    if order.status == "cancelled":
        return "The order is cancelled."
    if order.status in ("pending", "unshipped"):
        return "The order has not been shipped yet."
    if order.deliver_by and now > order.deliver_by + timedelta(days=REVIEW_UNTIL_DAYS):
        return f"It is more than {REVIEW_UNTIL_DAYS} days after the latest delivery date."
    return None
