"""The table of rights (rights_matrix.py) is complete, and is what users of each role meet when they try."""

import inspect

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tools import mute_logger

from ..common import PARAM
from ..trust_common import GROUPS, OTHER_ORDER, TrustCase
from .rights_matrix import DIALOGS, FIELDS, FOREIGN_DIALOGS, HOOKS, METHODS, MODELS

ROLES = (*GROUPS, "public")
MODULE = "helpdesk_mgmt_marketplace"


class _Undo(Exception):
    """Ends what was tried without leaving anything behind."""


class TestRightsMatrix(TrustCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["public"] = cls.env.ref("base.public_user")

    def is_refused(self, act):
        """Try something and undo it; return whether rights refused it. Other errors came after the rights."""
        refused = False
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models.unlink"):
                act()
                self.env.flush_all()
                raise _Undo
        except AccessError:
            refused = True
        except Exception:  # pylint: disable=broad-except
            refused = False
        self.env.invalidate_all()
        return refused

    def compare(self, name, allowed, act):
        """Check for each role that exactly those do something who are allowed to.

        :param act: function of a user.
        """
        did = {role for role in ROLES if not self.is_refused(lambda role=role: act(self.users[role]))}
        self.assertEqual(did, set(allowed), name)

    # === THE TABLE IS COMPLETE === #

    def get_ours(self, name):
        """Return the public methods that this module gives a model, whose class anybody can call."""
        found = set()
        for one in type(self.env[name]).__mro__:
            if MODULE in one.__module__:
                functions = {key: value for key, value in vars(one).items() if inspect.isfunction(value)}
                found |= {key for key, value in functions.items() if not getattr(value, "_api_private", False)}
        return {method for method in found if not method.startswith("_")} - HOOKS

    def test_every_model_is_classified(self):
        ours = {name for name, model in self.env.registry.items() if name.startswith("marketplace.")}
        known = {name for name in ours if not self.env.registry[name]._abstract}
        self.assertEqual({one for one in known if not self.env[one]._transient}, set(MODELS))
        self.assertEqual({one for one in known if self.env[one]._transient}, set(DIALOGS))

    def test_every_public_method_is_classified(self):
        found = {}
        for name, model in self.env.registry.items():
            if not model._abstract and name not in DIALOGS and (methods := self.get_ours(name)):
                found[name] = methods
        self.assertEqual(found, {name: set(methods) for name, methods in METHODS.items()})

    def test_every_field_of_ours_on_a_foreign_model_is_classified(self):
        found = {}
        for name, model in self.env.registry.items():
            names = {one for one in model._fields if one.startswith("marketplace_")}
            if names and not model._abstract and name not in FOREIGN_DIALOGS:
                found[name] = names
        self.assertEqual(found, {name: set(names) for name, names in FIELDS.items()})

    # === AND TRUE === #

    def make_records(self):
        """Return a record of each model, of the first company and of the ticket that "own" sees."""
        order, site = self.mine.marketplace_order_id, self.site_de
        self.answer("<p>Our answer</p>")
        self.env["marketplace.order.ref"]._add(order, ["Shop number"])
        self.env["marketplace.log"]._log_setting("x", "a", "b", self.company)
        self.env["marketplace.correction"]._log("link", self.mine, self.mine, "Why")
        server = self.env["fetchmail.server"].create({"name": "Box", "server": "127.0.0.1", "user": "box"})
        mailbox = self.env["marketplace.mailbox"].create({"server_id": server.id})
        template = self.env["marketplace.ticket.template"].create({"name": "T"})
        made = {
            "marketplace.mailbox": mailbox,
            "marketplace.ticket.template": template,
            "marketplace.order": order,
            "marketplace.order.line": order.line_ids[:1],
            "marketplace.order.package": order.package_ids[:1],
            "marketplace.order.ref": order.ref_ids[:1],
            "marketplace.response": self.mine.marketplace_response_id,
            "marketplace.site": site,
            "marketplace.account": site.account_id,
            "marketplace.app": self.app,
            "marketplace.message": self.env["marketplace.message"].search([("ticket_id", "=", self.mine.id)], limit=1),
            "marketplace.reply": self.env["marketplace.reply"].search([("ticket_id", "=", self.mine.id)], limit=1),
            "marketplace.log": self.env["marketplace.log"].search([("company_id", "!=", False)], limit=1),
        }
        box = {"mailbox_id": mailbox.id}
        position = made["marketplace.mailbox.position"] = self.env["marketplace.mailbox.position"].create(
            {**box, "folder": "INBOX"}
        )
        values = {
            "marketplace.mailbox.mail": {**box, "position_id": position.id, "uid": "1", "state": "taken"},
            "marketplace.operation": {"account_id": site.account_id.id, "name": "matrix"},
            "marketplace.order.relay": {
                "account_id": site.account_id.id, "order_ref": "x", "digest": "x", "ordered_at": "2026-01-01",
            },
            "marketplace.consent": {
                "account_id": site.account_id.id, "company_id": self.company.id, "user_id": self.env.uid,
                "digest": "x", "expires_at": "2026-01-01",
            },
            "marketplace.receiver": {"domain": "matrix.example", "company_ids": [(6, 0, self.company.ids)]},
            "marketplace.flood": {
                "address": "x", "site_id": site.id, "company_id": self.company.id, "started_at": "2026-01-01",
            },
            "marketplace.ticket.turn": {"template_id": template.id, "user_id": self.agent.id},
            "marketplace.field.mapping": {"app_id": self.app.id, "attribute": "status"},
        }  # fmt: skip
        for name in MODELS.keys() - made.keys():
            model = self.env[name]
            made[name] = model.create(values[name]) if name in values else model.search([], limit=1)
        self.env.flush_all()
        return made

    def test_each_role_does_with_each_model_what_the_table_says(self):
        for name, record in self.make_records().items():
            rights = MODELS[name]
            with self.subTest(name):
                self.assertTrue(record, "There is no record to try it on.")
                field = next(one for one in record._fields.values() if one.store and one.type in ("char", "integer"))
                value = record[:1][field.name]
                acts = {
                    "read": lambda user, one=record: one.with_user(user).read(["create_date"]),
                    "write": lambda user, one=record, f=field, v=value: one.with_user(user).write({f.name: v}),
                    "create": lambda user, one=record: one.browse().with_user(user).create({}),
                    "unlink": lambda user, one=record: one.with_user(user).unlink(),
                }
                for operation, act in acts.items():
                    self.compare(f"{operation} {name}", rights.get(operation, ()), act)

    def test_dialogs_are_opened_by_whom_the_table_says(self):
        for name, allowed in DIALOGS.items():
            with self.subTest(name):
                self.compare(
                    name, allowed, lambda user, name=name: self.env[name].with_user(user).check_access("create")
                )
                self.compare(name, allowed, lambda user, name=name: self.env[name].with_user(user).create({}))

    def get_arguments(self, method):
        """Return arguments to call a method with: of things of the ticket, plausible ones."""
        known = {
            "number": OTHER_ORDER, "reason": "Why", "message_ids": self.buyers_message().ids, "body": "Hello",
            "message_id": self.buyers_message().id, "target_id": self.mine.id, "place": "seller_profile",
        }  # fmt: skip
        needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
        return [known.get(one.name, "seller_profile") for one in needed if one.name != "self"]

    def test_methods_are_refused_to_whom_the_table_does_not_name(self):
        records = {**self.make_records(), "helpdesk.ticket": self.mine}
        records["fetchmail.server"] = records["marketplace.mailbox"].server_id
        for name, methods in METHODS.items():
            for method, allowed in methods.items():
                record = records[name]
                arguments = self.get_arguments(getattr(type(record), method))
                for role in set(ROLES) - set(allowed):
                    mine = record.with_user(self.users[role])
                    with self.subTest(f"{name}.{method}: {role}"):
                        act = get_public_method(mine, method)
                        self.assertTrue(self.is_refused(lambda act=act, mine=mine, more=arguments: act(mine, *more)))

    def test_methods_of_a_ticket_are_for_those_who_may_change_it_and_for_no_other_ticket(self):
        for method, allowed in METHODS["helpdesk.ticket"].items():
            arguments = self.get_arguments(getattr(type(self.mine), method))
            with self.subTest(method):
                self.compare(
                    method, allowed, lambda user, m=method, a=arguments: getattr(self.mine.with_user(user), m)(*a)
                )
                for role in ("own", "team", "beta", "plain", "portal", "public"):
                    hidden = self.as_(role, self.hidden)
                    self.assertTrue(self.is_refused(lambda h=hidden, m=method, a=arguments: getattr(h, m)(*a)), role)

    def test_fields_are_read_and_written_by_whom_the_table_says(self):
        server = self.env["fetchmail.server"].create({"name": "Box", "server": "127.0.0.1", "user": "box"})
        message = self.buyers_message()
        records = {
            "fetchmail.server": server,
            "helpdesk.ticket": self.mine,
            "mail.canned.response": self.env["mail.canned.response"].create({"source": "x", "substitution": "y"}),
            "mail.mail": self.env["mail.mail"].create({"mail_message_id": message.id}),
            "mail.message": message,
            "res.company": self.company,
            "res.partner": self.agent.partner_id,
            "res.users": self.agent,
        }
        records["mail.canned.response"].is_shared = True
        for name, names in FIELDS.items():
            record = records[name]
            for field, (readers, writers) in names.items():
                is_shown = not (record._fields[field].store or record._fields[field].inverse)
                with self.subTest(f"{name}.{field}"):
                    if name != "mail.canned.response":
                        self.compare("read", readers, lambda user, r=record, f=field: r.with_user(user).read([f]))
                    if is_shown and name != "helpdesk.ticket":
                        self.assertFalse(writers, "What is only computed can't be written.")
                        continue
                    changed = self.change(record, field)
                    self.compare("write", writers, lambda user, r=record, v=changed: r.with_user(user).write(v))

    def change(self, record, name):
        """Return values that would change a field."""
        field = record._fields[name]
        if field.type in ("one2many", "many2many"):
            return {name: [(4, (record[name].search([], limit=1) or record[name].browse(1)).id)]}
        if field.type == "many2one":
            return {name: (record[name].sudo().search([("id", "!=", record[name].id)], limit=1)).id or 1}
        if field.type == "selection":
            return {name: next(one for one in field.get_values(self.env) if one != record[name])}
        values = {"boolean": not record[name], "integer": 99, "datetime": "2026-01-01 00:00:00", "json": {"x": 1}}
        return {name: values.get(field.type, "x")}

    def test_settings_are_an_administrators(self):
        for role in set(ROLES) - {"admin"}:
            with self.assertRaises(AccessError):
                self.env["ir.config_parameter"].with_user(self.users[role]).set_param(PARAM + "unverified", "accept")
            with self.assertRaises(AccessError):
                self.env["res.config.settings"].with_user(self.users[role]).create({}).execute()
