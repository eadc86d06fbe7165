"""Many mails: of one eager buyer, and a backlog after a night without scheduled actions."""

import time

from common import eventually

#: How often the ledger is looked at, in seconds: twice a second.
GRAIN = 0.5


def test_thirty_mails_of_one_buyer_in_an_hour_all_arrive_on_one_ticket(shared_shop, figures):
    shop = shared_shop
    ref = shop.new_order()
    started = time.monotonic()
    tokens = [shop.write(ref, f"Message {number}") for number in range(30)]
    shop.finish()
    seconds = time.monotonic() - started
    shop.check_exactly_once(tokens)
    assert len({shop.find_token(token) for token in tokens}) == 1
    shop.check_nothing_failed()
    shop.check_silence()
    figures(f"volume: 30 mails of one buyer on one order: all on 1 ticket, {seconds:.1f} s")


def test_a_backlog_is_worked_off_without_pauses(open_shop, full, figures):
    mails, orders = (500, 25) if full else (40, 5)
    with open_shop(crons=0) as shop:
        refs = [shop.new_order() for _number in range(orders)]
        started = time.monotonic()
        tokens = [shop.write(refs[number % orders]) for number in range(mails)]
        assert shop.sandbox.wait(timeout=600), shop.unaccepted()
        received = time.monotonic() - started
        assert shop.count_states() == {"received": mails}
        shop.restart(crons=2)
        tokens.append(shop.deliver(refs[0]))  # wakes Odoo, which looks for work only once a minute by itself
        moments = watch(shop)
        shop.check_exactly_once(tokens)
        shop.check_nothing_failed()
        assert shop.count_states() == {"done": mails + 1}
        busy, seconds = share_of_time_busy(moments), moments[-1][0] - moments[0][0]
    figures(
        f"volume: backlog of {mails} mails of {orders} orders: taken at {mails / received:.0f} a second, worked off in "
        f"{seconds:.1f} s ({mails / seconds:.1f} a second), busy {busy:.0%} of the time, "
        f"longest standstill {longest_standstill(moments):.1f} s"
    )


def watch(shop):
    """Look at the ledger twice a second until it is worked off; return [(moment, how far it is)]."""
    # A mail that was read and waits for its order is half the way.
    steps = "count(*) FILTER (WHERE state = 'waiting_order') + 2 * count(*) FILTER (WHERE state = 'done')"
    moments = []

    def look():
        moments.append((time.monotonic(), *shop.sql(f"SELECT {steps} FROM marketplace_message")[0]))
        return not shop.count_open()

    eventually(look, 900, pause=GRAIN)
    return moments


def share_of_time_busy(moments):
    """Return in which share of the time something was worked off."""
    steps = list(zip(moments, moments[1:], strict=False))
    busy = sum(after[0] - before[0] for before, after in steps if after[1] > before[1])
    return busy / (moments[-1][0] - moments[0][0])


def longest_standstill(moments):
    """Return the longest time in which nothing was worked off."""
    longest, since = 0, moments[0]
    for before, after in zip(moments, moments[1:], strict=False):
        if after[1] > before[1]:
            longest, since = max(longest, before[0] - since[0]), after
    return longest
