"""Everything the sandbox knows, in memory."""

import itertools
import json
import threading
import uuid
from collections import Counter, deque
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from .amazon.applications import demo_applications
from .amazon.consents import Consents
from .amazon.console import Visitor
from .amazon.data import SELLERS, demo_orders
from .amazon.lwa import Tokens
from .amazon.orders import Orders
from .amazon.uploads import Uploads
from .faults import Faults
from .habits import AUTO_REPLIES, OPT_OUTS, UNAPPROVED, WALMART_FROM
from .hosts import marketplace_of, relay_site
from .limits import Limits
from .times import now, stamp
from .walmart.state import Walmart

#: What switches that are no yes or no may say.
_VALUES = {
    "unapproved": UNAPPROVED,
    "walmart_unapproved": UNAPPROVED,
    "opted_out": OPT_OUTS,
    "auto_reply": AUTO_REPLIES,
    "walmart_from": WALMART_FROM,
}


@dataclass
class Switches:
    """How the sandbox behaves.

    ``auto_orders`` makes unknown but well-formed order numbers exist; ``rate_limits`` enforces the documented
    ones; ``reply_copies`` sends the seller a copy of each reply that a buyer gets, as Amazon does;
    ``unapproved`` is what happens to mail to buyers that does not come from the address known for the storefront
    (pass, refuse, bounce, drop), ``reject_unapproved`` an older word for refuse, ``walmart_unapproved`` what happens to
    it at Walmart while ``unapproved`` is pass: Walmart is known to refuse; ``walmart_from`` is the address by which
    Walmart passes words on (new, order); ``opted_out`` and ``auto_reply`` are
    the habits of buyers who have none of their own (see :mod:`.habits`);
    ``search_lag`` is how many seconds late searchOrders sees a change; ``login_hop`` sends the browser from the consent
    page over the application's log-in URI, as Amazon's newer description of the website workflow says.
    """

    auto_orders: bool = False
    rate_limits: bool = False
    reply_copies: bool = False
    reject_unapproved: bool = False
    unapproved: str = "pass"
    walmart_unapproved: str = "refuse"
    walmart_from: str = "new"
    opted_out: str = ""
    auto_reply: str = ""
    search_lag: float = 120
    login_hop: bool = False

    def update(self, values):
        """Set switches.

        :raise ValueError: there is no such switch.
        """
        for name, value in values.items():
            if name not in {f.name for f in fields(self)}:
                raise ValueError(f"No switch {name!r}")
            if value not in _VALUES.get(name, (value,)):
                raise ValueError(f"{name} must be one of {', '.join(map(repr, _VALUES[name]))}")
            setattr(self, name, value)

    def unapproved_at(self, marketplace):
        """Return what happens to mail from an address that a storefront of a marketplace does not know."""
        if self.reject_unapproved:
            return "refuse"
        if marketplace == "walmart" and self.unapproved == "pass":
            return self.walmart_unapproved
        return self.unapproved


class Requests:
    """The API requests received, without their secrets."""

    def __init__(self):
        self._entries = deque(maxlen=5000)
        self._counts = Counter()
        self._lock = threading.Lock()

    def add(self, operation, request, seller, fault):
        """Record a request and return its entry, to which the status is added later."""
        entry = {
            "id": str(uuid.uuid4()),
            "time": stamp(now()),
            "operation": operation,
            "method": request.method,
            "path": request.path,
            "query": request.args.to_dict(),
            "seller": seller,
            "fault": fault.kind if fault else None,
            "status": None,
        }
        with self._lock:
            self._entries.append(entry)
            self._counts[operation] += 1
        return entry

    def report(self):
        """Return counts by operation and the last requests."""
        with self._lock:
            return {"counts": dict(self._counts), "requests": [dict(e) for e in self._entries]}

    def clear(self):
        """Forget all requests."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()


class World:
    """The state shared by all parts of the sandbox.

    :param path: file that keeps addresses over restarts, or None.
    :param str odoo_url: of the seller's Odoo, to which the demo's applications send browsers.
    """

    def __init__(self, path=None, odoo_url=None):
        self.lock = threading.RLock()
        self._path = Path(path) if path else None
        self._numbers = itertools.count(1)
        self.generation = 0  # counts resets: mails queued before one are dropped
        self.sellers = {}
        self.orders = Orders()
        self.consents = Consents()
        self.tokens = Tokens(self.sellers, self.consents)
        self.visitor = Visitor(SELLERS[0].code)  # who is signed in to Seller Central
        self._odoo_url = odoo_url
        self.walmart = Walmart()
        self.faults = Faults()
        self.limits = Limits()
        self.requests = Requests()
        self.switches = Switches()
        self.mails = []  # what the pretend marketplaces sent: outbox.Mail
        self.inbox = []  # what reached the marketplaces: received.Received
        self.mailboxes = []  # what reached other people
        self.conversations = {}  # key → [entry], what buyers wrote and got
        self.habits = {}  # (seller, site, buyer) → what this buyer does
        self.uploads = Uploads()
        self.messages = {}  # (seller, order number) → actions of the API that were used
        self.addresses = {}  # (seller, site) → address
        self.reset()
        if self._path and self._path.exists():
            for row in json.loads(self._path.read_text())["addresses"]:
                self.addresses[row["seller"], row["site"]] = row["address"]

    def reset(self):
        """Begin again: demo sellers and orders, no faults, no mails. Addresses stay."""
        with self.lock:
            self.generation += 1
            self.sellers.clear()
            self.sellers.update({seller.code: seller for seller in SELLERS})
            for part in (
                self.orders,
                self.tokens,
                self.consents,
                self.faults,
                self.limits,
                self.requests,
                self.uploads,
            ):
                part.clear()
            self.walmart.reset()
            for application in demo_applications(self._odoo_url):
                self.put_application(application)
            self.visitor = Visitor(SELLERS[0].code)
            for seller, order in demo_orders():
                self.orders.put(seller, order)
            self.set_switches(asdict(Switches()))
            for part in (self.mails, self.inbox, self.mailboxes, self.conversations):
                part.clear()
            self.habits.clear()
            self.messages.clear()

    def set_switches(self, values):
        """Set switches (see :class:`Switches`)."""
        self.switches.update(values)
        self.limits.enabled = self.walmart.limits.enabled = self.switches.rate_limits

    def put_application(self, application):
        """Add an application, or change the one with its id, and return it."""
        self.consents.applications[application.application_ref] = application
        return application

    def rotate_secret(self, client_id, secret):
        """Give an application, public or private, a new secret; the old one is refused from now on.

        :raise KeyError: no application has this client id.
        """
        with self.lock:
            applications = [a for a in self.consents.applications.values() if a.client_id == client_id]
            owners = [s for s in self.sellers.values() if s.client_id == client_id]
            if not (applications or owners):
                raise KeyError(f"No application with client id {client_id!r}")
            for application in applications:
                self.put_application(application.change(client_secret=secret))
            for seller in owners:
                self.sellers[seller.code] = seller.change(client_secret=secret)

    def revoke(self, seller, application_ref=None):
        """End what a seller (its code) allowed one application, or all of them and the seller's own private one."""
        with self.lock:
            self.consents.revoke(seller, application_ref)
            if not application_ref:
                self.sellers[seller] = self.sellers[seller].change(revoked=True)

    def next_number(self):
        """Return a number that was never used before."""
        return next(self._numbers)

    def set_address(self, seller, site, address):
        """Store the address at which a seller gets a storefront's mail; an empty one removes it."""
        with self.lock:
            if address:
                self.addresses[seller, site] = address
            else:
                self.addresses.pop((seller, site), None)
            if self._path:
                self._path.write_text(json.dumps({"addresses": self.address_rows()}, indent=1))

    def known_addresses(self, host):
        """Return the addresses (lower case) from which mail to a relay host is welcome: its storefront's."""
        site, at_walmart = relay_site(host), marketplace_of(host) == "walmart"
        return {
            address.lower()
            for (seller, code), address in self.addresses.items()
            if site and code == site.code and (seller in self.walmart.sellers) == at_walmart
        }

    def address_rows(self):
        """Return the known addresses as a list of dicts."""
        with self.lock:
            return [{"seller": s, "site": c, "address": a} for (s, c), a in sorted(self.addresses.items())]

    def say(self, key, **entry):
        """Add an entry to a conversation and return it."""
        entry = {"number": self.next_number(), "time": stamp(now()), **entry}
        with self.lock:
            self.conversations.setdefault(key, []).append(entry)
        return entry
