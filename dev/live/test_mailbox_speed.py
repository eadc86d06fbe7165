"""How fast a mailbox is read, what a slow one costs the others, and what a large mail takes; beside plain Odoo."""

import random
import time

import psutil
import pytest
from common import PATIENCE, eventually, stamped, unique_text
from mailboxes import ADDRESS, Ours, Plain, make_mails
from sandbox.amazon.mails import File
from sandbox.proxy import Proxy

MB = 1024 * 1024
LARGE = 25 * MB


def name():
    """Return the name of a new mailbox."""
    return f"box{random.random()}"


@pytest.fixture(scope="module")
def box_shop(open_shop):
    """Return a running shop for all tests that tell each other's mailboxes apart."""
    with open_shop() as running:
        yield running


def count_taken(shop, user):
    """Return how many mails of a mailbox are in the ledger."""
    query = """SELECT count(*) FROM marketplace_mailbox_mail m JOIN marketplace_mailbox b ON b.id = m.mailbox_id
                WHERE m.state = 'taken' AND b.name = %s"""
    return shop.sql(query, [user])[0][0]


@pytest.mark.parametrize(
    "round_trip", [pytest.param(0.08, id="80ms"), pytest.param(0.0, id="loopback", marks=pytest.mark.full)]
)
def test_waiting_mails_are_soon_safe(box_shop, mail_server, full, figures, round_trip):
    shop, count = box_shop, 500 if full else 60
    refs = [shop.new_order() for _number in range(10)]
    with Ours(mail_server, shop, user=name(), round_trip=round_trip) as ours:
        ours.finish()
        ours.deliver(make_mails(shop, count, refs))
        started = time.monotonic()
        with ours.pulling():
            eventually(lambda: count_taken(shop, ours.user) == count, pause=0.05)
        seconds = time.monotonic() - started
        ours.finish()
        ours.check()
    line = f"mailbox speed: {count} waiting mails, round trip {round_trip * 1000:.0f} ms: "
    line += f"in the ledger after {seconds:.1f} s ({count / seconds:.0f} a second)"
    if full:
        with Plain(mail_server, user=name(), round_trip=round_trip) as plain:
            plain.deliver(make_mails(shop, count, refs))
            seconds = plain.finish()
        line += f"; Odoo's own needs {seconds:.0f} s ({count / seconds:.1f} a second), asked again at once"
    figures(line)


@pytest.mark.parametrize(
    "trouble", ["silence", *(pytest.param(name, marks=pytest.mark.full) for name in ("backlog", "drip", "refusal"))]
)
def test_a_second_mailbox_does_not_wait_for_the_first(box_shop, mail_server, full, figures, trouble):
    shop, second = box_shop, name()
    with Ours(mail_server, shop, user=name()) as ours, Proxy(mail_server.imap_port, 0.08) as line:
        ours.connect(second, line.port, sites=("IT",), address="posta@myshop.example")
        ours.finish()
        refs = [shop.new_order() for _number in range(4)]
        if trouble == "backlog":
            ours.deliver(make_mails(shop, 2000 if full else 300, refs))
        elif trouble == "silence":
            ours.proxy.is_silent = True
        elif trouble == "drip":
            ours.proxy.rate = 20
        else:
            shop.sql("UPDATE fetchmail_server SET password = 'mistaken' WHERE \"user\" = %s", [ours.user])
        mails = make_mails(shop, 20, refs)
        mail_server.deliver(*[raw for _token, raw in mails], user=second)
        ours.pull_forward()
        started = time.monotonic()
        ours.pull()
        eventually(lambda: count_taken(shop, second) == 20, pause=0.05)
        seconds = time.monotonic() - started
    figures(
        f"mailbox fairness: the first has trouble ({trouble}): 20 mails of the second are safe after {seconds:.1f} s"
    )


def peak_of(process, work):
    """Return by how many bytes a process grew at most while ``work`` was done."""
    idle = process.memory_info().rss
    with open(f"/proc/{process.pid}/clear_refs", "w") as file:
        file.write("5")  # the highest is counted from here on
    work()
    with open(f"/proc/{process.pid}/status") as file:
        peak = next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    return peak - idle


def test_a_large_mail_takes_little_memory(shop, mail_server, full, figures):
    ref = shop.new_order()

    def large(size=LARGE):
        text, token = unique_text()
        file = File("film.bin", "application/octet-stream", random.randbytes(int(size * 0.73)))
        return token, stamped(shop.make_mail(ref, text, to=ADDRESS, attachments=[file]), ADDRESS)

    with Ours(mail_server, shop, user=name(), round_trip=0) as ours:
        ours.deliver(make_mails(shop, 3, [ref]) + [large(MB)])
        ours.finish()
        token, raw = large()
        ours.deliver([(token, raw)])

        def read():
            ours.pull_forward()
            ours.pull()
            eventually(lambda: shop.find_token(token), PATIENCE)

        grown = peak_of(psutil.Process(shop.odoo.process.pid), read)
        ours.finish()
        ours.check()
    line = (
        f"mailbox memory: a mail of {len(raw) / MB:.0f} MB, read and put on its ticket: {grown / MB:.0f} MB over idle"
    )
    if full:
        with Plain(mail_server, user=name(), round_trip=0) as plain:
            plain.deliver(make_mails(shop, 3, [ref]) + [large(MB)])
            plain.finish()
            plain.deliver([large()])
            grown = peak_of(psutil.Process(plain.odoo.process.pid), plain.finish)
        line += f"; Odoo's own {grown / MB:.0f} MB"
    figures(line)
