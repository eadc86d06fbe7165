"""The pretend Selling Partner API and its sign-in, as web endpoints."""

import json
from datetime import timedelta
from functools import partial

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from ..sites import get_site
from ..times import moment, now, stamp
from .contract import OPERATIONS, ORDER_REF, check_headers, check_query
from .faults import failure
from .identity import case_id
from .lwa import Denied
from .messaging import ACTIONS, REVIEW, Messaging
from .orders import InvalidToken, project, search
from .uploads import PATH

_MESSAGES = "/messaging/v1/orders/<order_id>"
_SOLICITATIONS = "/solicitations/v1/orders/<order_id>"
RULES = (
    Rule("/auth/o2/token", methods=["POST"], endpoint="token"),
    Rule("/orders/2026-01-01/orders/<order_id>", methods=["GET"], endpoint="getOrder"),
    Rule("/orders/2026-01-01/orders", methods=["GET"], endpoint="searchOrders"),
    Rule("/sellers/v1/marketplaceParticipations", methods=["GET"], endpoint="getMarketplaceParticipations"),
    Rule(f"{_MESSAGES}", methods=["GET"], endpoint="getMessagingActionsForOrder"),
    Rule(f"{_MESSAGES}/attributes", methods=["GET"], endpoint="GetAttributes"),
    *(
        Rule(f"{_MESSAGES}/messages/{name}", methods=["POST"], endpoint=form.operation, defaults={"action": name})
        for name, form in ACTIONS.items()
    ),
    Rule(_SOLICITATIONS, methods=["GET"], endpoint="getSolicitationActionsForOrder"),
    Rule(
        f"{_SOLICITATIONS}/solicitations/{REVIEW}",
        methods=["POST"],
        endpoint="createProductReviewAndSellerFeedbackSolicitation",
    ),
    Rule(
        "/uploads/2020-11-01/uploadDestinations/<path:resource>",
        methods=["POST"],
        endpoint="createUploadDestinationForResource",
    ),
    Rule(f"{PATH}/<path:place_ref>", methods=["PUT"], endpoint="upload"),
)
#: Personal data that needs a role.
_RESTRICTED = {"BUYER", "RECIPIENT", "TAX"}


def _answer(data, status=200):
    return Response(json.dumps(data, ensure_ascii=False), status, mimetype="application/json")


class AmazonApi:
    """Answers API calls out of the sandbox's world; logs each without its secrets.

    :param tell: shows a buyer a message of the API, see :class:`.messaging.Messaging`.
    """

    def __init__(self, world, tell):
        self.world = world
        self._operations = {
            "getOrder": self._get_order,
            "searchOrders": self._search_orders,
            "getMarketplaceParticipations": self._get_participations,
            **Messaging(world, tell).operations(),
        }

    def handle(self, request, endpoint, **arguments):
        """Return the answer to a request, or what a fault makes of it."""
        if endpoint == "upload":  # no call of the API: whoever knows the address may
            seller, answer = None, partial(self._upload, request, **arguments)
        elif endpoint == "token":
            seller, answer = self.world.tokens.owner(request.form), partial(self._token, request)
        else:
            seller, problem = self.world.tokens.check(request.headers.get("x-amz-access-token"))
            answer = partial(self._call, request, OPERATIONS[endpoint], seller, problem, arguments)
        code = seller.code if seller else None
        fault = self.world.faults.take(endpoint, code)
        entry = self.world.requests.add(endpoint, request, code, fault)
        fail = partial(failure, lwa=endpoint == "token")
        response = self.world.faults.spoil(fault, answer, fail) if fault else answer()
        entry["status"] = response.status_code
        if endpoint not in ("token", "upload"):
            response.headers["x-amzn-RequestId"] = entry["id"]
        return response

    def _upload(self, request, place_ref):
        given = request.args.get("X-Amz-Signature")
        status, code = self.world.uploads.put(place_ref, given, request.headers, request.get_data())
        body = f"<Error><Code>{code}</Code></Error>" if code else b""
        return Response(body, status, mimetype="application/xml")

    def _token(self, request):
        try:
            return _answer(self.world.tokens.issue(request.mimetype, request.form))
        except Denied as denied:
            body = {"error": denied.error, "error_description": denied.description, "request_id": case_id(now())}
            return _answer(body, denied.status)

    def _call(self, request, operation, seller, problem, arguments):
        if problem:
            return failure(403, problem)
        if not self.world.limits.allows(seller.code, operation.name):
            return failure(429)
        problems = check_headers(request.headers) + check_query(operation, request.args)
        if problems:
            return self._limited(failure(400, "; ".join(problems)), operation)
        included = set(filter(None, request.args.get("includedData", "").split(",")))
        if seller.pii == "forbidden" and included & _RESTRICTED:
            return failure(403, f"The application has no role for {', '.join(sorted(included & _RESTRICTED))}")
        if operation.body:
            arguments["body"] = request.get_json(force=True, silent=True)
            if not isinstance(arguments["body"], dict):
                return self._limited(failure(400, "The body must be a JSON object"), operation)
        elif request.get_data() not in (b"", b"{}"):  # Amazon's own SDK sends an empty object with each POST
            return self._limited(failure(400, "A body is sent, none is wanted"), operation)
        if operation.name == "createUploadDestinationForResource":
            arguments["base_url"] = request.host_url.rstrip("/")
        response = self._operations[operation.name](seller, request.args.to_dict(), included, **arguments)
        return self._limited(response, operation)

    def _limited(self, response, operation):
        response.headers["x-amzn-RateLimit-Limit"] = str(self.world.limits.rate(operation.name)[0])
        return response

    def _get_order(self, seller, query, included, order_id):
        if not ORDER_REF.fullmatch(order_id):
            return failure(400, "orderId must look like 123-1234567-1234567")
        order = self.world.orders.get(seller.code, order_id)
        if not order and self.world.switches.auto_orders:
            order = self.world.orders.get_or_make(seller, order_id)
        if not order:
            return failure(404, f"Order {order_id} was not found")
        return _answer({"order": project(order, included, seller.pii)})

    def _search_orders(self, seller, query, included):
        kind = "created" if "createdAfter" in query else "lastUpdated"
        before = now() - timedelta(seconds=self.world.switches.search_lag)
        if f"{kind}Before" in query:
            before = moment(query[f"{kind}Before"])
        orders = [order for _code, order in self.world.orders.all(seller.code)]
        try:
            found, token, before = search(orders, query, before)
        except InvalidToken:
            return failure(400, "paginationToken is invalid or was made for other parameters")
        body = {"orders": [project(o, included, seller.pii) for o in found], f"{kind}Before": stamp(before)}
        if token:
            body["pagination"] = {"nextToken": token}
        return _answer(body)

    def _get_participations(self, seller, query, included):
        return _answer({"payload": [_participation(seller, get_site(code)) for code in seller.sites]})


def _participation(seller, site):
    return {
        "marketplace": {
            "id": site.site_ref,
            "countryCode": site.code,
            "name": site.name.capitalize(),
            "defaultCurrencyCode": site.currency,
            "defaultLanguageCode": site.lang,
            "domainName": f"www.{site.host}",
        },
        "storeName": seller.name,
        "participation": {
            "isParticipating": site.code not in seller.inactive,
            "hasSuspendedListings": site.code in seller.suspended,
        },
    }
