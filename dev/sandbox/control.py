"""The tests' side door: /control/…, JSON in and out."""

import base64
import json

from werkzeug.exceptions import BadRequest
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .amazon.applications import make_application
from .amazon.console import Visitor
from .amazon.data import make_order
from .amazon.mails import File
from .amazon.sellers import make_seller
from .message import Message
from .sites import get_site

RULES = (
    Rule("/control/faults", methods=["GET", "POST", "DELETE"], endpoint="faults"),
    Rule("/control/requests", methods=["GET", "DELETE"], endpoint="requests"),
    Rule("/control/orders", methods=["GET", "POST"], endpoint="orders"),
    Rule("/control/sellers", methods=["GET", "POST"], endpoint="sellers"),
    Rule("/control/applications", methods=["GET", "POST"], endpoint="applications"),
    Rule("/control/authorizations", methods=["GET", "POST"], endpoint="authorizations"),
    Rule("/control/limits", methods=["GET", "POST", "DELETE"], endpoint="limits"),
    Rule("/control/addresses", methods=["GET", "POST"], endpoint="addresses"),
    Rule("/control/switches", methods=["GET", "POST"], endpoint="switches"),
    Rule("/control/mails", methods=["GET"], endpoint="mails"),
    Rule("/control/inbox", methods=["GET"], endpoint="inbox"),
    Rule("/control/mailboxes", methods=["GET"], endpoint="mailboxes"),
    Rule("/control/buyers", methods=["GET", "POST"], endpoint="buyers"),
    Rule("/control/write", methods=["POST"], endpoint="write"),
    Rule("/control/reset", methods=["POST"], endpoint="reset"),
)


def answer(data, status=200):
    """Return JSON."""
    return Response(json.dumps(data, ensure_ascii=False), status, mimetype="application/json")


class Control:
    """Reads and changes the world on behalf of a test.

    :param World world: the state.
    :param Buyers buyers: the pretend buyers.
    """

    def __init__(self, world, buyers):
        self._world = world
        self._people = buyers

    def handle(self, request, endpoint):
        """Return the answer to a request; 400 with the reason when it makes no sense."""
        data = {}
        if request.method == "POST":
            try:
                data = json.loads(request.get_data() or b"{}")
            except ValueError as error:
                raise BadRequest("The body must be JSON") from error
        try:
            return answer(getattr(self, f"_{endpoint}")(request.method, data))
        except (ValueError, TypeError, KeyError) as error:
            return answer({"error": str(error)}, 400)

    def _faults(self, method, data):
        if method == "DELETE":
            self._world.faults.clear()
        elif method == "POST":
            self._world.faults.add(**data)
        return {"faults": [vars(fault) for fault in self._world.faults.all()]}

    def _requests(self, method, data):
        if method == "DELETE":
            self._world.requests.clear()
        return self._world.requests.report()

    def _orders(self, method, data):
        if method == "GET":
            return {"orders": [{"seller": code, "order": order} for code, order in self._world.orders.all()]}
        seller = data.pop("seller", None)
        if "change" in data:
            return {"order": self._world.orders.change(data["orderId"], data["change"], seller)}
        order = make_order(**data["make"]) if "make" in data else data
        if missing := {"orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems"} - set(order):
            raise ValueError(f"The order lacks {', '.join(sorted(missing))}")
        self._world.orders.put(seller or self._owner(order), order)
        return {"order": order}

    def _owner(self, order):
        if found := self._world.orders.find(order["orderId"]):
            return found[0]
        site = get_site(order["salesChannel"].get("marketplaceId"))
        return next(code for code, seller in self._world.sellers.items() if seller.region == site.region)

    def _sellers(self, method, data):
        if method == "POST":
            code, expire = data.pop("seller"), data.pop("expire_tokens", False)
            known = self._world.sellers.get(code)
            self._world.sellers[code] = known.change(**data) if known else make_seller(code, **data)
            if expire:
                self._world.tokens.expire(code)
        return {"sellers": [_public(seller) for seller in self._world.sellers.values()]}

    def _applications(self, method, data):
        if method == "POST":
            secret, key = data.pop("rotate_secret", None), data.get("application_ref", "")
            known = self._world.consents.applications.get(key)
            if secret:
                self._world.rotate_secret(known.client_id if known else data["client_id"], secret)
            elif known:
                self._world.put_application(known.change(**data))
            else:
                self._world.put_application(make_application(key or self._world.next_number(), **data))
        return {"applications": [_public(application) for application in self._world.consents.applications.values()]}

    def _authorizations(self, method, data):
        if data.get("expire_codes"):
            self._world.consents.expire_codes()
        if "sign_in" in data:
            self._world.visitor = Visitor(self._world.sellers[data["sign_in"]].code, data.get("secondary", False))
        if "revoke" in data:
            self._world.revoke(self._world.sellers[data["revoke"]].code, data.get("application_ref"))
        rows = [_public(row) for row in self._world.consents.authorizations()]
        return {"signed_in": vars(self._world.visitor), "authorizations": rows}

    def _limits(self, method, data):
        limits, walmart = self._world.limits, self._world.walmart.limits
        if method == "DELETE":
            limits.clear()
            walmart.clear()
        elif data:
            (walmart if data.get("operation") in walmart.documented else limits).set_rate(**data)
        return {"enabled": limits.enabled, "limits": limits.report() + walmart.report()}

    def _addresses(self, method, data):
        if method == "POST":
            self._world.set_address(data["seller"], data["site"], data["address"])
        return {"addresses": self._world.address_rows()}

    def _switches(self, method, data):
        self._world.set_switches(data)
        return vars(self._world.switches)

    def _mails(self, method, data):
        mails = [mail.report() for mail in list(self._world.mails)]
        states = ("queued", "accepted", "refused", "bounced")
        return {"counts": {s: sum(m["state"] == s for m in mails) for s in states}, "mails": mails}

    def _inbox(self, method, data):
        mails = [mail.report() for mail in list(self._world.inbox)]
        kinds = ("mail", "auto", "bounce")
        return {"counts": {k: sum(m["kind"] == k for m in mails) for k in kinds}, "mails": mails}

    def _mailboxes(self, method, data):
        return {"mails": [mail.report() for mail in list(self._world.mailboxes)]}

    def _buyers(self, method, data):
        if method == "POST":
            habits = {name: data.pop(name) for name in ("opted_out", "auto_reply") if name in data}
            self._people.set_habits(Message(**data), **habits)
        rows = [dict(zip(("seller", "site", "buyer"), key, strict=True), **h) for key, h in self._world.habits.items()]
        return {"buyers": rows}

    def _write(self, method, data):
        files = [File(f["name"], f["type"], base64.b64decode(f["content"])) for f in data.pop("attachments", ())]
        return {"mails": [mail.report() for mail in self._people.write(Message(attachments=files, **data))]}

    def _reset(self, method, data):
        self._world.reset()
        return {"reset": True}


def _public(record):
    secret = ("client_secret", "refresh_token")
    return {key: value for key, value in vars(record).items() if key not in secret}
