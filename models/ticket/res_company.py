from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    marketplace_words_by_mail = fields.Boolean(
        string="Buyers' Words in Mails",
        groups="base.group_system",
        help="Mails that tell people of the helpdesk of a buyer's message carry its words and files. Without this they "
        "say that the buyer wrote, and on which ticket. Nobody outside the helpdesk gets any.",
    )

    def write(self, vals):
        name = "marketplace_words_by_mail"
        before = {one: one.sudo()[name] for one in self} if name in vals else {}
        result = super().write(vals)
        for company, value in before.items():
            label = self._fields[name]._description_string(self.env)
            self.env["marketplace.log"]._log_setting(label, value, company.sudo()[name], company)
        return result
