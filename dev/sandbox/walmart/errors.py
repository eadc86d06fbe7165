"""Errors as the pretend Walmart answers them: in three shapes, as the real one does.

Sources: public answers of 2023 (shape "error"), developer.walmart.com/us-marketplace/docs/error-codes (shape "errors"),
clients of 2026 (shape "errors" around "error", for lists without rows). 2026-11-22.
"""

import json

from werkzeug.wrappers import Response

_WORDS = {
    400: ("INVALID_REQUEST", "Bad Request"),
    401: ("UNAUTHORIZED", "Unauthorized"),
    403: ("FORBIDDEN", "Forbidden"),
    404: ("CONTENT_NOT_FOUND", "Content not found"),
    406: ("INVALID_ACCEPT_TYPE", "Not acceptable"),
    429: ("REQUEST_THRESHOLD_VIOLATED", "Request throttled"),
    500: ("SYSTEM_ERROR", "Internal server error"),
    503: ("SYSTEM_ERROR", "Service unavailable"),
}
_UNAUTHORIZED = (
    "Unauthorized token or incorrect authorization header. Please verify correct format: "
    '"Authorization: Basic Base64Encode(clientId:clientSecret)"'
)
_GATEWAY = "GMP_GATEWAY_API"


def answer(data, status=200):
    """Return JSON."""
    return Response(json.dumps(data, ensure_ascii=False), status, mimetype="application/json")


def failure(status, words=None, *, code=None, field=None, api=_GATEWAY):
    """Return an error.

    :param str words: what is wrong; else the usual words.
    :param str code: instead of the usual code of the status.
    :param str field: parameter or header that is wrong.
    :param str api: suffix of the code.
    """
    usual_code, usual = _WORDS[status]
    code = f"{code or usual_code}.{api}"
    common = {"severity": "ERROR", "category": "DATA"}
    if status in (401, 403):
        row = {"code": code, "field": usual_code, "description": usual, "info": words or _UNAUTHORIZED}
        body = {"error": [row | common | {"causes": [], "errorIdentifiers": {}}]}
    elif status == 404:
        body = {"errors": {"error": [{"code": code, "description": words or usual} | common]}}
    else:
        row = {"code": code, "message": words or usual} | common
        body = {"errors": [row | ({"field": field} if field else {})]}
    return answer(body, status)
