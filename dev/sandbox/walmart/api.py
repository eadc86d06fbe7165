"""The pretend Marketplace API v3, as web endpoints."""

import time
from functools import partial
from xml.sax.saxutils import escape

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from . import paging
from .catalogue import picture
from .contract import DETAIL, OPERATIONS, ORDER, ORDERS, PROFILE, RETURNS, TOKEN, check_headers, check_query, wants_json
from .errors import answer, failure
from .sellers import SCOPES
from .wire import lines_of

RULES = (
    *(
        Rule(operation.path, methods=["POST" if name == TOKEN else "GET"], endpoint=name)
        for name, operation in OPERATIONS.items()
    ),
    Rule("/walmart/items/<name>", methods=["GET"], endpoint="walmart_item"),
)
#: Version of the Global API, which callers of all markets but the United States must name.
_VERSION = "3.1"


class WalmartApi:
    """Answers API calls out of the sandbox's world; logs each without its secrets.

    :param World world: the state.
    """

    def __init__(self, world):
        self._world = world
        self._state = world.walmart
        self._calls = {
            DETAIL: self._detail,
            ORDERS: self._orders,
            ORDER: self._order,
            RETURNS: self._returns,
            PROFILE: self._profile,
        }

    def handle(self, request, endpoint, **arguments):
        """Return the answer to a request, or what a fault makes of it."""
        if endpoint == "walmart_item":
            return Response(picture(arguments["name"].removesuffix(".svg")), mimetype="image/svg+xml")
        headers = request.headers
        if endpoint == TOKEN:
            seller, is_right = self._state.keys.owner(headers.get("Authorization"))
            proper = partial(self._token, request, seller if is_right else None)
        else:
            seller, issued, expires = self._state.keys.check(headers.get("WM_SEC.ACCESS_TOKEN"))
            proper = partial(self._call, request, endpoint, seller, (issued, expires), arguments)
        code = seller.code if seller else None
        fault = self._world.faults.take(endpoint, code)
        entry = self._world.requests.add(endpoint, request, code, fault)
        response = self._world.faults.spoil(fault, proper, failure) if fault else proper()
        if code and endpoint in self._state.limits.documented:
            self._add_limits(response, code, endpoint)
        entry["status"] = response.status_code
        return response

    # --- who may ----------------------------------------------------------------------------------------

    def _check_headers(self, request):
        """Return the answer to a call whose headers are wrong, or None."""
        if wrong := check_headers(request.headers):
            return failure(400, f"{wrong} set null or blank or invalid", code="INVALID_REQUEST_HEADER", field=wrong)
        if not self._state.keys.is_new(request.headers["WM_QOS.CORRELATION_ID"]):
            words = "WM_QOS.CORRELATION_ID was used before"
            return failure(400, words, code="INVALID_REQUEST_HEADER", field="WM_QOS.CORRELATION_ID")
        return None

    def _token(self, request, seller):
        if problem := self._check_headers(request):
            return problem
        if not seller or seller.revoked or not _fits_market(request.headers, seller):
            return failure(401)
        if request.form.get("grant_type") != "client_credentials":
            return failure(400, "grant_type must be client_credentials", code="INVALID_REQUEST_CONTENT")
        token = self._state.keys.issue(seller)
        if wants_json(request.headers):
            return answer({"access_token": token, "token_type": "Bearer", "expires_in": seller.token_seconds})
        body = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f"<OAuthTokenDTO><accessToken>{escape(token)}</accessToken><tokenType>Bearer</tokenType>"
            f"<expiresIn>{seller.token_seconds}</expiresIn></OAuthTokenDTO>"
        )
        return Response(body, mimetype="application/xml")

    def _call(self, request, endpoint, seller, times, arguments):
        operation = OPERATIONS[endpoint]
        if not seller or not _fits_market(request.headers, seller):
            return failure(401)
        if problem := self._check_headers(request):
            return problem
        if not wants_json(request.headers) and "*/*" not in request.headers.get("Accept", "*/*"):
            return failure(406)
        if operation.scope and seller.access(operation.scope) == "no_access":
            return failure(403, f"The key has no access to {operation.scope}")
        if operation.a_minute and not self._state.limits.allows(seller.code, endpoint):
            return failure(429)
        if wrong := check_query(endpoint, request.args.to_dict()):
            return failure(400, wrong[1], code="INVALID_REQUEST_PARAM", field=wrong[0], api=operation.api)
        if endpoint == DETAIL:
            arguments["times"] = times
        return self._calls[endpoint](request, seller, **arguments)

    def _add_limits(self, response, code, endpoint):
        tokens, seconds = self._state.limits.rest(code, endpoint)
        response.headers["x-current-token-count"] = str(tokens)
        response.headers["x-next-replenishment-time"] = str(int((time.time() + seconds) * 1000))

    # --- calls ------------------------------------------------------------------------------------------

    def _detail(self, request, seller, times):
        issued, expires = (str(int(seconds * 1000)) for seconds in times)
        scopes = {scope: seller.access(scope) for scope in SCOPES}
        return answer(
            {
                "expire_at": expires,
                "issued_at": issued,
                "is_valid": True,
                "is_channel_match": True,
                "scopes": scopes,
            }
        )

    def _profile(self, request, seller):
        partner = {
            "partnerId": seller.partner_id,
            "partnerName": f"{seller.name} LLC",
            "partnerDisplayName": seller.name,
            "partnerStoreId": f"1{seller.partner_id[-5:]}",
        }
        return answer({"partner": partner, "configurations": []})

    def _orders(self, request, seller):
        query = request.args.to_dict()
        if query.get("partnerId", seller.partner_id) != seller.partner_id:
            words = "partnerId is of another seller"
            return failure(400, words, code="INVALID_REQUEST_PARAM", field="partnerId", api="GMP_ORDER_API")
        self._make_missing(seller, query.get("customerOrderId"))
        found = self._state.orders.search(seller.code, query)
        if not found:
            return failure(404, "No orders found for the given search parameters", api="GMP_ORDER_API")
        rows, meta = paging.page_orders(found, query, seller)
        shown = [_project(order, query, request.host_url) for order in rows]
        return answer({"list": {"meta": meta, "elements": {"order": shown}}})

    def _make_missing(self, seller, ref):
        """With the switch ``auto_orders``, let an order exist that somebody asks for."""
        if self._world.switches.auto_orders and ref:
            self._state.orders.make_missing(seller, ref)

    def _order(self, request, seller, purchase_order_id):
        order = self._state.orders.get(seller.code, purchase_order_id)
        if not order:
            return failure(404, f"Purchase order {purchase_order_id} was not found", api="GMP_ORDER_API")
        return answer({"order": _project(order, request.args, request.host_url)})

    def _returns(self, request, seller):
        query = request.args.to_dict()
        rows, meta = paging.page_returns(self._state.orders.returns(seller.code), query, seller)
        return answer({"meta": meta, "returnOrders": rows})


def _fits_market(headers, seller):
    market = headers.get("WM_MARKET", "us").lower()
    version = market == "us" or headers.get("WM_GLOBAL_VERSION") == _VERSION
    return market == seller.market and version


def _project(order, query, base_url):
    """Return a purchase order with only what was asked for."""
    result = dict(order)
    if query.get("replacementInfo") != "true":
        for name in ("orderType", "originalCustomerOrderID"):
            result.pop(name, None)
    with_product = query.get("productInfo") == "true"
    result["orderLines"] = {"orderLine": [_project_line(line, with_product, base_url) for line in lines_of(order)]}
    return result


def _project_line(line, with_product, base_url):
    item = dict(line["item"])
    if not with_product:
        item = {name: value for name, value in item.items() if name not in ("imageUrl", "weight")}
    elif str(item.get("imageUrl", "")).startswith("/"):
        item["imageUrl"] = base_url.rstrip("/") + item["imageUrl"]
    return line | {"item": item}
