"""Errors as the pretend Amazon answers them."""

import json

from werkzeug.wrappers import Response

#: How an API answers with each status: code and message.
ERRORS = {
    400: ("InvalidInput", "Invalid Input"),
    401: ("Unauthorized", "Access to requested resource is denied."),
    403: ("Unauthorized", "Access to requested resource is denied."),
    404: ("NotFound", "The requested resource was not found."),
    429: ("QuotaExceeded", "You exceeded your quota for the requested resource."),
    500: ("InternalFailure", "We encountered an internal error. Please try again."),
    503: ("ServiceUnavailable", "Service is temporarily unavailable. Please try again."),
}
#: How Login with Amazon answers: error and its description.
LWA_ERRORS = {
    400: ("invalid_grant", "The request has an invalid grant parameter : refresh_token"),
    401: ("invalid_client", "Client authentication failed"),
    403: ("access_denied", "Access denied"),
    404: ("invalid_request", "Not found"),
    429: ("temporarily_unavailable", "Too many requests"),
    500: ("server_error", "The authorization server encountered an unexpected condition"),
    503: ("temporarily_unavailable", "The authorization server is temporarily unavailable"),
}


def failure(status, details="", *, lwa=False, message=None):
    """Return an error as Amazon's API or (``lwa``) its sign-in answers it; ``message`` replaces the usual one."""
    if lwa:
        error, description = LWA_ERRORS[status]
        body = {"error": error, "error_description": details or description}
    else:
        code, usual = ERRORS[status]
        message = message or usual
        body = {"errors": [{"code": code, "message": message, "details": details}]}
    return Response(json.dumps(body), status, mimetype="application/json")
