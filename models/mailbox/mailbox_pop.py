from odoo import fields

from ...marketplaces.mailbox.connection import Folder
from .mailbox_reader import GROUP, MailboxReader

#: After so many mails in a row that are too old, all that lie before them are taken to be so as well.
OLD_IN_A_ROW = 50


class PopReader(MailboxReader):
    """Walks through a mailbox over POP3: mails whose UIDL is not known are new."""

    def _walk(self, place):
        inbox = Folder("INBOX", uidvalidity=0)
        position = self._commit(lambda: self.env["marketplace.mailbox.position"]._for_folder(place.mailbox, inbox))
        place.position, place.is_new = position, bool(position.checked_at)
        uids = place.box.list_uids()
        states = self._get_states(position, uids)
        for uid in uids:
            # Stored, but not deleted any more when we were there last.
            self._delete(place, uid, states.get(uid))
        unknown = [uid for uid in uids if uid not in states]
        if self._read_mails(place, unknown) if place.is_new else self._read_first(place, unknown):
            return True
        position.checked_at = fields.Datetime.now()
        return False

    def _get_states(self, position, uids):
        """Return {uid: state} of the mails that need no further look."""
        Mail = self.env["marketplace.mailbox.mail"]
        known = Mail.search([("position_id", "=", position.id), ("uid", "in", uids)])
        now = fields.Datetime.now()
        return {one.uid: one.state for one in known if not (one.next_attempt and one.next_attempt <= now)}

    def _read_first(self, place, uids):
        """Read what was there before, newest first, as far back as is wanted; return whether any are left."""
        backwards = list(reversed(uids))
        while backwards:
            batch, backwards = backwards[:GROUP], backwards[GROUP:]
            if self._read_mails(place, batch):
                return True
            if place.old_in_a_row >= OLD_IN_A_ROW and not self._is_for_odoo(place):
                rows = [{"uid": uid, "state": "left"} for uid in backwards]
                Mail = self.env["marketplace.mailbox.mail"]
                self._commit(lambda: Mail._record(place.position, rows))  # noqa: B023
                return False
        return False

    def _after_store(self, place, group):
        for one in group:
            self._delete(place, one.uid, one.state)

    def _delete(self, place, uid, state):
        """Have a mail that is safe deleted from a mailbox that nobody else reads; it goes with the goodbye."""
        if state in ("taken", "known", "handed") and not place.mailbox.is_shared:
            place.box.delete(uid)
