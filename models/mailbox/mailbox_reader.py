import itertools
import logging
from dataclasses import dataclass

from psycopg2.errorcodes import UNIQUE_VIOLATION

from odoo import api, fields, models
from odoo.tools import SQL

from ...marketplaces.errors import MarketplaceError, Unavailable
from ...marketplaces.mailbox.connection import Broken
from ...marketplaces.transport.answer import Deadline

_logger = logging.getLogger(__name__)

#: Seconds for which one mailbox is read before it is another one's turn.
TURN = 8
#: How often a connection that breaks in the middle of reading is opened again in one turn.
RECONNECTS = 12


@dataclass
class Place:
    """Where a turn is: the mailbox, the connection to it, when it must end, the folder and how it is numbered.

    ``is_new`` tells mails that came since we read the folder from those that were there before; ``old_in_a_row`` counts
    the mails at the end of what was looked at that came too early to be read.
    """

    mailbox: models.BaseModel
    box: object
    deadline: Deadline
    position: models.BaseModel = None
    uidvalidity: int | None = None
    is_new: bool = True
    old_in_a_row: int = 0


class MarketplaceMailboxReader(models.AbstractModel):
    """Takes turns reading mailboxes: claim, commit, read with nothing locked, store what was read, commit.

    How each protocol is walked through stands in ``marketplace.mailbox.imap`` and ``marketplace.mailbox.pop``.
    """

    _name = "marketplace.mailbox.reader"
    _description = "Marketplace Mailbox Reading"

    # === TURNS === #

    @api.model
    def _cron_read(self):
        """Read the mailboxes that are due, one turn each, those that waited longest first."""
        if self.env["marketplace.home"]._why_silent():
            return
        for turn in itertools.count():
            mailbox = self._commit(self._claim_due)
            if not mailbox:
                return
            if not turn and self._is_any_due():
                # The others must not wait for what this one does.
                self.env["ir.cron"]._marketplace_wake_helpers("ir_cron_read_mailboxes")
                self.env["ir.cron"]._commit_progress()
            self._take_turn(mailbox)
            if not self.env["ir.cron"]._commit_progress(1):
                self.env["ir.cron"].browse(self.env.context.get("cron_id")).exists()._trigger()
                return

    @api.model
    def _read_now(self, mailbox):
        """Read one mailbox for a turn; return whether nobody else was reading it."""
        claimed = self._commit(lambda: self._claim_due(mailbox))
        if claimed:
            self._take_turn(claimed)
        return bool(claimed)

    @api.model
    def _claim_due(self, mailbox=None):
        """Take the mailbox that waits longest and that nobody else reads. The caller commits.

        :param mailbox: take this one or none.
        :return: the mailbox or an empty recordset.
        """
        query = SQL(
            """
            SELECT m.id, m.lease_until IS NOT NULL %(due)s AND (%(one)s IS NULL OR m.id = %(one)s)
             ORDER BY m.next_read_at, m.id LIMIT 1 FOR NO KEY UPDATE OF m SKIP LOCKED
            """,
            due=self._get_due(),
            one=mailbox.id if mailbox else None,
        )
        self.env.flush_all()
        claimed = Mailbox = self.env["marketplace.mailbox"]
        for mailbox_id, was_cut_off in self.env.execute_query(query):
            claimed = Mailbox.browse(mailbox_id)
            claimed._renew_lease()
            if was_cut_off:
                # Its reader died. It may have been a mail that it died of: now one by one.
                claimed.position_ids.batch_size = 1
        return claimed

    @api.model
    def _get_due(self):
        """Return the FROM and WHERE of the mailboxes that are to be read now and that nobody reads."""
        return SQL(
            """
              FROM marketplace_mailbox m JOIN fetchmail_server s ON s.id = m.server_id
             WHERE m.active AND s.active AND NOT COALESCE(m.is_paused, FALSE) AND m.next_read_at <= %(now)s
               AND (m.lease_until IS NULL OR m.lease_until < %(now)s)
            """,
            now=fields.Datetime.now(),
        )

    @api.model
    def _is_any_due(self):
        """Tell whether a mailbox is to be read that nobody reads."""
        return bool(self.env.execute_query(SQL("SELECT 1 %s LIMIT 1", self._get_due())))

    @api.model
    def _take_turn(self, mailbox):
        """Read a claimed mailbox; whatever goes wrong is noted on it and makes it wait, and no other."""
        try:
            has_more = self._read(mailbox, Deadline(TURN))
        except Exception as error:
            if isinstance(error, MarketplaceError):
                _logger.info("Mailbox %s: %s", mailbox.id, error)
            else:
                _logger.exception("Mailbox %s could not be read", mailbox.id)
                error = Unavailable(f"{type(error).__name__}: {error}")
            self.env["ir.cron"]._marketplace_start_over()
            failure = error
            self._commit(lambda: mailbox._note_failure(failure))
        else:
            self._commit(lambda: mailbox._note_success(has_more))

    @api.model
    def _read(self, mailbox, deadline):
        """Read until nothing is left or the time is over; return whether anything may be left."""
        server = mailbox.server_id
        for turn in range(RECONNECTS):
            box = server._marketplace_open()
            try:
                has_more = self.env[f"marketplace.mailbox.{box.protocol}"]._walk(Place(mailbox, box, deadline))
                box.close()
                return has_more
            except Broken as error:
                # Who falls silent is left alone for a while; who hangs up is called again.
                if error.is_silence or turn == RECONNECTS - 1 or deadline.left() <= 0:
                    raise
                _logger.info("Mailbox %s: %s Once more.", mailbox.id, error)
                self.env["ir.cron"]._marketplace_start_over()
            finally:
                box.abandon()

    @api.model
    def _commit(self, work):
        """Return what ``work`` returns when all it wrote is committed; conflicts with others are tried again."""

        def step():
            result = work()
            self.env.flush_all()
            self.env["ir.cron"]._commit_progress()
            return result

        return self.env["ir.cron"]._marketplace_settle(step, also=[UNIQUE_VIOLATION])
