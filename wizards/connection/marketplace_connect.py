from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...marketplaces.errors import MarketplaceError

STEPS = ("sites", "keys", "authorize")


#: Of an account that its keys alone open.
KEYS_STEPS = ("sites", "keys", "names")


class MarketplaceConnect(models.TransientModel):
    """Dialog that connects a seller account: which storefronts, with which keys, allowed in which way.

    From the keys on there is an account, which keeps what was entered: the dialog may be left and resumed.
    """

    _name = "marketplace.connect"
    _inherit = ["marketplace.secret.mixin"]
    _description = "Connect a Marketplace"

    step = fields.Selection(
        [("sites", "Storefronts"), ("keys", "Keys"), ("authorize", "Authorization"), ("names", "Names")],
        default="sites",
    )
    app_id = fields.Many2one(
        "marketplace.app",
        string="Marketplace",
        required=True,
        default=lambda self: self.env["marketplace.app"].search([], limit=1),
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    account_id = fields.Many2one("marketplace.account")
    region = fields.Selection(
        selection="_selection_region", compute="_compute_region", store=True, readonly=False, precompute=True
    )
    line_ids = fields.One2many(
        "marketplace.connect.site", "connect_id", compute="_compute_lines", store=True, readonly=False
    )
    # The seller's application
    credential_id = fields.Many2one(
        "marketplace.credential",
        string="Application",
        compute="_compute_credential",
        store=True,
        readonly=False,
        domain="[('app_id', '=', app_id), ('company_id', '=', company_id)]",
    )
    client_id = fields.Char(string="Client ID")
    client_secret = fields.Char(compute="_compute_secrets", inverse="_inverse_client_secret", exportable=False)
    client_secret_encrypted = fields.Char(exportable=False)
    application_ref = fields.Char(
        string="Application ID", compute="_compute_application_ref", store=True, readonly=False
    )
    is_draft = fields.Boolean(
        string="Draft Application",
        compute="_compute_application_ref",
        store=True,
        readonly=False,
        help="The application is not published at the marketplace yet.",
    )
    # How it is allowed
    way = fields.Selection(
        [("paste", "Paste a refresh token"), ("consent", "Authorize in the browser")],
        string="How",
        default="paste",
        required=True,
    )
    seller_ref = fields.Char(string="Merchant ID")
    refresh_token = fields.Char(compute="_compute_secrets", inverse="_inverse_refresh_token", exportable=False)
    refresh_token_encrypted = fields.Char(exportable=False)
    # What the marketplace tells about all that
    hints = fields.Json(compute="_compute_marketplace")
    client_id_example = fields.Char(compute="_compute_marketplace")
    client_secret_example = fields.Char(compute="_compute_marketplace")
    only_region = fields.Char(compute="_compute_marketplace")
    other_regions = fields.Html(string="Not Offered", compute="_compute_marketplace", sanitize=False)
    has_one_site = fields.Boolean(compute="_compute_marketplace")
    has_own_keys = fields.Boolean(compute="_compute_marketplace")
    has_consent = fields.Boolean(compute="_compute_marketplace")
    console_name = fields.Char(compute="_compute_marketplace")
    login_url = fields.Char(string="OAuth Login URI", compute="_compute_marketplace")
    callback_url = fields.Char(string="OAuth Redirect URI", compute="_compute_marketplace")
    app_url = fields.Char(compute="_compute_marketplace")
    seller_ref_url = fields.Char(compute="_compute_marketplace")
    error = fields.Char(readonly=True)
    # Of an account that its keys alone open
    name = fields.Char(string="Account Name", compute="_compute_names", store=True, readonly=False)
    seller_name = fields.Char(
        string="Your Shop's Name", compute="_compute_names", store=True, readonly=False,
        help="As buyers see it on this storefront; never taken for a buyer's name.",
    )  # fmt: skip
    scopes = fields.Char(related="account_id.scopes")
    scope_findings = fields.Char(compute="_compute_scope_findings")

    # === DEFAULTS, COMPUTE AND INVERSE METHODS === #

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        account = self.env["marketplace.account"].browse(values.get("account_id"))
        known = {name: account[name] for name in ("region", "seller_ref")} if account else {}
        known |= {name: account[name].id for name in ("app_id", "company_id")} if account else {}
        return values | {name: value for name, value in known.items() if name in fields_list}

    @api.model
    def _selection_region(self):
        return self.env["marketplace.account"]._selection_region()

    def _secret_names(self):
        return ("client_secret", "refresh_token")

    def _inverse_client_secret(self):
        self._set_secret("client_secret")

    def _inverse_refresh_token(self):
        self._set_secret("refresh_token")

    @api.depends("app_id")
    def _compute_region(self):
        for wizard in self:
            regions = wizard.app_id._get_class().regions if wizard.app_id else ()
            is_known = wizard.region in dict(regions)
            wizard.region = wizard.region if is_known else regions[0][0] if len(regions) == 1 else False

    @api.depends("region", "app_id")
    def _compute_lines(self):
        for wizard in self:
            marketplace = wizard.app_id and wizard.app_id._get_class()
            sites = marketplace.sites if marketplace else ()
            mine = wizard.account_id.site_ids.mapped("site_ref")
            if marketplace and marketplace.has_one_site:
                mine = mine or [sites[0].site_ref]
            wizard.line_ids = [Command.clear()] + [
                Command.create({"site_ref": site.site_ref, "name": site.name, "is_chosen": site.site_ref in mine})
                for site in sites
                if site.region == wizard.region
            ]

    @api.depends("app_id", "company_id")
    def _compute_credential(self):
        for wizard in self:
            domain = [("app_id", "=", wizard.app_id.id), ("company_id", "=", wizard.company_id.id)]
            found = self.env["marketplace.credential"].search(domain, limit=2)
            is_shared = len(found) == 1 and not wizard.app_id._get_class().has_own_keys
            wizard.credential_id = wizard.account_id.credential_id or (found if is_shared else False)

    @api.depends("credential_id")
    def _compute_application_ref(self):
        for wizard in self:
            wizard.application_ref = wizard.credential_id.application_ref or wizard.application_ref
            wizard.is_draft = wizard.credential_id.is_draft if wizard.credential_id else wizard.is_draft

    @api.depends("app_id", "region")
    def _compute_marketplace(self):
        Account = self.env["marketplace.account"]
        for wizard in self:
            marketplace, code, region = wizard.app_id._get_class(), wizard.app_id.code, wizard.region
            known = (*marketplace.credential_fields, *marketplace.account_fields)
            wizard.hints = {one.name: one.help for one in known}
            examples = {one.name: one.placeholder for one in known}
            wizard.client_id_example = examples.get("client_id")
            wizard.client_secret_example = examples.get("client_secret")
            wizard.only_region = marketplace.regions[0][1] if len(marketplace.regions) == 1 else False
            wizard.other_regions = Markup("<br/>").join(f"{name}: {why}" for name, why in marketplace.other_regions)
            wizard.has_one_site = marketplace.has_one_site
            wizard.has_own_keys = marketplace.has_own_keys
            wizard.has_consent = marketplace.has_consent
            wizard.console_name = marketplace.console_name
            wizard.login_url = Account._get_callback_url(code, "login")
            wizard.callback_url = Account._get_callback_url(code, "callback")
            wizard.app_url = region and marketplace.app_url(region)
            wizard.seller_ref_url = region and marketplace.merchant_id_url(region)

    @api.depends("account_id")
    def _compute_names(self):
        for wizard in self:
            wizard.name = wizard.account_id.name
            wizard.seller_name = wizard.account_id.site_ids[:1].seller_name

    @api.depends("account_id.participations")
    def _compute_scope_findings(self):
        for wizard in self:
            findings = wizard.account_id._get_scope_findings() if wizard.account_id else []
            wizard.scope_findings = " ".join(text for _level, text in findings)

    # === STEPS === #

    def action_next(self):
        """Check a step and go on to the next."""
        self.ensure_one()
        self.error = False
        steps = self._get_steps()
        if getattr(self, f"_finish_{self.step}")() is not False:
            self.step = steps[steps.index(self.step) + 1]
        return self._show()

    def action_back(self):
        """Go back a step; nothing that was entered is lost."""
        self.ensure_one()
        steps = self._get_steps()
        self.write({"step": steps[max(0, steps.index(self.step) - 1)], "error": False})
        return self._show()

    def _get_steps(self):
        return KEYS_STEPS if self.has_own_keys else STEPS

    def action_choose_all(self):
        """Choose all storefronts of the region."""
        self.line_ids.is_chosen = True
        return self._show()

    def _show(self):
        return dict(self.app_id.action_connect(), res_id=self.id)

    def _finish_sites(self):
        if not self.region:
            raise UserError(self.env._("Choose the region of your seller account."))
        if not any(self.line_ids.mapped("is_chosen")):
            raise UserError(self.env._("Choose at least one storefront."))
        if self.has_one_site and len(self.line_ids.filtered("is_chosen")) > 1:
            raise UserError(
                self.env._(
                    "%s gives each storefront keys of its own: choose one, and connect the others as further accounts.",
                    self.app_id.name,
                )
            )

    def _finish_keys(self):
        """Store the keys and the account; return False to stay at this step."""
        if self.has_own_keys:
            return self._finish_own_keys()
        if not self.credential_id:
            self.credential_id = self._create_credential()
        self._save_account()
        return True

    def _create_credential(self):
        if not self.client_id or not self.client_secret_encrypted:
            raise UserError(self.env._("Enter the client ID and the client secret of your application."))
        number = self.env["marketplace.credential"].search_count([("app_id", "=", self.app_id.id)]) + 1
        label = self.env._("%s keys") if self.has_own_keys else self.env._("%s application")
        name = label % self.app_id.name
        return self.env["marketplace.credential"].create(
            {
                "name": f"{name} {number}" if number > 1 else name,
                "app_id": self.app_id.id,
                "company_id": self.company_id.id,
                "client_id": self.client_id.strip(),
                "client_secret": self._get_secret("client_secret"),
                "application_ref": (self.application_ref or "").strip() or False,
                "is_draft": self.is_draft,
            }
        )

    def _save_account(self):
        """Create the account with its chosen sites, or change them to what is chosen now."""
        marketplace = self.app_id._get_class()
        chosen = self.line_ids.filtered("is_chosen").mapped("site_ref")
        if not self.account_id:
            place = marketplace.get_site(chosen[0]).code if marketplace.has_one_site else None
            self.account_id = self.env["marketplace.account"].create(
                {
                    "name": f"{self.app_id.name} {place or dict(marketplace.regions)[self.region]}",
                    "app_id": self.app_id.id,
                    "company_id": self.company_id.id,
                    "region": self.region,
                }
            )
        self.account_id.credential_id = self.credential_id
        known = {site.site_ref: site for site in self.account_id.with_context(active_test=False).site_ids}
        self.env["marketplace.site"].browse(known[ref].id for ref in chosen if ref in known)._revive()
        if self.account_id.state == "draft":
            others = self.account_id.site_ids.filtered(lambda site: site.site_ref not in chosen)
            busy = others._get_last_mail()
            others.filtered(lambda site: site.id not in busy).unlink()
        self.env["marketplace.site"].create(
            [{"account_id": self.account_id.id, "site_ref": ref} for ref in chosen if ref not in known]
        )

    def action_authorize(self):
        """Send the browser to the marketplace."""
        self.ensure_one()
        values = {"application_ref": (self.application_ref or "").strip() or False, "is_draft": self.is_draft}
        self.credential_id.write(values)
        return self.account_id.action_authorize()

    def action_paste(self):
        """Connect the account with a pasted refresh token, and say in the dialog what is wrong with it."""
        self.ensure_one()
        seller_ref = self.app_id._get_class().check_seller_ref(self.seller_ref or "")
        token = self._get_secret("refresh_token")
        if not seller_ref or not token:
            self.error = self._describe_missing(seller_ref)
            return self._show()
        try:
            account = self.account_id._connect_pasted(seller_ref, token)
        except (MarketplaceError, UserError) as error:
            self.error = str(error)
            return self._show()
        return account._open()

    def _describe_missing(self, seller_ref):
        if not seller_ref and self.seller_ref:
            return self.env._(
                "“%(text)s” is no merchant ID: %(where)s", text=self.seller_ref, where=self.hints["seller_ref"]
            )
        return self.env._("Enter the merchant ID and the refresh token as %s shows them.", self.console_name)

    # === KEYS ALONE === #
    # The way of an account that its own keys alone open: they are tried at once, then the account gets its names.

    def _finish_own_keys(self):
        """Try the keys and keep them with their account; return whether the marketplace takes them."""
        keys = self._save_own_credential()
        self._save_account()
        try:
            self.account_id = self.account_id._connect_keys(keys)
        except (MarketplaceError, UserError) as error:
            self.error = str(error)
            return False
        self._compute_names()
        return True

    def _save_own_credential(self):
        """Choose the account's own credential, a new one if it has none; return what is to be changed in it."""
        credential = self.account_id.credential_id
        if not credential:
            self.credential_id = self._create_credential()
            return {}
        self.credential_id = credential
        entered = {}
        if self.client_id and self.client_id.strip() != credential.client_id:
            entered["client_id"] = self.client_id.strip()
        if self.client_secret_encrypted:
            entered["client_secret"] = self._get_secret("client_secret")
        if not entered.get("client_secret") and not credential.sudo().client_secret_encrypted:
            raise UserError(self.env._("Enter the client secret."))
        return entered

    def action_finish(self):
        """Name the account and its storefront, and show what is left to be set up."""
        self.ensure_one()
        if not (self.name or "").strip():
            raise UserError(self.env._("Enter a name for the account."))
        self.account_id.name = self.name.strip()
        self.account_id.site_ids[:1].seller_name = (self.seller_name or "").strip() or False
        return self.account_id._open()
