"""A fresh install on real servers: signatures prove mail, silent name servers delay it only, floods hold up nobody."""

import statistics
import time

import pytest
from common import eventually

#: As many mails without proof as one address may bring in an hour.
LIMIT = 20


@pytest.fixture(scope="module")
def shop(open_shop):
    """Return a shop whose marketplaces sign, and that believes no server."""
    with open_shop(signs=True) as running:
        running.set_param("authserv_id", "")
        yield running


def proofs(shop, token):
    """Return (state, authentication, proof) of the message with a text."""
    query = """
        SELECT row.state, row.authentication, row.proof FROM marketplace_message row
          JOIN mail_message posted ON posted.id = row.mail_message_id WHERE posted.body LIKE %s
        """
    return shop.sql(query, [f"%{token}%"])


def test_a_signature_proves_a_mail_with_keys_asked_for_by_dns(shop, figures):
    times = []
    for _number in range(5):
        started = time.monotonic()
        token = shop.write(shop.new_order())
        shop.ticket(token)
        times.append(time.monotonic() - started)
        assert proofs(shop, token) == [("done", "pass", "dkim")]
    figures(f"verification: ticket of a signed mail after {times[0]:.1f} s, with a known key {min(times[1:]):.1f} s")


def test_a_silent_name_server_delays_what_it_could_prove_and_nothing_else(shop, figures):
    shop.odoo.stop()
    shop.odoo.start()  # knows no key any more
    shop.sandbox.nameserver.is_silent = True
    waiting = shop.write(shop.new_order())
    assert shop.sandbox.wait()
    eventually(lambda: shop.sql("SELECT 1 FROM marketplace_message WHERE check_attempts > 0 AND state = 'received'"))
    shop.set_param("authserv_id", "mx.sandbox.example")
    started = time.monotonic()
    shop.ticket(shop.write(shop.new_order()))
    seconds = time.monotonic() - started
    shop.set_param("authserv_id", "")
    assert shop.find_token(waiting) is None
    shop.sandbox.nameserver.is_silent = False
    shop.ticket(waiting)
    assert proofs(shop, waiting) == [("done", "pass", "dkim")]
    figures(f"verification: ticket of a mail that our server proves while a name server is silent: {seconds:.1f} s")


def test_a_flood_is_parked_and_proved_mail_goes_on(shop, full, figures):
    count = 1000 if full else 60
    shop.set_param("authserv_id", "mx.sandbox.example")
    alone = [measure(shop) for _number in range(10 if full else 3)]
    forged = [shop.make_mail(shop.new_order(), f"Invented {number}") for number in range(count)]
    before = shop.sql("SELECT count(*) FROM helpdesk_ticket")[0][0]
    mails, within, step = [], [], count // len(alone)
    for number in range(0, count, step):
        mails += [
            shop.sandbox.send(raw, shop.address(), authentication="none") for raw in forged[number : number + step]
        ]
        within.append(measure(shop))
    assert shop.sandbox.wait(*mails, timeout=600)
    shop.finish(600)
    tickets = shop.sql("SELECT count(*) FROM helpdesk_ticket")[0][0] - before - len(within)
    assert tickets <= LIMIT + 1  # two workers may count at the same moment
    parked = "SELECT count(*) FROM marketplace_message WHERE flood_id IS NOT NULL AND state = 'quarantined'"
    assert shop.sql(parked)[0][0] >= count - LIMIT - 2
    assert shop.sql("SELECT count(*) FROM marketplace_flood")[0][0] <= 2  # an hour may end meanwhile
    without, inside = (f"{statistics.median(one):.2f} s (up to {max(one):.2f})" for one in (alone, within))
    figures(
        f"verification: {count} mails without proof: {tickets} tickets, the rest parked as one line; "
        f"ticket of a proved mail after {without}, meanwhile after {inside}"
    )


def measure(shop):
    """Return how many seconds it takes from the receipt of a proved mail to its ticket."""
    token = shop.deliver(shop.new_order())
    started = time.monotonic()
    shop.ticket(token)
    return time.monotonic() - started
