import inspect
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method

from ..common import MarketplaceCase

ADMIN_MODELS = ("app", "account", "credential", "site", "mailbox", "operation")
DIALOGS = {
    "marketplace.connect": lambda case: {"app_id": case.app.id, "region": "eu"},
    "marketplace.delete": lambda case: {"account_id": case.account.id},
    "marketplace.order.find": lambda case: {"account_id": case.account.id, "order_ref": "x"},
    "marketplace.mailbox.connect": lambda case: {"server_id": case.server.id},
}
#: Odoo's own, and what agents may do: see the sites.
NOT_OURS = ("action_archive", "action_unarchive", "action_open_sites")


class TestAccessAdmin(MarketplaceCase):
    """Connecting is for admins; managers see whether it works; agents see names and addresses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.env["fetchmail.server"].create({"name": "Box", "server": "127.0.0.1", "user": "box"})
        cls.env["marketplace.mailbox"].create({"server_id": cls.server.id})
        cls.env["marketplace.operation"].create({"account_id": cls.account.id, "name": "fetch_order"})

    def user(self, login, *groups, **values):
        group_ids = [Command.link(self.env.ref(group).id) for group in groups]
        return self.env["res.users"].create({"name": login, "login": login, "group_ids": group_ids, **values})

    def own_methods(self, model):
        """Return the public methods that this module gives a model, with arguments to call them."""
        for name, method in inspect.getmembers(type(model), inspect.isfunction):
            if name.startswith("action_") and name not in NOT_OURS:
                needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
                yield name, ["seller_profile"] * (len(needed) - 1)

    def test_agents_get_nowhere_with_any_method(self):
        records = {f"marketplace.{name}": self.env[f"marketplace.{name}"].search([], limit=1) for name in ADMIN_MODELS}
        for name, values in DIALOGS.items():
            records[name] = self.env[name].create(values(self))
        count = 0
        for name, record in records.items():
            stranger = record.with_user(self.agent)
            for method, arguments in self.own_methods(record):
                count += 1
                with self.subTest(f"{name}.{method}"), self.assertRaises(AccessError):
                    get_public_method(stranger, method)(stranger, *arguments)
                    stranger.env.flush_all()
        self.assertGreater(count, 30)

    def test_agents_open_no_dialog(self):
        for name, values in DIALOGS.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.agent).create(values(self))

    def test_managers_see_health_and_change_nothing(self):
        self.account.write({"state": "reauthorize", "state_message": "Authorize again."})
        manager = self.user("manager", "helpdesk_mgmt.group_helpdesk_manager")
        app = self.app.with_user(manager)
        self.assertEqual(app.health, "danger")
        self.assertIn("Authorize again.", app.health_message)
        self.assertEqual(app.card["accounts"], 2)
        self.assertTrue(self.site_de.with_user(manager).health)
        with self.assertRaises(AccessError):
            app.action_connect()
        with self.assertRaises(AccessError):
            self.env["marketplace.account"].with_user(manager).search([])
        views = self.env["marketplace.app"].with_user(manager).get_views([(False, "kanban"), (False, "form")])
        self.assertNotIn("action_connect", views["views"]["kanban"]["arch"])

    def test_agents_do_not_see_health(self):
        for record in (self.app, self.site_de):
            with self.assertRaises(AccessError):
                record.with_user(self.agent).read(["health"])

    def test_another_company_sees_no_health_of_ours(self):
        company = self.env["res.company"].create({"name": "Other"})
        boss = self.user("boss", "base.group_system", company_id=company.id, company_ids=[Command.set(company.ids)])
        self.account.write({"state": "reauthorize", "state_message": "Authorize again."})
        app = self.app.with_user(boss)
        self.assertEqual((app.health, app.card["accounts"], app.card["sites"]), ("none", 0, 0))

    def test_open_forms_listen_to_accounts_they_may_read_only(self):
        channel = f"marketplace.account_{self.account.id}"
        admin = self.env.ref("base.user_admin")
        request = SimpleNamespace(session=SimpleNamespace(uid=False))
        with patch("odoo.addons.bus.models.ir_websocket.request", new=request):
            for user, hears in ((admin, True), (self.agent, False)):
                channels = self.env["ir.websocket"].with_user(user)._build_bus_channel_list([channel])
                self.assertEqual(self.account in channels, hears)
                self.assertNotIn(channel, channels)
