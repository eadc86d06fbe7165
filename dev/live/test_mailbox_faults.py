"""What else happens to a mailbox on a slow line, here and in plain Odoo: nothing is lost, nothing stands twice."""

import contextlib
import random
import threading
import time

import pytest
from common import Odoo
from mailboxes import ADDRESS, make_mails, say

CREATE_FAULT = """
CREATE SEQUENCE fault_number;
CREATE FUNCTION fault() RETURNS trigger AS $$ BEGIN
    IF nextval('fault_number') % 4 = 0 THEN RAISE EXCEPTION 'injected' USING ERRCODE = '{code}'; END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER fault BEFORE INSERT ON mail_message FOR EACH ROW WHEN (NEW.model = 'helpdesk.ticket')
       EXECUTE FUNCTION fault();
"""
DROP_FAULT = "DROP FUNCTION fault() CASCADE; DROP SEQUENCE fault_number"


@pytest.fixture(autouse=True)
def forget(sides):
    """Have each test count its own mails only."""
    for side in sides:
        side.tokens.clear()


@pytest.fixture
def count(full):
    return 200 if full else 24


@pytest.fixture
def deliver(sides, count):
    """Return a function that lets mails arrive on a side, or a part of them."""
    refs = [sides[0].shop.new_order() for _number in range(6)]
    return lambda side, part=1: side.deliver(make_mails(sides[0].shop, count // part, refs))


@contextlib.contextmanager
def fault(side, code):
    """Have the database refuse each fourth message on a ticket, once, while the block runs."""
    side.shop.sql(CREATE_FAULT.format(code=code))
    yield
    side.shop.sql(DROP_FAULT)


@contextlib.contextmanager
def people(side):
    """Have somebody open mails and put them into folders while the block runs."""
    ended = threading.Event()
    mail, user = side.mail, side.user

    def work():
        while not ended.wait(random.uniform(0.02, 0.1)):
            flags = mail.flags(user)
            uid = random.choice(list(flags) or [None])
            if uid and random.random() < 0.5:
                with contextlib.suppress(RuntimeError):
                    mail.move([uid], random.choice(("Archive", "Junk")), user=user)
            elif uid:
                with mail.open(user, "INBOX") as box:
                    box.uid("STORE", str(uid), "+FLAGS", "(\\Seen)")

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(
    "code", [pytest.param("P0001", id="error"), pytest.param("40001", id="conflict", marks=pytest.mark.full)]
)
def test_what_fails_in_the_database_is_done_again(sides, deliver, figures, code):
    for side in sides:
        with fault(side, code):
            deliver(side)
            side.finish()
    name = {"P0001": "a processing error", "40001": "a serialization failure"}[code]
    sides[0].check()
    figures(f"mailbox faults: {name} at each fourth message: {say(sides)}")


@pytest.mark.full
def test_two_nodes_on_one_mailbox_lose_and_double_nothing(sides, deliver, figures):
    for side in sides:
        deliver(side)
        with Odoo(side.shop.db, max_cron_threads=2, env=side.shop.odoo.env), side.pulling():
            side.finish()
    sides[0].check()
    figures(f"mailbox faults: two nodes: {say(sides)}")


@pytest.mark.full
def test_people_who_open_and_move_mails_hide_nothing(sides, deliver, figures):
    for side in sides:
        with people(side), side.pulling():
            for _part in range(4):
                deliver(side, 4)
                time.sleep(0.5)
        side.finish()
    sides[0].check()
    figures(f"mailbox faults: people open and move mails: {say(sides)}")


@pytest.mark.full
def test_a_mailbox_that_is_numbered_anew_loses_and_doubles_nothing(sides, deliver, figures):
    for side in sides:
        with side.pulling():
            for _part in range(4):
                deliver(side, 4)
                time.sleep(random.uniform(0.1, 0.5))
                side.mail.renumber(side.user)
        side.finish()
    sides[0].check()
    figures(f"mailbox faults: another UIDVALIDITY four times: {say(sides)}")


def test_the_same_mail_in_two_mailboxes_stands_once(sides, deliver, figures):
    for side in sides:
        twin = f"{side.user}-twin"
        if len(sides) > 1 and side is sides[1]:
            side.add_server(twin)
        else:
            side.connect(twin, side.proxy.port, sites=("IT",), address="posta@myshop.example")
        box, side.user = side.user, twin
        deliver(side)
        with side.mail.open(twin, "INBOX") as connection:
            raws = [part[1] for part in connection.fetch("1:*", "(BODY.PEEK[])")[1] if isinstance(part, tuple)]
        side.mail.deliver(*raws, user=box)
        side.user = box
        side.finish()
    sides[0].check()
    figures(f"mailbox faults: the same mail in two mailboxes: {say(sides)}")


def test_all_of_it_at_once_loses_and_doubles_nothing(sides, deliver, full, figures):
    rounds, ours = (25 if full else 3), sides[0]
    with fault(ours, "40001"):
        with people(ours):
            for number in range(rounds):
                deliver(ours, 10 if full else 3)
                ours.proxy.cut_after(random.randrange(600, 30_000))
                second = Odoo(ours.shop.db, max_cron_threads=2, env=ours.shop.odoo.env)
                with second, ours.pulling():
                    time.sleep(random.uniform(0.1, 1.5))
                    second.kill()
                    if number % 3 == 2:
                        ours.mail.renumber(ours.user)
                ours.pull_forward()
        ours.finish()
    ours.check()
    figures(
        f"mailbox faults: {rounds} kills of one of two nodes, {rounds} cuts, conflicts, people and new UIDVALIDITY at "
        f"once: {say(sides[:1])}"
    )


def test_private_mail_reaches_odoo_once_under_kills(sides, full, figures):
    ours = sides[0]
    rounds, each = (20, 10) if full else (2, 6)
    [team] = ours.shop.rpc("ir.model", "search", [("model", "=", "helpdesk.ticket")])
    ours.shop.rpc("fetchmail.server", "write", ours.shop.rpc("fetchmail.server", "search", []), {"object_id": team})
    boxes = ours.shop.rpc("marketplace.mailbox", "search", [])
    ours.shop.rpc("marketplace.mailbox", "write", boxes, {"other_mail": "odoo"})
    rows, names = ours.count_rows(), [f"Private {random.random()}" for _number in range(rounds * each)]
    for number in range(rounds):
        mails = [
            f"From: Jo <jo@{number}.example>\r\nTo: {ADDRESS}\r\nSubject: {name}\r\n"
            f"Message-ID: <{name.split()[1]}@x.example>\r\n\r\nHi\r\n"
            for name in names[number * each : number * each + each]
        ]
        ours.mail.deliver(*[mail.encode() for mail in mails], user=ours.user)
        with ours.pulling():
            time.sleep(random.uniform(0.1, 1.0))
            ours.shop.odoo.kill()
        ours.shop.odoo.start()
        ours.pull_forward()
    # Mails at which a server was killed repeatedly wait for another try.
    ours.finish(quiet=5.0)
    found = ours.shop.sql("SELECT name FROM helpdesk_ticket WHERE name LIKE 'Private %'")
    assert sorted(name for (name,) in found) == sorted(names)
    assert ours.count_rows() == rows
    boxes = ours.shop.rpc("marketplace.mailbox", "write", boxes, {"other_mail": "leave"})
    figures(f"mailbox faults: {rounds} kills, {len(names)} private mails: each on one plain ticket, none in the ledger")


def test_a_mail_that_ends_every_connection_holds_up_no_other(sides, deliver, figures):
    for side in sides:
        side.user = f"{side.user}-poisoned"
        if side is sides[0]:
            side.connect(side.user, side.proxy.port)
        else:
            side.add_server(side.user)
        side.finish()
        side.pause(True)
        deliver(side)
        uid = sorted(side.mail.flags(side.user))[len(side.tokens) // 2]
        side.mail.corrupt(uid, user=side.user)
        del side.tokens[len(side.tokens) // 2]
        side.pause(False)
        side.finish(timeout=60)
    assert sides[0].shop.sql("SELECT uid FROM marketplace_mailbox_mail WHERE state = 'failed'") == [(str(uid),)]
    sides[0].check()
    figures(f"mailbox faults: a poisoned mail in the middle: {say(sides)}")
