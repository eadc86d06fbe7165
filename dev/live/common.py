"""A shop with a real Odoo server and the pretend Amazon, and what the live tests ask of both."""

import contextlib
import itertools
import json
import random
import re
import time
from collections import Counter
from pathlib import Path
from secrets import token_hex

from demo import DOMAIN, connect, endpoints, prepare_company
from live import Database, Odoo, RpcError, install, run_odoo
from ports import free_port
from sandbox import Sandbox
from sandbox.amazon.data import make_order
from sandbox.amazon.identity import order_ref
from sandbox.amazon.mails import buyer_message
from sandbox.received import stamp_mail
from sandbox.server import AUTHSERV_ID
from sandbox.sites import get_site

#: Generous: tests must not fail because a machine is slow. What it took is reported as a figure.
PATIENCE = 120
TEAM_ADDRESS = f"service@{DOMAIN}"
#: File beside the attachments of a configured database.
ADDRESSES = "addresses.json"
OPEN = "('received', 'waiting_order', 'failed')"
_TOKEN = re.compile(r"zq[0-9a-f]{16}")
_numbers = itertools.count(random.randrange(1000, 9_000_000))


def unique_text(words="Where is my parcel?"):
    """Return a buyer's words with something in them that stands nowhere else: (text, token)."""
    token = f"zq{token_hex(8)}"
    return f"{words}\n\n{token}", token


def eventually(check, timeout=PATIENCE, pause=0.1):
    """Return the first true answer of ``check``; fail when there is none in time."""
    deadline = time.monotonic() + timeout
    while not (answer := check()):
        assert time.monotonic() < deadline, f"still not so after {timeout} s: {check}"
        time.sleep(pause)
    return answer


@contextlib.contextmanager
def configured():
    """Set a shop up and give its database; no server runs on it."""
    with Shop() as shop:
        addresses = shop.configure()
        shop.odoo.stop()
        shop.db.filestore.mkdir(parents=True, exist_ok=True)
        (shop.db.filestore / ADDRESSES).write_text(json.dumps(list(addresses.items())))
        yield shop.db


@contextlib.contextmanager
def extended(template, add_on):
    """Give a copy of a database into which a further add-on is installed."""
    with Database.create(template=template) as db:
        install(db, add_on)
        yield db


def read_addresses(db):
    """Return the sites' addresses in a database that was made from a configured one."""
    return {tuple(site): address for site, address in json.loads((db.filestore / ADDRESSES).read_text())}


class Shop:
    """A database, the pretend Amazon and an Odoo server between them, all running inside a ``with`` block.

    :param Database template: database to copy; None makes a new one from the module's template.
    :param dict addresses: the sites' addresses, as :meth:`configure` left them in ``template``.
    :param int crons: threads for scheduled actions.
    :param dict amazon_urls: where Odoo looks for Amazon's API; by default in the sandbox.
    :param dict options: of the sandbox.
    """

    def __init__(self, template=None, addresses=None, crons=2, amazon_urls=None, **options):
        self.db = Database.create(template=template or "auto")
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        self.sandbox = Sandbox(odoo_url=url, odoo_db=str(self.db), addresses=addresses, **options)
        self.odoo = Odoo(self.db, max_cron_threads=crons, port=port)
        self._amazon_urls = amazon_urls or {}

    def __enter__(self):
        self.sandbox.start()
        self.odoo.env |= endpoints(self.sandbox)
        self.odoo.env |= {f"MARKETPLACE_AMAZON_{name.upper()}_URL": url for name, url in self._amazon_urls.items()}
        self.sql("UPDATE ir_mail_server SET smtp_port = %s", [self.sandbox.smtp_port])
        self.odoo.start()
        return self

    def __exit__(self, *exc):
        self.odoo.kill()
        self.sandbox.stop()
        self.db.drop()

    # === SETTING UP === #

    def restart(self, crons):
        """Stop the server and start it with another number of threads for scheduled actions."""
        self.odoo.stop()
        self.odoo.config["max_cron_threads"] = crons
        self.odoo.start()

    def configure(self):
        """Do what an admin does first: company, team, accounts, addresses. Returns the addresses."""
        team = prepare_company(self.odoo, self.sandbox)
        connect(self.odoo, self.sandbox, team)
        plain = self.rpc("helpdesk.ticket.team", "create", [{"name": "Plain team", "alias_name": "service"}])
        assert self.rpc("helpdesk.ticket.team", "read", plain, ["alias_email"])[0]["alias_email"] == TEAM_ADDRESS
        states = self.sql("SELECT DISTINCT state FROM marketplace_account")
        assert states == [("connected",)], states
        return dict(self.sandbox.world.addresses)

    def set_param(self, name, value):
        """Write one of the module's settings."""
        self.rpc("ir.config_parameter", "set_param", f"helpdesk_mgmt_marketplace.{name}", str(value))

    # === BUYERS === #

    def new_order(self, site="DE", **values):
        """Let a buyer buy something; returns the order's number."""
        site = get_site(site)
        seller = next(one for one in self.sandbox.sellers.values() if one.region == site.region)
        ref = order_ref(next(_numbers), site)
        self.sandbox.orders.put(seller.code, make_order(ref, site, seller=seller, **values))
        return ref

    def write(self, ref=None, words="Where is my parcel?", **values):
        """Let a buyer write; returns the token in the words."""
        text, token = unique_text(words)
        self.sandbox.write(text, order_ref=ref, **values)
        return token

    def deliver(self, ref=None, words="Where is my parcel?", **values):
        """Let a buyer write and wait until the mail was answered with 250; returns the token in the words."""
        text, token = unique_text(words)
        mails = self.sandbox.write(text, order_ref=ref, **values)
        assert self.sandbox.wait(*mails, timeout=PATIENCE)
        assert {mail.state for mail in mails} == {"accepted"}
        return token

    def make_mail(self, ref, text, site="DE", to=None, **values):
        """Return the raw mail of a buyer as Amazon sends it (see :func:`buyer_message`)."""
        found = self.sandbox.orders.find(ref) if ref else None
        order = found[1] if found else None
        buyer = values.pop("buyer", None) or (order["buyer"]["buyerName"] if order else "Robin Curious")
        return buyer_message(order, site, buyer, text, to=to or self.address(site), **values)

    def address(self, site="DE"):
        """Return our address of a storefront."""
        return next(address for (_seller, code), address in self.sandbox.world.addresses.items() if code == site)

    def send(self, *raws, site="DE"):
        """Let Amazon send raw mails, wait until all were answered with 250 and return their records."""
        mails = [self.sandbox.send(raw, self.address(site)) for raw in raws]
        assert self.sandbox.wait(*mails, timeout=PATIENCE), self.unaccepted()
        return mails

    # === ODOO === #

    def rpc(self, *args, **kwargs):
        """Call a public method of a model as admin."""
        return self.odoo.rpc(*args, **kwargs)

    def sql(self, query, params=None):
        """Run one statement past Odoo."""
        return self.db.sql(query, params)

    def run_cron(self, name, module="helpdesk_mgmt_marketplace"):
        """Run a scheduled action, or let it be when it's running already."""
        domain = [("module", "=", module), ("name", "=", name)]
        cron = self.rpc("ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]
        try:
            self.rpc("ir.cron", "method_direct_trigger", [cron])
        except RpcError as error:
            if "already executing" not in str(error):
                raise

    def count_open(self):
        """Return how many mails of the ledger are not at their end."""
        return self.sql(f"SELECT count(*) FROM marketplace_message WHERE state IN {OPEN}")[0][0]

    def finish(self, timeout=PATIENCE):
        """Wait until every mail was taken by Odoo and worked off."""
        assert self.sandbox.wait(timeout=timeout), self.unaccepted()
        eventually(lambda: not self.count_open(), timeout)

    def unaccepted(self):
        """Return the answers to the mails that were not taken."""
        return [(mail.number, mail.state, mail.answer) for mail in self.sandbox.mails if mail.state != "accepted"]

    def find_token(self, token):
        """Return the id of the ticket on which a text stands, or None."""
        query = "SELECT res_id FROM mail_message WHERE model = 'helpdesk.ticket' AND body LIKE %s"
        rows = self.sql(query, [f"%{token}%"])
        assert len(rows) <= 1, f"{token} stands {len(rows)} times"
        return rows[0][0] if rows else None

    def ticket(self, token, timeout=PATIENCE):
        """Wait for a text to stand on a ticket and return the ticket's values."""
        ticket_id = eventually(lambda: self.find_token(token), timeout, pause=0.02)
        names = ("id", "marketplace_order_ref", "marketplace_order_state", "name", "description", "stage_id", "active")
        return self.rpc("helpdesk.ticket", "read", [ticket_id], names)[0]

    def count_tokens(self):
        """Return how often each text stands on tickets."""
        rows = self.sql("SELECT body FROM mail_message WHERE model = 'helpdesk.ticket'")
        return Counter(token for (body,) in rows for token in _TOKEN.findall(body or ""))

    def count_states(self):
        """Return how many mails of the ledger are in each state."""
        return dict(self.sql("SELECT state, count(*) FROM marketplace_message GROUP BY state"))

    def half_made(self):
        """Return the tickets of the marketplace without a buyer's message or a conversation."""
        return self.sql(
            """
            SELECT t.id FROM helpdesk_ticket t
             WHERE t.marketplace_site_id IS NOT NULL AND NOT (
                   EXISTS (SELECT 1 FROM mail_message m WHERE m.model = 'helpdesk.ticket' AND m.res_id = t.id
                                                          AND m.marketplace_kind IN ('buyer', 'notice'))
               AND (SELECT count(*) FROM marketplace_conversation c WHERE c.ticket_id = t.id) = 1)
            """
        )

    def crew(self, size=8, mails=()):
        """Let that many processes work off the ledger at the same moment, and a further one fetch orders.

        :param mails: raw mails that each of them receives first.
        :return: for each process what it says of itself.
        """
        folder = self.db.filestore / f"crew-{token_hex(4)}"
        folder.mkdir(parents=True)
        for number, raw in enumerate(mails):
            (folder / f"{number}.eml").write_bytes(raw)
        env = self.odoo.env | {"CREW_SIZE": str(size), "CREW_MAILS": str(folder)}
        code = Path(__file__).with_name("crew.py").read_text()
        done = run_odoo("shell", "-d", str(self.db), "--log-level=error", input=code, env=env)
        reports = [json.loads(line[5:]) for line in done.stdout.splitlines() if line.startswith("crew:")]
        assert len(reports) == size + 1 and not done.returncode, done.stdout[-6000:]
        assert [report["error"] for report in reports if report["error"]] == []
        return reports

    def work_off(self):
        """Have all that came worked off where the server runs no scheduled actions by itself."""

        def step():
            self.run_cron("ir_cron_process_messages")
            self.run_cron("ir_cron_fetch_orders")
            return not self.count_open()

        eventually(step)

    # === WHAT MUST ALWAYS HOLD === #

    def check_exactly_once(self, tokens):
        """Check that each of these texts stands once and that no ticket is half made."""
        counts = self.count_tokens()
        wrong = {token: counts[token] for token in tokens if counts[token] != 1}
        assert not wrong, f"{len(wrong)} of {len(tokens)} do not stand once: {wrong}; ledger {self.count_states()}"
        assert self.half_made() == []

    def check_nothing_failed(self):
        """Check that no mail failed, not even once."""
        query = "SELECT id, subject, error FROM marketplace_message WHERE state = 'failed' OR attempts > 0 LIMIT 5"
        assert self.sql(query) == []

    def check_silence(self):
        """Check that nothing went out to Amazon or its buyers, and no bounce to anybody."""
        assert [(mail.to, mail.subject) for mail in self.sandbox.inbox] == []
        bounces = [(m.to, m.header_from, m.subject) for m in self.sandbox.mailboxes if is_bounce(m)]
        assert bounces == []
        assert {mail.state for mail in self.sandbox.mails} <= {"accepted"}, self.unaccepted()


def stamped(raw, to, authentication="pass"):
    """Return a raw mail as our receiving server hands it over."""
    return stamp_mail(raw, "sender@bounces.amazon.de", [to], authentication, AUTHSERV_ID)


def is_bounce(mail):
    """Tell whether a mail is one that a mail server sends back."""
    return mail.kind == "bounce" or "mailer-daemon" in mail.header_from.lower() or "bounce@" in mail.header_from
