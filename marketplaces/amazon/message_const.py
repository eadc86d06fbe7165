"""The messages that the Messaging API sends about an order, and the request for a review: facts with their source.

Source: messaging.json and solicitations.json of github.com/amzn/selling-partner-api-models, August 2026. The actions
negativeFeedbackRemoval and amazonMotors, still in its examples, were removed in 2025 and 2026.
"""

from dataclasses import dataclass

from ..base_replies import files_field, text_field
from ..schema import ActionField, MessageAction

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
