import logging

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from ..models.connection.marketplace_consent import ConsentRefused

_logger = logging.getLogger(__name__)

#: The addresses of these pages hold codes and states: no page that is opened from here may learn them.
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


def _query():
    """Return the query with all values of each name, so that a repeated name is noticed."""
    return request.httprequest.args


class MarketplaceOAuth(http.Controller):
    """The pages to which marketplaces send browsers back. ``marketplace.consent`` decides everything."""

    _login_url = "/marketplace/<string:code>/login"
    _callback_url = "/marketplace/<string:code>/callback"

    @http.route(_login_url, type="http", auth="user", methods=["GET"], sitemap=False)
    def login(self, code, **params):
        """Redirect a browser that the marketplace sent to have its user log in here."""
        return self._answer(lambda consent: request.redirect(consent._continue(code, _query()), local=False))

    # Public, because Odoo would write the code into the address of its log-in page.
    @http.route(_callback_url, type="http", auth="public", methods=["GET"], sitemap=False)
    def callback(self, code, **params):
        """Connect the account that a seller authorized, and show it."""
        if request.env.user._is_public():
            text = request.env._("You are no longer logged in. Log in and start again from the account.")
            return self._finish_response(self._page(text, status=403))
        return self._answer(lambda consent: request.redirect(self._account_url(consent._finish(code, _query()).id)))

    def _answer(self, work):
        try:
            request.env["marketplace.account"].check_access("create")
            response = work(request.env["marketplace.consent"])
        except AccessError:
            _logger.warning("User %s may not connect marketplaces", request.env.uid)
            response = self._page(request.env._("Only administrators may connect marketplaces."), status=403)
        except ConsentRefused as error:
            response = self._page(str(error), error.account_id, status=400)
        return self._finish_response(response)

    def _finish_response(self, response):
        response.headers.update(HEADERS)
        return response

    def _page(self, text, account_id=None, status=200):
        url = self._account_url(account_id) if account_id else "/odoo/marketplaces"
        values = {"text": text, "url": url}
        return request.render("helpdesk_mgmt_marketplace.marketplace_consent_page", values, status=status)

    def _account_url(self, account_id):
        return f"/odoo/marketplace-accounts/{account_id}"
