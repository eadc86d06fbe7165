"""The one web application: pretend APIs, control, pages, what sellers manage there, each with its own paths."""

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request

from . import console_pages, control, pages
from .amazon import api
from .amazon.faults import failure
from .walmart import api as walmart_api
from .walmart import control as walmart_control
from .walmart import errors as walmart_errors
from .walmart import pages as walmart_pages

_MODULES = (api, control, pages, console_pages, walmart_api, walmart_control, walmart_pages)


class _Quiet(WSGIRequestHandler):
    """Logs nothing: paths are in ``/control/requests``."""

    def log(self, type, message, *args):
        pass

    def make_environ(self):
        """Return the environment of a call, with headers such as WM_SVC.NAME, which werkzeug leaves out."""
        environ = super().make_environ()
        names = (name for name in self.headers if name.upper().startswith("WM_"))
        return environ | {f"HTTP_{name.upper().replace('-', '_')}": self.headers[name] for name in names}

    def connection_dropped(self, error, environ=None):
        self.close_connection = True  # otherwise a call that hung would be followed by waiting for the next one


class Application:
    """WSGI application that hands each request to the part that owns its path."""

    def __init__(self, parts):
        rules = {part: [rule.empty() for rule in module.RULES] for part, module in zip(parts, _MODULES, strict=True)}
        self._owners = {rule.endpoint: part for part, own in rules.items() for rule in own}
        self._map = Map([rule for own in rules.values() for rule in own], strict_slashes=False)

    def __call__(self, environ, start_response):
        request = Request(environ)
        try:
            endpoint, arguments = self._map.bind_to_environ(environ).match()
            response = self._owners[endpoint].handle(request, endpoint, **arguments)
        except NotFound as error:
            is_api = request.path.startswith(("/orders/", "/sellers/", "/messaging/", "/solicitations/", "/uploads/"))
            response = failure(404) if is_api else error.get_response()
            if request.path.startswith("/v3/"):
                response = walmart_errors.failure(404, code="URI_NOT_FOUND")
        except HTTPException as error:
            response = error.get_response()
        return response(environ, start_response)


def serve(application, port):
    """Return a threaded web server on this machine; ``port`` 0 lets the system choose."""
    return make_server("127.0.0.1", port, application, threaded=True, request_handler=_Quiet)
