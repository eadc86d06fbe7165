"""Mails built to hang whoever reads them, in seconds of CPU; and a mail whose worker is killed again and again."""

import random

from common import eventually
from postgres import connect, sql

from marketplaces.tests.hostile_mails import Repeater, cost, shapes

#: Bytes of a mail, and seconds of CPU that any such mail may take.
SIZE, SECONDS = 300_000, 0.5
KILLS = 3


def test_no_mail_takes_more_than_half_a_second_of_computing(full, figures):
    seed = random.randrange(10**9)
    repeater = Repeater(seed)
    made = list(shapes(every=full).items()) if full else random.Random(seed).sample(list(shapes().items()), 10)
    made += [(f"seed {seed}, mail {number}", repeater.make()) for number in range(2000 if full else 10)]
    slow, worst = {}, (0, "")
    for name, make in made:
        raw = make(SIZE)
        seconds = cost(raw)
        # Once is chance: the machine does other things too.
        if full and seconds > SECONDS:
            seconds = min(seconds, cost(raw), cost(raw))
        slow |= {name: seconds} if full and seconds > SECONDS else {}
        worst = max(worst, (seconds, name))
    assert slow == {}
    figures(f"reading: {len(made)} mails of {SIZE // 1000} kB (seed {seed}), the slowest {worst[0]:.2f} s: {worst[1]}")


class Lock:
    """Has whoever wants to write to a table wait, until :meth:`release`."""

    def __init__(self, shop, table):
        self._connection = connect(str(shop.db))
        self._connection.autocommit = False
        self._connection.cursor().execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")

    def release(self):
        self._connection.close()


def ring(shop):
    """Wake the scheduled actions, which look by themselves a minute after a start only."""
    return sql("postgres", "SELECT pg_notify('cron_trigger', %s)", [str(shop.db)])


def test_a_mail_whose_worker_is_killed_again_and_again_is_set_aside_and_the_queue_goes_on(shop, figures):
    query = "SELECT state, unfinished, begun_by <> 0, error FROM marketplace_message ORDER BY id LIMIT 1"
    # The next mail's order is fetched when the lease of the killed is over: its ticket does not wait for that.
    shop.set_param("order_wait", 0.02)
    lock = Lock(shop, "marketplace_order")
    shop.write(shop.new_order())
    for killed in range(KILLS):
        # That it is begun, and how many did not outlive it, is known although nothing of the attempt was committed.
        eventually(lambda number=killed: ring(shop) and shop.sql(query) == [("received", number, True, None)])
        shop.odoo.kill()
        lock.release()
        # PostgreSQL does not notice that a session which waits for a lock has lost its client.
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        shop.sql(f"SELECT pg_terminate_backend(pid) {others}")
        if killed < KILLS - 1:
            lock = Lock(shop, "marketplace_order")
        shop.odoo.start()
    token = shop.write(shop.new_order())
    eventually(lambda: ring(shop) and shop.sql(query)[0][0] == "failed")
    assert f"killed {KILLS} times" in shop.sql(query)[0][3]
    shop.ticket(token)
    figures(f"reading: a mail whose worker was killed {KILLS} times was set aside, the next became a ticket")
