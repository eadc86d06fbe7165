from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_domain_extract, ormcache

from ...marketplaces.mail.authentication import Receiver, learn
from ...marketplaces.mail.mime import split_head

#: Names of the mails' headers that say how they came, for a person to judge.
TELLING = ("return-path", "received", "authentication-results", "dkim-signature", "from", "reply-to")
#: Mails that an administrator has seen before he decides.
SEEN = 3
#: Last mails of a site that tell how its mail is verified.
LOOKED_AT = 20
#: What was proved since then tells that mail can be proved, however many forged ones came afterwards.
LATELY = timedelta(days=30)
#: Messages that are proved by something; of old ones it is not kept by what.
PROVED = Domain("authentication", "=", "pass") & Domain("proof", "!=", "decision")


class MarketplaceReceiver(models.Model):
    """The mail server that receives buyers' mail before us: a mailbox's, or that of a mail domain of this Odoo.

    What it says of a mail's origin is believed, once its way of saying so was learnt from a test mail. Where neither
    that nor a signature proves a shop's mail, an administrator may decide that whatever arrives there is genuine.
    """

    _name = "marketplace.receiver"
    _inherit = ["mail.thread", "marketplace.defaults.mixin"]
    _description = "Receiving Mail Server"
    _order = "id"

    name = fields.Char(compute="_compute_name")
    mailbox_id = fields.Many2one("marketplace.mailbox", ondelete="cascade", readonly=True)
    domain = fields.Char(string="Mail Domain", readonly=True, help="Of the addresses of this Odoo.")
    company_ids = fields.Many2many("res.company", readonly=True)
    form = fields.Json(readonly=True, help="How the server writes what it found out about a mail.")
    learnt_at = fields.Datetime(string="Learned On", readonly=True)
    learnt_name = fields.Char(string="Its Name", compute="_compute_learnt_name")
    trusted_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    trusted_at = fields.Datetime(string="Trusted Since", readonly=True)

    _mailbox_unique = models.UniqueIndex("(mailbox_id) WHERE mailbox_id IS NOT NULL")
    _domain_unique = models.UniqueIndex("(domain) WHERE domain IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("mailbox_id", "domain")
    def _compute_name(self):
        for receiver in self:
            receiver.name = receiver.mailbox_id.name or receiver.domain

    @api.depends("form")
    def _compute_learnt_name(self):
        for receiver in self:
            form = Receiver.from_json(receiver.form) if receiver.form else Receiver()
            nameless = self.env._("It gives no name") if form.is_nameless else False
            receiver.learnt_name = form.authserv_id or nameless

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === FINDING === #

    @api.model
    @ormcache("mailbox_id", "domain")
    def _get_known(self, mailbox_id, domain):
        """Return (id, form, whether what arrives is trusted) of the server behind a mailbox, else a mail domain."""
        key = [("mailbox_id", "=", mailbox_id)] if mailbox_id else [("domain", "=", domain)]
        receiver = self.sudo().search(key, limit=1)
        return receiver.id, receiver.form or None, bool(receiver.trusted_at)

    @api.model
    def _get_form(self, form):
        """Return how the server writes its verdict (``mail_auth.Receiver``): as learnt, under the name that is set."""
        learnt = Receiver.from_json(form) if form else Receiver()
        name = (self.env["marketplace.intake"]._get_param("authserv_id") or "").strip().lower()
        return Receiver(name, own_hosts=learnt.own_hosts) if name else learnt

    @api.model
    def _find_or_create(self, site):
        """Return the server that receives a site's mail, an empty recordset for a site without address."""
        mailbox, domain = site.sudo().mailbox_id, email_domain_extract(site.address)
        if not (mailbox or domain):
            return self.browse()
        receiver_id = self._get_known(mailbox.id, domain)[0]
        values = {"mailbox_id": mailbox.id} if mailbox else {"domain": domain}
        receiver_sudo = self.sudo().browse(receiver_id) if receiver_id else self.sudo().create(values)
        if site.company_id not in receiver_sudo.company_ids:
            receiver_sudo.company_ids |= site.company_id
        return receiver_sudo

    def _get_sites(self):
        """Return the sites whose mail this server receives."""
        self.ensure_one()
        site_sudo = self.env["marketplace.site"].sudo()
        if self.mailbox_id:
            return self.mailbox_id.sudo().site_ids
        return site_sudo.search([("mailbox_id", "=", False), ("address", "=like", f"%@{self.domain}")])

    # === SHOWING === #

    @api.model
    def _get_of(self, site):
        """Return the server that receives a site's mail as far as one is known, as superuser."""
        mailbox_id, domain = site.sudo().mailbox_id.id, email_domain_extract(site.address)
        return self.sudo().browse(self._get_known(mailbox_id, domain)[0] or None)

    @api.model
    def _describe_site(self, site):
        """Return how the mail of a site is verified: {state, text, whether there is something to decide}."""
        receiver_sudo = self._get_of(site)
        last_sudo = self.env["marketplace.message"].sudo().search([("site_id", "=", site.id)], limit=LOOKED_AT)
        proofs = self._get_proved(site, LOOKED_AT).mapped("proof")
        unproved = last_sudo.filtered(lambda one: one.authentication == "none" and one.kind != "suspect")
        if receiver_sudo.trusted_at:
            return {"state": "decision", "text": receiver_sudo._describe_decision(), "receiver": receiver_sudo.id}
        decided = last_sudo.filtered(lambda one: one.proof == "decision")
        if (unproved or decided) and not proofs:
            text = self.env._("Not verified: none of the last mails could be proved.")
            return {"state": "unproved", "text": text, "receiver": len(unproved) >= SEEN}
        # Before signatures were checked nothing was kept of how a mail was proved: by the server.
        if {"header", False} & set(proofs):
            return {"state": "header", "text": self.env._("Verified by your mail server."), "receiver": False}
        if proofs:
            text = self.env._("Verified by the marketplace's signature, which Odoo checks itself.")
            return {"state": "dkim", "text": text, "receiver": False}
        text = self.env._("Not known yet: no buyer's mail has come.")
        if receiver_sudo.learnt_name:
            text = self.env._("Your mail server was learned from the test mail; no buyer's mail has come.")
        return {"state": "unknown", "text": text, "receiver": False}

    @api.model
    def _get_site_findings(self, site):
        """Return what a person should know of how a site's mail is verified, as in ``_get_findings``."""
        receiver_sudo = self._get_of(site)
        found = [("warning", receiver_sudo._describe_decision())] if receiver_sudo.trusted_at else []
        floods_sudo = self.env["marketplace.flood"].sudo().search([("site_id", "=", site.id), ("state", "=", "parked")])
        return found + [("warning", f"{flood.name}.") for flood in floods_sudo[:SEEN]]

    @api.model
    def _get_proved(self, sites, limit):
        """Return the last messages of sites that were proved lately, otherwise than by a decision."""
        since = fields.Datetime.now() - LATELY
        mine = Domain("site_id", "in", sites.ids) & Domain("create_date", ">", since)
        return self.env["marketplace.message"].sudo().search(mine & PROVED, limit=limit)

    # === LEARNING === #

    @api.model
    def _learn(self, site, raw_head):
        """Remember how the server writes that a site's test mail came through; of no other mail this is known."""
        receiver = self._find_or_create(site)
        if not receiver:
            return
        learnt = learn(split_head(raw_head)[0])
        if receiver.form != learnt.to_json():
            receiver.form = learnt.to_json()
            receiver.message_post(body=receiver._describe_learnt(learnt))
        receiver.learnt_at = fields.Datetime.now()
        self.env["marketplace.message"].sudo()._check_again(receiver)

    def _describe_learnt(self, learnt):
        if learnt.authserv_id:
            return self.env._("Learned from a test mail: the receiving server calls itself %s.", learnt.authserv_id)
        if learnt.is_nameless:
            return self.env._("Learned from a test mail: the receiving server gives no name; its place is known.")
        return self.env._("Learned from a test mail: the receiving server says nothing that can be relied on.")

    # === DECIDING === #

    def _get_unproved(self):
        """Return the last messages that arrived here and could not be proved, newest first."""
        self.ensure_one()
        domain = [("authentication", "=", "none"), ("kind", "!=", "suspect"), ("site_id", "in", self._get_sites().ids)]
        return self.env["marketplace.message"].sudo().search(domain, limit=SEEN)

    def action_decide(self):
        """Open the dialog in which an administrator sees three mails and decides."""
        self.ensure_one()
        self._check_admin()
        wizard = self.env["marketplace.trust"].create({"receiver_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mail That Can't Be Verified"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_distrust(self):
        """Take the decision back: from now on mail must be proved again."""
        self._check_admin()
        for receiver_sudo in self.sudo().filtered("trusted_at"):
            receiver_sudo.write({"trusted_by_id": False, "trusted_at": False})
            receiver_sudo._log_trust(False)
            receiver_sudo.message_post(body=self.env._("Mail that arrives here must be proved again."))
            receiver_sudo._get_sites().account_id._changed()

    def _trust(self):
        """Take for genuine whatever arrives here and is not known to be forged; who decided it is kept."""
        self.ensure_one()
        self._check_admin()
        receiver_sudo = self.sudo()
        receiver_sudo.company_ids |= receiver_sudo._get_sites().company_id  # whoever it concerns finds it in the log
        receiver_sudo.write({"trusted_by_id": self.env.uid, "trusted_at": fields.Datetime.now()})
        receiver_sudo._log_trust(True)
        receiver_sudo.message_post(
            body=self.env._("Mail that arrives here is taken for genuine unless it is known to be forged."),
            author_id=self.env.user.partner_id.id,
        )
        self.env["marketplace.message"].sudo()._check_again(receiver_sudo)
        receiver_sudo._get_sites().account_id._changed()

    def _log_trust(self, is_trusted):
        """Keep in the log of each company concerned that somebody decided."""
        name = self.env._("Mail to %s is taken for genuine without proof", self.name)
        for company in self.company_ids or [None]:
            self.env["marketplace.log"]._log_setting(name, not is_trusted, is_trusted, company)

    def _check_admin(self):
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators decide which mail is taken for genuine."))

    def _describe_decision(self):
        """Return in words that mail is trusted here by a decision, and whose."""
        self.ensure_one()
        return self.env._(
            "Mail to %(place)s is taken for genuine without proof: %(who)s decided so on %(day)s.",
            place=self.name,
            who=self.trusted_by_id.name,
            day=fields.Date.to_string(self.trusted_at),
        )
