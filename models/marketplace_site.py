import logging
import secrets
import string

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize_all, ormcache

_logger = logging.getLogger(__name__)

ALPHABET = string.ascii_lowercase + string.digits


class MarketplaceSite(models.Model):
    """One storefront of an account, with the address at which its buyers' mail reaches us."""

    _name = "marketplace.site"
    # A thread only because an alias must point to one; its mail never gets that far (mail_thread.py).
    _inherit = ["mail.thread"]
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
    create_contacts = fields.Boolean(
        help="Create a contact for each buyer. Marketplaces limit how long you may keep buyers' data: "
        "leave this off unless you need it."
    )
    alias_id = fields.Many2one("mail.alias", ondelete="restrict", copy=False, readonly=True)
    alias_address = fields.Char(
        string="Address of This Odoo", related="alias_id.alias_full_name", store=True, index="btree_not_null"
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
    state = fields.Selection(
        [("active", "Active"), ("deleted", "Deleted")], default="active", required=True, readonly=True
    )
    swallowed_count = fields.Integer(
        string="Mails After Deletion", readonly=True, help="Counted only; their content is not kept."
    )

    _account_site_unique = models.Constraint(
        "UNIQUE(account_id, site_ref)", "This storefront of the account is here already."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _selection_site_ref(self):
        known = self.env["marketplace.app"]._get_marketplaces().values()
        return [(site.site_ref, site.name) for marketplace in known for site in marketplace.sites]

    @api.depends("site_ref", "app_id")
    def _compute_name(self):
        for site in self:
            storefront = site._get_storefront()
            site.name = storefront.name if storefront else site.site_ref
            site.code = storefront.code if storefront else False

    @api.depends("mailbox_id", "mailbox_address", "alias_address")
    def _compute_address(self):
        for site in self:
            site.address = site.mailbox_address if site.mailbox_id else site.alias_address

    def _compute_has_alias_domain(self):
        for site in self:
            site.has_alias_domain = bool(site.company_id.alias_domain_id)

    def _get_storefront(self):
        """Return the catalogue entry of this site, or None for one that is no longer known."""
        return self.app_id and self.app_id._get_class().get_site(self.site_ref)

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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        sites = super().create(vals_list)
        sites._create_alias()
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
        aliases_sudo = self.sudo().alias_id
        result = super().unlink()
        aliases_sudo.unlink()
        return result

    def _create_alias(self):
        """Give each site an address of its own in its company's alias domain, if there is one."""
        model_id = self.env["ir.model"]._get_id(self._name)
        for site in self.filtered(lambda one: not one.alias_id and one.company_id.alias_domain_id):
            site.alias_id = (
                self.env["mail.alias"]
                .sudo()
                .create(
                    {
                        "alias_name": site._prepare_alias_name(),
                        "alias_domain_id": site.company_id.alias_domain_id.id,
                        "alias_model_id": model_id,
                        "alias_force_thread_id": site.id,
                        "alias_parent_model_id": model_id,
                        "alias_parent_thread_id": site.id,
                        "alias_contact": "everyone",
                    }
                )
            )

    def _prepare_alias_name(self):
        # Not guessable from the order number or the seller's name: whoever knows it can write to us.
        suffix = "".join(secrets.choice(ALPHABET) for _position in range(8))
        return f"{self.app_id.code}-{(self.code or 'xx').lower()}-{suffix}"

    # === ACTION METHODS === #

    def action_create_address(self):
        """Make the address of a site that was created while the company had no alias domain."""
        if not self.company_id.alias_domain_id:
            raise ValidationError(
                self.env._(
                    "%s has no alias domain. Set one under Settings › General › Discuss first.", self.company_id.name
                )
            )
        self._create_alias()

    def action_use_mailbox(self):
        """Open the dialog that begins to read a mailbox for these sites."""
        action = self.mailbox_id.action_connect()
        return dict(action, context={"default_site_ids": self.ids, "default_address": self[:1].mailbox_address})

    def action_use_alias(self):
        """Receive mail at an address of this Odoo again; what lies in the mailbox is no longer read for these sites."""
        self.check_access("write")
        self.mailbox_id = False

    def action_test_reading(self):
        """Open the site's mailbox and tell what is in it."""
        self.ensure_one()
        return self.mailbox_id.action_test_reading()

    def action_send_test_mail(self):
        """Send a mail from the site's address to itself; it ticks itself off when it arrives."""
        self.ensure_one()
        self.check_access("write")
        server_sudo = self._find_outgoing_server(self.address) if self.address else None
        if not server_sudo:
            text = self.env._(
                "No outgoing mail server may send as %s. Add one whose “FROM Filtering” is this address or its domain.",
                self.address,
            )
            return self._notify(self.env._("No test mail was sent"), text, "danger")
        message = self._prepare_test_mail(server_sudo)
        # Committed first: the mail may arrive before this request ends.
        self.env["ir.cron"]._commit_progress()
        try:
            server_sudo.send_email(message, mail_server_id=server_sudo.id)
        except Exception as error:
            _logger.info("Test mail of site %s: %s", self.id, error, exc_info=True)
            said = error.args[-1] if error.args else error
            return self._notify(self.env._("%s did not take the test mail", server_sudo.name), str(said), "danger")
        text = self.env._("From and to %s. It is ticked off here when it arrives.", self.address)
        return self._notify(self.env._("Test mail sent"), text, "success")

    def _notify(self, title, message, kind):
        return self.env["marketplace.account"]._notify(title, message, kind)

    # === BUSINESS METHODS === #

    @api.model
    def _find_outgoing_server(self, address):
        """Return the outgoing mail server that may send as an address, or an empty recordset.

        One that names the address comes before one that sends for anybody; nobody's personal server is used.
        """
        Server_sudo = self.env["ir.mail_server"].sudo()
        servers = Server_sudo.search(Server_sudo._find_mail_server_allowed_domain(), order="sequence, id")
        able = servers.filtered(lambda one: Server_sudo._match_from_filter(address, one.from_filter))
        return (able.filtered("from_filter") or able)[:1]

    def _prepare_test_mail(self, server_sudo):
        self.write(
            {"test_ref": secrets.token_hex(16), "test_sent_at": fields.Datetime.now(), "test_received_at": False}
        )
        return server_sudo._build_email__(
            self.address,
            [self.address],
            self.env._("Test of the address of %s", self.name),
            self.env._("Nothing needs to be done: Odoo sent this mail to see whether it arrives."),
            headers={"Return-Path": self.address, "X-Marketplace-Test": self.sudo().test_ref},
        )

    @api.model
    def _note_test_mail(self, ref):
        """Tick off the test mail with this reference; return whether there is one."""
        site = self.search([("test_ref", "=", ref.strip())], limit=1) if ref else self.browse()
        if site and not site.test_received_at:
            site.test_received_at = fields.Datetime.now()
        return bool(site)

    @api.model
    def _find_by_aliases(self, addresses):
        """Return {address: site} of the sites, deleted ones too, whose alias is among these e-mail addresses.

        A mailbox's address is not looked for: people get their own mail at it as well.

        :param list addresses: strings as they stand in mail headers.
        """
        # Each by itself: an unclosed quote or bracket in one header must not swallow the next.
        wanted = {address for value in addresses for address in email_normalize_all(value)}
        if not wanted:
            return {}
        sites = self.with_context(active_test=False).search([("alias_address", "in", list(wanted))])
        return {site.alias_address: site for site in sites}

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

    def _swallow(self):
        """Count a mail to a deleted site; nothing of it is kept and nobody gets a bounce."""
        for site in self:
            site.swallowed_count += 1

    def _sender(self, name):
        """Return a From line that shows ``name`` and never leads to a buyer."""
        self.ensure_one()
        address = self.address or self.company_id.email or f"noreply@{self.app_id.code}.invalid"
        return f'"{name}" <{address}>'
