import re
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache

from ...marketplaces import MARKETPLACES
from ...marketplaces.base import Gone
from .marketplace_app_example_rule import AppExampleRule
from .marketplace_health_mixin import HEALTH_GROUPS, LEVELS

#: Accounts named on a marketplace's card, those that need a person first.
SHOWN = 6


class MarketplaceApp(AppExampleRule, models.Model):
    """A marketplace that can be connected."""

    _name = "marketplace.app"
    _inherit = ["marketplace.health.mixin"]
    _description = "Marketplace"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel",
        # An add-on that is uninstalled must not take the source of its tickets along.
        ondelete="restrict",
        help="Source of the tickets that come from this marketplace.",
    )
    account_ids = fields.One2many("marketplace.account", "app_id", groups="base.group_system")
    site_ids = fields.One2many("marketplace.site", "app_id")
    file_endings = fields.Char(
        string="Kinds of Files", help="Endings of file names that may go with an answer, such as: pdf, jpg, png."
    )
    file_count = fields.Integer(string="Files per Answer", help="0: as many as the marketplace is known to take.")
    file_megabytes = fields.Float(string="Megabytes per File", help="0: as many as the marketplace is known to take.")
    known_limits = fields.Char(compute="_compute_known_limits")
    mapping_ids = fields.One2many(
        "marketplace.field.mapping", "app_id", string="Ticket Fields", context={"active_test": False}
    )
    field_memory = fields.Json(
        groups="base.group_system", copy=False, help="Ids of ticket fields that were made here or got personal data."
    )
    card = fields.Json(compute="_compute_card", groups=HEALTH_GROUPS)
    has_automation = fields.Boolean(compute="_compute_has_automation")

    _limits_positive = models.Constraint(
        "CHECK(file_count >= 0 AND file_megabytes >= 0)", "Limits of files can't be negative."
    )
    _code_unique = models.Constraint("UNIQUE(code)", "This marketplace exists already.")

    # === COMPUTE METHODS === #

    @api.depends("account_ids.health", "site_ids")
    def _compute_card(self):
        for app in self:
            accounts_sudo = app._get_accounts().sorted(
                lambda one: (-LEVELS.index(one.health), one.name.lower(), one.id)
            )
            app.card = {
                "accounts": len(accounts_sudo),
                "sites": len(accounts_sudo.site_ids),
                "shown": [
                    {"id": one.id, "name": one.name, "health": one.health, "why": one.first_finding}
                    for one in accounts_sudo[:SHOWN]
                ],
                "more": max(0, len(accounts_sudo) - SHOWN),
            }

    @api.depends("code")
    def _compute_known_limits(self):
        for app in self:
            app.known_limits = app._get_class_or_gone().file_limits.describe()

    @api.depends("account_ids.health")
    @api.depends_context("allowed_company_ids")
    def _compute_health(self):
        self._update_health()

    def _get_findings(self):
        self.ensure_one()
        accounts_sudo = self._get_accounts().filtered(lambda one: one.health != "none")
        if not accounts_sudo:
            return None
        return [(one.health, f"{one.name}: {one.first_finding}") for one in accounts_sudo if one.health != "ok"]

    def _get_accounts(self):
        """Return the accounts of the user's companies: those who may not see accounts may see whether they work."""
        domain = [("app_id", "=", self.id), ("company_id", "in", self.env.companies.ids)]
        return self.env["marketplace.account"].sudo().search(domain)

    # === CRUD METHODS === #

    def write(self, vals):
        if {"code", "name", "active"} & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)

    # === ACTION METHODS === #

    def action_connect(self):
        """Open the dialog that connects a seller account."""
        self.ensure_one()
        self.env["marketplace.account"].check_access("create")
        self._get_class()
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_connect_action")
        name = self.env._("Connect %s", self.name)
        return dict(action, name=name, context={"default_app_id": self.id})

    def action_open_accounts(self):
        """Show the accounts of this marketplace."""
        self.ensure_one()
        self.env["marketplace.account"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_account_action")
        return dict(action, domain=[("app_id", "=", self.id)], context={"default_app_id": self.id})

    def action_open_sites(self):
        """Show the sites of this marketplace."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt_marketplace.marketplace_site_action")
        return dict(action, domain=[("app_id", "=", self.id)], context={})

    def action_set_up_fields(self):
        """Make a custom field of tickets for each attribute of this marketplace's orders that has none."""
        self.ensure_one()
        done = self.env["marketplace.field.mapping"]._set_up(self)
        counts = self.env._("Fields made: %(made)s. Fields used that were here: %(used)s.", **done)
        if not done["unfit"]:
            return self.env["marketplace.account"]._notify(self.env._("Ticket fields are set up"), counts, "success")
        unfit = self.env._("These need a look: %s", ", ".join(done["unfit"]))
        return self.env["marketplace.account"]._notify(
            self.env._("Ticket fields are set up"), f"{counts} {unfit}", "warning"
        )

    # === BUSINESS METHODS === #

    def _remember_fields(self, kind, ticket_fields):
        """Keep in mind that ticket fields (``ir.model.fields``) are of a kind: "made" here, or "personal"."""
        for app_sudo in self.sudo():
            known = app_sudo.field_memory or {}
            ids = sorted({*known.get(kind, ()), *ticket_fields.ids})
            if ids != known.get(kind, []):
                app_sudo.field_memory = {**known, kind: ids}

    @api.model
    def _get_remembered_fields(self, kind):
        """Return the ticket fields (``ir.model.fields``) of a kind that still exist, of all marketplaces."""
        apps_sudo = self.sudo().with_context(active_test=False).search([("code", "!=", False)])
        ids = {field_id for app in apps_sudo for field_id in (app.field_memory or {}).get(kind, ())}
        return self.env["ir.model.fields"].sudo().browse(sorted(ids)).exists()

    @api.model
    def _get_marketplaces(self):
        """Return the known marketplaces: code → class derived from ``marketplaces.base.Marketplace``.

        Override it to add a marketplace from another add-on.
        """
        return dict(MARKETPLACES)

    def _get_class(self):
        """Return the class that knows this marketplace, to do something with it.

        :raise UserError: when the add-on that brought it is no longer installed.
        """
        if why_gone := self._why_gone():
            raise UserError(why_gone)
        return self._get_class_or_gone()

    def _get_class_or_gone(self):
        """Return the class that knows this marketplace, to show what is stored; ``Gone`` without its add-on."""
        self.ensure_one()
        return self._get_marketplaces().get(self._get_code(self.id), Gone)

    def _why_gone(self):
        """Return that the add-on which brought this marketplace is no longer installed, or False."""
        if self._get_class_or_gone() is not Gone:
            return False
        return self.env._("%s is no longer supported here: the add-on that connects it was uninstalled.", self.name)

    @api.model
    def _add_stored(self, records, name, known):
        """Return the choices of a selection: the known ones, and what is stored of marketplaces that are gone.

        The web client's form fails on a value that is no choice.
        """
        query = SQL("SELECT DISTINCT %s FROM %s", SQL.identifier(name), SQL.identifier(records._table))
        stored = [value for (value,) in self.env.execute_query(query) if value]
        return [*known.items(), *((value, value) for value in stored if value not in known)]

    @api.model
    @ormcache("app_id")
    def _get_code(self, app_id):
        return self.browse(app_id).sudo().code

    def _get_file_limits(self):
        """Return what files may go with an answer (``schema.FileLimits``): what an admin set, else what is known."""
        self.ensure_one()
        limits = self._get_class().file_limits
        endings = tuple(re.findall(r"[\w-]+", self.file_endings or ""))
        return replace(
            limits,
            endings=endings or limits.endings,
            count=self.file_count or limits.count,
            bytes_each=round(self.file_megabytes * 1_000_000) or limits.bytes_each,
        )

    @api.model
    @ormcache("app_id", "self.env.lang")
    def _get_name(self, app_id):
        return self.browse(app_id).sudo().name

    def _get_notice_kinds(self):
        """Return the kinds of notices of this marketplace, none when its add-on was uninstalled."""
        return self._get_class_or_gone().notices if self else ()

    def _get_notice_kind(self, code):
        """Return what the marketplace tells of a kind of notice (``schema.NoticeKind``), or None."""
        return next((kind for kind in self._get_notice_kinds() if kind.code == code), None)

    def _get_notice_label(self, code):
        """Return a kind of notice in words, also one that the marketplace does not know."""
        kind = code and self._get_notice_kind(code)
        return kind.label if kind else (code or "").replace("_", " ").capitalize()

    @api.model
    def _is_relay_address(self, address):
        """Tell whether mail to this address would reach a buyer through any marketplace."""
        return any(known.is_relay_address(address) for known in self._get_marketplaces().values())
