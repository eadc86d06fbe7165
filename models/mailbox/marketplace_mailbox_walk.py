import logging
from dataclasses import dataclass, field, replace

from odoo import api, models

from ...marketplaces.errors import MarketplaceError, Refused
from ...marketplaces.mailbox.connection import MAX_REPORT, Broken, find_sender
from .marketplace_mailbox_position import BATCH

_logger = logging.getLogger(__name__)

#: Mails, and bytes of them, that are fetched by one command and stored in one transaction.
GROUP = 25
GROUP_BYTES = 512 * 1024
#: So many tries to read a mail end the connection before reading goes on behind it.
FATAL_TRIES = 2


@dataclass
class Seen:
    """A mail that was looked at, and what is to become of it."""

    uid: int | str
    digest: str
    state: str = "left"
    size: int = 0
    app: str | None = None
    recipients: tuple = ()
    message_id: str = ""
    #: {address of ours: site}
    sites: dict = field(default_factory=dict)
    raw: bytes | None = field(default=None, repr=False)

    @property
    def is_wanted(self):
        """Tell whether its body is needed."""
        return self.state in ("taken", "handed")


class MarketplaceMailboxWalk(models.AbstractModel):
    """What walks through mailboxes of any protocol have in common: batches of mails, judged, fetched and stored."""

    _name = "marketplace.mailbox.walk"
    _inherit = ["marketplace.mailbox.reader"]
    _description = "Marketplace Mailbox Walk"

    @api.model
    def _walk(self, place):
        """Read what is new in a mailbox; return whether anything is left. Overridden by each protocol."""
        raise NotImplementedError

    @api.model
    def _after_store(self, place, group):
        """Do on the server what may be done once mails are safe. Overridden by protocols that delete."""

    # === BATCHES === #

    @api.model
    def _read_mails(self, place, uids):
        """Read mails of the open folder in ascending order; return whether the time was over before the end."""
        position = place.position
        position.backlog = len(uids)
        while uids:
            if place.deadline.left() <= 0:
                return True
            batch = uids[: position.batch_size]
            uids = uids[len(batch) :]
            if self._may_be_read(place, batch):
                self._read_batch(place, batch)
            else:
                self._store(place, [], batch[-1])
            position.write({"backlog": len(uids), "batch_size": min(BATCH, position.batch_size * 2)})
        return False

    @api.model
    def _may_be_read(self, place, batch):
        """Tell whether the next mail is to be read at all after a connection, or a reader, ended at it.

        Its tries are counted before they are made: it may end us as well.
        """
        if place.position.batch_size > 1:
            return True
        error = self.env._("The connection ends while this mail is read.")
        return self._note_unreadable(place, batch[0], error) <= FATAL_TRIES

    @api.model
    def _read_batch(self, place, uids):
        """Read some mails; when the connection ends, go on one by one the next time."""
        try:
            judged = self._judge(place, self._fetch(place, uids, place.box.heads))
            for group, last in self._grouped(judged, uids[-1]):
                self._fetch_bodies(place, group)
                self._store(place, group, last)
                self._after_store(place, group)
                for one in group:
                    one.raw = None  # one large mail after the other, never all at once
        except Broken:
            self.env["ir.cron"]._marketplace_start_over()
            self._commit(lambda: place.position.write({"batch_size": 1}))
            raise

    @api.model
    def _fetch(self, place, uids, fetch):
        """Return what ``fetch`` gets for these mails, each with a ``uid``.

        A mail that is there and not to be had is remembered, and left out.
        """
        try:
            found = fetch(uids)
        except Refused as error:
            if len(uids) == 1:
                self._note_unreadable(place, uids[0], error)
                return []
            return [one for uid in uids for one in self._fetch(place, [uid], fetch)]
        for uid in set(uids) - {one.uid for one in found}:
            if place.box.has(uid):
                self._note_unreadable(place, uid, self.env._("The mail server does not give this mail."))
        return found

    @api.model
    def _fetch_bodies(self, place, group):
        """Fill in the raw mails of those that are wanted; what is gone or refused falls out of the group."""
        wanted = {one.uid: one for one in group if one.is_wanted}

        def fetch(uids):
            if len(uids) == 1:
                bodies = {uids[0]: place.box.body(uids[0], wanted[uids[0]].size)}
            else:
                bodies = place.box.bodies(uids)
            for uid, raw in bodies.items():
                wanted[uid].raw = raw
            return [wanted[uid] for uid, raw in bodies.items() if raw is not None]

        if wanted:
            self._fetch(place, list(wanted), fetch)
            group[:] = [one for one in group if one.raw is not None or not one.is_wanted]

    @api.model
    def _grouped(self, judged, last):
        """Yield (mails to store together, UID up to which they go): small enough for one command and transaction."""
        group, size = [], 0
        for one in judged:
            wanted = one.size if one.is_wanted else 0
            # What Odoo's gateway does with a mail is a transaction of its own.
            alone = "handed" in (one.state, group[-1].state if group else None)
            if group and (alone or size + wanted > GROUP_BYTES or len(group) >= GROUP):
                yield group, group[-1].uid
                group, size = [], 0
            group.append(one)
            size += wanted
        yield group, last

    # === JUDGING === #

    @api.model
    def _judge(self, place, heads):
        """Return for each mail (``mailbox.Head``) what is to become of it, by its header.

        A mail that can't be judged is remembered as such and does not hold up the others.
        """
        try:
            return self._judge_all(place, heads)
        except MarketplaceError:
            raise
        except Exception as error:
            self.env["ir.cron"]._marketplace_start_over()
            if len(heads) > 1:
                return [one for head in heads for one in self._judge(place, [head])]
            _logger.exception("A mail of mailbox %s could not be judged", place.mailbox.id)
            self._note_unreadable(place, heads[0].uid, error)
            return []

    @api.model
    def _judge_all(self, place, heads):
        marketplaces = place.mailbox._get_marketplaces()
        recipients = {address for head in heads for address in head.mail.recipients}
        aliases = self.env["marketplace.site"].sudo()._find_by_aliases(list(recipients))
        judged = [one for head in heads if (one := self._judge_one(place, head, marketplaces, aliases))]
        taken = {one.digest for one in judged if one.state == "taken"}
        known = taken and self.env["marketplace.mailbox.mail"]._get_taken(place.mailbox, taken)
        for one in judged:
            if one.state == "taken" and one.digest in known:
                one.state = "known"  # no need to fetch it again
        return judged

    @api.model
    def _judge_one(self, place, head, marketplaces, aliases):
        """Return what is to become of a mail, or None for one that can't be read (again, or now)."""
        mail = head.mail
        seen = Seen(head.uid, head.digest, size=head.size, recipients=mail.recipients, message_id=mail.message_id or "")
        seen.sites = {address: aliases[address] for address in mail.recipients if address in aliases}
        seen.app = find_sender(mail, marketplaces)
        if not seen.app and head.may_report:
            reports = self._fetch(place, [head.uid], lambda _uids: self._fetch_report(place, head))
            if not reports:
                return None
            seen.app = find_sender(reports[0].mail, marketplaces)
        is_in_time = place.mailbox._is_in_time(head, seen.app, place.is_new)
        place.old_in_a_row = 0 if is_in_time else place.old_in_a_row + 1
        test_ref = mail.get("x-marketplace-test")
        if test_ref and self._commit(lambda: self.env["marketplace.site"].sudo()._note_test_mail(test_ref, head.raw)):
            seen.state = "known"
        elif seen.sites and self._is_for_odoo(place) and self._has_other_alias(seen):
            seen.state = "handed"  # the gateway knows our addresses, and serves the others too
        elif seen.app or seen.sites:
            seen.state = "taken" if is_in_time else "left"
        elif self._is_for_odoo(place) and place.mailbox._would_be_fetched(head):
            seen.state = "handed"
        return seen

    @api.model
    def _fetch_report(self, place, head):
        """Return a delivery report as if all that says what it is about stood in its header; empty when it is gone."""
        raw = place.box.body(head.uid, limit=MAX_REPORT)
        return [] if raw is None else [replace(head, raw=raw)]

    @api.model
    def _is_for_odoo(self, place):
        """Tell whether Odoo would read this folder if we did not."""
        return place.mailbox.other_mail == "odoo" and place.position.folder.upper() == "INBOX"

    @api.model
    def _has_other_alias(self, seen):
        return self.env["mail.thread"]._marketplace_has_other_alias(seen.recipients, seen.sites)

    # === STORING === #

    @api.model
    def _store(self, place, group, last=None):
        """Store mails that were looked at, and that all up to ``last`` is stored, in one committed transaction.

        A mail that can't be stored is remembered as such and does not hold up the others.
        """
        try:
            self._commit(lambda: self._store_group(place, group, last))
        except MarketplaceError:
            raise
        except Exception as error:
            self.env["ir.cron"]._marketplace_start_over()
            if len(group) > 1:
                for number, one in enumerate(group, 1):
                    self._store(place, [one], last if number == len(group) else None)
                return
            _logger.exception("A mail of mailbox %s could not be stored", place.mailbox.id)
            for one in group:
                self._note_unreadable(place, one.uid, error, one.digest)
            self._commit(lambda: self._store_group(place, [], last))

    @api.model
    def _store_group(self, place, group, last):
        rows = []
        for one in group:
            row = {"uid": one.uid, "digest": one.digest, "state": one.state}
            if one.state == "taken":
                message_sudo = self._take(place.mailbox, one)
                row |= {"state": "taken", "message_id": message_sudo[:1].id} if message_sudo else {"state": "known"}
            elif one.state == "handed":
                row["state"] = self._hand_over(place, one)
            rows.append(row)
        self.env["marketplace.mailbox.mail"]._record(place.position, rows)
        if last and place.uidvalidity is not None:
            place.position._move(last, place)
        place.mailbox._renew_lease()

    @api.model
    def _note_unreadable(self, place, uid, error, digest=None):
        """Remember, committed, that a mail could not be read; return how often it was tried."""
        Mail = self.env["marketplace.mailbox.mail"]
        return self._commit(lambda: Mail._record_failure(place.position, uid, error, digest))

    @api.model
    def _take(self, mailbox, one):
        """Put a mail into the ledger; return its new rows, none for a mail that is there already."""
        if one.sites:
            return self.env["mail.thread"]._marketplace_receive(one.raw, one.message_id, one.sites)
        site_sudo = mailbox.sudo()._get_site(one.app, one.recipients)
        message_sudo = self.env["marketplace.message"].sudo()
        return message_sudo._receive(one.raw, site_sudo, site_sudo.address, one.message_id, mailbox)

    @api.model
    def _hand_over(self, place, one):
        """Hand a mail to Odoo's gateway as its own fetching would; return what became of it.

        The row that says so is written first: whoever has the same mail at the same moment waits for it, and fails.
        """
        Mail = self.env["marketplace.mailbox.mail"]
        if Mail.search_count([("digest", "=", one.digest), ("state", "=", "handed")], limit=1):
            return "known"
        Mail._record(place.position, [{"uid": one.uid, "digest": one.digest, "state": "handed"}])
        server_sudo = place.mailbox.server_id.sudo()
        self.env["mail.thread"].with_context(default_fetchmail_server_id=server_sudo.id).message_process(
            server_sudo.object_id.model or False,
            one.raw,
            save_original=server_sudo.original,
            strip_attachments=not server_sudo.attach,
        )
        return "handed"
