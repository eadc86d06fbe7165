import functools
import logging
import math
import random
import threading
import time

import psycopg2

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.sql_db import connection_info_for
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION

from ..privacy.silent_log import expecting_conflicts

_logger = logging.getLogger(__name__)

#: Seconds without a wake-up after which the bell's connection is closed.
IDLE = 300
#: What is due later than in so many seconds is left to Odoo, which looks about once a minute.
HORIZON = 600
#: How often something is tried again that another worker got in the way of.
CONFLICT_TRIES = 10


class Bell:
    """Wakes the threads of scheduled actions, once for many asks, over one connection.

    Odoo opens a new connection to PostgreSQL for each wake-up, which takes longer than storing a mail, and the
    mail's sender waits for it. And what is due at a time it finds up to a minute later, while a rate limit may allow
    a call each second. A bell that is never rung only delays work: what is to be done is committed.
    """

    def __init__(self):
        self._asked = threading.Condition()
        self._asks = set()  # {(when by time.monotonic(), database)}
        self._thread = None

    def ask(self, dbname, seconds=0):
        """Have the scheduled actions of a database woken very soon, or in some seconds."""
        # Many asks for about the same time are one.
        when = math.ceil((time.monotonic() + seconds) * 4) / 4 if seconds > 0 else 0
        with self._asked:
            # Waking the thread for what is due later than something else would only make this one wait for it.
            if when < min(self._asks, default=(math.inf,))[0]:
                self._asked.notify()
            self._asks.add((when, dbname))
            if not self._thread or not self._thread.is_alive():  # no thread lives on in a forked process
                self._thread = threading.Thread(target=self._work, daemon=True, name="marketplace-bell")
                self._thread.start()

    def _work(self):
        connection = None
        while (databases := self._wait()) is not None:
            for dbname in databases:
                connection = self._ring(connection, dbname)
        if connection:
            connection.close()

    def _wait(self):
        """Return the databases that are due now, perhaps none; None when nobody has asked for long."""
        with self._asked:
            now = time.monotonic()
            due = {ask for ask in self._asks if ask[0] <= now}
            self._asks -= due
            if not due:
                left = min(self._asks, default=(now + IDLE,))[0] - now
                if not self._asked.wait(left) and not self._asks:
                    self._thread = None
                    return None
            return {dbname for _when, dbname in due}

    def _ring(self, connection, dbname):
        """Notify over a connection, over a new one if that fails; return the one that works."""
        for attempt in (connection, None):
            try:
                attempt = attempt or self._connect()
                with attempt.cursor() as cursor:
                    cursor.execute(f"SELECT {ODOO_NOTIFY_FUNCTION}('cron_trigger', %s)", [dbname])
                return attempt
            except psycopg2.Error as error:
                _logger.info("Scheduled actions were not woken: %s", error)
        return None

    def _connect(self):
        _name, info = connection_info_for("postgres")
        connection = psycopg2.connect(**info)
        connection.autocommit = True
        return connection


bell = Bell()


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _marketplace_wake(self, *names, at=None):
        """Have scheduled actions of this module run at once, or at a time; as ``_trigger``, but cheaper.

        :param str names: their XML ids without the module.
        :param datetime at: naive UTC, now by default.
        """
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        cron_ids = [to_id(f"helpdesk_mgmt_marketplace.{name}") for name in names]
        now = self.env.cr.now() if at else fields.Datetime.now()
        rows = SQL(", ").join(SQL("(%s, %s)", cron_id, at or now) for cron_id in cron_ids if cron_id)
        if rows.code:
            self.env.execute_query(SQL("INSERT INTO ir_cron_trigger (cron_id, call_at) VALUES %s RETURNING id", rows))
        seconds = (at - now).total_seconds() if at else 0
        if seconds <= HORIZON:
            self.env.cr.postcommit.add(functools.partial(bell.ask, self.env.cr.dbname, seconds))

    # === OTHERS IN THE WAY === #

    @api.model
    def _marketplace_settle(self, step, also=()):
        """Return what a step returns, flushed; it is done again in a new transaction when others get in its way.

        :param step: function without arguments; nothing before it may be pending.
        :param also: further codes of PostgreSQL's errors that mean such a conflict.
        :raise psycopg2.Error: another fault, or others were always first.
        """
        for turn in range(CONFLICT_TRIES):
            try:
                with expecting_conflicts(*also):
                    result = step()
                    self.env.flush_all()
                return result
            except psycopg2.Error as error:
                if error.pgcode not in (*PG_CONCURRENCY_ERRORS_TO_RETRY, *also) or turn == CONFLICT_TRIES - 1:
                    raise
                self._marketplace_start_over()
                time.sleep(random.uniform(0, 0.02 * 2 ** min(turn, 5)))

    @api.model
    def _marketplace_start_over(self):
        """Begin a new transaction: the next look sees what others committed meanwhile."""
        self.env.cr.rollback()
        self.env.invalidate_all()

    # === SIDE BY SIDE === #

    @api.model
    def _marketplace_get_parallel(self, name):
        """Return the scheduled actions that do the same side by side, switched-off ones too.

        :param str name: XML id of the first, without the module.
        """
        first = self.env.ref(f"helpdesk_mgmt_marketplace.{name}").sudo()
        domain = [("code", "=", first.code), ("model_id", "=", first.model_id.id)]
        return self.sudo().with_context(active_test=False).search(domain).sorted("id")

    @api.model
    def _marketplace_wake_helpers(self, name):
        """Have those that do the same as the present scheduled action help it.

        :param str name: XML id of the first, without the module.
        """
        here = self.env.context.get("cron_id")
        for cron in self._marketplace_get_parallel(name).filtered(lambda one: one.active and one.id != here):
            cron._trigger()

    @api.model
    def _marketplace_set_parallel(self, name, count):
        """Have ``count`` scheduled actions do the same side by side."""
        crons = self._marketplace_get_parallel(name)
        crons[:count].filtered(lambda one: not one.active).active = True
        crons[count:].active = False
        for _missing in range(count - len(crons)):
            crons[0].copy()

    @api.model
    def _marketplace_get_idle(self, *names):
        """Return the scheduled actions that Odoo, or somebody, switched off so that nothing does their work.

        :param str names: XML ids, without the module, of the first of those that do the same.
        """
        idle = self.sudo().browse()
        for name in names:
            crons = self._marketplace_get_parallel(name)
            if not any(crons.mapped("active")):
                idle |= crons[:2]
        return idle

    def _marketplace_switch_on(self):
        """Switch scheduled actions on again and forget their failures."""
        self.write({"active": True, "failure_count": 0, "first_failure_date": False})
