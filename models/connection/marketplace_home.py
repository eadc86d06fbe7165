import logging

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..parameters import FINGERPRINT, HOME

_logger = logging.getLogger(__name__)

#: What has work to do when a database has become the home.
CRONS = (
    "ir_cron_process_messages",
    "ir_cron_fetch_orders",
    "ir_cron_refresh_orders",
    "ir_cron_read_mailboxes",
    "ir_cron_send_replies",
)


class MarketplaceHome(models.AbstractModel):
    """Which database speaks for the accounts: a copy of it is silent until an admin says that it is the new home.

    The home is known by ``database.uuid``, which Odoo makes anew for a duplicate and for what is restored as a copy,
    and by the fingerprint of a key that is needed on the server, which no copy of the database holds. A host, a path,
    a data directory or the name of the database say nothing: a database that is moved with its key goes on by itself.

    What no identity can tell apart are two databases with one uuid on servers with one key: a restored dump beside the
    original is such a pair, as long as nobody chose "copy" when it was restored.
    """

    _name = "marketplace.home"
    _description = "Home of the Marketplace Accounts"

    @api.model
    def _get_home(self):
        """Return (uuid, fingerprint) of the database that speaks for the accounts; empty texts while there is none."""
        uuid, _colon, fingerprint = (self._get_param(HOME) or "").partition(":")
        return uuid, fingerprint

    @api.model
    def _get_param(self, name):
        return self.env["ir.config_parameter"].sudo().get_param(name)

    @api.model
    def _is_copy(self):
        """Tell whether another database is the home of the accounts in this one."""
        uuid, _fingerprint = self._get_home()
        return bool(uuid) and uuid != self._get_param("database.uuid")

    @api.model
    def _lacks_key(self):
        """Tell whether this server lacks the key by which the home is known."""
        _uuid, fingerprint = self._get_home()
        if not fingerprint:
            return False
        try:
            return fingerprint not in self.env["marketplace.account"]._get_keys()
        except UserError:
            return True

    @api.model
    def _why_silent(self):
        """Return why nothing is fetched or sent from here, in words with the way out, or False."""
        if self._is_copy():
            return self.env._(
                "This is a copy of another database: no orders and mailboxes are read, nothing is sent to buyers, and "
                "mail that arrives is kept but waits. If the other one is no longer in use, press "
                "“This is the new home” on an account."
            )
        if self._lacks_key():
            return self.env._(
                "The key by which this database is known (fingerprint %s) is missing on this server: no orders and "
                "mailboxes are read, and nothing is sent to buyers. Put the key back. If it is lost for good, or this "
                "is a copy that takes over, press “This is the new home” on an account.",
                self._get_home()[1],
            )
        return False

    # === BECOMING THE HOME === #

    @api.model
    def _settle(self):
        """Make this database the home when none is known: the first account is being made, or an old version left."""
        if not self._get_home()[0]:
            self._write_home(self._get_param(FINGERPRINT) or "")

    @api.model
    def _write_home(self, fingerprint):
        uuid = self._get_param("database.uuid")
        self.env["ir.config_parameter"].sudo().set_param(HOME, f"{uuid}:{fingerprint}")

    @api.model
    def _follow_key(self, known, newest, keys):
        """Let the home be known by the newest key, as soon as something is encrypted with it.

        :param str known: fingerprint of the key that encrypted last; empty when nothing was ever encrypted here.
        :param keys: fingerprints of all keys of this server.
        """
        uuid, fingerprint = self._get_home()
        is_here = uuid == self._get_param("database.uuid") and (not fingerprint or fingerprint in keys)
        if not known or is_here:
            self._write_home(newest)

    @api.model
    def _move_here(self):
        """Make this database the home because an admin says so; what waits to be sent is left to people.

        :raise AccessError: for anybody else.
        """
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators may say which database is the home."))
        try:
            newest = next(iter(self.env["marketplace.account"]._get_keys()))
        except UserError:
            newest = ""  # what needs the key says so by itself
        self._write_home(newest)
        uuid = self._get_param("database.uuid")
        self.env["marketplace.log"]._log_setting(self.env._("This database is the new home"), False, uuid)
        replies_sudo = self.env["marketplace.reply"].sudo().search([("state", "in", ("queued", "sending"))])
        reason = self.env._(
            "It was waiting in the database that this is a copy of, which perhaps sent it. Look at the marketplace "
            "before you send it again."
        )
        replies_sudo._note("unknown", reason, next_attempt=False)
        text = self.env._("This database is the new home: it fetches and sends from now on.")
        for account_sudo in self.env["marketplace.account"].sudo().search([("state", "!=", "deleted")]):
            account_sudo.operation_ids.write({"paused_until": False, "failure_count": 0})
            account_sudo.message_post(body=text, author_id=self.env.user.partner_id.id)
        _logger.warning("User %s said that this database is the new home of its marketplaces", self.env.uid)
        self.env["ir.cron"]._marketplace_wake(*CRONS)
