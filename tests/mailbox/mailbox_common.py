"""A mailbox of the seller's on a real mail server, read by people too."""

from datetime import datetime, timedelta, timezone

from odoo.addons.helpdesk_mgmt_marketplace.dev.sandbox.mailserver import PASSWORD, MailServer

from ..common import MarketplaceCase

ADDRESS = "service@myshop.example"


def private_mail(number=1, to=ADDRESS, **headers):
    """Return a raw mail that is nobody's business."""
    lines = {
        "From": "Carla Customer <carla@private.example>",
        "To": to,
        "Subject": f"Private {number}",
        "Message-ID": f"<private-{number}@private.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\nNot for the shop.\r\n"


class MailboxCase(MarketplaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail_server = cls.enterClassContext(MailServer())

    def setUp(self):
        super().setUp()
        self.user = f"box{self.id().rpartition('.')[2][:60]}"
        self.server = self.make_server()
        for site in self.site_de | self.site_us:
            self.tell_buyers(site, site.alias_address)

    def make_server(self, user=None, kind="imap", **values):
        """Return an incoming mail server as Odoo knows it."""
        port = self.mail_server.imap_port if kind == "imap" else self.mail_server.pop_port
        defaults = {
            "name": "Shop's mail",
            "server_type": kind,
            "server": self.mail_server.host,
            "port": port,
            "user": user or self.user,
            "password": PASSWORD,
        }
        return self.env["fetchmail.server"].create(defaults | values)

    def connect_mailbox(self, sites=None, server=None, address=ADDRESS, **values):
        """Go through the dialog as an admin does; returns the mailbox."""
        sites = self.site_de if sites is None else sites
        wizard = self.env["marketplace.mailbox.connect"].create(
            {"site_ids": sites.ids, "server_id": (server or self.server).id, "address": address, **values}
        )
        self.press(wizard, "action_start")
        for site in sites:
            self.tell_buyers(site, address)
        return (server or self.server).marketplace_mailbox_ids

    def tell_buyers(self, site, address):
        """Have the pretend Amazon send a site's mail to an address."""
        for seller in self.sandbox.sellers.values():
            if seller.merchant_id == site.account_id.seller_ref:
                self.sandbox.world.set_address(seller.code, site.code, address)

    def deliver(self, *raws, user=None, folder="INBOX", days=0):
        """Let mails arrive in a mailbox, some days ago."""
        date = datetime.now(timezone.utc) - timedelta(days=days)
        self.mail_server.deliver(*raws, user=user or self.user, folder=folder, date=date)

    def read_mailboxes(self):
        """Let the scheduled action read all mailboxes, as if their pauses were over."""
        self.env["marketplace.mailbox"].search([]).next_read_at = "2026-01-01 00:00:00"
        self.run_cron("read_mailboxes")

    def all_messages(self):
        return self.env["marketplace.message"].search([], order="id")
