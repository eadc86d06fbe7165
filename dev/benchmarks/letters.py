"""Raw mails and orders of the sandbox, stamped as a receiving server would."""

from sandbox.amazon.data import make_order
from sandbox.amazon.identity import order_ref
from sandbox.amazon.mails import buyer_message
from sandbox.received import stamp_mail
from sandbox.server import AUTHSERV_ID
from sandbox.sites import get_site

WORDS = "Guten Tag, die Lampe flackert seit gestern und wird sehr warm. Können Sie mir bitte weiterhelfen? "


def order_of(number, code="DE"):
    """Return the n-th order of a storefront as the API tells it."""
    site = get_site(code)
    ref = order_ref(number, site)
    return make_order(ref, site, lines=[(0, 1), (3, 2)], status="SHIPPED", buyer=f"Erika Beispiel {number}")


def letter(order, to, seed, answers=None):
    """Return an authenticated buyer's mail of about 7 KB, and its Message-ID; each seed has words of its own.

    :param str answers: Message-ID for In-Reply-To; Amazon writes none, but plain Odoo needs one to find a ticket.
    """
    site = get_site(order["salesChannel"]["marketplaceId"])
    raw = buyer_message(order, site, order["buyer"]["buyerName"], f"{WORDS * 4}{seed}", to=to, seed=seed)
    message_id = next(line for line in raw.decode().split("\r\n") if line.startswith("Message-ID: "))[12:]
    if answers:
        raw = f"In-Reply-To: {answers}\r\nReferences: {answers}\r\n".encode() + raw
    sender = f"{message_id.strip('<>').partition('@')[0]}@bounces.{site.host}"
    return stamp_mail(raw, sender, [to], "pass", AUTHSERV_ID), message_id
