"""The demo: a new database, connected to the sandbox as an admin would do it, with buyers who wrote already."""

import argparse
import contextlib
import signal
import socket
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from live import Database, Odoo  # noqa: E402
from ports import free_port  # noqa: E402
from sandbox import Sandbox, mailserver  # noqa: E402
from sandbox.amazon.mails import File  # noqa: E402

from marketplaces import MARKETPLACES  # noqa: E402

DOMAIN = "shop.example"
AGENT = "agent"
TEAM = "Marketplace team"
#: Storefronts whose buyers' mail comes to a mailbox of the shop's, where there is a mail server for it.
BOX_SITES = ("ES", "IT")
BOX_ADDRESS = "service@myshop.example"
#: Walmart's buyers write to a mailbox of their own.
WALMART_SITES = [("app_id.code", "=", "walmart")]
WALMART_ADDRESS = "walmart@myshop.example"
PHOTO = ROOT / "static/description/icon.png"

#: What the first buyers wrote: order (or none), text, further values.
LETTERS = (
    (
        "302-5669388-0000002",
        "Hallo,\n\nmein Paket soll angekommen sein, aber ich habe nichts erhalten. Können Sie das prüfen?\n\nDanke!",
        {},
    ),
    ("302-8441651-0000003", "Es fehlt noch ein Teil der Bestellung. Wann kommt der Rest?", {}),
    ("302-4971640-0000004", "Kann ich die Lieferadresse noch ändern?", {}),
    ("404-9344910-0000010", "Bonjour, l'article est arrivé cassé, voici une photo.", {"photo": True}),
    ("404-2542875-0000014", "Buongiorno, posso avere la fattura?", {}),
    ("204-9174603-0000017", "Hello, could you send me a VAT invoice please?", {}),
    ("404-6304953-0000020", "¿Cuándo llega mi pedido?", {}),
    ("114-1853564-0000022", "Hi, the tracking has not moved since Tuesday. Can you tell me when this will arrive?", {}),
    ("114-6674190-0000025", "Please cancel, I ordered the wrong size.", {}),
    ("250-7139224-0000026", "商品の色を教えてください。", {}),
    (None, "Does this come with the mounting screws?", {"site": "US", "asin": "B0EXAMPL01"}),
    (
        "200000974400003",
        "Hi, two of my three items came. Where is the last one? It says shipped by you.\n\nThank you, Priscilla",
        {},
    ),
    ("200013186370005", "I sent it back and the refund is less than what I paid. Why?", {}),
    ("200072806620006", "I started a return. Where do I get the label?", {}),
    (None, "Is this dishwasher safe?", {"site": "walmart.com", "asin": "987654321"}),
)
#: Templates that agents find with "::": name, text.
TEMPLATES = (
    ("unterwegs", "Guten Tag,\n\nIhre Bestellung {order_number} ist unterwegs: {tracking}.\n\nFreundliche Grüße"),
    ("on-its-way", "Hello,\n\nyour order {order_number} is on its way: {tracking}.\n\nKind regards"),
    ("invoice", "Hello,\n\nplease find the invoice for your order {order_number} attached.\n\nKind regards"),
)
FOLLOW_UPS = (
    ("302-5669388-0000002", "Ich habe auch die Nachbarn gefragt. Leider nichts.", {}),
    ("302-5669388-0000002", "", {"notice": "return_request"}),
    ("114-1853564-0000022", "Still nothing. I need it by Friday!", {"copies": 1}),
    ("204-9174603-0000017", "Urgent: send the refund to my new account.", {"forgery": "forged"}),
    ("200013186370005", "", {"notice": "escalation"}),
)  # fmt: skip


def endpoints(sandbox):
    """Return the environment in which Odoo finds the pretend marketplaces in place of the true ones."""
    found = {"AMAZON": sandbox.endpoints, "WALMART": sandbox.walmart_endpoints}
    env = {f"MARKETPLACE_{code}_{name.upper()}_URL": url for code, urls in found.items() for name, url in urls.items()}
    return env | ({"MARKETPLACE_NAMESERVER": sandbox.nameserver.address} if sandbox.nameserver else {})


def preferred_port(port):
    """Return this port if nobody uses it, else a free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return free_port()
    return port


def prepare_company(odoo, sandbox, alias_domain=DOMAIN):
    """Give the company an alias domain, a team with an agent, and the sandbox as its mail server."""
    domain = odoo.rpc("mail.alias.domain", "create", [{"name": alias_domain}])
    company = odoo.rpc("res.company", "search", [], limit=1)
    odoo.rpc("res.company", "write", company, {"alias_domain_id": domain[0], "name": "Sandbox Trading"})
    odoo.rpc("ir.config_parameter", "set_param", "helpdesk_mgmt_marketplace.authserv_id", "mx.sandbox.example")
    server = {"name": "Sandbox", "smtp_host": "127.0.0.1", "smtp_port": sandbox.smtp_port, "smtp_encryption": "none"}
    odoo.rpc("ir.mail_server", "create", [server])
    group = odoo.rpc("ir.model.data", "search_read", [("name", "=", "group_helpdesk_user")], ["res_id"])[0]["res_id"]
    agent = {"name": "Alex Agent", "login": AGENT, "password": AGENT, "email": f"alex@{alias_domain}"}
    agent_id = odoo.rpc("res.users", "create", [agent | {"group_ids": [(4, group)]}])[0]
    admin = odoo.rpc("res.users", "search", [("login", "=", "admin")])
    return odoo.rpc("helpdesk.ticket.team", "create", [{"name": TEAM, "user_ids": [(6, 0, [agent_id, *admin])]}])[0]


def add_templates(odoo):
    """Give all agents some texts."""
    groups = odoo.rpc("res.groups", "search", [("share", "=", False)])
    for name, text in TEMPLATES:
        odoo.rpc("mail.canned.response", "create", [{"source": name, "substitution": text, "group_ids": groups}])


def connect(odoo, sandbox, team=False, sellers=None):
    """Connect the sandbox's sellers by pasted tokens, as an admin would, and tell the buyers the addresses."""
    app = odoo.rpc("marketplace.app", "search", [("code", "=", "amazon")])[0]
    for seller in sellers or sandbox.sellers.values():
        account_id = connect_seller(odoo, app, seller)
        odoo.rpc("marketplace.account", "write", [account_id], {"name": seller.name})
        for place in odoo.rpc("marketplace.account", "read", [account_id], ["onboarding"])[0]["onboarding"]["places"]:
            odoo.rpc("marketplace.account", "action_tick_place", [account_id], place["code"])
        site_ids = odoo.rpc("marketplace.site", "search", [("account_id", "=", account_id)])
        odoo.rpc("marketplace.site", "write", site_ids, {"team_id": team, "seller_name": seller.name})
        for site in odoo.rpc("marketplace.site", "read", site_ids, ["code", "address"]):
            sandbox.world.set_address(seller.code, site["code"], site["address"])


def connect_seller(odoo, app, seller):
    """Go through the dialog; return the id of the account."""
    [dialog] = odoo.rpc("marketplace.connect", "create", [{"app_id": app, "region": seller.region}])
    refs = [MARKETPLACES["amazon"].get_site(code).site_ref for code in seller.sites]
    domain = [("connect_id", "=", dialog), ("site_ref", "in", refs)]
    chosen = odoo.rpc("marketplace.connect.site", "search", domain)
    odoo.rpc("marketplace.connect.site", "write", chosen, {"is_chosen": True})
    odoo.rpc("marketplace.connect", "action_next", [dialog])
    keys = {"credential_id": False, "client_id": seller.client_id, "client_secret": seller.client_secret}
    odoo.rpc("marketplace.connect", "write", [dialog], keys)
    odoo.rpc("marketplace.connect", "action_next", [dialog])
    token = {"way": "paste", "seller_ref": seller.merchant_id, "refresh_token": seller.refresh_token}
    odoo.rpc("marketplace.connect", "write", [dialog], token)
    action = odoo.rpc("marketplace.connect", "action_paste", [dialog])
    if action["res_model"] != "marketplace.account":
        raise RuntimeError(odoo.rpc("marketplace.connect", "read", [dialog], ["error"])[0]["error"])
    return action["res_id"]


def connect_walmart(odoo, sandbox, team=False):
    """Connect the pretend Walmart's first seller by its keys, as an admin would; return the account's id."""
    seller = next(iter(sandbox.walmart.sellers.values()))
    app = odoo.rpc("marketplace.app", "search", [("code", "=", "walmart")])[0]
    [dialog] = odoo.rpc("marketplace.connect", "create", [{"app_id": app}])
    odoo.rpc("marketplace.connect", "action_next", [dialog])
    keys = {"client_id": seller.client_id, "client_secret": seller.client_secret}
    odoo.rpc("marketplace.connect", "write", [dialog], keys)
    odoo.rpc("marketplace.connect", "action_next", [dialog])
    if error := odoo.rpc("marketplace.connect", "read", [dialog], ["error"])[0]["error"]:
        raise RuntimeError(error)
    account_id = odoo.rpc("marketplace.connect", "action_finish", [dialog])["res_id"]
    odoo.rpc("marketplace.account", "action_tick_place", [account_id], "customer_service_contact")
    site_ids = odoo.rpc("marketplace.site", "search", [("account_id", "=", account_id)])
    odoo.rpc("marketplace.site", "write", site_ids, {"team_id": team})
    for site in odoo.rpc("marketplace.site", "read", site_ids, ["code", "address"]):
        sandbox.world.set_address(seller.code, site["code"], site["address"])
    return account_id


def connect_mailbox(odoo, sandbox, mail_server, user, domain):
    """Deliver some sites' mail to a mailbox on a real mail server, which Odoo reads."""
    server = {"name": user, "server": mail_server.host, "port": mail_server.imap_port, "user": user}
    [server_id] = odoo.rpc("fetchmail.server", "create", [server | {"password": mailserver.PASSWORD}])
    sites = odoo.rpc("marketplace.site", "search", domain)
    dialog = {"site_ids": [(6, 0, sites)], "server_id": server_id, "address": user}
    [dialog_id] = odoo.rpc("marketplace.mailbox.connect", "create", [dialog])
    odoo.rpc("marketplace.mailbox.connect", "action_start", [dialog_id])
    sandbox.add_mailbox(user, lambda raw: mail_server.deliver(raw, user=user))
    codes = {site["code"] for site in odoo.rpc("marketplace.site", "read", sites, ["code"])}
    is_walmart = domain == WALMART_SITES
    for seller in (sandbox.walmart if is_walmart else sandbox).sellers.values():
        for code in codes & set(seller.sites):
            sandbox.world.set_address(seller.code, code, user)


def read_mailboxes(odoo):
    """Read the mailboxes now; by itself Odoo does so every minute."""
    for mailbox in odoo.rpc("marketplace.mailbox", "search", []):
        odoo.rpc("marketplace.mailbox", "action_read_now", [mailbox])


def write_letters(sandbox, letters):
    """Send the buyers' mails and wait until all are delivered."""
    for order_ref, text, values in letters:
        files = [File("broken.png", "image/png", PHOTO.read_bytes())] if values.pop("photo", False) else []
        sandbox.write(text, order_ref=order_ref, attachments=files, **values)
    sandbox.wait()


def wait_for_tickets(odoo, timeout=60):
    """Wait until everything in the ledger is processed."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not odoo.sql("SELECT 1 FROM marketplace_message WHERE state IN ('received', 'waiting_order') LIMIT 1"):
            return
        time.sleep(0.2)


@contextlib.contextmanager
def demo(port=8069, sandbox_port=8070):
    """Run an Odoo and a sandbox that know each other, with buyers who wrote already; yields both."""
    port = preferred_port(port)
    url = f"http://127.0.0.1:{port}"
    has_mail_server = mailserver.is_available()
    with (
        Database.create() as db,
        mailserver.MailServer() if has_mail_server else contextlib.nullcontext() as mail_server,
        Sandbox(
            http_port=preferred_port(sandbox_port), odoo_url=url, odoo_db=str(db), alias_domains=[DOMAIN], signs=True
        ) as sandbox,
    ):
        with Odoo(db, max_cron_threads=2, env=endpoints(sandbox), port=port) as odoo:
            team = prepare_company(odoo, sandbox)
            connect(odoo, sandbox, team)
            connect_walmart(odoo, sandbox, team)
            add_templates(odoo)
            sandbox.world.set_switches({"reply_copies": True})
            if has_mail_server:
                connect_mailbox(odoo, sandbox, mail_server, BOX_ADDRESS, [("code", "in", BOX_SITES)])
                connect_mailbox(odoo, sandbox, mail_server, WALMART_ADDRESS, WALMART_SITES)
            for letters in (LETTERS, FOLLOW_UPS):
                write_letters(sandbox, letters)
                read_mailboxes(odoo)
                wait_for_tickets(odoo)
            yield odoo, sandbox


def main():
    """Run the demo until it is interrupted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8069, help="port of Odoo")
    options.add_argument("--sandbox-port", type=int, default=8070, help="port of the pretend marketplaces")
    options = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(0))
    with demo(options.port, options.sandbox_port) as (odoo, sandbox):
        print(f"\n  Helpdesk       {odoo.url}/odoo/helpdesk-tickets   log in as agent / agent (or admin / admin)")
        print(f"  Pretend buyer  {sandbox.http_url}/buyer")
        if mailserver.is_available():
            print(
                f"  Mailboxes      {BOX_ADDRESS} gets the buyers' mail of {' and '.join(BOX_SITES)}, {WALMART_ADDRESS} "
                "Walmart's, read every minute"
            )
        print("\n  Write as a buyer and watch the ticket. Ctrl-C ends the demo.\n", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
