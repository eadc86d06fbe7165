"""Pages of the pretend developer.walmart.com and Seller Center: API keys, and the customer service contact."""

from werkzeug.routing import Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from ..pages import render

RULES = (
    Rule("/walmart/keys", methods=["GET", "POST"], endpoint="walmart_keys"),
    Rule("/settings/manage-contacts", methods=["GET", "POST"], endpoint="walmart_contacts"),
)


class WalmartPages:
    """Shows a seller's own pages to whoever is signed in.

    :param World world: the state.
    """

    def __init__(self, world):
        self._world = world
        self._state = world.walmart

    def handle(self, request, endpoint):
        """Return the page asked for, or do what its button says and return to it."""
        code = request.values.get("seller") or self._state.visitor
        if code not in self._state.sellers:
            return Response("That makes no sense: no such seller", 400, mimetype="text/plain")
        if request.method == "POST":
            getattr(self, f"_do_{endpoint.removeprefix('walmart_')}")(code, request.form)
            return redirect(request.path, 303)
        seller = self._state.sellers[code]
        values = {
            "seller": seller,
            "sellers": list(self._state.sellers.values()),
            "address": self._world.addresses.get((code, seller.site), ""),
            "path": request.path,
        }
        return Response(render(f"{endpoint}.html", **values), mimetype="text/html")

    def _do_keys(self, code, form):
        self._sign_in(code)
        if form.get("action") == "reset":
            self._state.rotate(code)

    def _do_contacts(self, code, form):
        self._sign_in(code)
        if form.get("action") == "save":
            self._world.set_address(code, self._state.sellers[code].site, form.get("address", "").strip())

    def _sign_in(self, code):
        self._state.visitor = code
