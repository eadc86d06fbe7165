from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import mute_logger

from ..common import DE_ORDER, US_ORDER, MarketplaceCase

SECRETIVE = ("marketplace.account", "marketplace.credential", "marketplace.operation", "marketplace.conversation")


class TestAccess(MarketplaceCase):
    def user(self, login, group, **values):
        return self.env["res.users"].create(
            {"name": login, "login": login, "group_ids": [Command.link(self.env.ref(group).id)], **values}
        )

    def test_every_marketplace_model_has_a_company_rule(self):
        domain = [("model", "=like", "marketplace.%"), ("transient", "=", False), ("abstract", "=", False)]
        models = (
            self.env["ir.model"]
            .search(domain)
            .filtered(
                lambda model: (
                    model.model not in ("marketplace.app", "marketplace.field.mapping")
                    and not self.env[model.model]._abstract
                )
            )
        )
        self.assertGreater(len(models), 9)
        for model in models:
            rules = model.rule_ids.filtered(lambda rule: not rule.groups and "company" in rule.domain_force)
            self.assertTrue(rules, model.model)

    def test_agents_read_app_and_site_and_nothing_of_accounts(self):
        for name in SECRETIVE:
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.agent).search([])
        site = self.site_de.with_user(self.agent)
        self.assertEqual(site.name, "amazon.de")
        self.assertTrue(site.address)
        with self.assertRaises(AccessError):
            site.read(["account_id"])
        with self.assertRaises(AccessError):
            site.write({"seller_name": "x"})

    def test_agents_see_orders_of_tickets_they_may_see_only(self):
        self.buyer_writes(order_ref=DE_ORDER)
        self.buyer_writes(order_ref=US_ORDER)
        self.settle()
        own = self.user("own", "helpdesk_mgmt.group_helpdesk_user_own")
        team = self.user("team", "helpdesk_mgmt.group_helpdesk_user_team")
        outsider = self.user("outsider", "helpdesk_mgmt.group_helpdesk_user_team")
        orders = self.env["marketplace.order"]
        self.team.user_ids += own | team
        self.assertFalse(orders.with_user(outsider).search([]))
        self.ticket_of(US_ORDER).user_id = self.agent
        self.assertEqual(orders.with_user(own).search([]).mapped("order_ref"), [DE_ORDER])
        self.assertEqual(len(orders.with_user(team).search([])), 2)
        self.assertEqual(len(self.env["marketplace.order.line"].with_user(own).search([]).order_id), 1)
        self.assertEqual(len(orders.with_user(self.agent).search([])), 2)

    def test_agents_do_not_read_the_ledger_and_managers_may_retry(self):
        message = self.buyer_writes()
        with self.assertRaises(AccessError):
            message.with_user(self.agent).read(["subject"])
        manager = self.user("manager", "helpdesk_mgmt.group_helpdesk_manager")
        message.with_user(manager).action_retry()
        self.assertTrue(message.with_user(manager).raw)

    def test_another_company_sees_nothing(self):
        self.buyer_writes()
        self.settle()
        company = self.env["res.company"].create({"name": "Other"})
        boss = self.user(
            "boss",
            "base.group_system",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        boss.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        for name in ("account", "credential", "site", "order", "order.line", "order.ref", "conversation", "message"):
            self.assertFalse(self.env[f"marketplace.{name}"].with_user(boss).search([]), name)

    def test_another_company_can_not_connect_the_same_seller_and_learns_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        values = {"name": "Mine", "app_id": self.app.id, "region": "eu", "seller_ref": self.account.seller_ref}
        with self.assertRaises(IntegrityError) as caught, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["marketplace.account"].create(dict(values, company_id=company.id))
        self.assertNotIn(self.account.name, str(caught.exception))

    def test_a_site_belongs_to_its_accounts_region(self):
        with self.assertRaises(ValidationError):
            self.env["marketplace.site"].create({"account_id": self.account.id, "site_ref": "ATVPDKIKX0DER"})
