"""Mutated and hostile mails: each is in the ledger with a final state, nothing crashes, nothing stays alive."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from secrets import token_hex

import lxml.html
from common import PATIENCE, eventually, stamped, unique_text
from mutations import Mutator
from postgres import ROOT
from sandbox.amazon.mails import File
from sandbox.odoo import Odoo as Gateway

SAMPLES = ROOT.parent / "shared/data/mails"
ACTIVE_TYPES = ("text/html", "image/svg+xml", "application/xml", "text/xml", "application/xhtml+xml", "text/css",
                "application/javascript", "text/javascript")  # fmt: skip
ACTIVE_TAGS = {"script", "iframe", "object", "embed", "svg", "math", "meta", "base", "form", "link", "style", "frame"}
FILES = [File("broken.png", "image/png", b"\x89PNG\r\n\x1a\n"), File("a.pdf", "application/pdf", b"%PDF-1.4")]
BATCH = 500


def seeds(shop):
    """Return makers of mails: languages, files, presale, and the samples where they are at hand."""
    makers = [path.read_bytes for path in sorted(SAMPLES.glob("*.eml"))]
    for site in ("DE", "FR", "IT", "GB", "ES", "US", "JP"):
        make = partial(shop.make_mail, site=site, to=shop.address())
        refs = [shop.new_order(site) for _number in range(4)]
        makers += [partial(make, ref, f"My parcel {token_hex(8)}?") for ref in refs]
        makers.append(partial(make, refs[0], "", attachments=FILES))
        makers.append(partial(make, None, "<script>alert(1)</script>", presale_asin="B0EXAMPL01"))
    return makers


def feed(shop, raws):
    """Hand raw mails to Odoo as a gateway does, many at a time; returns what went wrong."""
    gateway = Gateway(shop.odoo.url, str(shop.db), "admin", "admin", timeout=300)

    def deliver(raw):
        try:
            gateway.deliver(stamped(raw, shop.address(), random.choice(("pass", "pass", "pass", "fail", "none"))))
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[-400:]}"
        return None

    with ThreadPoolExecutor(6) as pool:
        return [error for error in pool.map(deliver, raws) if error]


def living(body):
    """Return what in a body a browser would run or load."""
    found = []
    for node in lxml.html.fromstring(f"<div>{body}</div>").iter():
        if not isinstance(node.tag, str):
            continue
        if node.tag in ACTIVE_TAGS:
            found.append(f"<{node.tag}>")
        for name, value in node.attrib.items():
            target = "".join(value.split()).lower()
            if name.startswith("on") or target.startswith(("javascript:", "data:text", "vbscript:")):
                found.append(f"{node.tag} {name}={value[:80]}")
            if name == "style" and "url(" in target:
                found.append(f"{node.tag} {name}={value[:80]}")
    return found


def check_bodies(shop, after):
    """Check that no message newer than ``after`` has anything alive; returns the newest one's id."""
    rows = shop.sql("SELECT id, body FROM mail_message WHERE id > %s ORDER BY id", [after])
    assert [(id_, found) for id_, body in rows if body and (found := living(body))] == []
    return rows[-1][0] if rows else after


def check_files(shop):
    query = """SELECT id, name, mimetype FROM ir_attachment
                WHERE res_model IN ('helpdesk.ticket', 'mail.message', 'marketplace.message')
                  AND (mimetype = ANY(%s) OR mimetype ~ 'html|svg|xml$|script')"""
    assert shop.sql(query, [list(ACTIVE_TYPES)]) == []


def describe_failures(shop):
    """Return errors of failed mails with how often each came."""
    rows = shop.sql("SELECT error FROM marketplace_message WHERE state = 'failed' OR attempts > 0")
    return Counter((error or "")[:300] for (error,) in rows)


def test_mutated_mails_end_in_the_ledger_and_nothing_stays_alive(shop, full, figures):
    total = 10_000 if full else 120
    shop.set_param("order_wait", 0.02)
    seed = random.randrange(10**9)
    mutator, errors, newest, started = Mutator(seeds(shop), seed), [], 0, time.monotonic()
    for first in range(0, total, BATCH):
        raws = [mutator.make(number) for number in range(first, min(first + BATCH, total))]
        errors += feed(shop, raws)
        newest = check_bodies(shop, newest)
    eventually(lambda: not shop.sql("SELECT 1 FROM marketplace_message WHERE state IN ('received', 'waiting_order')"),
               3 * PATIENCE + total / 4)  # fmt: skip
    seconds = time.monotonic() - started
    assert (Counter(errors), describe_failures(shop)) == ({}, {}), f"seed {seed}"
    check_bodies(shop, newest)
    check_files(shop)
    states = shop.count_states()
    assert sum(states.values()) > 0.98 * total  # some were cut within their Message-ID, so that two share one
    shop.check_silence()
    named = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    figures(f"mutations: {total} mails (seed {seed}) in {seconds:.0f} s: {named}; nothing failed, nothing alive")


def test_a_huge_mail_arrives(shared_shop, full, figures):
    shop = shared_shop
    size = 25 if full else 5
    ref, token_text = shop.new_order(), unique_text("Look at these photos")
    photo = File("photo.jpg", "image/jpeg", random.randbytes(int(size * 1024 * 1024 / 1.37)))
    raw = shop.make_mail(ref, token_text[0], attachments=[photo])
    started = time.monotonic()
    shop.send(raw)
    received = time.monotonic() - started
    ticket = shop.ticket(token_text[1])
    seconds = time.monotonic() - started
    sizes = shop.sql("SELECT file_size FROM ir_attachment WHERE res_model = 'helpdesk.ticket' AND res_id = %s",
                     [ticket["id"]])  # fmt: skip
    assert sizes == [(len(photo.content),)]
    figures(
        f"mutations: a mail of {len(raw) / 1e6:.0f} MB: 250 after {received:.1f} s, on its ticket after {seconds:.1f} s"
    )
