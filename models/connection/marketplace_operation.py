import logging
import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...marketplaces.errors import Throttled
from ..queue.pauses import get_pause

_logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
#: Seconds after which a server that lacks a key looks again.
KEY_PAUSE = 300
#: The marketplace takes its token later than we take ours, while its full bucket doesn't fill any further. As only
#: one call is under way, holding a token less makes up for that however long a call travels.
RESERVE = 1
#: All nodes go by the clock of the database: naive UTC, and seconds since 1970.
NOW = SQL("(STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC')")
EPOCH = SQL("EXTRACT(EPOCH FROM STATEMENT_TIMESTAMP())::float8")


class MarketplaceOperation(models.Model):
    """One kind of API call of one account: its rate budget, its lease, its pause and its health.

    The token bucket is shared by all workers through this row: the limit is kept before it is hit.
    """

    _name = "marketplace.operation"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace API Operation"
    _order = "id"

    account_id = fields.Many2one("marketplace.account", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Call", compute="_compute_label")
    tokens = fields.Float(readonly=True)
    refilled_at = fields.Float(readonly=True, help="Seconds since 1970-01-01 UTC, by the database's clock.")
    cost = fields.Integer(
        default=1, readonly=True, help="Requests that the last call took, such as one more without personal data."
    )
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
    def _claim(self, account, app, name, spare=0):
        """Take one call from an operation's bucket and its lease, in one statement. The caller commits.

        Used for the first time, a bucket is full.

        :param float spare: part of the bucket that must be left for others, 0 … 1.
        :return: (row, 0) when claimed, else (row, seconds to wait).
        :raise UserError: when this server lacks a key to speak for the account.
        """
        account._check_keys()
        rate, capacity = self._get_limits(app, name)
        query = SQL(
            """
            INSERT INTO marketplace_operation AS o (account_id, name, cost, tokens, refilled_at, lease_until)
            SELECT %(account)s, %(name)s, 1, %(capacity)s - 1, %(epoch)s, %(now)s + %(lease)s
                ON CONFLICT (account_id, name) DO UPDATE
               SET tokens = %(level)s - o.cost, refilled_at = EXCLUDED.refilled_at, lease_until = EXCLUDED.lease_until
             WHERE %(level)s >= LEAST(o.cost + %(spare)s, %(capacity)s) AND COALESCE(o.lease_until, %(now)s) <= %(now)s
               AND COALESCE(o.paused_until, %(now)s) <= %(now)s
         RETURNING id
            """,
            account=account.id,
            name=name,
            capacity=capacity,
            spare=capacity * spare,
            level=SQL("LEAST(%s, o.tokens + (EXCLUDED.refilled_at - o.refilled_at) * %s)", capacity, rate),
            epoch=EPOCH,
            now=NOW,
            lease=LEASE,
        )
        self.flush_model()
        claimed = self.browse(row[0] for row in self.env.execute_query(query))
        if claimed:
            claimed.invalidate_recordset(flush=False)
            return claimed, 0
        operation = self.search([("account_id", "=", account.id), ("name", "=", name)])
        operation.invalidate_recordset(flush=False)
        return operation, operation._get_wait(rate, capacity, capacity * spare)

    @api.model
    def _claim_unattended(self, account, app, name, spare=0):
        """Claim for a scheduled action: a missing key is noted; another server may have it, so nothing pauses."""
        try:
            return self._claim(account, app, name, spare)
        except UserError as error:
            problem = str(error)
        _logger.warning("%s of account %s: %s", name, account.id, problem)
        operation = self.search([("account_id", "=", account.id), ("name", "=", name)])
        if operation.error != problem:
            operation.write({"error": problem, "error_date": fields.Datetime.now()})
        return operation, KEY_PAUSE

    @api.model
    def _get_limits(self, app, name):
        """Return the calls a second that an operation may make, and how many its bucket holds."""
        rate, burst = app._get_class().rates.get(name, (1, 1))
        return rate, max(burst - RESERVE, 1)

    def _get_wait(self, rate, capacity, spare=0):
        """Return the seconds until the next call may be claimed that leaves ``spare`` tokens."""
        [[now, epoch]] = self.env.execute_query(SQL("SELECT %s, %s", NOW, EPOCH))
        busy_until = max(filter(None, (self.lease_until, self.paused_until)), default=now)
        tokens = min(capacity, self.tokens + (epoch - self.refilled_at) * rate)
        # Not more often than that, whatever happens.
        return max((busy_until - now).total_seconds(), (min(self.cost + spare, capacity) - tokens) / rate, 0.5)

    def _get_pause(self, wait):
        """Return after how many of the seconds to wait it's worth to look: a call under way may end at any moment."""
        [[now]] = self.env.execute_query(SQL("SELECT %s", NOW))
        is_paused = self.paused_until and self.paused_until > now
        return 1 if self.lease_until and self.lease_until > now and not is_paused else wait

    def _release(self, error=None, retry_after=0, requests=None):
        """Give the lease back and note how the call went. The caller commits.

        :param MarketplaceError error: what went wrong, None after a success or an answer about the order only.
        :param float retry_after: seconds the marketplace asked us to wait.
        :param int requests: how many the call took, if not as many as were claimed.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        requests = self.cost if requests is None else requests
        values = {"cost": requests or self.cost, "lease_until": False}
        if requests != self.cost:
            values |= self._settle(self.cost - requests)
        if error is None:
            values |= {"success_date": now, "failure_count": 0, "paused_until": False, "error": False}
        else:
            pause = retry_after or get_pause("operation", self.failure_count + 1)
            values |= {
                "failure_count": self.failure_count + 1,
                # Rounded up: what is stored has no fractions of a second.
                "paused_until": now + timedelta(seconds=math.ceil(pause) + 1),
                "error": str(error),
                "error_date": now,
            }
            if isinstance(error, Throttled) and requests:
                # Somebody else draws on the same limit: nothing is left, whatever we counted.
                values |= dict(self._settle(0), tokens=0)
        self.write(values)

    def _settle(self, tokens):
        """Return the values of a bucket as it is now, with some tokens more, or less."""
        rate, capacity = self._get_limits(self.account_id.app_id, self.name)
        [[epoch]] = self.env.execute_query(SQL("SELECT %s", EPOCH))
        level = min(capacity, self.tokens + (epoch - self.refilled_at) * rate)
        return {"tokens": min(capacity, level + tokens), "refilled_at": epoch}
