"""What we take from python-amazon-sp-api: operations, paths, parameters, grants. Repaired here, in one place.

The library (2.1.35) takes an error page for an empty success, adds marketplace ids to every request, sends a wrong
Host header to anything but https, lets environment variables choose the marketplace, keeps access tokens in a
process-wide cache, and logs them. All of that happens in its ``__init__`` and ``_request``, so both are replaced:
what is left of it says *what* to send; our wire sends it. When upstream repairs a defect, this file shrinks.
Versions tried: 2.1.35, November 2026.
"""

import functools
import os
import threading
from urllib.parse import unquote

from ..errors import MarketplaceError

#: Read by the library when it is imported; a value it doesn't know stops the import.
_VARIABLES = ("AWS_ENV", "SP_API_DEFAULT_MARKETPLACE", "SP_API_AUTH_CACHE_SIZE", "SP_API_AUTH_CACHE_TTL")
_lock = threading.Lock()


class _Operations:
    """Stands before a class of the library; ``send(method, path, params)`` makes the call."""

    def __init__(self, send):
        self._send = send

    def _request(self, path, *, params=None, **_unused):
        params = dict(params or {})
        return self._send(params.pop("method", "GET"), path, params)


class _SiteOperations(_Operations):
    """The same for operations of one storefront, which may have a body."""

    def __init__(self, send, site_ref):
        super().__init__(send)
        self.marketplace_id = site_ref

    def _request(self, path, *, params=None, data=None, **_unused):
        params = {"marketplaceIds": self.marketplace_id, **(params or {})}
        if "contentMD5" in params:  # the library has encoded it for a URL already
            params["contentMD5"] = unquote(params["contentMD5"])
        return self._send(params.pop("method", "GET"), path, params, data)


class _Grant:
    """Stands before the library's token client; needs ``client_id``, ``client_secret``, ``refresh_token``."""

    def __init__(self, credentials):
        self.cred = credentials


def orders_api(send):
    """Return the operations of Orders v2026-01-01: ``search_orders(**params)``, ``get_order(id, **params)``."""
    return type("Orders", (_Operations, _load().api.OrdersV20260101), {})(send)


def sellers_api(send):
    """Return the operations of Sellers v1: ``get_marketplace_participation()``."""
    return type("Sellers", (_Operations, _load().api.Sellers), {})(send)


def messaging_api(send, site_ref):
    """Return the operations of Messaging v1 for a storefront; ``send`` also takes a body."""
    return type("Messaging", (_SiteOperations, _load().api.Messaging), {})(send, site_ref)


def solicitations_api(send, site_ref):
    """Return the operations of Solicitations v1 for a storefront."""
    return type("Solicitations", (_SiteOperations, _load().api.Solicitations), {})(send, site_ref)


def upload_api(send, site_ref):
    """Return the operation of Uploads: ``upload_document(resource, content, content_type)``."""
    return type("Upload", (_SiteOperations, _load().api.Upload), {})(send, site_ref)


def refresh_grant(credentials) -> dict:
    """Return the form that renews an access token at Login with Amazon."""
    return type("Grant", (_Grant, _load().auth.AccessTokenClient), {})(credentials).data


def code_grant(credentials, code, redirect_uri=None) -> dict:
    """Return the form that exchanges an authorization code at Login with Amazon.

    The library's form lacks ``redirect_uri``, which the documentation asks for and Amazon's own samples send.
    """
    grant = type("Grant", (_Grant, _load().auth.AccessTokenClient), {})(credentials)
    form = grant._auth_code_request_body(code)
    return {**form, "redirect_uri": redirect_uri} if redirect_uri else form


def open_wire(deadline, transport=None):
    """Return the wire to Amazon (see ``wire.Wire``).

    :raise MarketplaceError: when the library's packages are not installed.
    """
    _load()  # first: brings httpx, and says what is missing
    from . import wire

    return wire.Wire(deadline, transport)


@functools.cache
def _load():
    """Import the library on first use, unimpressed by the environment.

    :raise MarketplaceError: when it is not installed.
    """
    with _lock:
        hidden = {name: os.environ.pop(name) for name in _VARIABLES if name in os.environ}
        try:
            import sp_api.api
            import sp_api.auth
        except ImportError as error:
            message = f"The Python package python-amazon-sp-api can't be loaded ({error}): install requirements.txt."
            raise MarketplaceError(message) from None
        finally:
            os.environ.update(hidden)
    return sp_api
