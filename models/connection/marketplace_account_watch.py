from odoo import api, fields

from .marketplace_health_mixin import REMINDERS

#: Keys of ``reminders``; that of a silent site is followed by its id.
RENEW, SECRET, STATE, SILENCE = "renew", "secret", "state", "silence_"


class AccountWatch:
    """Tells the responsible admin once of each thing that ends soon, has ended or has fallen silent.

    A part of ``marketplace.account``, whose fields stand in its own file.
    """

    __slots__ = ()

    # === WHAT HAPPENED LAST === #

    def _compute_mail(self):
        for account in self:
            sites = account.with_context(active_test=False).site_ids
            account.mail_date = max((moment for moment, _count in sites._get_last_mail().values()), default=False)
            failed = (
                self.env["marketplace.message"]
                .sudo()
                .search([("account_id", "=", account.id), ("state", "=", "failed")], order="id desc", limit=1)
            )
            account.mail_error = failed.error or next(filter(None, sites.sudo().mailbox_id.mapped("error")), False)

    @api.depends("operation_ids.success_date", "operation_ids.error")
    def _compute_order(self):
        for account in self:
            fetching = account.operation_ids.filtered(lambda one: one.name in ("fetch_order", "search_orders"))
            account.order_date = max(filter(None, fetching.mapped("success_date")), default=False)
            wrong = fetching.filtered("error").sorted("error_date", reverse=True)
            account.order_error = wrong[:1].error

    def _compute_reply(self):
        Reply_sudo = self.env["marketplace.reply"].sudo()
        for account in self:
            mine = [("account_id", "=", account.id)]
            gone = Reply_sudo.search([*mine, ("handed_over_at", "!=", False)], order="id desc", limit=1)
            wrong = Reply_sudo.search([*mine, ("reason", "!=", False)], order="id desc", limit=1)
            account.reply_date = gone.handed_over_at
            account.reply_error = wrong.reason

    # === WATCHING === #

    @api.model
    def _cron_watch(self):
        """Look at all accounts once a day."""
        if self.env["marketplace.home"]._is_copy():
            return
        accounts = self.search([("state", "not in", ("draft", "deleted"))])
        self.env["ir.cron"]._commit_progress(remaining=len(accounts))
        for account in accounts:
            account._watch()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _watch(self):
        """Give the responsible admin an activity about each new occasion, and end those about what is mended."""
        self.ensure_one()
        occasions = self._get_occasions()
        for kind in set(self.reminders or {}) - set(occasions):
            self._forget_reminders(kind)
        for kind, (occasion, day, summary) in occasions.items():
            if (self.reminders or {}).get(kind, {}).get("occasion") == occasion:
                continue
            self._forget_reminders(kind)
            activity = self.activity_schedule(
                "mail.mail_activity_data_todo", day, summary, user_id=self._get_responsible().id
            )
            self.reminders = {**(self.reminders or {}), kind: {"occasion": occasion, "activity": activity.id}}

    def _get_occasions(self):
        """Return {kind: (occasion, day by which something must be done, what to say)}."""
        today = fields.Date.context_today(self)
        occasions = {}
        ends = {
            RENEW: (self.renew_before, self.env._("Authorize %s again", self.name)),
            SECRET: (self.secret_valid_until, self.env._("Rotate the client secret of %s", self.name)),
        }
        for kind, (day, summary) in ends.items():
            reached = [days for days in REMINDERS if day and (day - today).days <= days]
            if reached:
                occasions[kind] = (f"{day} {min(reached)}", day, summary)
        if self.state != "connected":
            occasions[STATE] = (self.state, today, self.env._("%s is not connected any more", self.name))
        silence = self.site_ids._get_silent()
        for site in self.site_ids.filtered(lambda one: one.id in silence):
            since = fields.Date.to_string(silence[site.id])
            summary = self.env._("No buyers' mail from %(site)s since %(day)s", site=site.name, day=since)
            occasions[f"{SILENCE}{site.id}"] = (since, today, summary)
        return occasions

    def _forget_reminders(self, *kinds):
        """End the activities about things that are mended."""
        for account in self.filtered("reminders"):
            ended = {kind: account.reminders[kind] for kind in kinds if kind in account.reminders}
            self.env["mail.activity"].browse(one["activity"] for one in ended.values()).exists().unlink()
            account.reminders = {kind: one for kind, one in account.reminders.items() if kind not in ended} or False

    def _get_responsible(self):
        """Return the admin of this account, or another one who may see it."""
        system = self.env.ref("base.group_system")
        admins = system.all_user_ids.filtered(lambda user: user.active and self.company_id in user.company_ids)
        return self.user_id if self.user_id in admins else admins.sorted("id")[:1] or self.env.ref("base.user_root")
