from odoo import api, fields, models

WORDS = "marketplace_words_by_mail"


class ResCompany(models.Model):
    _inherit = "res.company"

    marketplace_words_by_mail = fields.Boolean(
        string="Buyers' Words in Mails",
        groups="base.group_system",
        help="Mails that tell people of the helpdesk of a buyer's message carry its words and files. Without this they "
        "say that the buyer wrote, and on which ticket. Nobody outside the helpdesk gets any.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        for company in companies:
            company._marketplace_log_words(False)
        return companies

    def write(self, vals):
        before = {one: one.sudo()[WORDS] for one in self} if WORDS in vals else {}
        result = super().write(vals)
        for company, value in before.items():
            company._marketplace_log_words(value)
        return result

    def _marketplace_log_words(self, before):
        label = self._fields[WORDS]._description_string(self.env)
        self.env["marketplace.log"]._log_setting(label, before, self.sudo()[WORDS], self)
