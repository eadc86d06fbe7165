import werkzeug

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.portal.controllers.portal import CustomerPortal


class MarketplacePortal(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        """Refuse a marketplace's ticket to users outside the helpdesk, also with a token."""
        document_sudo = super()._document_check_access(model_name, document_id, access_token)
        if model_name == "helpdesk.ticket" and document_sudo._marketplace_is_closed_to(request.env.user):
            raise AccessError(request.env._("This ticket is for people of the helpdesk only."))
        return document_sudo


class MarketplaceTicketController(HelpdeskTicketController):
    @http.route()
    def support_ticket_close(self, **kw):
        """Refuse to close a marketplace's ticket unless the user may write it: helpdesk_mgmt closes it for anybody."""
        ticket_id = kw.get("ticket_id") or ""
        ticket = request.env["helpdesk.ticket"].browse(int(ticket_id) if ticket_id.isdecimal() else [])
        if ticket.sudo().exists().marketplace_site_id and not ticket.has_access("write"):
            raise werkzeug.exceptions.Forbidden()
        return super().support_ticket_close(**kw)
