from odoo import fields
from odoo.fields import Domain

from .mailbox_reader import MailboxReader

#: Folders whose numbers are asked for one by one in a turn, on servers that can't tell them all at once.
LOOKS = 10
#: Mails that could not be read and are tried again in one turn.
AGAIN = 5


class ImapReader(MailboxReader):
    """Walks through a mailbox over IMAP: folder by folder, by UID, new mails before old ones."""

    # === FOLDERS === #

    def _walk(self, place):
        """Read what is new; return whether anything is left."""
        Position = self.env["marketplace.mailbox.position"]
        folders = place.box.list_folders()
        positions = self._commit(lambda: [Position._for_folder(place.mailbox, folder) for folder in folders])
        for position, folder in self._with_numbers(place.box, list(zip(positions, folders, strict=True))):
            if position._has_news(folder):
                place.position = position
                if place.deadline.left() <= 0 or self._read_folder(place):
                    return True
            position.checked_at = fields.Datetime.now()
        self._try_again(place)
        return False

    def _with_numbers(self, box, pairs):
        """Return (position, folder) of the folders whose numbers are known, or can be had in reasonable time."""
        if all(folder.uidnext for _position, folder in pairs):
            return pairs
        long_ago = fields.Datetime.to_datetime("1970-01-01")
        others = sorted(pairs[1:], key=lambda pair: pair[0].checked_at or long_ago)
        return [(position, box.look(folder.name)) for position, folder in [*pairs[:1], *others[:LOOKS]]]

    def _open(self, place):
        """Open the folder of the present position; return it with its numbers."""
        folder = place.box.open(place.position.folder)
        self._commit(lambda: place.position._follow(folder))
        place.uidvalidity = folder.uidvalidity
        return folder

    def _read_folder(self, place):
        """Read the new mails of a folder, then the old ones that were asked for; return whether any are left."""
        folder, position, mailbox = self._open(place), place.position, place.mailbox
        place.is_new = True
        if self._read_mails(place, place.box.search(position.last_uid + 1)):
            return True
        if folder.uidnext and folder.uidnext - 1 > position.last_uid:
            # Those in between were moved or deleted before we came.
            self._store(place, [], folder.uidnext - 1)
        if position._has_backfill():
            place.is_new = False
            old = place.box.search(
                position.backfill_uid,
                position.backfill_to,
                since=mailbox.read_from.date(),
                unseen=self._is_for_odoo(place),
            )
            if self._read_mails(place, old):
                return True
            position.write({"backfill_uid": 0, "backfill_to": 0})
        return False

    # === MAILS === #

    def _try_again(self, place):
        """Read mails again that could not be read and whose pause is over."""
        Mail = self.env["marketplace.mailbox.mail"]
        due = Domain("mailbox_id", "=", place.mailbox.id) & Domain("state", "=", "failed")
        due &= Domain("next_attempt", "<=", fields.Datetime.now())
        for mail in Mail.search(due, order="next_attempt", limit=AGAIN):
            place.position, uid = mail.position_id, int(mail.uid)
            self._open(place)
            if mail.state != "failed":
                continue  # the folder was numbered anew, and is read as a whole
            place.is_new = uid >= place.position.start_uid
            self._note_unreadable(place, uid, mail.error, mail.digest)
            heads = self._fetch(place, [uid], place.box.heads)
            if not heads and not place.box.has(uid):
                mail.write({"state": "gone", "next_attempt": False})
            group = self._judge(place, heads)
            self._fetch_bodies(place, group)
            self._store(place, group)
