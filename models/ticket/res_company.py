from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    marketplace_words_by_mail = fields.Boolean(
        string="Buyers' Words in Mails",
        groups="base.group_system",
        help="Mails that tell people of the helpdesk of a buyer's message carry its words and files. Without this they "
        "say that the buyer wrote, and on which ticket. Nobody outside the helpdesk gets any.",
    )
