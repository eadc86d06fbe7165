from odoo import fields, models


class MarketplaceConversationKey(models.Model):
    """Something that ties mails together: an order, a thread token, a case id or a buyer's address.

    They are proved; only a claim is what unproved mails say of themselves, and ties nothing but them together.
    """

    _name = "marketplace.conversation.key"
    _inherit = ["marketplace.evidence.mixin"]
    _description = "Marketplace Conversation Key"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="cascade")
    conversation_id = fields.Many2one("marketplace.conversation", required=True, ondelete="cascade", index=True)
    type = fields.Selection(
        [
            ("order", "Order"),
            ("token", "Thread"),
            ("case", "Case"),
            ("alias", "Buyer Address"),
            ("claim", "Unproved Claim"),
        ],
        required=True,
    )
    value = fields.Char(required=True)

    _key_unique = models.Constraint("UNIQUE(account_id, type, value)", "A key leads to one conversation.")
