import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models

from ...marketplaces.errors import Refused
from .marketplace_order import aware, naive

_logger = logging.getLogger(__name__)

#: An open ticket's order is read again after this long even when no search told of a change.
STALE_AFTER = timedelta(hours=12)
#: How often changed orders are asked for; the rate of the operation allows no more than a few an hour.
SEARCH_EVERY = timedelta(minutes=30)


class MarketplaceOrderFetch(models.AbstractModel):
    """Orders that changed: asked for page by page, each account in its turn."""

    _inherit = "marketplace.order.fetch"

    @api.model
    def _cron_refresh_orders(self):
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

    @api.model
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

    @api.model
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
        page, error = self._call(
            account, operation, "search_orders", lambda api_: api_.search_orders(updated_after=after, page_token=token)
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

    @api.model
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

    @api.model
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
