import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

LEASE = timedelta(seconds=60)
#: Pauses after failures in a row, in seconds: a hanging marketplace must not occupy a worker twice.
PAUSES = (60, 120, 300, 600, 900)


class MarketplaceOperation(models.Model):
    """One kind of API call of one account: its rate budget, its lease, its pause and its health.

    The token bucket is shared by all workers through this row: the limit is kept before it is hit.
    """

    _name = "marketplace.operation"
    _description = "Marketplace API Operation"
    _order = "id"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Call", compute="_compute_label")
    tokens = fields.Float(readonly=True)
    refilled_at = fields.Float(readonly=True, help="Seconds since 1970-01-01 UTC.")
    lease_until = fields.Datetime(readonly=True)
    paused_until = fields.Datetime(readonly=True)
    failure_count = fields.Integer(readonly=True)
    success_date = fields.Datetime(string="Last Success", readonly=True)
    error = fields.Char(string="Last Error", readonly=True)
    error_date = fields.Datetime(readonly=True)

    _account_name_unique = models.Constraint("UNIQUE(account_id, name)", "An operation of an account is recorded once.")

    @api.depends("name")
    def _compute_label(self):
        labels = {
            "fetch_order": self.env._("Fetching orders"),
            "search_orders": self.env._("Looking for changed orders"),
            "fetch_participations": self.env._("Reading storefronts"),
        }
        for operation in self:
            operation.label = labels.get(operation.name, (operation.name or "").replace("_", " ").capitalize())

    @api.model
    def _claim(self, account, app, name):
        """Take one call from an operation's bucket and its lease, in one statement. The caller commits.

        :return: (row, 0) when claimed, else (row, seconds to wait).
        """
        rate, burst = app._get_class().rates.get(name, (1, 1))
        now, epoch = fields.Datetime.now(), time.time()
        tokens = SQL("LEAST(%s, tokens + (%s - refilled_at) * %s)", burst, epoch, rate)
        query = SQL(
            """
            UPDATE marketplace_operation SET tokens = %(tokens)s - 1, refilled_at = %(epoch)s, lease_until = %(lease)s
             WHERE account_id = %(account)s AND name = %(name)s AND %(tokens)s >= 1
               AND COALESCE(lease_until, %(now)s) <= %(now)s AND COALESCE(paused_until, %(now)s) <= %(now)s
         RETURNING id
            """,
            tokens=tokens,
            epoch=epoch,
            lease=now + LEASE,
            account=account.id,
            name=name,
            now=now,
        )
        self.flush_model()
        claimed = self.browse(row[0] for row in self.env.execute_query(query))
        if claimed:
            claimed.invalidate_recordset(flush=False)
            return claimed, 0
        operation = self.search([("account_id", "=", account.id), ("name", "=", name)])
        if not operation:
            # Used for the first time: a full bucket.
            values = {"account_id": account.id, "name": name, "tokens": burst - 1, "refilled_at": epoch}
            return self.create(dict(values, lease_until=now + LEASE)), 0
        return operation, operation._get_wait(rate, burst)

    def _get_wait(self, rate, burst):
        """Return the seconds until the next call may be claimed."""
        now = fields.Datetime.now()
        busy_until = max(filter(None, (self.lease_until, self.paused_until)), default=now)
        tokens = min(burst, self.tokens + (time.time() - self.refilled_at) * rate)
        return max((busy_until - now).total_seconds(), (1 - tokens) / rate, 1)

    def _release(self, error=None, retry_after=0):
        """Give the lease back and note how the call went. The caller commits.

        :param MarketplaceError error: what went wrong, None after a success or an answer about the order only.
        :param float retry_after: seconds the marketplace asked us to wait.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if error is None:
            values = {"success_date": now, "failure_count": 0, "paused_until": False, "error": False}
        else:
            pause = retry_after or PAUSES[min(self.failure_count, len(PAUSES) - 1)]
            values = {
                "failure_count": self.failure_count + 1,
                "paused_until": now + timedelta(seconds=pause),
                "error": str(error),
                "error_date": now,
            }
        self.write(dict(values, lease_until=False))
