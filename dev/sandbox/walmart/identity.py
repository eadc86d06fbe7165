"""Invented names of Walmart's relay: addresses, Message-IDs, RefIDs."""

import secrets
import uuid

from .sites import PLACEHOLDER

#: Who seems to write, by what stands before the 32 characters. Readings of addresses that sellers and buyers showed:
#: nobody outside knows.
CUSTOMER, PRE_SALE, SELLER = "c-", "pc-", "s-"


def make_local_part(prefix):
    """Return the local part of a new address."""
    return prefix + secrets.token_hex(16).upper()


def make_ref_id():
    """Return what a mail ends with."""
    return secrets.token_hex(16).upper()


def make_message_id(host):
    """Return a new Message-ID, with brackets."""
    return f"<{uuid.uuid4()}@{host}>"


def order_local_part(order):
    """Return the local part of a purchase order's address, or None where Walmart has none yet."""
    address = (order or {}).get("customerEmailId") or PLACEHOLDER
    return None if address == PLACEHOLDER else address.partition("@")[0]
