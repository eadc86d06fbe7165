"""Case about reading mails: pure Python, one core."""

import statistics
import time

from marketplaces import read_mail
from sandbox.server import AUTHSERV_ID

from .letters import letter, order_of
from .table import bounded

CODES = ("DE", "FR", "IT", "GB", "ES", "US", "JP")
ROUNDS = 7
MAILS = 140


def read_rows():
    """Return the row about mails read a second: the best of some rounds, by this process' own time."""
    raws = [letter(order_of(n, CODES[n % len(CODES)]), "shop@odoo.example", n)[0] for n in range(MAILS)]
    rates = []
    for _round in range(ROUNDS):
        started = time.process_time()
        kinds = {read_mail(raw, authserv_id=AUTHSERV_ID, seller_names=("Sandbox Trading",)).kind for raw in raws}
        rates.append(MAILS / (time.process_time() - started))
        if kinds != {"buyer_message"}:
            raise RuntimeError(f"read_mail took buyers' mails for {kinds}")
    size = statistics.mean(map(len, raws)) / 1000
    return [bounded("read mail", statistics.median(rates), "/s", least=500, note=f"{size:.1f} kB each, CPU time")]
