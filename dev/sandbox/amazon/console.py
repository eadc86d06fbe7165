"""The pretend Seller Central, as far as authorizing goes: who may do what, and where the browser goes next."""

from dataclasses import dataclass
from urllib.parse import urlencode

#: What Seller Central's error page says.
ERRORS = {
    "MD1000": "Invalid application id or the application is in draft status.",
    "MD5100": "The request for authorization is not valid.",
    "MD5101": "The redirect URI is not one of the application's.",
    "MD5110": "The redirect URI contains a fragment.",
    "MD9100": "The application has no log-in URI or no redirect URI.",
    "SPDC8143": "Invalid Access: only the primary user of a seller account can authorize applications.",
}
#: What can be sent back to the application instead of a code.
ENDINGS = ("access_denied", "server_error", "temporarily_unavailable", "unauthorized_client", *ERRORS)
CONFIRM_PATH = "/apps/authorize/confirm"


class ConsentError(Exception):
    """Seller Central shows an error page instead of going on; ``code`` is a key of :data:`ERRORS`."""

    def __init__(self, code):
        super().__init__(ERRORS[code])
        self.code = code


@dataclass(frozen=True)
class Visitor:
    """Who is signed in to the pretend Seller Central: a seller's primary user, or a secondary one."""

    seller: str
    secondary: bool = False


class Console:
    """Decides what a browser gets that a person or an application sends to Seller Central.

    :param World world: the state.
    """

    def __init__(self, world):
        self._world = world
        self.base_url = ""

    # --- website workflow ----------------------------------------------------------------------------

    def check(self, params, visitor):
        """Return the application and the redirect URI of a request for consent.

        :raise ConsentError: as Amazon refuses it.
        """
        application = self._application(params.get("application_id"), params)
        redirect_uri = self._redirect_uri(application, params)
        self._check_visitor(visitor)
        return application, redirect_uri

    def decide(self, params, visitor, ending="confirm"):
        """Return where the browser goes once a person pressed a button of the consent page.

        :param str ending: confirm, or an error to send back (access_denied when the person declines).
        :raise ConsentError: as Amazon refuses it.
        """
        application, redirect_uri = self.check(params, visitor)
        if ending != "confirm":
            return self._send_back(redirect_uri, params, error=_known(ending), error_description=ERRORS.get(ending))
        if self._world.switches.login_hop:
            return self.start(application.application_ref, visitor)
        return self._send_code(application, visitor.seller, redirect_uri, params)

    # --- Appstore workflow ---------------------------------------------------------------------------

    def start(self, application_ref, visitor):
        """Return the application's log-in URI with what Amazon sends there, once a person pressed "Authorize".

        :raise ConsentError: as Amazon refuses it.
        """
        application = self._world.consents.applications.get(application_ref)
        if not application:
            raise ConsentError("MD1000")
        self._check_visitor(visitor)
        if not (application.login_uri and application.redirect_uris):
            raise ConsentError("MD9100")
        seller = self._world.sellers[visitor.seller]
        params = {
            "amazon_callback_uri": f"{self.base_url}{CONFIRM_PATH}/{application_ref}",
            "amazon_state": self._world.consents.add_state(application, seller),
            "selling_partner_id": seller.merchant_id,
            "version": "beta" if application.draft else None,
        }
        return _join(application.login_uri, params)

    def confirm(self, application_ref, params):
        """Return where the browser goes that the application sent back from its log-in URI.

        :raise ConsentError: as Amazon refuses it.
        """
        application = self._application(application_ref, params)
        redirect_uri = self._redirect_uri(application, params)
        if not params.get("state"):
            raise ConsentError("MD5100")
        seller = self._world.consents.take_state(params.get("amazon_state"), application)
        if seller not in self._world.sellers:
            raise ConsentError("MD5100")
        return self._send_code(application, seller, redirect_uri, params)

    # --- both ----------------------------------------------------------------------------------------

    def _application(self, ref, params):
        application = self._world.consents.applications.get(ref)
        if not application or (application.draft and params.get("version") != "beta"):
            raise ConsentError("MD1000")
        return application

    def _redirect_uri(self, application, params):
        if not application.redirect_uris:
            raise ConsentError("MD9100")
        uri = params.get("redirect_uri") or application.redirect_uris[0]
        if "#" in uri:
            raise ConsentError("MD5110")
        if uri not in application.redirect_uris:
            raise ConsentError("MD5101")
        return uri

    def _check_visitor(self, visitor):
        if visitor.secondary:
            raise ConsentError("SPDC8143")
        if visitor.seller not in self._world.sellers:
            raise ValueError(f"No seller {visitor.seller!r}")

    def _send_code(self, application, seller, redirect_uri, params):
        seller = self._world.sellers[seller]
        code = self._world.consents.add_code(application, seller, redirect_uri)
        return self._send_back(redirect_uri, params, selling_partner_id=seller.merchant_id, spapi_oauth_code=code)

    def _send_back(self, redirect_uri, params, **answer):
        return _join(redirect_uri, {"state": params.get("state"), **answer})


def _known(ending):
    if ending not in ENDINGS:
        raise ValueError(f"The ending must be confirm or one of {', '.join(ENDINGS)}")
    return ending


def _join(url, params):
    query = urlencode({name: value for name, value in params.items() if value})
    return f"{url}{'&' if '?' in url else '?'}{query}"
