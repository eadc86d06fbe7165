"""Puts the parts together and runs them in threads of one process."""

import secrets
import threading

from .amazon.api import AmazonApi
from .amazon.console import Console
from .buyers import Buyers, Message
from .console_pages import ConsolePages
from .control import Control
from .nameserver import NameServer
from .odoo import Odoo
from .outbox import Outbox
from .pages import Pages
from .shortcuts import Shortcuts
from .signing import Signer
from .smtp import Receiver
from .walmart.api import WalmartApi
from .walmart.control import WalmartControl
from .walmart.pages import WalmartPages
from .web import Application, serve
from .world import World

AUTHSERV_ID = "mx.sandbox.example"


class Sandbox(Shortcuts):
    """A pretend Amazon and Walmart with their buyers, started by ``with``. Ports of 0 are chosen by the system.

    :param str odoo_url: where mails for the seller go, and browsers that come from the consent page; without it (and
        without ``deliver``) mails are kept.
    :param deliver: function that takes a raw mail instead of Odoo's external API.
    :param alias_domains: mail domains of the seller's Odoo.
    :param dict addresses: where storefronts get their mail: ``{("DEMO-EU", "DE"): "amazon-de@odoo.example"}``;
        at Walmart it is the customer service contact, the only one who may write to buyers.
    :param str state: file that keeps addresses over restarts.
    :param bool signs: the marketplaces sign their mails (DKIM); ``nameserver`` ("host:port") tells the keys.
    :param dict switches: see :class:`world.Switches`.
    """

    def __init__(
        self, *, http_port=0, smtp_port=0, odoo_url=None, odoo_db=None, odoo_login="admin", odoo_password="admin",
        deliver=None, authserv_id=AUTHSERV_ID, alias_domains=(), addresses=None, state=None, switches=None,
        signs=False,
    ):  # fmt: skip
        token = secrets.token_hex(8)
        self.world = World(state, odoo_url)
        self.world.set_switches(switches or {})
        for (seller, site), address in (addresses or {}).items():
            self.world.set_address(seller, site, address)
        if odoo_url:
            deliver = Odoo(odoo_url, odoo_db, odoo_login, odoo_password).deliver
        self.outbox = Outbox(self.world, token)
        self.buyers = Buyers(self.world, self.outbox)
        self.console = Console(self.world)
        self.signer = Signer() if signs else None
        self.nameserver = self.signer and NameServer(self.signer.records)
        takers = {"on_reply": self.buyers.receive, "on_nowhere": self.buyers.receive_nowhere}
        self._receiver = Receiver(self.world, deliver, token, authserv_id, alias_domains, **takers, signer=self.signer)
        self._about = {"odoo": odoo_url, "authserv_id": authserv_id, "alias_domains": list(alias_domains)}
        self._ports = http_port, smtp_port
        self._server = None

    def start(self):
        """Start all parts and return the sandbox."""
        http_port, smtp_port = self._ports
        if self.nameserver:
            self.nameserver.start()
        self.smtp_port = self._receiver.start(smtp_port)
        self.outbox.start(self.smtp_port)
        self._about["smtp_port"] = self.smtp_port
        parts = (
            AmazonApi(self.world, self.buyers.tell),
            Control(self.world, self.buyers),
            Pages(self.world, self.buyers, self._about),
            ConsolePages(self.world, self.console),
            WalmartApi(self.world),
            WalmartControl(self.world, self.buyers),
            WalmartPages(self.world),
        )
        self._server = serve(Application(parts), http_port)
        self.console.base_url = self.http_url
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="sandbox-http").start()
        return self

    def stop(self):
        """Stop all parts."""
        self.world.faults.ended.set()
        self.outbox.stop()
        self._server.shutdown()
        self._server.server_close()
        self._receiver.stop()
        if self.nameserver:
            self.nameserver.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        self.stop()

    @property
    def http_url(self):
        """Return the base address of API, control and pages."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def endpoints(self):
        """Return what a marketplace object takes as ``endpoints`` to talk to this sandbox."""
        return {"api": self.http_url, "lwa": f"{self.http_url}/auth/o2/token", "console": self.http_url}

    @property
    def walmart_endpoints(self):
        """Return what replaces Walmart's addresses."""
        return {"api": self.http_url}

    def send(self, raw, to, **options):
        """Send a raw mail of the pretend marketplaces (see :meth:`Outbox.send`) and return its record."""
        return self.outbox.send(raw, to, **options)

    def write(self, text="", **values):
        """Send a buyer's message (see :class:`message.Message`) and return the records of the mails."""
        return self.buyers.write(Message(text=text, **values))

    def wait(self, *mails, timeout=30):
        """Wait until mails (all, when none is given) left the queue; return whether they did."""
        return self.outbox.wait(*mails, timeout=timeout)

    def add_mailbox(self, address, deliver):
        """Deliver mail to an address to a function that takes raw mails, such as ``MailServer.deliver``."""
        self._receiver.boxes[address.lower()] = deliver
