from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from .marketplace_site_address import SiteAddress


class MarketplaceSite(SiteAddress, models.Model):
    """One storefront of an account, with the address at which its buyers' mail reaches us."""

    _name = "marketplace.site"
    # A thread only because an alias must point to one; its mail never gets that far (mail_thread.py).
    _inherit = [
        "mail.thread",
        "marketplace.health.mixin",
    ]
    _description = "Marketplace Site"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    active = fields.Boolean(default=True)
    account_id = fields.Many2one(
        "marketplace.account", required=True, ondelete="restrict", index=True, groups="base.group_system"
    )
    app_id = fields.Many2one(related="account_id.app_id", store=True, string="Marketplace")
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    site_ref = fields.Selection(selection="_selection_site_ref", string="Storefront", required=True)
    code = fields.Char(string="Country", compute="_compute_name", store=True)
    seller_name = fields.Char(help="Your name on this storefront; never taken for a buyer's name.")
    team_id = fields.Many2one("helpdesk.ticket.team", check_company=True, tracking=True)
    category_id = fields.Many2one("helpdesk.ticket.category", check_company=True)
    reply_hours = fields.Integer(
        string="Hours to Answer",
        compute="_compute_reply_hours",
        store=True,
        readonly=False,
        tracking=True,
        help="Hours within which a buyer is to be answered, nights and weekends included. "
        "A change counts from the next message on.",
    )
    notice_policy_ids = fields.One2many(
        "marketplace.notice.policy", "site_id", string="Notices", groups="base.group_system"
    )
    create_contacts = fields.Boolean(
        help="Create a contact for each buyer. Marketplaces limit how long you may keep buyers' data: "
        "leave this off unless you need it."
    )
    reply_signature = fields.Text(
        string="Signature of Replies",
        help="Plain text below each answer. Marketplaces forbid addresses and phone numbers.",
    )
    purge_requested_at = fields.Datetime(readonly=True, copy=False)
    setup_done = fields.Json(readonly=True, copy=False, help="Where the address was entered: place and day.")
    state = fields.Selection(
        [("active", "Active"), ("deleted", "Deleted")], default="active", required=True, readonly=True
    )
    swallowed_count = fields.Integer(
        string="Mails After Deletion", readonly=True, help="Counted only; their content is not kept."
    )
    template_id = fields.Many2one(
        "marketplace.ticket.template",
        string="Ticket Template",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        groups="base.group_system",
        help="What new tickets look like. Empty: the template of the account, if it has one. "
        "Where a template has no team or category, those below hold.",
    )
    reopen = fields.Selection(
        [("same", "Open the same ticket again"), ("new", "Make a new ticket, linked to the old one")],
        string="When the Buyer Writes Again",
        default="same",
        required=True,
        tracking=True,
        help="About a ticket that is closed; one that is open goes on.",
    )
    reopen_days = fields.Integer(
        string="Closed for More Than",
        default=30,
        tracking=True,
        help="Days for which a closed ticket is still opened again.",
    )
    alias_id = fields.Many2one("mail.alias", ondelete="restrict", copy=False, readonly=True)
    alias_address = fields.Char(string="Address of This Odoo", related="alias_id.alias_full_name", store=True)
    old_addresses = fields.Char(
        compute="_compute_old_addresses",
        help="They go on receiving, so that nothing is lost while you enter the new one.",
    )
    mailbox_id = fields.Many2one(
        "marketplace.mailbox", ondelete="restrict", copy=False, readonly=True, groups="base.group_system", index=True
    )
    mailbox_address = fields.Char(copy=False, help="The address whose mail arrives in the mailbox.")
    mailbox_since = fields.Datetime(string="Mail Since", copy=False, readonly=True)
    address = fields.Char(
        compute="_compute_address",
        store=True,
        help="Enter this address at the marketplace: buyers' mail to it becomes tickets.",
    )
    has_alias_domain = fields.Boolean(compute="_compute_has_alias_domain")
    test_ref = fields.Char(copy=False, groups="base.group_system", index="btree_not_null")
    test_sent_at = fields.Datetime(string="Test Mail Sent", readonly=True, copy=False)
    test_received_at = fields.Datetime(string="Test Mail Received", readonly=True, copy=False)

    _reply_hours_positive = models.Constraint("CHECK(reply_hours > 0)", "The hours to answer must be more than zero.")
    _account_site_unique = models.Constraint(
        "UNIQUE(account_id, site_ref)", "This storefront of the account is here already."
    )
    _reopen_days_positive = models.Constraint("CHECK(reopen_days >= 0)", "The days can't be less than none.")

    # === COMPUTE METHODS === #

    @api.model
    def _selection_site_ref(self):
        known = self.env["marketplace.app"]._get_marketplaces().values()
        sites = {site.site_ref: site.name for marketplace in known for site in marketplace.sites}
        return self.env["marketplace.app"]._add_stored(self, "site_ref", sites)

    @api.depends("site_ref", "app_id")
    def _compute_name(self):
        for site in self:
            storefront = site._get_storefront()
            site.name = storefront.name if storefront else site.site_ref
            site.code = storefront.code if storefront else False

    @api.depends("app_id")
    def _compute_reply_hours(self):
        for site in self:
            site.reply_hours = site.app_id._get_class_or_gone().reply_hours if site.app_id else 24

    def _get_storefront(self):
        """Return the catalogue entry of this site, or None for one that is no longer known."""
        return self.app_id and self.app_id._get_class_or_gone().get_site(self.site_ref)

    # === CONSTRAINTS === #

    @api.constrains("site_ref", "account_id")
    def _check_region(self):
        for site in self:
            storefront = site._get_storefront()
            if not storefront or storefront.region != site.sudo().account_id.region:
                raise ValidationError(
                    self.env._(
                        "%s does not belong to the account's region. Connect its region as another account.", site.name
                    )
                )

    @api.constrains("account_id", "active")
    def _check_one_site(self):
        for account_sudo in self.sudo().account_id:
            if account_sudo.app_id._get_class_or_gone().has_one_site and len(account_sudo.site_ids) > 1:
                raise ValidationError(
                    self.env._(
                        "%(app)s gives each storefront keys of its own: connect %(site)s as an account of its own.",
                        app=account_sudo.app_id.name,
                        site=self[-1:].name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        sites = super().create(vals_list)
        sites._create_alias()
        sites._create_notice_policies()
        return sites

    def write(self, vals):
        if "seller_name" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.env["marketplace.message"].sudo().search_count([("site_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("Messages of this site are kept here. Archive the site in place of deleting it.")
            )

    def unlink(self):
        aliases_sudo = self._get_aliases()
        result = super().unlink()
        aliases_sudo.unlink()
        return result

    # === ACTION METHODS === #

    def action_toggle_place(self, code):
        """Note that the address was entered at a place of the marketplace's, or that it was not."""
        self.ensure_one()
        self.check_access("write")
        done = dict(self.setup_done or {})
        if not done.pop(code, None):
            done[code] = fields.Date.to_string(fields.Date.context_today(self))
        self.setup_done = done
        self.account_id._changed()

    def action_open_account(self):
        """Open the account with its set-up."""
        return self.account_id._open()

    def action_delete(self):
        """Open the dialog that says what goes and what stays."""
        return self.account_id._open_delete_dialog(self)

    def action_decide_trust(self):
        """Open the dialog in which an administrator decides about mail that can't be proved."""
        self.ensure_one()
        self.check_access("write")
        return self.env["marketplace.receiver"]._find_or_create(self).sudo(False).action_decide()

    def _notify(self, title, message, kind):
        return self.env["marketplace.account"]._notify(title, message, kind)

    # === SETTING UP === #

    def _describe_setup(self):
        """Return how far the way of buyers' mail to this site is built, as plain data for the account's form."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "address": self.address or False,
            "old_addresses": self.old_addresses or False,
            "mailbox": self.sudo().mailbox_id.name or False,
            "has_alias_domain": self.has_alias_domain,
            "places": self._get_setup_places(),
            "test_sent": fields.Datetime.to_string(self.test_sent_at),
            "test_received": fields.Datetime.to_string(self.test_received_at),
            "proof": self.env["marketplace.receiver"]._describe_site(self),
        }

    def _get_setup_places(self):
        """Return where this site's address must be entered: [{code, url, day on which it was done or False}]."""
        self.ensure_one()
        marketplace, storefront = self.app_id._get_class_or_gone(), self._get_storefront()
        return [
            {
                "code": place.code,
                "url": marketplace.setup_url(place, storefront) if storefront else False,
                "done": (self.setup_done or {}).get(place.code, False),
            }
            for place in marketplace.setup_places
        ]

    def _reset_setup(self):
        """Forget where the former address was entered, and whether it worked."""
        self.write({"setup_done": False, "test_sent_at": False, "test_received_at": False, "test_ref": False})

    # === NOTICES === #

    @api.model
    def _create_all_notice_policies(self):
        """Give each site what it lacks; called when the module is installed or updated."""
        self.with_context(active_test=False).search([("app_id", "!=", False)], order="id")._create_notice_policies()

    def _create_notice_policies(self):
        """Have a row for each kind of notice that the marketplace knows, but copies of our answers."""
        for site in self.sudo():
            known = set(site.notice_policy_ids.mapped("code"))
            site.notice_policy_ids.create(
                [
                    {"site_id": site.id, "code": kind.code, "policy": "urgent" if kind.is_claim else "note"}
                    for kind in site.app_id._get_notice_kinds()
                    if not kind.is_copy and kind.code not in known
                ]
            )

    def _get_notice_policy(self, code):
        """Return what is to be done with a kind of notice: note, ticket, ignore or urgent."""
        rows = self.sudo().notice_policy_ids.filtered(lambda one: one.code == code)
        return rows[:1].policy or "note"

    # === HEALTH === #

    @api.depends("address", "setup_done", "state")
    def _compute_health(self):
        self._update_health()

    def _get_findings(self):
        self.ensure_one()
        return self._get_findings_by_site()[self]

    def _get_findings_by_site(self):
        """Return {site: what keeps its buyers' mail from arriving, as in ``_get_findings``}."""
        silent, busy, servers = self._get_silent(), self._get_last_mail(), self._get_outgoing_servers()
        return {site: site._find_faults(site.id in silent, site.id in busy, servers) for site in self}

    def _find_faults(self, is_silent, is_busy, servers):
        if self.state == "deleted":
            return None
        if not self.address:
            return [("danger", self.env._("There is no address yet, so that buyers' mail can't arrive."))]
        findings = self.sudo().mailbox_id._get_findings() if self.sudo().mailbox_id else []
        if not self._find_outgoing_server(self.address, servers):
            text = self.env._("Buyers can't be answered: no outgoing mail server may send as this address.")
            findings.append(("warning", text))
        findings += self.env["marketplace.receiver"]._get_site_findings(self)
        if is_silent:
            findings.append(("warning", self.env._("No mail has come for an unusually long time.")))
        places = self._get_setup_places()
        done = sum(bool(place["done"]) for place in places)
        if done < len(places) and not is_busy:
            text = self.env._("The address is entered at %(done)s of %(all)s places.", done=done, all=len(places))
            findings.append(("warning", text))
        return findings

    # === BUSINESS METHODS === #

    @api.model
    @ormcache("account_id")
    def _get_seller_names(self, account_id):
        """Return all our own names in an account, never to be taken for a buyer's."""
        sites = self.with_context(active_test=False).search([("account_id", "=", account_id)])
        return tuple(name for name in sites.mapped("seller_name") if name)

    def _for_mail(self, mail):
        """Return the site a mail belongs to: the one it names among the account's, else this one."""
        self.ensure_one()
        if not mail.site or mail.site == self.code:
            return self
        return self.account_id.site_ids.filtered(lambda site: site.code == mail.site)[:1] or self

    def _revive(self):
        """Have a deleted site receive mail again."""
        self.write({"state": "active", "active": True})

    def _swallow(self):
        """Count a mail to a deleted site; nothing of it is kept and nobody gets a bounce."""
        for site in self:
            site.swallowed_count += 1

    def _sender(self, name):
        """Return a From line that shows ``name`` and never leads to a buyer."""
        self.ensure_one()
        address = self.address or self.company_id.email or f"noreply@{self.app_id.code}.invalid"
        return f'"{name}" <{address}>'

    def _get_template(self):
        """Return the template of this site's new tickets, its account's where it has none, or an empty recordset."""
        self.ensure_one()
        site_sudo = self.sudo()
        chosen = site_sudo.template_id.filtered("active") or site_sudo.account_id.template_id.filtered("active")
        return chosen.filtered(lambda one: one.company_id in (one.company_id.browse(), self.company_id))
