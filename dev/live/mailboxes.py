"""Mailboxes of a real mail server behind a slow line, read by our module and by plain Odoo, under the same faults."""

import contextlib
import random
import threading
import time
from collections import Counter

from common import PATIENCE, is_bounce, stamped, unique_text
from live import Database, Odoo
from postgres import sql
from sandbox import Sandbox
from sandbox.mailserver import PASSWORD
from sandbox.proxy import Proxy

ADDRESS = "service@myshop.example"
ROUND_TRIP = 0.08
#: Seconds without any progress after which there will be none; a busy machine may need many.
ENDLESS = 60


class Reading:
    """One side of a comparison: an Odoo that reads one mailbox; made by :class:`Ours` and :class:`Plain`."""

    cron = module = None

    def __init__(self, mail, user, round_trip=ROUND_TRIP):
        self.mail, self.user = mail, user
        self.proxy = Proxy(mail.imap_port, round_trip)
        self.tokens = []

    def deliver(self, raws):
        """Let mails arrive; ``raws`` are pairs of token and raw mail."""
        self.tokens += [token for token, _raw in raws]
        self.mail.deliver(*[raw for _token, raw in raws], user=self.user)

    def pull(self, cron=None):
        """Have the scheduler read the mailbox, or do something else, as soon as it can."""
        query = """
            INSERT INTO ir_cron_trigger (cron_id, call_at)
                 SELECT res_id, now() AT TIME ZONE 'utc' FROM ir_model_data WHERE module = %s AND name = %s
                    AND NOT EXISTS (SELECT 1 FROM ir_cron_trigger
                                     WHERE cron_id = res_id AND call_at <= now() AT TIME ZONE 'utc')"""
        self.shop.sql(query, [self.module, cron or self.cron])
        sql("postgres", "SELECT pg_notify('cron_trigger', %s)", [str(self.shop.db)])

    @contextlib.contextmanager
    def pulling(self):
        """Have the mailbox read without a pause while the block runs."""
        ended = threading.Event()

        def work():
            while not ended.wait(0.05):
                self.pull()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(PATIENCE)

    def pull_forward(self):
        """Do not wait for pauses and leases: nothing but time stands between."""

    def pause(self, is_paused):
        """Have the mailboxes read, or not."""

    def finish(self, timeout=3 * PATIENCE, quiet=2.0):
        """Read until nothing more comes; return the seconds until the last came."""
        started = last = time.monotonic()
        found, pulled = None, 0
        self.pull()  # what was delivered just now is not read yet
        # A mail that can't be read is tried again and again.
        while time.monotonic() < min(started + timeout, last + ENDLESS):
            if self.is_idle() and time.monotonic() > last + quiet:
                break
            before, found = found, self.progress()
            if found != before:
                last = time.monotonic()
            elif time.monotonic() > pulled + 1:
                # Now and then only: while it is being read it is not idle.
                pulled = time.monotonic()
                self.pull_forward()
                self.pull()
            time.sleep(0.1)
        return last - started

    def outcome(self):
        """Return (lost, doubled, bounced): how many texts stand nowhere, more than once, and mails sent back."""
        counts = self.count()
        lost, doubled = sum(not counts[one] for one in self.tokens), sum(counts[one] > 1 for one in self.tokens)
        return lost, doubled, sum(map(is_bounce, self.sandbox.mailboxes))

    def describe(self):
        """Return the outcome in words."""
        return "{} lost, {} doubled, {} bounced".format(*self.outcome())


class Ours(Reading):
    """Our module on a copy of the configured shop."""

    cron, module = "ir_cron_read_mailboxes", "helpdesk_mgmt_marketplace"

    def __init__(self, mail, shop, user="ours", **options):
        super().__init__(mail, user, **options)
        self.shop, self.sandbox = shop, shop.sandbox

    def __enter__(self):
        self.proxy.__enter__()
        # Reading is what is measured here, not how long a killed server's call for an order is waited for.
        self.shop.set_param("order_wait", 0.05)
        self.connect(self.user, self.proxy.port)
        return self

    def __exit__(self, *exc):
        self.proxy.__exit__(*exc)
        if self.shop.odoo.process.poll() is None:
            self.pause(True)

    def connect(self, user, port, sites=("DE", "FR", "US"), address=ADDRESS, **values):
        """Go through the dialog as an admin does; returns the id of the mailbox."""
        server = {"name": user, "server": "127.0.0.1", "port": port, "user": user, "password": PASSWORD}
        [server_id] = self.shop.rpc("fetchmail.server", "create", [server])
        site_ids = self.shop.rpc("marketplace.site", "search", [("code", "in", list(sites))])
        wizard = {"site_ids": [(6, 0, site_ids)], "server_id": server_id, "address": address, **values}
        [wizard_id] = self.shop.rpc("marketplace.mailbox.connect", "create", [wizard])
        self.shop.rpc("marketplace.mailbox.connect", "action_start", [wizard_id])
        return self.shop.rpc("marketplace.mailbox", "search", [("server_id", "=", server_id)])[0]

    def pull(self, cron=None):
        self.shop.sql(
            """UPDATE marketplace_mailbox SET next_read_at = now() AT TIME ZONE 'utc'
                WHERE lease_until IS NULL AND failure_count = 0 AND next_read_at > now() AT TIME ZONE 'utc'"""
        )
        super().pull(cron)

    def pull_forward(self):
        past = "now() AT TIME ZONE 'utc' - interval '1 s'"
        self.shop.sql(
            f"""UPDATE marketplace_mailbox SET next_read_at = {past},
                       lease_until = CASE WHEN lease_until IS NOT NULL THEN {past} END"""
        )
        self.shop.sql(f"UPDATE marketplace_mailbox_mail SET next_attempt = {past} WHERE state = 'failed'")
        self.shop.sql(f"UPDATE marketplace_message SET next_attempt = {past} WHERE next_attempt > {past}")
        self.shop.sql("UPDATE marketplace_order SET lease_until = NULL WHERE lease_until IS NOT NULL")
        self.shop.sql("UPDATE marketplace_operation SET lease_until = NULL WHERE lease_until IS NOT NULL")
        for cron in ("ir_cron_process_messages", "ir_cron_fetch_orders"):
            self.pull(cron)

    def pause(self, is_paused):
        self.shop.sql("UPDATE marketplace_mailbox SET is_paused = %s", [is_paused])

    def progress(self):
        return self.shop.sql(
            """SELECT count(*) FILTER (WHERE state = 'received') + 3 * count(*) FILTER (WHERE state = 'done'),
                      (SELECT count(*) FROM marketplace_mailbox_mail WHERE state != 'failed')
                 FROM marketplace_message"""
        )

    def is_idle(self):
        # A mailbox that nobody has ever paused has no value there.
        left = """SELECT 1 FROM marketplace_mailbox box LEFT JOIN marketplace_mailbox_position ON mailbox_id = box.id
                   WHERE NOT COALESCE(is_paused, FALSE)
                     AND (lease_until IS NOT NULL OR backlog > 0 OR failure_count > 0
                          OR next_read_at <= now() AT TIME ZONE 'utc') LIMIT 1"""
        return not self.shop.count_open() and not self.shop.sql(left)

    def count(self):
        return self.shop.count_tokens()

    def count_rows(self):
        """Return how many mails are in the ledger."""
        return self.shop.sql("SELECT count(*) FROM marketplace_message")[0][0]

    def check(self):
        """Check that everything stands exactly once, and that nothing went out."""
        self.shop.check_exactly_once(self.tokens)
        assert [(mail.to, mail.subject) for mail in self.sandbox.mailboxes if is_bounce(mail)] == []
        assert [(mail.to, mail.subject) for mail in self.sandbox.inbox] == []


class Plain(Reading):
    """Odoo with helpdesk_mgmt only, whose own fetching makes tickets."""

    cron, module = "ir_cron_mail_gateway_action", "mail"

    def __init__(self, mail, user="plain", **options):
        super().__init__(mail, user, **options)
        self.sandbox = Sandbox()
        self.shop = self

    def __enter__(self):
        self.sandbox.start()
        self.proxy.__enter__()
        self.db = Database.create(template="base")
        self.odoo = Odoo(self.db, max_cron_threads=2).start()
        rpc = self.odoo.rpc
        out = {"name": "Out", "smtp_host": "127.0.0.1", "smtp_port": self.sandbox.smtp_port, "smtp_encryption": "none"}
        rpc("ir.mail_server", "create", [out])
        self.add_server(self.user)
        return self

    def add_server(self, user):
        """Have Odoo fetch a mailbox."""
        [model] = self.rpc("ir.model", "search", [("model", "=", "helpdesk.ticket")])
        server = {"name": user, "server": "127.0.0.1", "port": self.proxy.port, "user": user}
        server |= {"password": PASSWORD, "object_id": model, "state": "done"}
        self.rpc("fetchmail.server", "create", [server])

    def __exit__(self, *exc):
        self.odoo.kill()
        self.db.drop()
        self.proxy.__exit__(*exc)
        self.sandbox.stop()

    def rpc(self, *args, **kwargs):
        """Call a public method of a model as admin."""
        return self.odoo.rpc(*args, **kwargs)

    def sql(self, query, params=None):
        """Run one statement past Odoo."""
        return self.db.sql(query, params)

    def progress(self):
        return self.sql("SELECT count(*) FROM helpdesk_ticket"), self.unread()

    def is_idle(self):
        return not self.unread()

    def unread(self):
        """Return how many mails nobody has opened."""
        return sum(b"\\Seen" not in flags for flags in self.mail.flags(self.user).values())

    def count(self):
        rows = self.sql("SELECT COALESCE(description, '') FROM helpdesk_ticket")
        return Counter(token for token in self.tokens for (text,) in rows if token in text)


def make_mails(shop, count, refs, words="Where is my parcel?"):
    """Return pairs of token and raw mail, spread over some orders, as they arrive at :data:`ADDRESS`."""
    mails = []
    for number in range(count):
        text, token = unique_text(words)
        raw = shop.make_mail(refs[number % len(refs)], text, to=ADDRESS)
        mails.append((token, stamped(raw, ADDRESS)))
    return mails


def say(sides):
    """Return the outcome of all sides in words; the first is ours."""
    ours, *others = sides
    words = [f"ours {ours.describe()} of {len(ours.tokens)}"]
    return "; ".join([*words, *(f"Odoo's own {plain.describe()}" for plain in others)])


def pick_moment(longest):
    """Wait for a moment that nobody chose."""
    time.sleep(random.uniform(0.02, longest))
