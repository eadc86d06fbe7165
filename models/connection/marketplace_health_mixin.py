from odoo import api, fields, models

#: From "nothing to say" to broken; the last three are also the levels of findings.
LEVELS = ("none", "ok", "warning", "danger")
#: Who may see whether something works.
HEALTH_GROUPS = "base.group_system,helpdesk_mgmt.group_helpdesk_manager"
#: Days before an authorization or a secret ends on which the responsible admin gets an activity.
REMINDERS = (30, 7)
#: Failures in a row of the same call, or of reading a mailbox, that are more than a hiccup.
SERIOUS = 5
#: Names that are listed before the rest is only counted.
LISTED = 3


def shorten(names):
    """Return a list of names for a sentence: "a, b, c, +4"."""
    rest = len(names) - LISTED
    return ", ".join([*names[:LISTED], f"+{rest}"] if rest > 0 else names)


class MarketplaceHealthMixin(models.AbstractModel):
    """Whether something works, as a colour and in words.

    Models that use it override ``_get_findings``; what it says is computed when it is looked at, never stored.
    """

    _name = "marketplace.health.mixin"
    _description = "Marketplace Health"

    health = fields.Selection(
        [("none", "Not Connected"), ("ok", "Works"), ("warning", "Needs Attention"), ("danger", "Does Not Work")],
        compute="_compute_health",
        groups=HEALTH_GROUPS,
    )
    health_message = fields.Text(string="What Is Wrong", compute="_compute_health", groups=HEALTH_GROUPS)
    first_finding = fields.Char(string="Main Reason", compute="_compute_first_finding", groups=HEALTH_GROUPS)

    def _compute_health(self):
        """Hook: a model says by ``api.depends`` what its findings depend on, and calls ``_update_health``."""
        self._update_health()

    def _update_health(self):
        for record in self:
            findings = record._get_findings()
            record.health = "none"
            if findings is not None:
                record.health = max((level for level, _text in findings), key=LEVELS.index, default="ok")
            record.health_message = "\n".join(text for _level, text in findings or []) or False

    @api.depends("health_message")
    def _compute_first_finding(self):
        for record in self:
            record.first_finding = (record.health_message or "").split("\n")[0]

    def _get_findings(self):
        """Return what is wrong as (level, text), the gravest first; None when nothing is connected yet. Overridden."""
        self.ensure_one()
        return []

    @api.model
    def _get_idle_findings(self):
        """Return what is wrong with the scheduled actions without which nothing works."""
        idle = self.env["ir.cron"]._marketplace_get_idle("ir_cron_process_messages", "ir_cron_fetch_orders")
        names = ", ".join(idle.mapped("cron_name"))
        return [("danger", self.env._("Odoo's scheduled actions are switched off: %s.", names))] if idle else []

    @api.model
    def _get_ending_findings(self, day, ended, ends):
        """Return the finding about something that ends on a day, from the first reminder on.

        :param date day: may be empty.
        :param str ended: what to say afterwards; ``ends``: what to say before.
        """
        left = day and (day - fields.Date.context_today(self)).days
        if not day or left > max(REMINDERS):
            return []
        return [("danger", ended) if left < 0 else ("warning", ends)]
