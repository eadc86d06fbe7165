"""`kill -9` and broken connections while a mailbox is read over a slow line, here and in plain Odoo."""

import random
import time

from common import eventually
from mailboxes import make_mails, pick_moment, say


def test_kills_while_reading_lose_and_double_nothing(sides, full, figures):
    kills, mails = (50, 500) if full else (3, 30)
    refs = [sides[0].shop.new_order() for _number in range(12)]
    for side in sides:
        for _kill in range(kills):
            side.deliver(make_mails(sides[0].shop, mails // kills, refs))
            with side.pulling():
                pick_moment(1.2)
                side.shop.odoo.kill()
            side.shop.odoo.start()
            side.pull_forward()
        side.finish()
    sides[0].check()
    figures(f"mailbox kills: {kills} kills, 80 ms: {say(sides)}")


def test_connections_cut_in_the_middle_lose_and_double_nothing(sides, full, figures):
    cuts, mails = (20, 200) if full else (4, 40)
    refs = [sides[0].shop.new_order() for _number in range(6)]
    for side in sides:
        side.tokens.clear()
        for _cut in range(cuts):
            side.deliver(make_mails(sides[0].shop, mails // cuts, refs))
            side.proxy.cut_after(random.randrange(600, 30_000))
            with side.pulling():
                eventually(lambda side=side: not side.proxy.cuts_left)
                time.sleep(0.5)
            side.pull_forward()
        side.finish()
    sides[0].check()
    figures(f"mailbox cuts: {cuts} cuts in the middle of a fetch, 80 ms: {say(sides)}")
