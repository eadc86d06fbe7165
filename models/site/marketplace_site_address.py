import logging
import secrets
import string
from datetime import timedelta

from odoo import api, fields
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...marketplaces.mail.address import plain_addresses

_logger = logging.getLogger(__name__)

ALPHABET = string.ascii_lowercase + string.digits
#: A site is silent when nothing came for so many of its average pauses, but not before QUIET.
PAUSES = 7
QUIET = timedelta(days=2)
#: Fewer messages than this in REGULAR days say nothing about what is usual.
ENOUGH = 10
REGULAR = timedelta(days=30)


class SiteAddress:
    """How buyers' mail reaches a site: an address of this Odoo, or a mailbox; a test of it; whether any comes.

    A part of ``marketplace.site``, whose fields stand in its own file.
    """

    __slots__ = ()

    # === COMPUTE METHODS === #

    @api.depends("mailbox_id", "mailbox_address", "alias_address")
    def _compute_address(self):
        for site in self:
            site.address = site.mailbox_address if site.mailbox_id else site.alias_address

    def _compute_has_alias_domain(self):
        for site in self:
            site.has_alias_domain = bool(site.company_id.alias_domain_id)

    def _compute_old_addresses(self):
        for site in self:
            site.old_addresses = ", ".join((site._get_aliases() - site.sudo().alias_id).mapped("alias_full_name"))

    # === ALIASES === #

    def _get_aliases(self):
        """Return all addresses of this Odoo that lead to these sites, former ones too."""
        model_id = self.env["ir.model"]._get_id(self._name)
        domain = [("alias_model_id", "=", model_id), ("alias_force_thread_id", "in", self.ids)]
        return self.env["mail.alias"].sudo().search(domain)

    def _create_alias(self):
        """Give each site a new address in its company's alias domain, if there is one."""
        model_id = self.env["ir.model"]._get_id(self._name)
        for site in self.filtered("company_id.alias_domain_id"):
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
        """Make an address of this Odoo for the site."""
        if not self.company_id.alias_domain_id:
            raise ValidationError(
                self.env._(
                    "%s has no alias domain. Set one under Settings › General › Discuss first.", self.company_id.name
                )
            )
        self._create_alias()

    def action_renew_address(self):
        """Make a new address; mail to the old one goes on arriving, for it is entered at the marketplace still."""
        self.ensure_one()
        self.check_access("write")
        self.action_create_address()
        self._reset_setup()

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
        if why_silent := self.env["marketplace.home"]._why_silent():
            return self._notify(self.env._("No test mail was sent"), why_silent, "danger")
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

    # === BUSINESS METHODS === #

    @api.model
    def _find_outgoing_server(self, address, servers=None):
        """Return the outgoing mail server (as superuser) that may send as an address, or an empty recordset.

        One that names the address comes before one that sends for anybody; nobody's personal server is used.

        :param servers: those to choose from, when they are known already.
        """
        servers = self._get_outgoing_servers() if servers is None else servers
        able = servers.filtered(lambda server: server._match_from_filter(address, server.from_filter))
        return (able.filtered("from_filter") or able)[:1]

    @api.model
    def _get_outgoing_servers(self):
        """Return the outgoing mail servers that are nobody's own."""
        Server_sudo = self.env["ir.mail_server"].sudo()
        return Server_sudo.search(Server_sudo._find_mail_server_allowed_domain(), order="sequence, id")

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
    def _note_test_mail(self, ref, raw_head):
        """Tick off the test mail with this reference, and learn from it; return whether there is one.

        :param bytes raw_head: the mail's header, or all of it. The first arrival only is our own mail for sure: whoever
            got hold of the reference later could write what he likes.
        """
        is_possible = ref and ref.isascii() and ref.isprintable()
        site = self.search([("test_ref", "=", ref.strip())], limit=1) if is_possible else self.browse()
        if site and not site.test_received_at:
            site.test_received_at = fields.Datetime.now()
            self.env["marketplace.receiver"]._learn(site, raw_head)
            site.account_id._changed()
        return bool(site)

    @api.model
    def _find_by_aliases(self, addresses):
        """Return {address: site} of the sites, deleted ones too, whose present or former alias is among addresses.

        A mailbox's address is not looked for: people get their own mail at it as well.

        :param list addresses: strings as they stand in mail headers.
        """
        wanted = plain_addresses(addresses)
        if not wanted:
            return {}
        model_id = self.env["ir.model"]._get_id(self._name)
        domain = [("alias_full_name", "in", list(wanted)), ("alias_model_id", "=", model_id)]
        aliases_sudo = self.env["mail.alias"].sudo().search(domain)
        return {alias.alias_full_name: self.browse(alias.alias_force_thread_id) for alias in aliases_sudo}

    def _hand_address_over(self, other):
        """Have another site receive what is sent to this one's addresses: they may be entered at the marketplace."""
        self.ensure_one()
        self._get_aliases().write({"alias_force_thread_id": other.id, "alias_parent_thread_id": other.id})
        self.alias_id = False
        names = ("mailbox_id", "mailbox_address", "mailbox_since")
        if self.sudo().mailbox_id and not other.sudo().mailbox_id:
            other.sudo().write({name: self.sudo()[name] for name in names})

    # === WHETHER MAIL COMES === #

    def _get_last_mail(self):
        """Return {site id: (last mail, how many came in the time before it)} of the sites that ever got any."""
        query = SQL(
            """
            SELECT site.id, last.moment, (
                SELECT count(*) FROM marketplace_message
                 WHERE site_id = site.id AND create_date > last.moment - %(regular)s
            ) FROM unnest(%(site_ids)s::int[]) AS site(id), LATERAL (
                SELECT max(create_date) AS moment FROM marketplace_message WHERE site_id = site.id
            ) AS last WHERE last.moment IS NOT NULL
            """,
            site_ids=self.ids,
            regular=REGULAR,
        )
        return {site_id: (moment, count) for site_id, moment, count in self.env.execute_query(query)}

    def _get_silent(self):
        """Return {site id: last mail} of the sites that used to get mail and have been silent unusually long."""
        now = fields.Datetime.now()
        return {
            site_id: moment
            for site_id, (moment, count) in self._get_last_mail().items()
            if count >= ENOUGH and now - moment > max(QUIET, PAUSES * REGULAR / count)
        }
