"""The world of the tests: a company with an alias domain, the sandbox as Amazon, its sellers connected."""

import os
import socket
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, tagged

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox import Sandbox
from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.amazon.data import make_order

AUTHSERV_ID = "mx.sandbox.example"
PARAM = "helpdesk_mgmt_marketplace."
DE_ORDER = "302-5669388-0000002"
US_ORDER = "114-1853564-0000022"


def only_loopback():
    """Return a patch that lets no test reach another machine, with any HTTP library."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"A test wants to reach {address[0]}.")
        return connect(self, address)

    return patch.object(socket.socket, "connect", guarded)


class WorldMixin:
    """Builds the world once for a test class; the network is faked at its edge by the sandbox."""

    #: What the sandbox is started with, beside what all tests need.
    sandbox_options = {}

    @classmethod
    def build_world(cls):
        cls.mails = []
        cls.sandbox = cls.enterClassContext(
            Sandbox(deliver=cls.mails.append, alias_domains=["shop.example"], **cls.sandbox_options)
        )
        urls = {f"MARKETPLACE_AMAZON_{name.upper()}_URL": url for name, url in cls.sandbox.endpoints.items()}
        cls.enterClassContext(patch.dict(os.environ, urls))
        cls.enterClassContext(only_loopback())
        cls.env["ir.config_parameter"].set_param(PARAM + "authserv_id", AUTHSERV_ID)
        cls.company = cls.env.company
        cls.company.alias_domain_id = cls.env["mail.alias.domain"].create({"name": "shop.example"})
        cls.app = cls.env.ref("helpdesk_mgmt_marketplace.marketplace_app_amazon")
        cls.agent = cls.env["res.users"].create(
            {
                "name": "Alex Agent",
                "login": "alex",
                "password": "alex-password",
                "email": "alex@agents.example",
                "group_ids": [Command.link(cls.env.ref("helpdesk_mgmt.group_helpdesk_user").id)],
            }
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Marketplace team", "user_ids": [Command.set((cls.agent | cls.env.user).ids)]}
        )
        cls.account = cls.connect("DEMO-EU")
        cls.account_us = cls.connect("DEMO-NA")
        cls.site_de = cls.get_site("DE")
        cls.site_us = cls.get_site("US")

    @classmethod
    def connect(cls, seller_code):
        """Return a connected account of one of the sandbox's sellers, with a site for each storefront."""
        seller = cls.sandbox.sellers[seller_code]
        credential = cls.env["marketplace.credential"].create(
            {
                "name": seller.name,
                "app_id": cls.app.id,
                "client_id": seller.client_id,
                "client_secret": seller.client_secret,
            }
        )
        account = cls.env["marketplace.account"].create(
            {
                "name": seller.name,
                "app_id": cls.app.id,
                "region": seller.region,
                "seller_ref": seller.merchant_id,
                "credential_id": credential.id,
                "refresh_token": seller.refresh_token,
            }
        )
        account._note_success()
        for storefront in cls.app._get_class().sites:
            if storefront.code in seller.sites:
                site = cls.env["marketplace.site"].create(
                    {"account_id": account.id, "site_ref": storefront.site_ref, "team_id": cls.team.id}
                )
                cls.sandbox.world.set_address(seller_code, site.code, site.address)
        return account

    @classmethod
    def get_site(cls, code):
        return cls.env["marketplace.site"].search([("code", "=", code)], limit=1)

    # === WHAT BUYERS DO === #

    def buyer_mails(self, text="Where is my parcel?", order_ref=DE_ORDER, **values):
        """Return the raw mails that arrive at our mail server after a buyer did something."""
        before = len(self.mails)
        self.sandbox.write(text, order_ref=order_ref, **values)
        self.assertTrue(self.sandbox.wait())
        return self.mails[before:]

    def buyer_writes(self, *args, **values):
        """Let a buyer write and put the mails into the ledger; returns the new rows."""
        messages = self.env["marketplace.message"]
        for raw in self.buyer_mails(*args, **values):
            messages |= self.receive(raw)
        return messages

    def receive(self, raw):
        """Hand a raw mail to Odoo's mail gateway; returns the ledger row, if a new one was made."""
        row_id = self.env["mail.thread"].message_process(False, raw)
        return self.env["marketplace.message"].browse(row_id or None)

    def new_order(self, order_ref, site="DE", **values):
        """Let an order exist at the sandbox."""
        seller = "DEMO-NA" if site in self.sandbox.sellers["DEMO-NA"].sites else "DEMO-EU"
        self.sandbox.orders.put(seller, make_order(order_ref, site, **values))
        return order_ref

    # === WHAT SCHEDULED ACTIONS DO === #

    def run_cron(self, name):
        cron = self.env.ref(f"helpdesk_mgmt_marketplace.ir_cron_{name}")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def process(self):
        self.run_cron("process_messages")

    def fetch(self):
        self.run_cron("fetch_orders")

    def stop_clock(self, ticket, *args, **kwargs):
        """End the open turn of a ticket in the name of its environment's user; return the turn."""
        return ticket.env["marketplace.response"]._stop(ticket, *args, **kwargs)

    def settle(self):
        """Let the scheduled actions do all that is to be done now."""
        self.process()
        self.fetch()
        self.process()

    def press(self, record, name, *args, user=None):
        """Have an admin press a button that commits in the middle of its request; returns what it returns."""
        self.env.flush_all()
        user_id = (user or self.env.ref("base.user_admin")).id
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            result = getattr(record.with_env(self.env(cr=cr, user=user_id, su=False)), name)(*args)
        self.env.invalidate_all()
        return result

    def ticket_of(self, order_ref):
        return self.env["helpdesk.ticket"].search([("marketplace_order_ref", "=", order_ref)])


@tagged("post_install", "-at_install")
class MarketplaceCase(WorldMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_world()

    def setUp(self):
        super().setUp()
        self.sandbox.faults.clear()
