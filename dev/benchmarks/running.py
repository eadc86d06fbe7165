"""Cases about a real server: from the 250 to the ticket, and a backlog."""

import statistics
import time

from live import Odoo
from ports import free_port
from sandbox import Sandbox

from .chatter import chatter_row
from .letters import letter, order_of
from .table import bounded
from .worlds import DOMAIN, QUIET, Running

SAMPLES = 20
BACKLOG = 500
ORDERS = 20
#: Without any progress for longer than this the workers count as idle.
PAUSE = 0.5


def running_rows(db, port=None):
    """Return the rows about a server that works on its own."""
    world, port = Running(db), port or free_port()
    address = world.sites[QUIET]
    environment = {
        "MARKETPLACE_AMAZON_API_URL": f"http://127.0.0.1:{port}",
        "MARKETPLACE_AMAZON_LWA_URL": f"http://127.0.0.1:{port}/auth/o2/token",
    }
    odoo = Odoo(db, max_cron_threads=2, env=environment)
    options = {"odoo_url": odoo.url, "odoo_db": str(db), "alias_domains": [DOMAIN], "http_port": port}
    with Sandbox(addresses={("DEMO-EU", QUIET): address}, **options) as sandbox:
        with odoo:
            rows = [*_latency_rows(db, sandbox, address), chatter_row(odoo)]
        first = 10_000
        for number in range(BACKLOG):
            raw, _id = letter(_order(sandbox, first + number % ORDERS), address, ("backlog", number))
            world.run(lambda env, raw=raw: env["mail.thread"].message_process(False, raw))
        db.sql("DELETE FROM ir_cron_trigger")  # nobody is awake: only what wakes itself goes on
        with odoo:
            return [*rows, *_backlog_rows(db, world)]


def _order(sandbox, number):
    order = order_of(number, QUIET)
    sandbox.orders.put("DEMO-EU", order)
    return order


def _latency_rows(db, sandbox, address):
    new, more = [], []
    for number in range(-2, SAMPLES):
        order = _order(sandbox, 9_000 + number)
        seconds = [_deliver(db, sandbox, order, address, (kind, number)) for kind in ("new", "more")]
        if number >= 0:
            new.append(seconds[0])
            more.append(seconds[1])
    return [
        bounded(
            f"server: 250 → ticket, {name}", max(found), " s", most=3, note=f"median {statistics.median(found):.2f} s"
        )
        for name, found in (("new order", new), ("further message", more))
    ]


def _deliver(db, sandbox, order, address, seed):
    """Send a mail and return the seconds from its 250 to its message on the ticket."""
    raw, message_id = letter(order, address, seed)
    mail = sandbox.send(raw, address)
    while mail.state == "queued":
        time.sleep(0.002)
    started = time.monotonic()
    query = "SELECT state, error FROM marketplace_message WHERE message_key = %s"
    while time.monotonic() < started + 60:
        (state, error), *_rest = db.sql(query, [message_id]) or [("missing", mail.answer)]
        if state == "done":
            return time.monotonic() - started
        if state in ("failed", "missing"):
            raise RuntimeError(f"The mail is {state}: {error}")
        time.sleep(0.02)
    raise RuntimeError(f"A mail stays {state} for a minute")


def _backlog_rows(db, world):
    """Wake the server and watch the backlog get smaller."""
    world.run(lambda env: env["marketplace.message"]._trigger_process())
    # A mail that waits for its order is half done.
    query = """
        SELECT coalesce(sum(CASE state WHEN 'received' THEN 2 WHEN 'waiting_order' THEN 1 ELSE 0 END), 0)
          FROM marketplace_message
    """
    left = 2 * BACKLOG
    started = last = time.monotonic()
    idle = longest = 0
    while left and time.monotonic() < started + 600:
        time.sleep(0.02)
        ((now_left,),) = db.sql(query)
        if now_left < left:
            gap = time.monotonic() - last
            idle, longest = idle + (gap if gap > PAUSE else 0), max(longest, gap)
            left, last = now_left, time.monotonic()
    if left:
        raise RuntimeError(f"The backlog is still there after ten minutes ({left} steps)")
    seconds = last - started
    ((failed,),) = db.sql("SELECT count(*) FROM marketplace_message WHERE state <> 'done'")
    note = f"{BACKLOG / seconds:.1f} mails/s, longest pause {longest:.2f} s, not done: {failed}"
    return [bounded(f"server: backlog of {BACKLOG}, busy", 100 * (1 - idle / seconds), " %", least=90, note=note)]
