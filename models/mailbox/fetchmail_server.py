import imaplib
import logging
import poplib
import socket
import ssl

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize, format_date

from ...marketplaces.errors import BadCredentials, Unavailable
from ...marketplaces.mailbox.connection import SECONDS, Limit, Silent, find_sender
from ...marketplaces.mailbox.imap import ImapBox
from ...marketplaces.mailbox.pop import PopBox
from ...marketplaces.mailbox.tls import Untrusted, abandon, connect
from ...marketplaces.transport.answer import is_loopback

_logger = logging.getLogger(__name__)

#: Mails that the test of a mailbox looks at.
TESTED = 50

#: What decides to whom a mailbox's password is told, and who hears it on the way.
WATCHED = {"server", "port", "server_type", "is_ssl"}


class FetchmailServer(models.Model):
    """Incoming mail servers that are read for marketplaces, over connections of our own.

    Odoo's own ``_connect__`` opens encrypted connections without a context, which verifies nothing: whoever stands in
    between gets the password. So we open the connection and have Odoo's ``_imap_login__`` log in, which the add-ons for
    Gmail and Outlook override. The risk: an add-on that overrides ``_connect__`` itself is passed by here.
    """

    _name = "fetchmail.server"
    _inherit = ["fetchmail.server", "marketplace.guard.mixin"]

    marketplace_mailbox_ids = fields.One2many("marketplace.mailbox", "server_id")
    marketplace_certificate = fields.Char(
        string="Accepted Certificate", readonly=True, copy=False, help="SHA-256 of the one that a person accepted."
    )
    marketplace_certificate_by = fields.Many2one("res.users", string="Accepted By", readonly=True, copy=False)
    marketplace_certificate_at = fields.Datetime(string="Accepted On", readonly=True, copy=False)
    marketplace_certificate_seen = fields.Char(
        string="Certificate Not Verified", readonly=True, copy=False, help="SHA-256 of the one that was seen last."
    )
    marketplace_certificate_note = fields.Char(string="What It Says", readonly=True, copy=False)
    marketplace_is_undecided = fields.Boolean(
        string="Read in Spite of It",
        readonly=True,
        copy=False,
        help="It was read before certificates were verified, and goes on being read until a person decides.",
    )

    @api.depends_context("marketplace_show_sending")
    def _compute_display_name(self):
        """Say, where a mailbox is chosen, whether its address can be answered from."""
        super()._compute_display_name()
        if not self.env.context.get("marketplace_show_sending"):
            return
        Site = self.env["marketplace.site"]
        outgoing = Site._get_outgoing_servers()
        for server in self:
            address = email_normalize(server.user or "")
            if not address:
                continue
            found = Site._find_outgoing_server(address, outgoing)
            text = self.env._("sends with %s", found.name) if found else self.env._("no outgoing server")
            server.display_name = f"{server.display_name} ({address}, {text})"

    # === WHAT PEOPLE CHANGE === #

    def write(self, vals):
        """Keep who has a mailbox of marketplaces read elsewhere, or without encryption."""
        watched = vals.keys() & WATCHED
        before = [(one, name, one[name]) for one in self.filtered("marketplace_mailbox_ids") for name in watched]
        result = super().write(vals)
        for server, name, value in before:
            label = self._fields[name]._description_string(self.env)
            said = self.env._("%(setting)s of incoming mail server %(server)s", setting=label, server=server.name)
            self.env["marketplace.log"]._log_setting(said, value, server[name])
        return result

    # === ODOO'S OWN FETCHING === #

    def fetch_mail(self):
        """Read a server that is read for marketplaces in its own way."""
        if self.marketplace_mailbox_ids:
            self.check_access("write")
            self.marketplace_mailbox_ids._wake()
            return None
        return super().fetch_mail()

    def _fetch_mail(self, batch_limit=50):
        """Leave out servers that are read for marketplaces: that does not go by what is unread, nor change it."""
        return super(FetchmailServer, self - self._marketplace_read())._fetch_mail(batch_limit)

    def _marketplace_read(self):
        """Return the servers among these that are read for marketplaces, also while that is paused."""
        return self.filtered("marketplace_mailbox_ids")

    # === CONNECTING === #

    def _marketplace_open(self):
        """Return an open mailbox (``ImapBox`` or ``PopBox``) whose server has proved who it is.

        Commits, so that nothing is locked while the mailbox is read, nor a renewed token lost.

        :raise MarketplaceError: with words for an admin.
        """
        self.ensure_one()
        if why_silent := self.env["marketplace.home"]._why_silent():
            raise Unavailable(why_silent)
        if not self.active:
            raise Unavailable(self.env._("The incoming mail server %s is archived.", self.name))
        kind = self._get_connection_type()
        try:
            connection, certificate = connect(
                kind,
                self.server,
                self.port,
                is_encrypted=self.is_ssl,
                seconds=SECONDS,
                accepted=self.marketplace_certificate,
                is_lenient=self.marketplace_is_undecided,
            )
            self._marketplace_log_in(kind, connection)
        except Exception as error:
            raise self._marketplace_translate(error) from error
        self._marketplace_note_certificate(certificate)
        self.env["ir.cron"]._commit_progress()
        return {"imap": ImapBox, "pop": PopBox}[kind](connection)

    def _marketplace_log_in(self, kind, connection):
        """Log in as Odoo does, so that the add-ons for Gmail and Outlook find their place."""
        try:
            if kind == "imap":
                self.with_context(marketplace_seconds=SECONDS)._imap_login__(connection)
            else:
                connection.user(self.user)
                connection.pass_(self.password)
        except Exception:
            abandon(connection)
            raise

    def _imap_login__(self, connection):  # noqa: PLW3201
        """Have the login of a mailbox that is read for marketplaces end in time, however slowly it is answered."""
        seconds = self.env.context.get("marketplace_seconds")
        if not seconds:
            return super()._imap_login__(connection)
        with Limit(connection.sock, seconds).within():
            return super()._imap_login__(connection)

    def _marketplace_translate(self, error):
        """Return what went wrong in connecting, in words that name the thing and the way out."""
        names = {"host": self.server, "port": self.port, "user": self.user, "seconds": SECONDS}
        if isinstance(error, Untrusted):
            text = self._marketplace_describe_certificate(error.certificate)
            return Untrusted(
                self.env._(
                    "%(text)s The password was not sent. If you know that this is your server, an administrator may "
                    "accept this certificate.",
                    text=text,
                ),
                error.certificate,
            )
        if isinstance(error, socket.gaierror):
            return Unavailable(self.env._("There is no server named %(host)s. Check the server's name.", **names))
        if isinstance(error, (TimeoutError, Silent)):
            return Unavailable(self.env._("%(host)s:%(port)s does not answer within %(seconds)s seconds.", **names))
        if isinstance(error, ssl.SSLError):
            return Unavailable(
                self.env._("%(host)s:%(port)s offers no encryption that works. Check port and SSL/TLS.", **names)
            )
        if isinstance(error, (imaplib.IMAP4.abort, EOFError)):
            return Unavailable(self.env._("%(host)s:%(port)s hung up. Check port and SSL/TLS.", **names))
        if isinstance(error, (imaplib.IMAP4.error, poplib.error_proto)):
            said = error.args[0] if error.args else b""
            said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            text = self.env._("%(host)s refuses the login of %(user)s. Check user name and password.", **names)
            return BadCredentials(f"{text} ({said[:200]})")
        if isinstance(error, OSError):
            text = self.env._("%(host)s can't be reached on port %(port)s.", **names)
            return Unavailable(f"{text} ({error.strerror or error})")
        if not isinstance(error, (UserError, UnicodeError)):
            _logger.exception("Incoming mail server %s: connecting failed", self.id)
        return Unavailable(str(error))

    # === CERTIFICATES === #

    def _marketplace_describe_certificate(self, certificate):
        """Return in words what is wrong with a certificate (``mailbox_tls.Certificate``), and the way out."""
        names = {
            "host": self.server,
            "port": self.port,
            "names": ", ".join(certificate.names) or "?",
            "issuer": certificate.issuer or "?",
            "until": format_date(self.env, certificate.until) if certificate.until else "?",
            "fingerprint": certificate.fingerprint[:16],
        }
        if certificate.fault == "name":
            text = self.env._(
                "The certificate of %(host)s:%(port)s is for another name: %(names)s. Enter that name as the server.",
                **names,
            )
        elif certificate.fault == "date":
            text = self.env._(
                "The certificate of %(host)s:%(port)s is good until %(until)s only. Have it renewed.", **names
            )
        else:
            text = self.env._(
                "Nobody that this server trusts has issued the certificate of %(host)s:%(port)s. Have your mail "
                "server use one of a public authority.",
                **names,
            )
        about = self.env._("(For %(names)s, issued by %(issuer)s, until %(until)s, SHA-256 %(fingerprint)s…)", **names)
        return f"{text} {about}"

    def _marketplace_note_certificate(self, certificate):
        """Remember a certificate that could not be verified, or that all is well (None)."""
        values = {
            "marketplace_certificate_seen": certificate and certificate.fingerprint,
            "marketplace_certificate_note": certificate and self._marketplace_describe_certificate(certificate)[:1000],
        }
        if not certificate and self.is_ssl:
            values["marketplace_is_undecided"] = False
        self_sudo = self.sudo()
        if any((self_sudo[name] or None) != (value or None) for name, value in values.items()):
            # With this key Odoo does not look at its own scheduled action.
            self_sudo.with_context(fetchmail_cron_running=True).write(values)

    def action_marketplace_accept_certificate(self):
        """Take the certificate that was seen last for this server's own, also though it can't be verified.

        :raise AccessError: for anybody but administrators.
        """
        for server_sudo in self._marketplace_as_admin().filtered("marketplace_certificate_seen"):
            name = self.env._("Certificate accepted for incoming mail server %s", server_sudo.name)
            former = server_sudo.marketplace_certificate
            self.env["marketplace.log"]._log_setting(name, former, server_sudo.marketplace_certificate_seen)
            _logger.warning(
                "User %s accepted the certificate %s of incoming mail server %s",
                self.env.uid, server_sudo.marketplace_certificate_seen, server_sudo.id,
            )  # fmt: skip
            server_sudo.write(
                {
                    "marketplace_certificate": server_sudo.marketplace_certificate_seen,
                    "marketplace_certificate_by": self.env.uid,
                    "marketplace_certificate_at": fields.Datetime.now(),
                    "marketplace_is_undecided": False,
                }
            )
        self.marketplace_mailbox_ids._wake()

    def action_marketplace_verify_certificate(self):
        """Take no certificate but one that can be verified, from now on."""
        for server_sudo in self._marketplace_as_admin():
            _logger.info("User %s has incoming mail server %s verified", self.env.uid, server_sudo.id)
            server_sudo.write(
                {
                    "marketplace_certificate": False,
                    "marketplace_certificate_by": False,
                    "marketplace_certificate_at": False,
                    "marketplace_is_undecided": False,
                }
            )
        self.marketplace_mailbox_ids._wake()

    def _marketplace_as_admin(self):
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators decide about certificates."))
        self.check_access("write")
        return self.sudo()

    def _marketplace_get_tls_findings(self):
        """Return what is wrong with how this server proves who it is, as (level, text)."""
        if not self.is_ssl:
            if is_loopback(self.server or ""):
                return []
            text = self.env._(
                "%s is read without encryption: everybody on the way reads the password and the mails. Switch SSL/TLS "
                "on in the incoming mail server.",
                self.name,
            )
            return [("warning", text)]
        if self.marketplace_is_undecided and self.marketplace_certificate_seen:
            text = self.env._(
                "%(note)s It is read anyway, as before: accept this certificate, or have it verified.",
                note=self.marketplace_certificate_note,
            )
            return [("danger", text)]
        if self.marketplace_certificate:
            text = self.env._(
                "The certificate of %(host)s can't be verified; %(user)s accepted it on %(day)s.",
                host=self.server,
                user=self.marketplace_certificate_by.name or "?",
                day=format_date(self.env, self.marketplace_certificate_at),
            )
            return [("warning", text)]
        return []

    def _marketplace_describe(self):
        """Connect and return in words what is in the mailbox.

        :raise MarketplaceError: with words for an admin.
        """
        box = self._marketplace_open()
        try:
            total, heads = box.newest(TESTED)
        finally:
            box.abandon()
        known = self.env["marketplace.app"]._get_marketplaces()
        return self.env._(
            "%(total)s mails in the inbox. Of the newest %(tested)s, %(ours)s come from a marketplace.",
            total=total,
            tested=len(heads),
            ours=sum(bool(find_sender(head.mail, known)) for head in heads),
        )
