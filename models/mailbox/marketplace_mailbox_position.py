from odoo import api, fields, models
from odoo.tools import SQL

from ...marketplaces.mailbox.connection import Broken
from ...marketplaces.mailbox.imap_answers import shown

#: Mails whose headers are read at once.
BATCH = 100


class BigInteger(fields.Integer):
    """UIDs and UIDVALIDITY are unsigned 32-bit numbers (RFC 3501)."""

    _column_type = ("int8", "int8")


class MarketplaceMailboxPosition(models.Model):
    """How far a folder of a mailbox is read.

    New mails are those above ``last_uid``. Older ones, when they were asked for, are read from ``backfill_uid`` to
    ``backfill_to``, after the new ones. Each moves only together with what was stored.
    """

    _name = "marketplace.mailbox.position"
    _inherit = ["marketplace.defaults.mixin"]
    _description = "Marketplace Mailbox Position"
    _order = "mailbox_id, id"
    _rec_name = "label"

    mailbox_id = fields.Many2one("marketplace.mailbox", required=True, ondelete="cascade", index=True)
    folder = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Folder Name", compute="_compute_label")
    uidvalidity = BigInteger(string="UIDVALIDITY", readonly=True)
    start_uid = BigInteger(string="First New UID", readonly=True, help="Mails from here on came after we began.")
    last_uid = BigInteger(string="Read Up To", readonly=True, help="Number (UID) of the last mail that was looked at.")
    backfill_uid = BigInteger(readonly=True)
    backfill_to = BigInteger(readonly=True)
    backlog = fields.Integer(string="Waiting", readonly=True)
    batch_size = fields.Integer(readonly=True, default=BATCH)
    checked_at = fields.Datetime(string="Last Looked At", readonly=True)

    _folder_unique = models.Constraint("UNIQUE(mailbox_id, folder)", "A folder of a mailbox has one position.")

    @api.depends("folder")
    def _compute_label(self):
        for position in self:
            position.label = shown(position.folder or "")

    @api.model
    def _for_folder(self, mailbox, folder):
        """Return the position in a folder (``mailbox.Folder``), made when it is seen for the first time."""
        found = mailbox.position_ids.filtered(lambda one: one.folder == folder.name)
        return found or self.create({"mailbox_id": mailbox.id, "folder": folder.name})

    def _has_news(self, folder):
        """Tell whether there is anything to read in a folder, as far as the server told its numbers."""
        self.ensure_one()
        return (
            folder.uidnext is None
            or folder.uidvalidity != self.uidvalidity
            or folder.uidnext > self.last_uid + 1
            or self._has_backfill()
        )

    def _has_backfill(self):
        """Tell whether older mails are to be read."""
        return self.backfill_to >= self.backfill_uid > 0

    def _follow(self, folder):
        """Take over the numbers of the opened folder; when it was numbered anew, all of it is to be read again."""
        self.ensure_one()
        if self.start_uid and folder.uidvalidity == self.uidvalidity:
            return
        self._forget_uids()
        uidnext = folder.uidnext or 1
        self.write({"uidvalidity": folder.uidvalidity, "start_uid": uidnext, "last_uid": uidnext - 1})
        self._read_again()

    def _forget_uids(self):
        """Keep what became of mails, under numbers that can't come again."""
        self.env.execute_query(
            SQL(
                """
                UPDATE marketplace_mailbox_mail
                   SET uid = %s || uid, state = CASE state WHEN 'failed' THEN 'gone' ELSE state END
                 WHERE position_id = %s AND uid NOT LIKE '%%:%%' RETURNING id
                """,
                f"{self.uidvalidity}:",
                self.id,
            )
        )

    def _read_again(self):
        """Have the mails that were there before looked at (again), as far back as the mailbox is read."""
        for position in self:
            position.write({"backfill_uid": 1, "backfill_to": position.last_uid})

    def _move(self, uid, place):
        """Note that all up to a UID is stored.

        :param place: where the reader is (``mailbox_reader.Place``).
        :raise Broken: another reader found the folder numbered anew meanwhile.
        """
        name = "last_uid" if place.is_new else "backfill_uid"
        moved = self.env.execute_query(
            SQL(
                """
                UPDATE marketplace_mailbox_position SET %(name)s = GREATEST(%(name)s, %(uid)s)
                 WHERE id = %(id)s AND uidvalidity IS NOT DISTINCT FROM %(validity)s RETURNING id
                """,
                name=SQL.identifier(name),
                uid=uid if place.is_new else uid + 1,
                id=self.id,
                validity=place.uidvalidity,
            )
        )
        self.invalidate_recordset([name], flush=False)
        if not moved:
            raise Broken(self.env._("The folder %s was renumbered.", self.label))
