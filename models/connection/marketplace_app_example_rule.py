import logging

import psycopg2

from odoo import api
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: Says that the example was made once: who deletes it does not get it back by itself.
PARAM = "helpdesk_mgmt_marketplace.example_rule_made"
XMLID = "helpdesk_mgmt_marketplace.automation_rule_example"


class AppExampleRule:
    """An example of an automation rule, switched off, where Odoo's add-on for such rules is installed.

    It's made whenever the two add-ons meet first, whichever is installed later: each server does so when it has
    loaded all add-ons, because an add-on can't wait for another that it does not depend on.

    A part of ``marketplace.app``, whose fields stand in its own file.
    """

    __slots__ = ()

    def _compute_has_automation(self):
        self.has_automation = "base.automation" in self.env

    def _register_hook(self):
        super()._register_hook()
        if "base.automation" in self.env:
            self._create_example_rule_once()

    def action_example_rule(self):
        """Show the example of an automation rule, made again if it was deleted.

        :raise UserError: Odoo's automation rules are not installed.
        """
        self.env["marketplace.account"].check_access("create")
        if "base.automation" not in self.env:
            raise UserError(self.env._("Install the add-on Automation Rules first."))
        rule = self.env.ref(XMLID, raise_if_not_found=False) or self._create_example_rule()
        return {
            "type": "ir.actions.act_window",
            "res_model": rule._name,
            "res_id": rule.id,
            "views": [(False, "form")],
        }

    @api.model
    def _create_example_rule_once(self):
        """Make the example unless it was made before; of servers that start at once, one does."""
        claim = "INSERT INTO ir_config_parameter (key, value) VALUES (%s, 'yes') ON CONFLICT DO NOTHING RETURNING id"
        if self.env["ir.config_parameter"].sudo().get_param(PARAM):
            return
        try:
            with self.env.cr.savepoint():
                if rows := self.env.execute_query(SQL(claim, PARAM)):
                    self._note_as_ours(f"{PARAM}_parameter", self.env["ir.config_parameter"].browse(rows[0][0]))
                    self._create_example_rule()
        except (psycopg2.Error, ValueError, UserError):
            # Nothing is worth a server that does not start.
            _logger.warning("The example of an automation rule was not made", exc_info=True)

    @api.model
    def _create_example_rule(self):
        """Return a new rule that gives tickets of amazon.com to a team; both wait to be switched on."""
        model = self.env["ir.model"].sudo()._get("helpdesk.ticket")
        action_sudo = (
            self.env["ir.actions.server"]
            .sudo()
            .create(
                {
                    "name": self.env._("Give it to the US team"),
                    "model_id": model.id,
                    "usage": "base_automation",
                    "state": "object_write",
                    "update_path": "team_id",
                    "resource_ref": f"helpdesk.ticket.team,{self._get_example_team().id}",
                }
            )
        )
        rule_sudo = (
            self.env["base.automation"]
            .sudo()
            .create(
                {
                    "name": self.env._("Orders from amazon.com go to the US team"),
                    "model_id": model.id,
                    "active": False,
                    "trigger": "on_create",
                    "filter_domain": "[('marketplace_site_id.name', '=', 'amazon.com')]",
                    "description": self.env._(
                        "An example. Choose your team in its action, or restore the archived team and put your people "
                        "in it; then restore this rule."
                    ),
                    "action_server_ids": action_sudo.ids,
                }
            )
        )
        self._note_as_ours(XMLID, rule_sudo)
        return rule_sudo.with_env(self.env)

    @api.model
    def _get_example_team(self):
        """Return the team of that name, else a new one that is archived: nobody sees it unasked."""
        Team = self.env["helpdesk.ticket.team"].sudo().with_context(active_test=False)
        name = self.env._("US team")
        return Team.search([("name", "=", name)], limit=1) or Team.create(
            {"name": name, "active": False, "company_id": False, "show_in_portal": False}
        )

    @api.model
    def _note_as_ours(self, xmlid, record):
        """Have a record go when this add-on goes, and no update touch it."""
        self.env["ir.model.data"].sudo()._update_xmlids([{"xml_id": xmlid, "record": record, "noupdate": True}])
