import imaplib
import logging
import poplib
import socket
import ssl
import threading
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.mail.models import fetchmail

from ...marketplaces.errors import BadCredentials, Unavailable
from ...marketplaces.mailbox import SECONDS, Limit, Silent, find_sender
from ...marketplaces.mailbox_imap import ImapBox
from ...marketplaces.mailbox_pop import PopBox

_logger = logging.getLogger(__name__)

#: Mails that the test of a mailbox looks at.
TESTED = 50

_lock = threading.Lock()
_waiting = []


@contextmanager
def connecting_within(seconds):
    """Have Odoo's connections to incoming mail servers wait no longer than this while the block runs.

    Odoo's own limit of a minute is a constant of its module, and one server that hangs would hold a thread of the
    scheduled actions all that time. Other threads that connect at the same moment get the shorter limit too.
    """
    with _lock:
        _waiting.append(fetchmail.MAIL_TIMEOUT)
        fetchmail.MAIL_TIMEOUT = seconds
    try:
        yield
    finally:
        with _lock:
            # The first who came found the usual limit.
            fetchmail.MAIL_TIMEOUT = _waiting[0] if len(_waiting) == 1 else seconds
            _waiting.pop()


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    marketplace_mailbox_ids = fields.One2many("marketplace.mailbox", "server_id")

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
        """Return an open mailbox (``ImapBox`` or ``PopBox``) over Odoo's own connection, so that OAuth works too.

        Commits, so that nothing is locked while the mailbox is read, nor a renewed token lost.

        :raise MarketplaceError: with words for an admin.
        """
        self.ensure_one()
        if why_silent := self.env["marketplace.home"]._why_silent():
            raise Unavailable(why_silent)
        box = {"imap": ImapBox, "pop": PopBox}[self._get_connection_type()]
        try:
            with connecting_within(SECONDS):
                connection = self.with_context(marketplace_seconds=SECONDS)._connect__()
        except Exception as error:
            raise self._marketplace_translate(error) from error
        self.env["ir.cron"]._commit_progress()
        return box(connection)

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
