"""`kill -9` of the processing Odoo at any moment, while Amazon keeps sending: nothing is lost, nothing twice."""

import random
import threading
import time

from common import PATIENCE, eventually, unique_text


class Writers:
    """Buyers who write without a pause, inside a ``with`` block; ``tokens`` are what they wrote."""

    def __init__(self, shop, pause):
        self.tokens = []
        self._shop, self._pause = shop, pause
        self._refs = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._ended.set()
        self._thread.join()

    def _write(self):
        while not self._ended.wait(random.expovariate(1 / self._pause)):
            if not self._refs or random.random() < 0.15:
                self._refs.append(self._shop.new_order(random.choice(("DE", "FR", "US"))))
            text, token = unique_text()
            copies = int(random.random() < 0.15)
            self._shop.sandbox.write(text, order_ref=random.choice(self._refs), copies=copies)
            self.tokens.append(token)


def kill_and_restart(shop, times):
    """Kill the server that many times at moments that nobody chose."""
    for _time in range(times):
        time.sleep(random.uniform(0.05, 2.5))
        shop.odoo.kill()
        shop.odoo.start()


def pull_forward(shop):
    """Do not wait for leases of the killed and for pauses: nothing but time stands between."""
    due = "now() AT TIME ZONE 'utc' - interval '1 s'"
    shop.sql(f"UPDATE marketplace_order SET lease_until = NULL, next_fetch_at = {due} WHERE state = 'pending'")
    shop.sql("UPDATE marketplace_operation SET lease_until = NULL, paused_until = NULL")
    shop.run_cron("ir_cron_fetch_orders")


def pending_tickets(shop):
    """Return tickets whose order is not there yet."""
    return shop.sql("SELECT id FROM helpdesk_ticket WHERE marketplace_order_state = 'pending'")


def check_tickets(shop):
    """Check that each order has one ticket."""
    query = """SELECT marketplace_order_ref, count(*) FROM helpdesk_ticket
                WHERE marketplace_site_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"""
    assert shop.sql(query) == []


def test_a_kill_loses_and_doubles_nothing(shop, full, figures):
    shop.set_param("order_wait", 0.05)
    kills = 30 if full else 3
    with Writers(shop, pause=0.35) as writers:
        kill_and_restart(shop, kills)
    shop.finish(3 * PATIENCE)
    accepted = [mail for mail in shop.sandbox.mails if mail.state == "accepted"]
    rows, states = shop.sql("SELECT count(*) FROM marketplace_message")[0][0], shop.count_states()
    failures = shop.sql("SELECT count(*) FROM marketplace_message WHERE attempts > 0")[0][0]
    shop.check_exactly_once(writers.tokens)
    check_tickets(shop)
    shop.check_silence()
    assert rows == len(accepted) == len(shop.sandbox.mails)
    assert set(states) <= {"done", "ignored"} and states["done"] == len(writers.tokens)
    late = len(pending_tickets(shop))
    eventually(lambda: pull_forward(shop) or not pending_tickets(shop), pause=1)
    again = sum(mail.attempts > 1 for mail in accepted)
    figures(
        f"kills: {kills} kills, {len(accepted)} mails accepted with 250 ({again} after a 4xx), 0 lost, 0 doubled, "
        f"0 half-made tickets, 0 bounces; {failures} mails failed and were retried by themselves, "
        f"{late} tickets got their order after a killed server's lease"
    )
