"""Case about reading mails: pure Python, one core."""

import statistics
import time

from sandbox.server import AUTHSERV_ID
from sandbox.signing import Signer

from marketplaces import check_signatures, read_mail

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


def signature_rows():
    """Return the row about checking a mail's signature with a key that is known: the best of some rounds, CPU time."""
    signer = Signer()
    raws = [signer.sign(letter(order_of(n, CODES[n % len(CODES)]), "shop@odoo.example", n)[0]) for n in range(MAILS)]
    times = []
    for _round in range(ROUNDS):
        started = time.process_time()
        found = [check_signatures(raw, signer.records.__getitem__).signatures for raw in raws]
        times.append((time.process_time() - started) / MAILS * 1000)
        if {one.result for signatures in found for one in signatures} != {"pass"}:
            raise RuntimeError("signatures of genuine mails were not proved")
    return [bounded("check a signature", statistics.median(times), " ms", most=3, note="key known, CPU time")]
