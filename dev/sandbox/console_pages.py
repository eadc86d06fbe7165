"""Pages of the pretend Seller Central: consent, Appstore, and what a developer and a seller manage there."""

import secrets

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from .amazon.console import CONFIRM_PATH, ENDINGS, ConsentError, Visitor
from .amazon.faults import failure
from .pages import render

RULES = (
    Rule("/apps/authorize/consent", methods=["GET", "POST"], endpoint="consent"),
    Rule(f"{CONFIRM_PATH}/<ref>", methods=["GET"], endpoint="confirm"),
    Rule("/apps/manage", methods=["GET", "POST"], endpoint="manage"),
    Rule("/appstore/<ref>", methods=["GET", "POST"], endpoint="appstore"),
)
#: What a request for consent holds, and one that comes back from a log-in URI.
_REQUEST = ("application_id", "amazon_state", "state", "redirect_uri", "version")


class ConsolePages:
    """Shows Seller Central to people and sends their browsers on.

    :param World world: the state.
    :param Console console: decides.
    """

    def __init__(self, world, console):
        self._world = world
        self._console = console

    def handle(self, request, endpoint, **arguments):
        """Return the page or redirection asked for, or what a fault makes of it."""
        visitor = self._visitor(request.values)
        fault = self._world.faults.take("consent", visitor.seller)

        def answer():
            try:
                return getattr(self, f"_{endpoint}")(request, visitor, **arguments)
            except ConsentError as error:
                return self._page("consent_error.html", visitor, 400, error=error, kept=_kept(request))
            except (KeyError, ValueError) as error:
                return Response(f"That makes no sense: {error}", 400, mimetype="text/plain")

        return self._world.faults.spoil(fault, answer, failure) if fault else answer()

    def _visitor(self, values):
        """Return who is signed in; a page can say it for itself, so that several tests don't disturb each other."""
        if "seller" not in values:
            return self._world.visitor
        return Visitor(values["seller"], values.get("user") == "secondary")

    def _page(self, template, visitor, status=200, **values):
        seller = self._world.sellers.get(visitor.seller)
        sellers = list(self._world.sellers.values())
        html = render(template, visitor=visitor, seller=seller, sellers=sellers, **values)
        return Response(html, status, mimetype="text/html")

    def _consent(self, request, visitor):
        if request.method == "POST":
            ending = request.form.get("error") or request.form.get("decision", "access_denied")
            return redirect(self._console.decide(request.form, visitor, ending), 303)
        application, redirect_uri = self._console.check(request.args, visitor)
        return self._page(
            "consent.html",
            visitor,
            application=application,
            redirect_uri=redirect_uri,
            kept=_kept(request),
            endings=ENDINGS,
        )

    def _confirm(self, request, visitor, ref):
        return redirect(self._console.confirm(ref, request.args), 302)

    def _appstore(self, request, visitor, ref):
        application = self._world.consents.applications.get(ref)
        if not application:
            raise NotFound()
        if request.method == "POST":
            return redirect(self._console.start(ref, visitor), 303)
        return self._page("appstore.html", visitor, application=application, kept={})

    def _manage(self, request, visitor):
        if request.method == "POST":
            getattr(self, f"_do_{_action(request.form)}")(request.form, visitor)
            return redirect("/apps/manage", 303)
        return self._page(
            "manage.html",
            visitor,
            applications=list(self._world.consents.applications.values()),
            authorizations=[a for a in self._world.consents.authorizations() if a.seller == visitor.seller],
        )

    # --- buttons of the page "manage" ----------------------------------------------------------------

    def _do_sign_in(self, form, visitor):
        if visitor.seller not in self._world.sellers:
            raise ValueError("no such seller")
        self._world.visitor = visitor

    def _do_revoke(self, form, visitor):
        self._world.revoke(visitor.seller, form["application_id"])

    def _do_rotate(self, form, visitor):
        application = self._world.consents.applications[form["application_id"]]
        self._world.rotate_secret(application.client_id, f"amzn1.oa2-cs.v1.{secrets.token_hex(32)}")

    def _do_save(self, form, visitor):
        application = self._world.consents.applications[form["application_id"]]
        self._world.put_application(
            application.change(
                login_uri=form.get("login_uri", "").strip(),
                redirect_uris=form.get("redirect_uris", "").split(),
                draft="draft" in form,
            )
        )


def _kept(request):
    """Return what a page passes on when somebody else signs in."""
    return {name: request.values[name] for name in _REQUEST if name in request.values}


def _action(form):
    action = form.get("action")
    if action not in ("sign_in", "revoke", "rotate", "save"):
        raise ValueError("no such action")
    return action
