import logging
from dataclasses import dataclass

from psycopg2 import IntegrityError, OperationalError
from psycopg2.errorcodes import UNIQUE_VIOLATION

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from ..marketplaces.client import Deadline
from ..marketplaces.errors import MarketplaceError, Unavailable
from ..marketplaces.mailbox import Broken

_logger = logging.getLogger(__name__)

#: Seconds for which one mailbox is read before it is another one's turn.
TURN = 8
#: How often a connection that breaks in the middle of reading is opened again in one turn.
RECONNECTS = 12
CONFLICT_TRIES = 6
CONFLICTS = (*PG_CONCURRENCY_ERRORS_TO_RETRY, UNIQUE_VIOLATION)


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
        while mailbox := self._commit(self.env["marketplace.mailbox"]._claim_due):
            self._take_turn(mailbox)
            if not self.env["ir.cron"]._commit_progress(1):
                self.env["ir.cron"].browse(self.env.context.get("cron_id")).exists()._trigger()
                return

    @api.model
    def _read_now(self, mailbox):
        """Read one mailbox for a turn; return whether nobody else was reading it."""
        claimed = self._commit(lambda: mailbox._claim_due(mailbox))
        if claimed:
            self._take_turn(claimed)
        return bool(claimed)

    @api.model
    def _take_turn(self, mailbox):
        """Read a claimed mailbox; whatever goes wrong is noted on it and makes it wait, and no other."""
        try:
            has_more = self._read(mailbox, Deadline(TURN))
        except Exception as error:
            if not isinstance(error, MarketplaceError):
                _logger.exception("Mailbox %s could not be read", mailbox.id)
                error = Unavailable(f"{type(error).__name__}: {error}")
            _logger.info("Mailbox %s: %s", mailbox.id, error)
            self._start_over()
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
                self._start_over()
            finally:
                box.abandon()

    @api.model
    def _start_over(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

    @api.model
    def _commit(self, work):
        """Return what ``work`` returns when all it wrote is committed; conflicts with others are tried again."""
        for turn in range(CONFLICT_TRIES):
            try:
                result = work()
                self.env.flush_all()
                self.env["ir.cron"]._commit_progress()
                return result
            except (OperationalError, IntegrityError) as error:
                if error.pgcode not in CONFLICTS or turn == CONFLICT_TRIES - 1:
                    raise
                self._start_over()
