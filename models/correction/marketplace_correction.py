from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class MarketplaceCorrection(models.Model):
    """What a person put right: which messages belong to which ticket or order, who said so and why. Only added to."""

    _name = "marketplace.correction"
    _inherit = ["marketplace.evidence.mixin"]
    _description = "Marketplace Correction"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("link", "Linked to an order"),
            ("move", "Message moved"),
            ("split", "Split"),
            ("merge", "Merged"),
            ("join", "Joined to the order it names"),
            ("confirm", "Buyer confirmed"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    reason = fields.Char(required=True, readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="From Ticket", readonly=True, ondelete="set null", index="btree_not_null"
    )
    target_id = fields.Many2one(
        "helpdesk.ticket", string="To Ticket", readonly=True, ondelete="set null", index="btree_not_null"
    )
    order_ref = fields.Char(string="From Order", readonly=True)
    target_order_ref = fields.Char(string="To Order", readonly=True)
    message_ids = fields.Many2many(
        "marketplace.message", "marketplace_correction_message_rel", string="Messages", readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_manager",
    )  # fmt: skip

    @api.model
    def _check_reason(self, reason):
        """Return the reason that somebody gave.

        :raise UserError: there is none.
        """
        text = (reason or "").strip()
        if not text:
            raise UserError(self.env._("Say in a few words why: it is kept with what you change."))
        return text[:500]

    @api.model
    def _log(self, kind, ticket, target, reason, messages=None, **values):
        """Keep what this user puts right; return it.

        :param ticket: where it was before.
        :param target: where it is from now on; the same for what only gets another order.
        :param messages: rows of the ledger that are concerned.
        :param values: ``order_ref`` and ``target_order_ref`` where they are not those of the tickets.
        """
        return self.sudo().create(
            {
                "kind": kind,
                "user_id": self.env.uid,
                "company_id": ticket.company_id.id,
                "reason": reason,
                "ticket_id": ticket.id,
                "target_id": target.id,
                "order_ref": ticket.marketplace_order_ref,
                "target_order_ref": target.marketplace_order_ref,
                "message_ids": [Command.set(messages.ids if messages else [])],
                **values,
            }
        )

    @api.model
    def _find_merged_into(self, ticket):
        """Return the ticket that another was merged into, or an empty recordset."""
        if not ticket.duplicate_id:
            return ticket.browse()
        merges = [("ticket_id", "=", ticket.id), ("kind", "=", "merge")]
        return ticket.duplicate_id if self.sudo().search_count(merges, limit=1) else ticket.browse()
