import logging
from datetime import timedelta

from psycopg2 import OperationalError
from psycopg2.errorcodes import UNIQUE_VIOLATION

from odoo import fields
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL

from ...marketplaces.errors import Refused, Unreadable
from ..connection.marketplace_operation import LEASE
from ..moments import aware, naive
from ..privacy.silent_log import expecting_conflicts

_logger = logging.getLogger(__name__)

#: An open ticket's order is read again after this long even when no search told of a change.
STALE_AFTER = timedelta(hours=12)
#: How often changed orders are asked for; the rate of the operation allows no more than a few an hour.
SEARCH_EVERY = timedelta(minutes=30)


class OrderFetch:
    """Gets orders from their marketplaces: claim, commit, call with nothing locked, store, commit."""

    def __init__(self, env):
        self.env = env

    # === ORDERS THAT ARE DUE === #

    def fetch_due(self):
        """Fetch due orders, one call at a time; come back at once, or when a limit or a pause allows."""
        Order = self.env["marketplace.order"]
        # A server that merely lacks a key says so at each account that needs it.
        if self.env["marketplace.home"]._is_copy():
            return
        while True:
            try:
                with expecting_conflicts():
                    order, operation, wait = self._claim_due()
                if not order:
                    if wait:
                        Order._trigger_fetch(at=self.env.cr.now() + timedelta(seconds=wait))
                    return
                self._fetch(order, operation)
                if not self.env["ir.cron"]._commit_progress(1):
                    break
            except OperationalError as error:
                # Somebody changed the same row; its lease ends, and it is taken again.
                if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                    raise
                self.env["ir.cron"]._marketplace_start_over()
        Order._trigger_fetch()

    def _claim_due(self):
        """Take the next due order whose account may call now, committed.

        :return: (order or empty, claimed operation, seconds until the next one may be had or None).
        """
        now = fields.Datetime.now()
        waits = {}
        while due := self._find_due(now, list(waits)):
            order, account, app, is_hint = due
            # What nobody proved leaves half of the budget to what comes next.
            spare = 0.5 if is_hint else 0
            operation, wait = self.env["marketplace.operation"]._claim_unattended(account, app, "fetch_order", spare)
            if not wait:
                order.lease_until = now + LEASE
                self.env["ir.cron"]._commit_progress()
                return order, operation, None
            waits[account.id] = wait
        return None, None, min(waits.values(), default=None)

    def _find_due(self, now, but_accounts):
        """Return (order, account, app, whether it is only named by somebody) of the order due first, or None.

        One that was never had, and that a ticket may wait for, comes before others; accounts take turns. What only
        somebody's words name comes last.
        """
        query = SQL(
            """
            SELECT o.id, a.id, a.app_id, o.is_hint
              FROM marketplace_order o JOIN marketplace_account a ON a.id = o.account_id
         LEFT JOIN marketplace_operation p ON p.account_id = a.id AND p.name = 'fetch_order'
             WHERE o.next_fetch_at <= %(now)s AND (o.lease_until IS NULL OR o.lease_until < %(now)s)
               AND a.state = 'connected' AND a.active AND NOT a.id = ANY(%(but_accounts)s)
             ORDER BY o.is_hint IS TRUE, o.fetched_at IS NOT NULL, p.refilled_at NULLS FIRST, o.fetched_at,
                      o.attempts, o.id LIMIT 1
            """,
            now=now,
            but_accounts=but_accounts,
        )
        self.env.flush_all()
        names = ("marketplace.order", "marketplace.account", "marketplace.app")
        for *ids, is_hint in self.env.execute_query(query):
            return *(self.env[name].browse(id_) for name, id_ in zip(names, ids, strict=True)), is_hint
        return None

    def fetch_now(self, account, order_ref):
        """Return an order that a person asks for, fetched here and now if it is not known yet.

        :raise UserError: with what the marketplace says, or how long to wait.
        """
        order = self.env["marketplace.order"]._find(account, order_ref)
        if order.state == "known":
            return order
        site = account.with_context(active_test=False).site_ids[:1]
        if not site:
            raise UserError(self.env._("Add a site to the account first."))
        operation, wait = self.env["marketplace.operation"]._claim(account, account.app_id, "fetch_order")
        if wait:
            raise UserError(
                self.env._("%(name)s may be asked again in %(wait)d seconds.", name=account.name, wait=wait)
            )
        self.env["ir.cron"]._commit_progress()
        snapshot, error = self._ask(account, operation, order_ref)
        self.env["ir.cron"]._commit_progress()
        if error:
            raise UserError(str(error))
        # One that waits under the number that was asked for becomes the order that this number means.
        Order = self.env["marketplace.order"]
        order = (Order._find(account, order_ref) or Order._find_or_create(site, snapshot.order_ref))._store(snapshot)
        account._changed()
        return order

    def _fetch(self, order, operation):
        """Get one claimed order from its marketplace, store it, and let the messages that wait for it go on."""
        account, ref = order.account_id, order.order_ref
        snapshot, error = self._ask(account, operation, ref)
        if error:
            order._note_failure(error)
        else:
            # Not both at once, if that fails: a message that can't be processed must not cost the order.
            order = self._store_with_message(order, snapshot) or self._store(order, operation, snapshot)
        self.env["ir.cron"]._commit_progress()
        if not error or order.state != "pending":
            self._process_waiting(order)
            order._fill_tickets(order)

    def _store_with_message(self, order, snapshot):
        """Store an order together with the message it was fetched for, as most are; return it, or None if it failed."""
        try:
            with expecting_conflicts(UNIQUE_VIOLATION):
                order = order._store(snapshot)
                # Who must look again for a message begins a new transaction: not with the order in this one.
                message = self.env["marketplace.message"]._take_waiting(order, look_again=False)
                if message:
                    self.env["marketplace.intake"]._process(message)
                self.env.flush_all()
        except Exception as error:
            _logger.info("Order %s is stored without its message: %s", order.id, error)
            self.env.cr.rollback()
            self.env.invalidate_all()
            return None
        return order

    def _store(self, order, operation, snapshot):
        """Store an order by itself; return it."""

        def step():
            operation._release()
            return order._store(snapshot)

        try:
            # Two numbers of one order may be asked for at once: whoever is second finds what the first one stored.
            return self.env["ir.cron"]._marketplace_settle(step, also=[UNIQUE_VIOLATION])
        except OperationalError:
            raise
        except Exception as error:
            _logger.exception("Order %s can't be stored", order.id)
            self.env.cr.rollback()
            self.env.invalidate_all()
            operation._release()
            order._note_failure(Unreadable(str(error)))
            return order

    def _process_waiting(self, order):
        """Let the messages that waited for an order go on, here and now: agents look at the clock."""
        tried = self.env["marketplace.message"]
        while message := tried._take_waiting(order):
            message._process_safely()
            tried |= message
            self.env["ir.cron"]._commit_progress()

    def _ask(self, account, operation, order_ref):
        """Ask for an order; return what ``marketplace.account._call`` does. An answer about another order is none."""

        def fetch(api_):
            found = api_.fetch_order(order_ref)
            if not {order_ref, api_.normalize_ref(order_ref)} & {found.order_ref, *found.other_refs}:
                raise Unreadable(f"Asked for order {order_ref}, the marketplace answered with another one.")
            return found

        return account._call(operation, "fetch_order", fetch)

    def refresh(self):
        """Keep orders of open tickets fresh: by one search for changes, else by age."""
        if self.env["marketplace.home"]._is_copy():
            return
        accounts = self.env["marketplace.account"].search(
            [("state", "=", "connected")], order="searched_until NULLS FIRST, id"
        )
        accounts = accounts.filtered(lambda one: one._is_fetchable())
        has_more = False
        for account in accounts:
            has_more |= self._search_changes(account)
            if not self.env["ir.cron"]._commit_progress(1):
                has_more = True
                break
        if has_more:
            self.env["ir.cron"]._marketplace_wake("ir_cron_refresh_orders")
        self.env["marketplace.order"]._fill_tickets()
        self._refresh_stale(accounts)

    def _refresh_stale(self, accounts):
        stale = self.env["marketplace.order"].search(
            [
                ("state", "=", "known"),
                ("next_fetch_at", "=", False),
                ("fetched_at", "<", fields.Datetime.now() - STALE_AFTER),
                ("account_id", "in", accounts.ids),
                ("ticket_ids", "any", [("stage_id.closed", "=", False)]),
            ],
            limit=500,
        )
        if stale:
            stale.next_fetch_at = fields.Datetime.now()
            stale._trigger_fetch()

    def _search_changes(self, account):
        """Ask one page of changed orders of an account and keep what we need; return whether there are more now."""
        now = fields.Datetime.now()
        if not account.site_ids:
            return False  # all of them were deleted
        if not account.searched_until:
            # Everything but the page must stay the same until the last one.
            account.searched_until = now - timedelta(days=account.app_id._get_class().relay_days or 1)
        elif not account.search_token and now - account.searched_until < SEARCH_EVERY:
            return False
        operation, wait = self.env["marketplace.operation"]._claim_unattended(account, account.app_id, "search_orders")
        if wait:
            return False
        after, token = aware(account.searched_until), account.search_token or None
        self.env["ir.cron"]._commit_progress()
        page, error = account._call(
            operation, "search_orders", lambda api_: api_.search_orders(updated_after=after, page_token=token)
        )
        if isinstance(error, Refused):
            account.search_token = False  # begin again: pages are not good for ever
        if not page:
            return False
        self._keep_changes(account, page)
        account.search_token = page.next_token or False
        if not page.next_token:
            account.searched_until = naive(page.complete_until) or now
        return bool(page.next_token)

    def _try_store(self, order, snapshot):
        """Store a changed order; return whether it could be: one that can't must not end the search for all others."""
        try:
            with self.env.cr.savepoint():
                order._store(snapshot)
        except OperationalError:
            raise
        except Exception:
            _logger.exception("The change of order %s can't be stored", order.id)
            return False
        return True

    def _keep_changes(self, account, page):
        """Store the orders of a page that are known here, and whose all of them are."""
        Order = self.env["marketplace.order"]
        behind = Order
        for snapshot in page.orders:
            known = Order._find(account, snapshot.order_ref)
            if known.state != "known" or known.updated_at == naive(snapshot.updated):
                continue
            if page.is_partial or not self._try_store(known, snapshot):
                behind |= known
        if behind:
            behind.next_fetch_at = fields.Datetime.now()
            behind._trigger_fetch()
        if account.app_id._get_class().relay_days:
            self.env["marketplace.order.relay"]._note(account, page.orders)
