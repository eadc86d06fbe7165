import base64
import hashlib
import itertools
import logging
import random
import time
from datetime import timedelta

import psycopg2
from psycopg2 import IntegrityError, OperationalError
from psycopg2.errorcodes import UNIQUE_VIOLATION

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL

from ...marketplaces.errors import TooCostly
from ..errors import TicketRefused
from ..order.marketplace_order import PURGE_AFTER
from ..privacy.silent_log import expecting_conflicts
from ..queue.pauses import get_pause

_logger = logging.getLogger(__name__)

#: How often one mail is tried at once when other workers get in its way.
CONFLICT_TRIES = 8
#: How often whoever processes a mail may be killed by it before it is set aside.
MAX_KILLS = 3
#: So many messages of an order tell which address its buyer has.
KNOWN_LIMIT = 200
#: Bytes of a mail that one statement stores; a multiple of three, so that the pieces' base64 joins.
PIECE = 6 * 1024 * 1024
#: What is written when an attempt ended in any other way than by its worker's death.
NOT_BEGUN = {"unfinished": 0, "begun_by": 0}
OPEN_STATES = ("received", "waiting_order", "failed")
#: Rows whose sender is who it says it is: proved by the mail, or said by a person.
RIGHTFUL = Domain("authentication", "=", "pass") | Domain("is_accepted", "=", True) | Domain("is_confirmed", "=", True)


class MarketplaceMessage(models.Model):
    """The ledger: every mail that reached us, raw, with what became of it.

    A mail is a committed row before anything can fail on it; the rest is done by a scheduled action.
    """

    _name = "marketplace.message"
    _inherit = ["marketplace.evidence.mixin"]
    _description = "Marketplace Message"
    _order = "id desc"
    _rec_name = "subject"
    _open_states = OPEN_STATES

    # Where it came from
    site_id = fields.Many2one("marketplace.site", required=True, ondelete="restrict")
    account_id = fields.Many2one("marketplace.account", required=True, ondelete="restrict", groups="base.group_system")
    company_id = fields.Many2one("res.company", required=True, index=True)
    app_id = fields.Many2one("marketplace.app", string="Marketplace", required=True, ondelete="restrict")
    address = fields.Char(required=True, readonly=True, help="Our address that the mail came to.")
    mailbox_id = fields.Many2one(
        "marketplace.mailbox", ondelete="restrict", readonly=True, index="btree_not_null", groups="base.group_system"
    )
    message_key = fields.Char(required=True, readonly=True)
    raw = fields.Binary(attachment=False, readonly=True, groups="helpdesk_mgmt.group_helpdesk_manager")
    raw_size = fields.Integer(string="Size (bytes)", readonly=True)
    # What became of it
    state = fields.Selection(
        [
            ("received", "Received"),
            ("waiting_order", "Waiting for Order"),
            ("done", "Done"),
            ("ignored", "Ignored"),
            ("quarantined", "Quarantined"),
            ("failed", "Failed"),
        ],
        default="received",
        required=True,
        index=True,
    )
    reason = fields.Char(readonly=True)
    is_accepted = fields.Boolean(string="Accepted by Hand", readonly=True)
    is_confirmed = fields.Boolean(
        string="Buyer Confirmed", readonly=True, help="A person said that this is the buyer of its conversation."
    )
    error = fields.Text(readonly=True)
    error_date = fields.Datetime(readonly=True)
    attempts = fields.Integer(readonly=True)
    begun_by = fields.Integer(readonly=True, groups="base.group_system", help="Process of PostgreSQL that works on it.")
    unfinished = fields.Integer(
        readonly=True,
        help="How many server processes were killed in a row while they worked on it, perhaps by it.",
    )
    next_attempt = fields.Datetime(readonly=True)
    wait_until = fields.Datetime(readonly=True, help="The ticket is made without the order after this.")
    # What it says
    kind = fields.Selection(
        [
            ("buyer_message", "Buyer's Message"),
            ("notice", "Notice"),
            ("undelivered", "Undelivered"),
            ("suspect", "Suspect"),
            ("unknown", "Unknown"),
        ],
        readonly=True,
    )
    notice = fields.Char(string="Notice Code", readonly=True)
    notice_label = fields.Char(string="Notice", compute="_compute_notice_label")
    is_urgent = fields.Boolean(readonly=True)
    is_presale = fields.Boolean(string="Pre-sale", readonly=True)
    authentication = fields.Selection(
        [("pass", "Genuine"), ("fail", "Forged"), ("none", "Not Verified")], readonly=True
    )
    reading = fields.Char(string="Why", readonly=True)
    subject = fields.Char(readonly=True)
    sender = fields.Char(readonly=True)
    reply_to = fields.Char(readonly=True, groups="base.group_system", index="btree_not_null")
    no_response_url = fields.Char(readonly=True, groups="base.group_system")
    order_ref = fields.Char(string="Order", readonly=True)
    typed = fields.Char(readonly=True, help="What of it a person could have typed: order, token, case, alias, name.")
    date = fields.Datetime(string="Sent On", readonly=True)
    dedup_key = fields.Char(readonly=True)
    words_digest = fields.Char(readonly=True, groups="base.group_system", help="Equal for the same words.")
    purge_after = fields.Date(readonly=True, index="btree_not_null")
    purged_at = fields.Datetime(string="Buyer's Data Deleted On", readonly=True)
    # Where it went
    order_id = fields.Many2one("marketplace.order", string="Order Record", ondelete="restrict", index="btree_not_null")
    conversation_id = fields.Many2one("marketplace.conversation", ondelete="restrict", index="btree_not_null")
    ticket_id = fields.Many2one("helpdesk.ticket", ondelete="set null", index="btree_not_null")
    mail_message_id = fields.Many2one("mail.message", ondelete="set null", index="btree_not_null")
    correction_ids = fields.Many2many("marketplace.correction", "marketplace_correction_message_rel", readonly=True)

    _receipt_unique = models.UniqueIndex("(address, message_key) WHERE mailbox_id IS NULL")
    _mailbox_unique = models.UniqueIndex("(mailbox_id, message_key) WHERE mailbox_id IS NOT NULL")
    _dedup_unique = models.UniqueIndex("(account_id, dedup_key) WHERE dedup_key IS NOT NULL")
    _site_index = models.Index("(site_id, create_date)")
    _work_index = models.Index("(rank, next_attempt, id) WHERE state IN ('received', 'waiting_order', 'failed')")

    def _compute_notice_label(self):
        for message in self:
            message.notice_label = message.app_id._get_notice_label(message.notice)

    # === RECEIVING === #

    @api.model
    def _receive(self, raw, site, address, message_id, mailbox=None):
        """Put a raw mail into the ledger, once. The caller's commit makes it safe.

        :param bytes raw: the mail as it came.
        :param str message_id: its Message-ID header, may be empty.
        :param mailbox: where it was found, if not at an address of ours.
        :return: the new row, or an empty recordset for a mail that is there already.
        """
        now = fields.Datetime.now()
        values = {
            "site_id": site.id,
            "account_id": site.account_id.id,
            "company_id": site.company_id.id,
            "app_id": site.app_id.id,
            "address": address or "",
            "mailbox_id": mailbox.id if mailbox else None,
            "message_key": message_id[:500] or f"sha256:{hashlib.sha256(raw).hexdigest()}",
            "raw": psycopg2.Binary(base64.b64encode(raw[:PIECE])),
            "raw_size": len(raw),
            "state": "received",
            "next_attempt": now,
            "rank": self._get_rank(raw, mailbox.id if mailbox else False, address),
            "purge_after": (now + PURGE_AFTER * 6).date(),
            "create_uid": self.env.uid,
            "create_date": now,
        }
        # One statement that a second copy can't get past, and that a mail server does not wait long for.
        columns = SQL(", ").join(map(SQL.identifier, values))
        query = SQL(
            "INSERT INTO marketplace_message (%s) VALUES %s ON CONFLICT DO NOTHING RETURNING id",
            columns,
            tuple(values.values()),
        )
        with expecting_conflicts():  # Odoo has the whole receipt tried again
            message = self.browse(row[0] for row in self.env.execute_query(query))
        if message:
            message._append_raw(raw)
            self._trigger_process()
        return message

    def _append_raw(self, raw):
        """Add the rest of a large mail piece by piece: a statement takes ten times the memory of what it stores."""
        for start in range(PIECE, len(raw), PIECE):
            piece = psycopg2.Binary(base64.b64encode(raw[start : start + PIECE]))
            query = "UPDATE marketplace_message SET raw = raw || %s WHERE id = %s RETURNING id"
            self.env.execute_query(SQL(query, piece, self.id))

    @api.model
    def _trigger_process(self, at=None):
        """Wake the action that works off the ledger."""
        self.env["ir.cron"]._marketplace_wake("ir_cron_process_messages", at=at)

    # === WHOSE IT IS === #

    def _is_rightful(self):
        """Tell whether this message's sender is who it says it is: proved by the mail, or said by a person."""
        self.ensure_one()
        return self.authentication == "pass" or self.is_accepted or self.is_confirmed

    def _get_relay_key(self):
        """Return what is the same in all addresses of the buyer who wrote this, or None."""
        self.ensure_one()
        return self.app_id._get_class_or_gone().relay_key(self.reply_to or None)

    def _proves_order(self, order):
        """Tell whether the marketplace itself says that this message is about an order."""
        self.ensure_one()
        is_typed = "order" in (self.typed or "").split()
        return self.authentication == "pass" and self.order_ref == order.order_ref and not is_typed

    def _get_other_buyer(self, order):
        """Return the address that is known of an order's buyer when who wrote this is known to be another, or None.

        A person who joins messages says what they are about, not that whoever wrote them is the order's buyer.
        """
        self.ensure_one()
        if not order or self.is_confirmed or self._proves_order(order):
            return None
        proved = [("order_id", "=", order.id), ("authentication", "=", "pass"), ("reply_to", "!=", False)]
        rows = self.search(proved, limit=KNOWN_LIMIT)
        known = [order.relay, *rows.filtered(lambda row: row._proves_order(order)).mapped("reply_to")]
        known = list(filter(None, known))
        relay_key = self.app_id._get_class_or_gone().relay_key
        return known[0] if known and self._get_relay_key() not in map(relay_key, known) else None

    def _confirm_buyer(self):
        """Note that a person says that who wrote these is the buyer of their conversations."""
        doubtful = self.filtered(lambda row: not row._is_rightful())
        doubtful.is_confirmed = True
        for conversation in doubtful.conversation_id:
            conversation._learn_confirmed(doubtful.filtered(lambda row, of=conversation: row.conversation_id == of))

    # === ACTION METHODS === #

    def action_retry(self):
        """Read and process these mails again, with the present code and settings."""
        self.check_access("write")
        done = self.filtered("mail_message_id")
        if done:
            raise UserError(self.env._("Already on a ticket: %s", ", ".join(done.mapped("display_name"))))
        again = {"state": "received", "next_attempt": fields.Datetime.now(), "attempts": 0, "dedup_key": False}
        self.sudo().write(again | NOT_BEGUN)
        self._trigger_process()

    def action_accept(self):
        """Take quarantined mails for genuine and process them."""
        self.action_retry()
        self.sudo().is_accepted = True

    # === PROCESSING === #

    @api.model
    def _cron_process(self):
        """Work off the ledger, one mail a transaction; wake itself while work remains."""
        if self.env["marketplace.home"]._is_copy():
            return
        for done in itertools.count():
            message = self._take_next()
            if not message:
                return
            if done == 1:
                # A second mail at once: let the parallel actions help.
                self.env["ir.cron"]._marketplace_wake_helpers("ir_cron_process_messages")
            message._process_safely()
            if not self.env["ir.cron"]._commit_progress(1):
                break
        # Odoo would come back within a minute only; a trigger brings it back at once.
        self.env["ir.cron"].browse(self.env.context.get("cron_id")).exists()._trigger()

    @api.model
    def _take_next(self):
        """Lock and return the next due mail that no other worker holds, or an empty recordset.

        That it is begun is committed before, so that a mail which kills its worker (memory, time limit, a crash of a
        library) is known by it: whatever ends in any other way than by death sets the count back in the write that
        it makes anyway. A conflict with another worker, which begins again, is no attempt of its own.
        """
        while begun := self._lock(self._begin_next):
            # Not by _commit_progress, which writes what has been done.
            self.env.cr.commit()  # pylint: disable=invalid-commit
            ((id_, times),) = begun
            message = self._take(SQL("id = %s AND state IN %s", id_, OPEN_STATES), SQL("id"))
            if message and times >= MAX_KILLS:
                message._set_aside_deadly()
            elif message:
                return message
        return self.browse()

    @api.model
    def _begin_next(self):
        """Begin with the next due mail that no other worker holds; return [(id, workers that it outlived)], or nothing.

        A worker that is gone without having said how it ended was killed. Of one that is still there nothing is
        known: several may begin with a mail, and one gets the lock.
        """
        query = """
            UPDATE marketplace_message m
               SET begun_by = pg_backend_pid(),
                   unfinished = COALESCE(unfinished, 0) + (
                       COALESCE(begun_by, 0) <> 0 AND NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = m.begun_by)
                   )::int
             WHERE id = (
                   SELECT id FROM marketplace_message
                    WHERE state IN %s AND next_attempt <= %s
                    ORDER BY rank, next_attempt, id LIMIT 1
                      FOR NO KEY UPDATE SKIP LOCKED
                   )
         RETURNING id, unfinished
        """
        return self.env.execute_query(SQL(query, OPEN_STATES, fields.Datetime.now()))

    def _take_waiting(self, order, look_again=True):
        """Lock and return the next mail but these that waits for an order, or an empty recordset.

        To look again takes a new transaction, which loses what is pending: without it a conflict raises.
        """
        self.env.flush_all()
        where = SQL("state = 'waiting_order' AND order_id = %s AND NOT id = ANY(%s)", order.id, self.ids)
        return self._take(where, SQL("id"), look_again)

    @api.model
    def _take(self, where, order, look_again=True):
        query = "SELECT id FROM marketplace_message WHERE %s ORDER BY %s LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
        if not look_again:
            return self.browse(row[0] for row in self.env.execute_query(SQL(query, where, order)))
        return self._lock(lambda: self._take(where, order, look_again=False))

    def _lock(self, look):
        """Return what ``look`` locks, nothing when others are always first."""
        try:
            return self.env["ir.cron"]._marketplace_settle(look)
        except OperationalError as error:
            if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                raise
            self.env["ir.cron"]._marketplace_start_over()
            return self.browse()

    def _process_safely(self):
        """Process one locked mail; conflicts with other workers are tried again, faults are recorded."""
        message, refused = self, None
        for turn in range(CONFLICT_TRIES):
            if not message:
                return
            try:
                with expecting_conflicts(UNIQUE_VIOLATION):
                    self.env["marketplace.intake"]._process(message, refused)
                    message.write(NOT_BEGUN)
                    self.env.flush_all()
                return
            except (OperationalError, IntegrityError) as error:
                self.env["ir.cron"]._marketplace_start_over()
                if error.pgcode not in (*PG_CONCURRENCY_ERRORS_TO_RETRY, UNIQUE_VIOLATION):
                    message._note_failure(error)
                    return
                # Longer each time than a ticket takes: the one who is first must get done meanwhile.
                time.sleep(random.uniform(0, 0.05 * 2 ** min(turn, 4)))
                message = self._lock_again()
            except TicketRefused as error:
                # Nothing of this try may stay: begin again, and make the ticket bare.
                refused = str(error)
                message = self._lock_again()
            except TooCostly as error:
                self.env["ir.cron"]._marketplace_start_over()
                message._set_aside(str(error))
                return
            except Exception as error:
                _logger.exception("Message %s could not be processed", self.id)
                self.env["ir.cron"]._marketplace_start_over()
                message._note_failure(error)
                return
        _logger.info("Message %s: others were always first, it goes to the end of the queue", self.id)
        self.write({"next_attempt": fields.Datetime.now(), **NOT_BEGUN})
        self._trigger_process()

    def _lock_again(self):
        """Lock this mail in a new transaction and return it, or nothing when others have it or are done with it."""
        self.env["ir.cron"]._marketplace_start_over()
        look = self.try_lock_for_update
        return self._lock(lambda: look(allow_referencing=True).filtered(lambda one: one.state in OPEN_STATES))

    def _note_failure(self, error):
        """Remember what went wrong and when to try again by itself."""
        self.ensure_one()
        now = fields.Datetime.now()
        pause = get_pause("message", self.attempts + 1)
        self.write(
            {
                "state": "failed",
                "error": f"{type(error).__name__}: {error}".replace("\x00", "")[:2000],
                "error_date": now,
                "attempts": self.attempts + 1,
                **NOT_BEGUN,
                "next_attempt": now + timedelta(seconds=pause) if pause else False,
            }
        )
        if self.next_attempt:
            self._trigger_process(at=self.next_attempt)

    def _set_aside(self, error):
        """Leave a mail to a person, and go on with the next."""
        values = {"state": "failed", "error": error, "error_date": fields.Datetime.now()}
        self.write({**values, "next_attempt": False, **NOT_BEGUN})

    def _set_aside_deadly(self):
        """Set a mail aside that would kill the next worker too."""
        _logger.warning("Message %s is set aside: %s workers were killed while they processed it", self.id, MAX_KILLS)
        self._set_aside(
            self.env._(
                "Set aside: the server process that worked on this mail was killed %s times in a row, perhaps because "
                "of it (out of memory, time limit). Look at its raw form; press Retry to try it again.",
                MAX_KILLS,
            )
        )
        self.env["ir.cron"]._commit_progress(1)

    def _finish(self, state, reason=False, **values):
        """Write how these mails ended."""
        self.write({"state": state, "reason": reason, "next_attempt": False, "error": False, **values})
