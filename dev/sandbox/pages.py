"""Pages for people: a start page, the pretend buyer, other people's mailboxes."""

import json
import mimetypes
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .amazon.buyers import NOTICES
from .amazon.rows import order_rows
from .amazon.wording import LANGUAGES, language
from .message import Message, Unknown
from .mime import File
from .sites import get_site
from .walmart.rows import order_rows as walmart_rows
from .walmart.sites import get_site as get_walmart_site
from .walmart.wording import NOTICES as WALMART_NOTICES

_HERE = Path(__file__).parent
_templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)

RULES = (
    Rule("/", methods=["GET"], endpoint="start"),
    Rule("/buyer", methods=["GET"], endpoint="buyer"),
    Rule("/buyer/orders", methods=["GET"], endpoint="buyer_orders"),
    Rule("/buyer/conversation", methods=["GET"], endpoint="buyer_conversation"),
    Rule("/buyer/send", methods=["POST"], endpoint="buyer_send"),
    Rule("/buyer/address", methods=["POST"], endpoint="buyer_address"),
    Rule("/mailbox", methods=["GET"], endpoint="mailbox"),
    Rule("/static/<name>", methods=["GET"], endpoint="static"),
)
_STATES = {
    "queued": "on its way",
    "accepted": "delivered to the seller's mail server",
    "refused": "refused by the seller's mail server",
    "bounced": "returned by the seller's mail server",
}


def render(template, **values):
    """Return a page as HTML."""
    return _templates.get_template(template).render(**values)


def _json(data, status=200):
    return Response(json.dumps(data, ensure_ascii=False), status, mimetype="application/json")


class Pages:
    """Shows the world to people and lets them be a buyer.

    :param World world: the state.
    :param Buyers buyers: send what is written.
    :param dict about: what the start page tells about this sandbox.
    """

    def __init__(self, world, buyers, about):
        self._world = world
        self._buyers = buyers
        self._about = about

    def handle(self, request, endpoint, **arguments):
        """Return the page or data asked for."""
        return getattr(self, f"_{endpoint}")(request, **arguments)

    def _page(self, template, **values):
        return Response(render(template, **values), mimetype="text/html")

    def _start(self, request):
        mails = list(self._world.mails)
        counts = {
            "orders": len(self._world.orders.all()) + len(self._world.walmart.orders.all()),
            "queued": sum(m.state == "queued" for m in mails),
            "accepted": sum(m.state == "accepted" for m in mails),
            "failed": sum(m.state in ("refused", "bounced") for m in mails),
            "replies": sum(m.kind == "mail" for m in self._world.inbox),
            "noise": sum(m.kind != "mail" for m in self._world.inbox),
            "people": len(self._world.mailboxes),
        }
        requests = self._world.requests.report()
        return self._page(
            "start.html",
            counts=counts,
            requests=requests["counts"],
            recent=requests["requests"][:-9:-1],
            faults=self._world.faults.all(),
            addresses=self._world.address_rows(),
            sellers=self._world.sellers.values(),
            walmart_sellers=self._world.walmart.sellers.values(),
            about=self._about,
        )

    def _mailbox(self, request):
        return self._page("mailbox.html", mails=list(self._world.mailboxes)[::-1])

    def _buyer(self, request):
        rows = [("Amazon", seller, get_site(code)) for seller in self._world.sellers.values() for code in seller.sites]
        rows += [("Walmart", s, get_walmart_site(s.site)) for s in self._world.walmart.sellers.values()]
        sites = [
            {"app": app, "seller": seller.code, "code": site.code, "name": site.name, "lang": language(site.lang)}
            for app, seller, site in rows
        ]
        notices = {"Amazon": NOTICES, "Walmart": WALMART_NOTICES}
        return self._page("buyer.html", sites=sites, languages=LANGUAGES, notices=notices)

    def _buyer_orders(self, request):
        code, seller = request.args["site"], request.args["seller"]
        if at_walmart := self._world.walmart.sellers.get(seller):
            site, rows = get_walmart_site(code), walmart_rows(self._world, at_walmart)
        else:
            site = get_site(code)
            rows = order_rows(self._world, self._world.sellers[seller], site)
        address = self._world.addresses.get((seller, code), "")
        return _json({"orders": rows, "address": address, "currency": site.currency})

    def _buyer_conversation(self, request):
        entries = list(self._world.conversations.get(request.args["key"], []))
        return _json({"entries": [entry | {"mails": self._states(entry["mails"])} for entry in entries]})

    def _states(self, numbers):
        return [
            {"state": m.state, "words": _STATES[m.state], "attempts": m.attempts, "answer": m.answer, "to": m.to}
            for m in list(self._world.mails)
            if m.number in numbers
        ]

    def _buyer_send(self, request):
        form, yes = request.form, lambda name: name in request.form
        message = Message(
            text=form.get("text", "").replace("\r\n", "\n").strip(),
            order_ref=form.get("order_ref") or None,
            site=form["site"],
            seller=form["seller"],
            buyer=form.get("buyer") or None,
            asin=form.get("asin") or None,
            lang=form.get("lang") or None,
            topic=form.get("topic") or None,
            copies=int(yes("second_copy")),
            notice=form.get("notice") or None,
            forgery=form.get("forgery", ""),
            name_order=not yes("without_order"),
            answer=yes("answer"),
            attachments=[_file(upload) for upload in request.files.getlist("files") if upload.filename],
        )
        try:
            mails = self._buyers.write(message)
        except Unknown as error:
            return _json({"error": str(error)}, 400)
        return _json({"mails": [mail.number for mail in mails]})

    def _buyer_address(self, request):
        form = request.form
        self._world.set_address(form["seller"], form["site"], form.get("address", "").strip())
        return _json({"addresses": self._world.address_rows()})

    def _static(self, request, name):
        path = _HERE / "static" / Path(name).name
        if not path.is_file():
            return Response("Not found", 404)
        return Response(path.read_bytes(), mimetype=mimetypes.guess_type(path.name)[0])


def _file(upload):
    return File(upload.filename, upload.mimetype or "application/octet-stream", upload.read())
