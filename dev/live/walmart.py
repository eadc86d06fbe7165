"""A shop's account at the pretend Walmart, its orders and mails, for the live tests."""

import itertools
import random

from common import PATIENCE, unique_text
from demo import TEAM, connect_walmart
from sandbox.walmart.data import make_order, purchase_order_ref
from sandbox.walmart.identity import CUSTOMER, make_local_part
from sandbox.walmart.mails import Letter, buyer_message
from sandbox.walmart.sites import get_site

SELLER = "DEMO-WMT"
_numbers = itertools.count(random.randrange(1000, 9_000_000))


def connect(shop):
    """Connect the demo seller by its keys, as an admin would, and register the address; returns the account's id."""
    [team] = shop.rpc("helpdesk.ticket.team", "search", [("name", "=", TEAM)])
    return connect_walmart(shop.odoo, shop.sandbox, team)


def new_order(shop, parts=1, **values):
    """Let a buyer buy something, in so many purchase orders; returns the number of the customer order."""
    ref = f"2000{next(_numbers):011}"
    for part in range(1, parts + 1):
        shop.sandbox.walmart.orders.put(SELLER, make_order(ref, seller=SELLER, part=part, **values))
    return ref


def numbers_of(ref, parts):
    """Return all numbers of an order: the customer order's, then those of its purchase orders."""
    return [ref, *(purchase_order_ref(ref, part) for part in range(1, parts + 1))]


def letters(shop, numbers):
    """Let buyers' mails leave at once, one for each of these numbers, from an address each; returns their tokens."""
    to = shop.sandbox.world.addresses[SELLER, "US"]
    seller, site, tokens = shop.sandbox.walmart.sellers[SELLER], get_site("US"), []
    for number in numbers:
        text, token = unique_text()
        sender = f"{make_local_part(CUSTOMER)}@{site.relay_hosts[0]}"
        letter = Letter(seller, site, sender, "Desmond O'Hara", text, to, number, "100200300", "A mug")
        shop.sandbox.send(buyer_message(letter), to)
        tokens.append(token)
    assert shop.sandbox.wait(timeout=PATIENCE), shop.unaccepted()
    return tokens


def count_calls(shop, operation):
    """Return how many requests of a kind reached Walmart."""
    return shop.sandbox.world.requests.report()["counts"].get(operation, 0)


def end_token(shop, account, seconds=None):
    """Let the access token be gone, or end in so many seconds as far as Odoo knows."""
    if seconds is None:
        values = "access_token_encrypted = NULL, access_token_expires_at = NULL"
    else:
        values = f"access_token_expires_at = now() AT TIME ZONE 'utc' + interval '{seconds} s'"
    shop.sql(f"UPDATE marketplace_account SET {values} WHERE id = %s", [account])
