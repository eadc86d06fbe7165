"""Databases opened in this process: ours with the module, plain with helpdesk_mgmt only."""

import json
import logging
from datetime import datetime, timedelta, timezone

from postgres import HOME
from sandbox.amazon.sellers import DEMO_EU
from sandbox.server import AUTHSERV_ID
from sandbox.sites import get_site

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.service.server import load_server_wide_modules
from odoo.tools import config

from .letters import letter, order_of
from .measure import measure

DOMAIN = "odoo.example"
FOLLOWERS = 3
#: Sites of ours and their teams: the second team has followers, who become the tickets' followers.
QUIET, FOLLOWED = "DE", "FR"


def start_odoo(smtp_port):
    """Prepare this process to open databases; mail goes to a port of this machine."""
    config.parse_config(["-c", str(HOME / "odoo.cfg"), "--log-level=error"], setup_logging=True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)  # Odoo and its libraries call much that is deprecated
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the sandbox's mail server
    config["smtp_server"], config["smtp_port"] = "127.0.0.1", smtp_port
    load_server_wide_modules()


def stop_odoo():
    """Close all connections."""
    odoo.sql_db.close_all()


class World:
    """A database; each piece of work has a transaction and an environment of its own, as a server does."""

    def __init__(self, db):
        self.db = db
        self.registry = Registry(str(db))
        self.sites = {}
        self.run(self._set_up)

    def run(self, work):
        """Call a function with an environment, commit, and return (Reading, its result)."""

        def transaction():
            with self.registry.cursor() as cr:
                result = work(Environment(cr, odoo.SUPERUSER_ID, {}))
                cr.commit()
                return result

        return measure(transaction)

    def _set_up(self, env):
        env["ir.cron"].search([]).active = False
        domain = env["mail.alias.domain"].create({"name": DOMAIN, "default_from": "notifications"})
        env["res.company"].search([]).alias_domain_id = domain
        for code in (QUIET, FOLLOWED):
            self.sites[code] = self._add_team(env, code)

    def _add_team(self, env, code):
        team = env["helpdesk.ticket.team"].create({"name": f"Team {code}", "alias_name": f"team-{code.lower()}"})
        if code == FOLLOWED:
            users = (
                env["res.users"]
                .with_context(no_reset_password=True)
                .create([self._agent(env, number) for number in range(FOLLOWERS)])
            )
            subtypes = env["mail.message.subtype"].search([])
            team.message_subscribe(users.partner_id.ids, subtypes.ids)
        return f"team-{code.lower()}@{DOMAIN}"

    def _agent(self, env, number):
        group = env.ref("helpdesk_mgmt.group_helpdesk_user")
        name = f"agent{number}"
        return {
            "name": name,
            "login": name,
            "email": f"{name}@staff.example",
            "notification_type": "email",
            "group_ids": [(4, group.id)],
        }


class Plain(World):
    """helpdesk_mgmt alone: mail reaches a team's alias."""

    def sample(self, number, code=QUIET):
        """Return the readings of a new ticket and of a reply to it."""
        order, to = order_of(number, code), self.sites[code]
        raw, message_id = letter(order, to, ("new", number))
        more, _id = letter(order, to, ("more", number), answers=message_id)
        new, ticket = self.run(lambda env: env["mail.thread"].message_process("helpdesk.ticket", raw))
        reply, same = self.run(lambda env: env["mail.thread"].message_process("helpdesk.ticket", more))
        if not ticket or ticket != same:
            raise RuntimeError(f"plain: the mails did not reach one ticket ({ticket}, {same})")
        return {"new": new, "more": reply}


class Ours(World):
    """The module: mail reaches a site; orders come from the sandbox's JSON without any HTTP."""

    def _set_up(self, env):
        super()._set_up(env)
        self.orders = {}
        env["ir.config_parameter"].set_param("helpdesk_mgmt_marketplace.authserv_id", AUTHSERV_ID)
        env["ir.cron"].with_context(active_test=False).search([("cron_name", "like", "Marketplaces")]).active = True
        app = env["marketplace.app"].search([("code", "=", "amazon")])
        account = env["marketplace.account"].create({"name": "Bench", "app_id": app.id, "region": "eu"})
        account.write({"state": "connected", "seller_ref": DEMO_EU.merchant_id})
        teams = {team.alias_name: team.id for team in env["helpdesk.ticket.team"].search([])}
        for code in (QUIET, FOLLOWED):
            values = {"account_id": account.id, "site_ref": get_site(code).site_ref, "seller_name": "Sandbox Trading"}
            site = env["marketplace.site"].create(dict(values, team_id=teams[f"team-{code.lower()}"]))
            self.sites[code] = site.address
        self._connect(env, account)

    def _connect(self, env, account):
        account._store_token(_Token())
        self._cut_off_network()

    def _cut_off_network(self):
        """Replace the marketplace's HTTP door; whatever is around it stays."""
        model = self.registry["marketplace.account"]
        model._marketplace = lambda account, access_token=None: _Api(account.app_id._get_class(), self.orders)
        rates = self.registry["marketplace.app"]._get_marketplaces(None)["amazon"].rates
        rates.update(dict.fromkeys(rates, (1e6, 10**6)))

    def sample(self, number, code=QUIET):
        """Return the readings of a new order's first mail and of a further one, step by step."""
        order, to = order_of(number, code), self.sites[code]
        self.orders[order["orderId"]] = json.dumps(order)
        raw, message_id = letter(order, to, ("new", number))
        more, more_id = letter(order, to, ("more", number))
        steps = {}
        steps["receive"], _id = self.run(lambda env: env["mail.thread"].message_process(False, raw))
        for name, model, method in (
            ("read", "marketplace.message", "_cron_process"),
            ("fetch", "marketplace.order", "_cron_fetch_orders"),
            ("post", "marketplace.message", "_cron_process"),
        ):
            steps[name], _none = self.run(lambda env, model=model, method=method: getattr(env[model], method)())
        steps["receive more"], _id = self.run(lambda env: env["mail.thread"].message_process(False, more))
        steps["more"], _none = self.run(lambda env: env["marketplace.message"]._cron_process())
        steps["new"] = steps["read"] + steps["fetch"] + steps["post"]
        self._check(message_id, more_id)
        return steps

    def _check(self, *message_ids):
        query = """
            SELECT m.state, m.error, o.state, t.id, t.marketplace_order_state FROM marketplace_message m
            LEFT JOIN marketplace_order o ON o.id = m.order_id LEFT JOIN helpdesk_ticket t ON t.id = m.ticket_id
            WHERE m.message_key = ANY(%s) AND m.mail_message_id IS NOT NULL
        """
        rows = self.db.sql(query, [list(message_ids)])
        if len(rows) != len(message_ids) or len(set(rows)) != 1 or rows[0][0] != "done" or rows[0][4] != "known":
            known = self.db.sql("SELECT state, reason, error FROM marketplace_message ORDER BY id DESC LIMIT 2")
            raise RuntimeError(f"ours: the mails did not reach one ticket with its order: {rows} {known}")


class Running(Ours):
    """A database for a server of its own, which speaks to the sandbox over HTTP."""

    def _connect(self, env, account):
        values = {"name": "Bench", "app_id": account.app_id.id, "client_id": DEMO_EU.client_id}
        account.credential_id = env["marketplace.credential"].create(values | {"client_secret": DEMO_EU.client_secret})
        account.refresh_token = DEMO_EU.refresh_token


class _Token:
    """An access token that is good for long."""

    access_token, refresh_token = "bench", None

    def __init__(self):
        self.expires_at = datetime.now(timezone.utc) + timedelta(days=1)


class _Api:
    """Answers as the marketplace would, without the network."""

    requests = 1

    def __init__(self, marketplace, orders):
        self._marketplace, self._orders = marketplace, orders

    def fetch_order(self, ref):
        """Return an order from its JSON."""
        return self._marketplace.orders_from_json(json.loads(self._orders[ref]))[0]
