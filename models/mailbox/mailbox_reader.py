import itertools
import logging
from dataclasses import dataclass, field, replace

from psycopg2.errorcodes import UNIQUE_VIOLATION

from odoo import fields, models
from odoo.tools import SQL

from ...marketplaces.errors import MarketplaceError, Refused, Unavailable
from ...marketplaces.mailbox.connection import MAX_REPORT, Broken, find_sender
from ...marketplaces.transport.answer import Deadline
from .marketplace_mailbox_position import BATCH

_logger = logging.getLogger(__name__)

#: Seconds for which one mailbox is read before it is another one's turn.
TURN = 8
#: How often a connection that breaks in the middle of reading is opened again in one turn.
RECONNECTS = 12
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


class MailboxReader:
    """Takes turns reading mailboxes: claim, commit, read with nothing locked, store what was read, commit.

    :meth:`_walk` differs by protocol: ``ImapReader`` and ``PopReader`` (``marketplace.mailbox._get_reader_class``).
    """

    def __init__(self, env):
        self.env = env

    # === TURNS === #

    def read_due(self):
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

    def read_now(self, mailbox):
        """Read one mailbox for a turn; return whether nobody else was reading it."""
        claimed = self._commit(lambda: self._claim_due(mailbox))
        if claimed:
            self._take_turn(claimed)
        return bool(claimed)

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

    def _is_any_due(self):
        """Tell whether a mailbox is to be read that nobody reads."""
        return bool(self.env.execute_query(SQL("SELECT 1 %s LIMIT 1", self._get_due())))

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

    def _read(self, mailbox, deadline):
        """Read until nothing is left or the time is over; return whether anything may be left."""
        server = mailbox.server_id
        for turn in range(RECONNECTS):
            box = server._marketplace_open()
            try:
                has_more = mailbox._get_reader_class(box.protocol)(self.env)._walk(Place(mailbox, box, deadline))
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

    def _commit(self, work):
        """Return what ``work`` returns when all it wrote is committed; conflicts with others are tried again."""

        def step():
            result = work()
            self.env.flush_all()
            self.env["ir.cron"]._commit_progress()
            return result

        return self.env["ir.cron"]._marketplace_settle(step, also=[UNIQUE_VIOLATION])

    # === WALKING === #

    def _walk(self, place):
        """Read what is new in a mailbox; return whether anything is left. Overridden by each protocol."""
        raise NotImplementedError

    def _after_store(self, place, group):
        """Do on the server what may be done once mails are safe. Overridden by protocols that delete."""

    # === BATCHES === #

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

    def _may_be_read(self, place, batch):
        """Tell whether the next mail is to be read at all after a connection, or a reader, ended at it.

        Its tries are counted before they are made: it may end us as well.
        """
        if place.position.batch_size > 1:
            return True
        error = self.env._("The connection ends while this mail is read.")
        return self._note_unreadable(place, batch[0], error) <= FATAL_TRIES

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

    def _fetch_report(self, place, head):
        """Return a delivery report as if all that says what it is about stood in its header; empty when it is gone."""
        raw = place.box.body(head.uid, limit=MAX_REPORT)
        return [] if raw is None else [replace(head, raw=raw)]

    def _is_for_odoo(self, place):
        """Tell whether Odoo would read this folder if we did not."""
        return place.mailbox.other_mail == "odoo" and place.position.folder.upper() == "INBOX"

    def _has_other_alias(self, seen):
        return self.env["mail.thread"]._marketplace_has_other_alias(seen.recipients, seen.sites)

    # === STORING === #

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

    def _note_unreadable(self, place, uid, error, digest=None):
        """Remember, committed, that a mail could not be read; return how often it was tried."""
        Mail = self.env["marketplace.mailbox.mail"]
        return self._commit(lambda: Mail._record_failure(place.position, uid, error, digest))

    def _take(self, mailbox, one):
        """Put a mail into the ledger; return its new rows, none for a mail that is there already."""
        if one.sites:
            return self.env["mail.thread"]._marketplace_receive(one.raw, one.message_id, one.sites)
        site_sudo = mailbox.sudo()._get_site(one.app, one.recipients)
        message_sudo = self.env["marketplace.message"].sudo()
        return message_sudo._receive(one.raw, site_sudo, site_sudo.address, one.message_id, mailbox)

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
