from odoo import api, models

from ..ticket.kinds import BUYER_KINDS


class MarketplaceMessage(models.Model):
    _inherit = "marketplace.message"

    @api.model
    def _get_no_response_url(self, ticket):
        """Return the link in the last message of a ticket's buyer that says that no response is needed, or False.

        It is for a person's browser only; never to be fetched from here.
        """
        domain = [("ticket_id", "=", ticket.id), ("kind", "in", BUYER_KINDS), ("state", "=", "done")]
        last_sudo = self.sudo().search(domain, order="date desc, id desc", limit=1)
        url = last_sudo.no_response_url or ""
        return url if url.startswith("https://") else False
