"""Cases about rate limits: servers have more orders to fetch than a burst, the sandbox enforces what is documented."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

from live import Database, Odoo
from postgres import sql
from sandbox import Sandbox
from sandbox.amazon.identity import order_ref
from sandbox.amazon.sellers import DEMO_EU, DEMO_NA
from sandbox.sites import RATES, get_site

from .table import bounded
from .worlds import Running, stop_odoo

#: Odoo processes on one database, each with one thread for scheduled actions.
WORKERS = (1, 2, 4)
SELLERS = (DEMO_EU, DEMO_NA)
RATE, BURST = RATES["getOrder"]
#: How long is measured, at the real rates: several times what fills a bucket.
SECONDS = 150
ORDERS = round(BURST + RATE * SECONDS) + 20


class Limited(Running):
    """A database with two sellers' accounts and many orders, none of them due yet."""

    def _connect(self, env, account):
        super()._connect(env, account)
        values = {"name": DEMO_NA.name, "app_id": account.app_id.id, "client_id": DEMO_NA.client_id}
        credential = env["marketplace.credential"].create(values | {"client_secret": DEMO_NA.client_secret})
        other = account.copy({"name": DEMO_NA.name, "region": "na", "seller_ref": DEMO_NA.merchant_id})
        other.write({"credential_id": credential.id, "refresh_token": DEMO_NA.refresh_token, "state": "connected"})
        for seller, one in zip(SELLERS, (account, other), strict=True):
            self._add_orders(env, one, get_site(seller.sites[0]))
        env["ir.cron"]._marketplace_set_parallel("ir_cron_fetch_orders", max(WORKERS))

    def _add_orders(self, env, account, site):
        values = {"account_id": account.id, "company_id": account.company_id.id, "app_id": account.app_id.id}
        refs = [order_ref(number, site) for number in range(20_000, 20_000 + ORDERS)]
        env["marketplace.order"].create([values | {"order_ref": ref} for ref in refs])


class Run:
    """Some workers that fetch the orders of some sellers from a sandbox of their own.

    :param contextlib.ExitStack stack: ends everything that is started.
    :param Database template: made by :class:`Limited`.
    :param str pii: what Amazon does about personal data; "forbidden" costs a second request for each order.
    """

    def __init__(self, stack, template, workers, sellers, pii="full"):
        self.sellers = sellers
        self._case = f"limits: {_some(len(sellers), 'account')}, {_some(workers, 'worker')}"
        if pii != "full":
            self._case += f", personal data {pii}"
        self._db = stack.enter_context(Database.create(template=template))
        switches = {"rate_limits": True, "auto_orders": True}
        self._sandbox = stack.enter_context(Sandbox(switches=switches))
        self._sandbox.sellers.update({seller.code: seller.change(pii=pii) for seller in sellers})
        env = {f"MARKETPLACE_AMAZON_{name.upper()}_URL": url for name, url in self._sandbox.endpoints.items()}
        for _number in range(workers):
            stack.enter_context(Odoo(self._db, max_cron_threads=1, env=env))

    def measure(self):
        """Make all orders due; return the row of the table and the number of 429s after ``SECONDS``."""
        self._wake()
        while not self._count(self.sellers[0]):
            time.sleep(0.02)
        started = time.monotonic()
        time.sleep(SECONDS)
        allowed = BURST + RATE * (time.monotonic() - started)
        calls = [self._count(seller) for seller in self.sellers]
        refused = sum(one["refused"] for one in self._sandbox.world.limits.report())
        note = f"{' and '.join(map(str, calls))} of {allowed:.1f} calls allowed in {SECONDS} s; {refused} × 429"
        return bounded(self._case, 100 * min(calls) / allowed, " %", least=95, note=note), refused

    def _wake(self):
        now = "now() AT TIME ZONE 'utc'"
        merchants = [seller.merchant_id for seller in self.sellers]
        due = f"""UPDATE marketplace_order SET next_fetch_at = {now} WHERE account_id IN
                  (SELECT id FROM marketplace_account WHERE seller_ref = ANY(%s))"""
        self._db.sql(due, [merchants])
        fetchers = f"""INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT id, {now} FROM ir_cron
                        WHERE cron_name LIKE 'Marketplaces: Fetch Orders%'"""
        self._db.sql(fetchers)
        sql("postgres", "SELECT pg_notify('cron_trigger', %s)", [str(self._db)])

    def _count(self, seller):
        """Return how many requests of a seller took a token of the sandbox."""
        limits = self._sandbox.world.limits.report()
        return sum(one["allowed"] for one in limits if (one["seller"], one["operation"]) == (seller.code, "getOrder"))


def limit_rows():
    """Return the rows about the share of the allowed calls that is used, all runs side by side."""
    with contextlib.ExitStack() as stack:
        template = stack.enter_context(Database.create())
        Limited(template)
        stop_odoo()  # a database that somebody is connected to can't be copied
        runs = [Run(stack, template, workers, SELLERS[:count]) for count in (1, 2) for workers in WORKERS]
        runs.append(Run(stack, template, 2, SELLERS[:1], pii="forbidden"))
        with ThreadPoolExecutor(len(runs)) as pool:
            rows, refused = zip(*pool.map(Run.measure, runs), strict=True)
    return [*rows, bounded("limits: answers with 429, all runs", sum(refused), "", most=0)]


def _some(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'}"
