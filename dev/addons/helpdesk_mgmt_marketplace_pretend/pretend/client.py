"""The door to Pretend's API: one request a call, with time limits, errors typed, nothing tried twice."""

import requests

from odoo.addons.helpdesk_mgmt_marketplace.marketplaces import errors
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.transport import json_values
from odoo.addons.helpdesk_mgmt_marketplace.marketplaces.transport.answer import CONNECT_SECONDS, TOTAL_SECONDS, Answer

from . import const

_KNOWN = {
    401: (errors.TokenExpired, "Pretend no longer takes the access token."),
    403: (errors.Forbidden, "Pretend does not allow this to the account's keys."),
    404: (errors.NotFound, "Pretend knows no such order."),
}


def ask(marketplace, method, path, **content):
    """Return the object that Pretend answers.

    :param Pretend marketplace: whose credentials open it; its endpoint ``api`` replaces the official address (tests).
    :raise MarketplaceError: there is no such answer.
    """
    marketplace.requests += 1
    try:
        # Who drips an answer byte by byte is not cut off: a real marketplace's door limits the whole call.
        response = requests.request(
            method,
            marketplace.endpoints.get("api", const.API_URL) + path,
            headers={"Authorization": f"Bearer {marketplace.credentials.access_token}"},
            timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
            allow_redirects=False,
            **content,
        )
    except requests.RequestException:
        raise errors.Unavailable("Pretend does not answer: try again later.") from None
    headers = {name.lower(): value for name, value in response.headers.items()}
    answer = Answer(response.status_code, headers, response.content)
    if answer.status == 200:
        return json_values.mapping(answer.json("Pretend"))
    if answer.status == 429:
        raise errors.Throttled("Pretend asks us to wait.", retry_after=answer.retry_after() or 60)
    kind = errors.Refused if 400 <= answer.status < 500 else errors.Unavailable
    kind, text = _KNOWN.get(answer.status, (kind, f"Pretend answers with HTTP {answer.status}."))
    raise kind(text)
