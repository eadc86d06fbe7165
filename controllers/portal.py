from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class MarketplacePortal(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        """Open no marketplace's ticket by a token: nobody outside the helpdesk reads what a buyer writes."""
        document_sudo = super()._document_check_access(model_name, document_id, access_token)
        if model_name == "helpdesk.ticket" and document_sudo._marketplace_is_closed_to(request.env.user):
            raise AccessError(request.env._("This ticket is for people of the helpdesk only."))
        return document_sudo
