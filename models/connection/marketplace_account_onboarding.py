import contextlib
from dataclasses import asdict, replace

from odoo import api, fields
from odoo.exceptions import UserError, ValidationError

from ...marketplaces.errors import BadCredentials, MarketplaceError, Throttled, Unavailable, Unreadable
from .marketplace_account_watch import RENEW, STATE

TOKEN_FIELDS = ("refresh_token_encrypted", "access_token_encrypted", "access_token_expires_at")


class AccountOnboarding:
    """How an account becomes connected, step by step, and stops being it.

    A part of ``marketplace.account``, whose fields stand in its own file.
    """

    __slots__ = ()

    # === SHOWING === #

    def _compute_onboarding(self):
        for account in self:
            account.onboarding = account._describe_onboarding() if account.id else False

    def _describe_onboarding(self):
        """Return the steps to a working account with what is done, as plain data for the form."""
        self.ensure_one()
        marketplace = self.app_id._get_class_or_gone()
        busy = self.site_ids._get_last_mail()
        strangers = self._get_strangers()
        credential_sudo = self.sudo().credential_id
        order_sudo = self.env["marketplace.order"].sudo()
        return {
            "console": marketplace.console_name,
            "has_own_keys": marketplace.has_own_keys,
            "has_keys": bool(credential_sudo.client_id and credential_sudo.client_secret_encrypted),
            "is_connected": self.state == "connected",
            "places": [{"code": one.code, "title": one.title, "text": one.text} for one in marketplace.setup_places],
            "sites": [
                dict(site._describe_setup(), has_mail=site.id in busy, is_stranger=site in strangers)
                for site in self.site_ids
            ],
            "order": order_sudo.search([("account_id", "=", self.id), ("state", "=", "known")], limit=1).order_ref,
        }

    def _get_strangers(self):
        """Return the sites that were chosen although the account takes no part in them."""
        self.ensure_one()
        if not self.participations:
            return self.site_ids.browse()
        refs = {one["site_ref"] for one in self.participations if one["active"]}
        return self.site_ids.filtered(lambda site: site.site_ref not in refs)

    def _changed(self):
        """Tell open forms of these accounts to load again, after the commit."""
        for account in self.sudo():
            self.env["bus.bus"]._sendone(account, "marketplace_account_changed", {"id": account.id})

    # === ACTION METHODS === #

    def action_connect(self):
        """Open the dialog that connects an account, at the step that is to be done."""
        self.ensure_one()
        self.check_access("write")
        step = "authorize" if self.credential_id and self.site_ids else "sites"
        if step == "authorize" and self.has_own_keys:
            step = "keys"
        action = self.app_id.action_connect()
        return dict(action, context={"default_account_id": self.id, "default_step": step})

    def action_tick_place(self, code):
        """Note that the addresses of all sites were entered at a place of the marketplace's."""
        self.ensure_one()
        for site in self.site_ids.filtered(lambda one: code not in (one.setup_done or {})):
            site.action_toggle_place(code)

    def action_authorize(self):
        """Send the browser to the marketplace, where the seller's owner allows us in."""
        self.ensure_one()
        self.check_access("write")
        url = self.env["marketplace.consent"]._start(self)
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_disconnect(self):
        """Forget the authorization; everything else stays, and connecting again goes on where it was."""
        self.check_access("write")
        self.sudo()._forget_tokens()
        self.write({"state": "draft", "state_message": False, "authorized_at": False})
        self._changed()

    def _forget_tokens(self):
        """Forget what opens these accounts."""
        self.write(dict.fromkeys(TOKEN_FIELDS, False))
        self.filtered("has_own_keys").credential_id.client_secret_encrypted = False

    def _forget_access_token(self):
        self.write(dict.fromkeys(TOKEN_FIELDS[1:], False))

    # === CONNECTING === #

    def _connect(self, seller_ref, token, participations=None):
        """Connect this account, or the one that is known for the seller already, with a new authorization.

        :param str seller_ref: the marketplace's id of the seller.
        :param Token token: access and refresh token.
        :param list participations: as the marketplace told them, None when it did not.
        :return: the connected account.
        :raise UserError: another company has this seller, or this account belongs to another seller.
        """
        self.ensure_one()
        account = self._join_known(seller_ref)
        account_sudo = account.sudo()
        account_sudo.write(dict.fromkeys(TOKEN_FIELDS, False))
        account_sudo._store_token(token)
        account_sudo.write(
            {"state": "connected", "state_message": False, "authorized_at": fields.Datetime.now(), "active": True}
        )
        if participations is not None:
            account._keep_participations(participations)
        account_sudo._resume()
        account._forget_reminders(RENEW, STATE)
        account._changed()
        return account

    def _connect_code(self, told, redirect_uri):
        """Connect with what came back from the marketplace's consent page (``Consent``); return the account.

        :raise MarketplaceError: the code is not taken.
        :raise UserError: see :meth:`_connect`.
        """
        token = self._marketplace().exchange_code(told.code, redirect_uri)
        # The code is used up: whatever the marketplace says of the storefronts is shown on the account.
        account = self._connect(told.seller_ref or self.seller_ref, token)
        self.env["ir.cron"]._commit_progress()
        with contextlib.suppress(MarketplaceError):
            account._read_participations()
        return account

    def _connect_pasted(self, seller_ref, refresh_token):
        """Connect with a refresh token that somebody pasted, if the marketplace takes it; return the account.

        :raise MarketplaceError: it does not; a working account keeps what it had.
        :raise UserError: see :meth:`_connect`.
        """
        self.ensure_one()
        self.env["ir.cron"]._commit_progress()
        token = self._marketplace(refresh_token=refresh_token).renew_token()
        found = None
        # These say nothing about the token; Test connection asks again.
        with contextlib.suppress(Throttled, Unavailable, Unreadable):
            found = self._marketplace(token.access_token, refresh_token).fetch_participations()
        return self._connect(seller_ref, replace(token, refresh_token=refresh_token), found)

    def _join_known(self, seller_ref):
        """Return the account of a seller: this one, or an older one of the company, which takes over what this one has.

        :raise UserError: in the same words whether another company has it or it can't be had for another reason.
        """
        if self.seller_ref and self.seller_ref != seller_ref:
            raise UserError(
                self.env._("That is another seller account than %s. Log in there as its owner.", self.seller_ref)
            )
        known_sudo = self._find_known(seller_ref)
        if not known_sudo:
            self.seller_ref = seller_ref
            return self
        if known_sudo.company_id != self.company_id:
            raise UserError(self.env._("This seller account can't be connected here."))
        known_sudo._take_over(self.sudo())
        return known_sudo.with_env(self.env)

    def _find_known(self, seller_ref):
        """Return another account of the same seller, as superuser."""
        domain = [("app_id", "=", self.app_id.id), ("region", "=", self.region), ("id", "!=", self.id)]
        if seller_ref:
            domain.append(("seller_ref", "=", seller_ref))
        else:  # the marketplace does not tell: whoever has the same keys is the same seller
            domain.append(("credential_id.client_id", "=", self.sudo().credential_id.client_id))
        return self.sudo().with_context(active_test=False).search(domain, limit=1)

    def _take_over(self, draft):
        """Take the credential, the sites and the addresses of an account that turned out to be this one's seller.

        It goes then; one that got mail already stays as a deleted one, so that its tickets stay readable.
        """
        credential, former = draft.credential_id, self.credential_id
        draft.credential_id = False
        self.write({"active": True, "credential_id": credential.id or former.id})
        if self.has_own_keys and former != self.credential_id:
            former.unlink()  # nobody else's: its secret has no business here any more
        mine = {site.site_ref: site for site in self.with_context(active_test=False).site_ids}
        sites = draft.with_context(active_test=False).site_ids
        has_mail = bool(sites._get_last_mail())
        for site in sites:
            known = mine.get(site.site_ref)
            if not known and not has_mail:
                site.account_id = self
                continue
            known = known or site.copy({"account_id": self.id})
            known._revive()
            site._hand_address_over(known)
            if not has_mail:
                site.unlink()
        if has_mail:
            self.env["marketplace.deletion"]._delete(draft, sites.browse())
        else:
            draft.unlink()

    # === STOREFRONTS === #

    @api.depends("participations", "site_ids.site_ref")
    def _compute_missing_sites(self):
        for account in self:
            account.missing_sites = ", ".join(site.name for site in account._get_missing_sites()) or False

    def action_add_sites(self):
        """Create the sites that the last connection test found and that are not here yet."""
        self.ensure_one()
        stores = {one["site_ref"]: one["store_name"] for one in self.participations or []}
        self.env["marketplace.site"].create(
            [
                {"account_id": self.id, "site_ref": site.site_ref, "seller_name": stores.get(site.site_ref)}
                for site in self._get_missing_sites()
            ]
        )

    def _get_missing_sites(self):
        self.ensure_one()
        known = set(self.with_context(active_test=False).site_ids.mapped("site_ref"))
        refs = [one["site_ref"] for one in self.participations or [] if one["active"]]
        found = (self.app_id._get_class_or_gone().get_site(ref) for ref in refs if ref not in known)
        return [site for site in found if site]

    def _read_participations(self):
        """Ask which storefronts the account takes part in, and keep the answer.

        :raise MarketplaceError: whatever went wrong, ready to be shown; noted on the account.
        """
        self.ensure_one()
        operation, wait = self.env["marketplace.operation"].sudo()._claim(self, self.app_id, "fetch_participations")
        if wait:
            text = self.env._("%(name)s may be asked again in %(wait)d seconds.", name=self.name, wait=wait + 1)
            raise Throttled(text, retry_after=wait)
        self.env["ir.cron"]._commit_progress()
        found, error = self._call(operation, "fetch_participations", lambda api_: api_.fetch_participations())
        if not error and (error := self._find_stranger(found)):
            self._note_failure(error)
        self.env["ir.cron"]._commit_progress()
        if error:
            raise error
        self._keep_participations(found)
        self._resume()
        self._note_success()
        self._changed()
        return found

    def _find_stranger(self, found):
        """Return that the keys are another seller's than the account's, as an error, or None."""
        told = next((one.seller_ref for one in found if one.seller_ref), None)
        if not (told and self.seller_ref) or told == self.seller_ref:
            return None
        return BadCredentials(self.env._("These keys belong to another seller account than %s.", self.seller_ref))

    def _keep_participations(self, found):
        self.participations = [
            {
                "site_ref": one.site_ref,
                "store_name": one.store_name,
                "active": one.active,
                "scopes": [asdict(scope) for scope in one.scopes],
            }
            for one in found
        ]
        stores = {one.site_ref: one.store_name for one in found}
        for site in self.site_ids.filtered(lambda one: not one.seller_name and stores.get(one.site_ref)):
            site.seller_name = stores[site.site_ref]

    @api.model
    def _get_callback_url(self, code, name):
        """Return our public address for a marketplace: ``login`` or ``callback``."""
        return f"{self.browse().get_base_url()}/marketplace/{code}/{name}"

    # === COMPUTE METHODS AND CONSTRAINTS === #

    @api.depends("app_id")
    def _compute_has_own_keys(self):
        for account in self:
            account.has_own_keys = bool(account.app_id) and account.app_id._get_class_or_gone().has_own_keys

    @api.depends("participations")
    def _compute_scopes(self):
        levels = {"full": self.env._("full access"), "view": self.env._("read only"), "none": self.env._("no access")}
        for account in self:
            told = [f"{one['label']}: {levels[one['level']]}" for one in account._get_scopes()]
            account.scopes = ", ".join(told) or False

    @api.constrains("credential_id")
    def _check_own_credential(self):
        for account in self.filtered("has_own_keys"):
            if account.sudo().credential_id.with_context(active_test=False).account_ids - account:
                raise ValidationError(
                    self.env._(
                        "Each account of %s has keys of its own: create a credential for this one.", account.app_id.name
                    )
                )

    # === CONNECTING === #

    def _connect_keys(self, keys=None):
        """Connect with nothing but the account's own keys, if the marketplace takes them; return the account.

        :param dict keys: ``client_id`` and ``client_secret``, where they are new: a working account keeps what it had
            until they are known to be its own.
        :raise MarketplaceError: it does not.
        :raise UserError: another company has this seller, or this account belongs to another seller.
        """
        self.ensure_one()
        self.env["ir.cron"]._commit_progress()
        token = self._marketplace(keys=keys).renew_token()
        found = self._marketplace(token.access_token, keys=keys).fetch_participations()
        with self.env.cr.savepoint():
            if keys:
                self.credential_id.write(keys)
            return self._connect(next((one.seller_ref for one in found if one.seller_ref), None), token, found)

    def _wait_for_connection(self):
        """Ask nothing with other keys before it is known whose they are: connecting tells."""
        text = self.env._("The key was changed. Press Connect: then it is tried.")
        self.filtered(lambda one: one.has_own_keys and one.state != "deleted").write(
            {"state": "draft", "state_message": text}
        )

    # === WHAT KEYS OPEN === #

    def _get_scopes(self):
        """Return what the keys open, as the marketplace told it last."""
        return [scope for one in self.participations or [] for scope in one.get("scopes", ())]

    def _get_scope_findings(self):
        """Return what is needed and not allowed to the account's keys."""
        return [
            (
                "warning",
                self.env._(
                    "The keys do not open “%(scope)s”, so there are no %(what)s. Allow it where the keys are made.",
                    scope=one["label"],
                    what=one["needed_for"],
                ),
            )
            for one in self._get_scopes()
            if one["level"] == "none" and one["needed_for"]
        ]
