import time
from datetime import timedelta

from odoo import api, fields, models

LEASE = timedelta(seconds=60)
#: Pauses after failures in a row, in seconds: a hanging marketplace must not occupy a worker twice.
PAUSES = (60, 120, 300, 600, 900)


class MarketplaceOperation(models.Model):
    """One kind of API call of one account: its rate budget, its lease, its pause and its health.

    The token bucket is shared by all workers through this row: the limit is kept before it is hit.
    """

    _name = "marketplace.operation"
    _description = "Marketplace API Operation"
    _order = "account_id, name"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, readonly=True)
    tokens = fields.Float(readonly=True)
    refilled_at = fields.Float(readonly=True, help="Seconds since 1970-01-01 UTC.")
    lease_until = fields.Datetime(readonly=True)
    paused_until = fields.Datetime(readonly=True)
    failure_count = fields.Integer(readonly=True)
    success_date = fields.Datetime(string="Last Success", readonly=True)
    error = fields.Char(string="Last Error", readonly=True)
    error_date = fields.Datetime(readonly=True)

    _account_name_unique = models.Constraint(
        "UNIQUE(account_id, name)", "An operation of an account is recorded once."
    )

    @api.model
    def _get(self, account, name):
        """Return the row of an account's operation, made on first use with a full bucket."""
        operation = self.search([("account_id", "=", account.id), ("name", "=", name)])
        if not operation:
            _rate, burst = account._get_rate(name)
            operation = self.create(
                {"account_id": account.id, "name": name, "tokens": burst, "refilled_at": time.time()}
            )
        return operation

    def _claim(self):
        """Take one call from the bucket and the lease of the operation. The caller commits.

        :return: 0 when claimed, else the seconds to wait.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.try_lock_for_update(allow_referencing=True):
            return 1
        for busy_until in (self.paused_until, self.lease_until):
            if busy_until and busy_until > now:
                return (busy_until - now).total_seconds()
        rate, burst = self.account_id._get_rate(self.name)
        epoch = time.time()
        tokens = min(burst, self.tokens + (epoch - self.refilled_at) * rate)
        if tokens < 1:
            return (1 - tokens) / rate
        self.write({"tokens": tokens - 1, "refilled_at": epoch, "lease_until": now + LEASE})
        return 0

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
