from odoo import fields, models
from odoo.exceptions import ValidationError

from .intake.marketplace_intake import ORDER_WAIT, PARAM
from .proof.marketplace_flood import FLOOD_LIMIT

MAX_PARALLEL = 8


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    marketplace_authserv_id = fields.Char(
        string="Receiving Mail Server",
        config_parameter=PARAM + "authserv_id",
        help="Leave it empty: it is learned from the test mail of the set-up. A name here is used in place of what was "
        "learned: the one that your receiving mail server writes first in its Authentication-Results headers.",
    )
    marketplace_arc_sealers = fields.Char(
        string="Trusted Forwarders",
        config_parameter=PARAM + "arc_sealers",
        help="Domains that seal the mail they pass on (ARC), for example google.com for Google Groups, separated by "
        "commas. What they say about a mail's origin is believed.",
    )
    marketplace_flood_limit = fields.Integer(
        string="Unverified Messages in an Hour", config_parameter=PARAM + "flood_limit", default=FLOOD_LIMIT
    )
    marketplace_unverified = fields.Selection(
        [("accept", "Open tickets, marked as not verified"), ("quarantine", "Keep in quarantine")],
        string="Mail Without a Verdict",
        config_parameter=PARAM + "unverified",
        default="accept",
    )
    marketplace_words_by_mail = fields.Boolean(
        related="company_id.marketplace_words_by_mail", readonly=False, groups="base.group_system"
    )
    marketplace_order_wait = fields.Float(
        string="Wait for the Order (minutes)", config_parameter=PARAM + "order_wait", default=ORDER_WAIT
    )
    marketplace_remove_fields = fields.Boolean(
        string="Delete Ticket Fields on Uninstall",
        config_parameter=PARAM + "remove_fields",
        help="The custom fields that were made for order data, with what tickets hold in them.",
    )
    marketplace_parallel = fields.Integer(
        string="Parallel Processing",
        help="How many scheduled actions process incoming messages in parallel.",
    )

    def get_values(self):
        values = super().get_values()
        crons = self.env["ir.cron"]._marketplace_get_parallel("ir_cron_process_messages")
        return dict(values, marketplace_parallel=len(crons.filtered("active")))

    def set_values(self):
        result = super().set_values()
        if not 1 <= self.marketplace_parallel <= MAX_PARALLEL:
            raise ValidationError(self.env._("Parallel Processing: choose from 1 to %s.", MAX_PARALLEL))
        self.env["ir.cron"]._marketplace_set_parallel("ir_cron_process_messages", self.marketplace_parallel)
        return result
