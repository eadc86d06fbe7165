from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..queue.pauses import get_pause

#: How long it is remembered what became of a mail.
KEPT = timedelta(days=365)
GC_LIMIT = 10_000


class MarketplaceMailboxMail(models.Model):
    """What became of one mail of a mailbox. Of private mail there is nothing here but its number and a hash."""

    _name = "marketplace.mailbox.mail"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Mailbox Mail"
    _order = "id desc"
    _rec_name = "uid"

    mailbox_id = fields.Many2one("marketplace.mailbox", required=True, ondelete="cascade", index=True)
    position_id = fields.Many2one("marketplace.mailbox.position", string="Folder", required=True, ondelete="cascade")
    uid = fields.Char(string="Number (UID)", required=True, readonly=True)
    digest = fields.Char(string="Hash", readonly=True)
    state = fields.Selection(
        [
            ("taken", "Taken"),
            ("known", "Came Before"),
            ("left", "Left Alone"),
            ("handed", "Handed to Odoo"),
            ("failed", "Could Not Be Read"),
            ("gone", "Gone"),
        ],
        required=True,
        readonly=True,
    )
    message_id = fields.Many2one("marketplace.message", ondelete="set null", index="btree_not_null")
    error = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True)

    _uid_unique = models.Constraint("UNIQUE(position_id, uid)", "A mail of a folder is recorded once.")
    # The same mail in two mailboxes is handed over once: the second to insert waits for the first, and fails.
    _handed_unique = models.UniqueIndex("(digest) WHERE state = 'handed'")
    _failed_index = models.Index("(mailbox_id, next_attempt) WHERE state = 'failed'")
    _state_index = models.Index("(mailbox_id, state)")
    _digest_index = models.Index("(mailbox_id, digest)")

    @api.model
    def _record(self, position, rows):
        """Remember what became of mails of a folder; what was taken or handed over stays so.

        :param rows: dicts with uid, digest and state, and perhaps message_id, error, attempts and next_attempt.
        """
        if not rows:
            return self
        now = fields.Datetime.now()
        names = ("uid", "digest", "state", "message_id", "error", "attempts", "next_attempt")
        values = [
            SQL("(%s, %s, %s, %s)", position.mailbox_id.id, position.id, now, SQL(", ").join(
                SQL("%s", str(row["uid"]) if name == "uid" else row.get(name)) for name in names
            ))
            for row in rows
        ]  # fmt: skip
        columns = SQL(", ").join(map(SQL.identifier, ("mailbox_id", "position_id", "create_date", *names)))
        changes = SQL(", ").join(SQL("%s = EXCLUDED.%s", SQL.identifier(n), SQL.identifier(n)) for n in names[1:])
        query = SQL(
            """
            INSERT INTO marketplace_mailbox_mail AS mail (%s) VALUES %s ON CONFLICT (position_id, uid)
            DO UPDATE SET %s WHERE mail.state NOT IN ('taken', 'handed') RETURNING id
            """,
            columns,
            SQL(", ").join(values),
            changes,
        )
        return self.browse(row[0] for row in self.env.execute_query(query))

    @api.model
    def _get_taken(self, mailbox, digests):
        """Return those of the hashes whose mails were taken from this mailbox: moved or copied, they are known."""
        domain = [("mailbox_id", "=", mailbox.id), ("digest", "in", list(digests)), ("state", "=", "taken")]
        return set(self.search(domain).mapped("digest"))

    @api.model
    def _record_failure(self, position, uid, error, digest=None):
        """Remember that a mail could not be read, and when to try again; return how often it was tried."""
        earlier = self.search([("position_id", "=", position.id), ("uid", "=", str(uid))])
        attempts = earlier.attempts + 1 if earlier.state == "failed" else 1
        pause = get_pause("mailbox_mail", attempts)
        row = {"uid": uid, "digest": digest, "state": "failed", "error": str(error)[:500], "attempts": attempts}
        row["next_attempt"] = fields.Datetime.now() + timedelta(seconds=pause) if pause else None
        self._record(position, [row])
        self.invalidate_model(flush=False)
        return attempts

    def action_retry(self):
        """Read these mails again, at the next reading of their mailbox."""
        self.check_access("read")
        failed_sudo = self.sudo().filtered(lambda one: one.state == "failed")
        failed_sudo.write({"next_attempt": fields.Datetime.now(), "attempts": 0})
        failed_sudo.mailbox_id._wake()

    @api.autovacuum
    def _gc_old_mails(self):
        old = self.search([("create_date", "<", fields.Datetime.now() - KEPT)], limit=GC_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_LIMIT
