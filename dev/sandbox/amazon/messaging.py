"""Messaging v1, Solicitations v1 and Uploads as the pretend Amazon runs them. By hand from the models, August 2026.

Which message is allowed when is written in no table: it depends on the order and on what was sent before. Here: what a
reader of the operations' descriptions would expect.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta

from werkzeug.wrappers import Response

from ..sites import get_site
from ..times import moment, now
from .faults import failure
from .uploads import PATH, is_md5

REVIEW = "productReviewAndSellerFeedback"
_NOT_ALLOWED = "Invalid amazonOrderId and template combination"
_UNWANTED = re.compile(r"<[a-zA-Z/][^>]*>|[\w.+-]+@[\w-]+\.[\w.-]+")
_OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED")
_SENT = ("PARTIALLY_SHIPPED", "SHIPPED")


@dataclass(frozen=True)
class Form:
    """An action: what its body may hold, and in which states of an order it is allowed; ``once`` only once."""

    operation: str
    text: int = 0
    files: int = 0
    least: int = 0
    dates: bool = False
    states: tuple = (*_OPEN, "SHIPPED")
    once: bool = False


ACTIONS = {
    "confirmCustomizationDetails": Form("confirmCustomizationDetails", 800, 5, states=_OPEN),
    "confirmDeliveryDetails": Form("createConfirmDeliveryDetails", 2000),
    "confirmOrderDetails": Form("createConfirmOrderDetails", 2000, states=_OPEN, once=True),
    "confirmServiceDetails": Form("createConfirmServiceDetails", 2000, states=()),
    "unexpectedProblem": Form("createUnexpectedProblem", 2000),
    "digitalAccessKey": Form("createDigitalAccessKey", 400, 5, states=()),
    "legalDisclosure": Form("createLegalDisclosure", files=5),
    "warranty": Form("CreateWarranty", files=5, least=1, dates=True, states=_SENT),
    "invoice": Form("sendInvoice", files=5, least=1, states=_SENT),
}
#: Those for an order that Amazon ships.
_BY_AMAZON = ("legalDisclosure", "warranty", "invoice", "unexpectedProblem")


def hal(data, status=200):
    """Return JSON as these two APIs name it."""
    return Response(json.dumps(data, ensure_ascii=False), status, mimetype="application/hal+json")


class Messaging:
    """Answers the three APIs.

    :param World world: the state.
    :param tell: shows a buyer a message: function of seller, storefront, order, text, names of files.
    """

    def __init__(self, world, tell):
        self._world = world
        self._tell = tell

    def operations(self):
        """Return what answers each operation."""
        return {
            "getMessagingActionsForOrder": self._get_actions,
            "GetAttributes": self._get_attributes,
            "getSolicitationActionsForOrder": self._get_solicitations,
            "createProductReviewAndSellerFeedbackSolicitation": self._ask_review,
            "createUploadDestinationForResource": self._make_place,
            **{form.operation: self._send for form in ACTIONS.values()},
        }

    # --- operations ----------------------------------------------------------------------------------

    def _get_actions(self, seller, query, included, order_id):
        order, problem = self._order(seller, order_id, query)
        if problem:
            return problem
        names = [name for name in ACTIONS if self._allows(seller, order, name)]
        return hal(_links(f"/messaging/v1/orders/{order_id}", "messages", names, query["marketplaceIds"]))

    def _get_attributes(self, seller, query, included, order_id):
        order, problem = self._order(seller, order_id, query)
        lang = get_site(query["marketplaceIds"]).lang.replace("_", "-") if order else None
        return problem or hal({"buyer": {"locale": lang}})

    def _send(self, seller, query, included, order_id, action, body):
        order, problem = self._order(seller, order_id, query)
        if problem:
            return problem
        if not self._allows(seller, order, action):
            return failure(403, message=_NOT_ALLOWED)
        wrong = self._check(seller, order_id, action, body)
        if wrong:
            return failure(400, wrong)
        self._remember(seller, order_id, action)
        text = body.get("text") or f"({action})"
        files = [file["fileName"] for file in body.get("attachments", ())]
        self._tell(seller, get_site(query["marketplaceIds"]), order, text, files)
        return hal({}, 201)

    def _get_solicitations(self, seller, query, included, order_id):
        order, problem = self._order(seller, order_id, query)
        if problem:
            return problem
        names = [REVIEW] if self._allows_review(seller, order) else []
        return hal(_links(f"/solicitations/v1/orders/{order_id}", "solicitations", names, query["marketplaceIds"]))

    def _ask_review(self, seller, query, included, order_id):
        order, problem = self._order(seller, order_id, query)
        if problem:
            return problem
        if not self._allows_review(seller, order):
            return failure(403, message=_NOT_ALLOWED)
        self._remember(seller, order_id, REVIEW)
        words = "(Amazon asks for a product review and seller feedback)"
        self._tell(seller, get_site(query["marketplaceIds"]), order, words, [])
        return hal({}, 201)

    def _make_place(self, seller, query, included, resource, base_url):
        if not is_md5(query["contentMD5"]):
            return failure(400, "contentMD5 must be an MD5 in base64")
        place = self._world.uploads.make(seller.code, resource, query["contentMD5"], query.get("contentType"))
        if not place or place.action not in ACTIONS or not ACTIONS[place.action].files:
            return failure(400, f"Nothing can be uploaded for {resource}")
        headers = {"Content-MD5": place.md5, **({"Content-Type": place.type} if place.type else {})}
        url = f"{base_url}{PATH}/{place.place_ref}?X-Amz-Expires=900&X-Amz-Signature={place.signature}"
        payload = {"uploadDestinationId": place.place_ref, "url": url, "headers": headers}
        return Response(json.dumps({"payload": payload}), 201, mimetype="application/json")

    # --- rules ---------------------------------------------------------------------------------------

    def _order(self, seller, order_id, query):
        """Return an order, or the answer to somebody who may not know it."""
        order = self._world.orders.get(seller.code, order_id)
        if not order and self._world.switches.auto_orders and re.fullmatch(r"\d{3}-\d{7}-\d{7}", order_id):
            order = self._world.orders.get_or_make(seller, order_id)
        if not order:
            return None, failure(404, f"Order {order_id} was not found")
        if order["salesChannel"]["marketplaceId"] != query["marketplaceIds"]:
            return None, failure(400, "The order is of another marketplace")
        return order, None

    def _allows(self, seller, order, action):
        form, fulfillment = ACTIONS[action], order.get("fulfillment", {})
        if form.once and action in self._used(seller, order["orderId"]):
            return False
        if fulfillment.get("fulfilledBy") == "AMAZON" and action not in _BY_AMAZON:
            return False
        return fulfillment.get("fulfillmentStatus") in form.states

    def _allows_review(self, seller, order):
        """Tell whether it is 5 days after the earliest to 30 days after the latest delivery date, and not asked yet."""
        fulfillment = order.get("fulfillment", {})
        window = fulfillment.get("deliverByWindow")
        if fulfillment.get("fulfillmentStatus") != "SHIPPED" or not window:
            return False
        start = moment(window["earliestDateTime"]) + timedelta(days=5)
        end = moment(window["latestDateTime"]) + timedelta(days=30)
        return start <= now() <= end and REVIEW not in self._used(seller, order["orderId"])

    def _used(self, seller, order_id):
        return self._world.messages.get((seller.code, order_id), ())

    def _remember(self, seller, order_id, action):
        with self._world.lock:
            self._world.messages.setdefault((seller.code, order_id), []).append(action)

    def _check(self, seller, order_id, action, body):
        """Return what is wrong with the body of a message, or None."""
        form, text, files = ACTIONS[action], body.get("text"), body.get("attachments", [])
        known = {"text": form.text, "attachments": form.files}
        known |= dict.fromkeys(("coverageStartDate", "coverageEndDate"), form.dates)
        if unknown := [name for name in body if not known.get(name)]:
            return f"unknown: {', '.join(unknown)}"
        if form.text and not (isinstance(text, str) and 1 <= len(text) <= form.text):
            return f"text must have 1 to {form.text} characters"
        if form.text and _UNWANTED.search(text):
            return "text must not hold HTML or e-mail addresses"
        if not isinstance(files, list) or not form.least <= len(files) <= (form.files or 0):
            return f"attachments must be {form.least} to {form.files}"
        for file in files:
            if set(file) != {"uploadDestinationId", "fileName"} or not file["fileName"]:
                return "an attachment has uploadDestinationId and fileName"
            if not self._world.uploads.find(file["uploadDestinationId"], seller.code, order_id, action):
                return f"Nothing was uploaded to {file['uploadDestinationId']} for this message"
        return _check_dates(body)


def _check_dates(body):
    try:
        dates = [moment(body[name]) for name in ("coverageStartDate", "coverageEndDate") if name in body]
    except (ValueError, AttributeError):
        return "dates must be ISO 8601 with a time zone"
    return "the coverage ends before it starts" if dates != sorted(dates) else None


def _links(path, folder, names, site_ref):
    """Return the answer that lists actions, with the part that describes each."""
    query = f"?marketplaceIds={site_ref}"
    hrefs = {name: f"{path}/{folder}/{name}{query}" for name in names}
    embedded = [
        {
            "_links": {"self": {"href": href}, "schema": {"href": f"{path}/{folder}/{name}/schema{query}"}},
            "payload": {"name": name},
        }
        for name, href in hrefs.items()
    ]
    return {
        "_links": {
            "self": {"href": f"{path}{query}"},
            "actions": [{"href": href, "name": name} for name, href in hrefs.items()],
        },
        "_embedded": {"actions": embedded},
    }
