from odoo import api, fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "marketplace.guard.mixin"]

    marketplace_buyer_ref = fields.Char(
        index="btree_not_null", copy=False, readonly=True, groups="base.group_system", help="Holds the relay address."
    )

    @api.model
    def _marketplace_find_or_create(self, conversation, mail):
        """Return the contact of a buyer, without an e-mail address: a relay address is no contact."""
        ref = f"{conversation.account_id.id}:{conversation.buyer_alias}"
        known = self.search([("marketplace_buyer_ref", "=", ref)], limit=1)
        return known or self.create(
            {
                "name": mail.buyer_name or self.env._("Buyer on %s", conversation.site_id.name),
                "company_id": conversation.company_id.id,
                "marketplace_buyer_ref": ref,
            }
        )

    def _marketplace_forget(self):
        """Keep nothing personal of those contacts that were made for buyers."""
        buyers = self.filtered("marketplace_buyer_ref").with_context(tracking_disable=True)
        buyers.write({"name": self.env._("Deleted buyer"), "marketplace_buyer_ref": False, "active": False})
