import base64
import functools
import itertools
import logging
import os
from dataclasses import replace
from datetime import timedelta

from psycopg2.errorcodes import UNIQUE_VIOLATION

from odoo import api, fields, models
from odoo.tools import SQL, config, email_domain_extract

from ...marketplaces import check_signatures, is_proved_by_header
from ...marketplaces.mail.authentication import Judgement
from ...marketplaces.mail.resolver import Resolver
from ...marketplaces.mail.signatures import Signatures
from ..privacy.silent_log import expecting_conflicts
from ..queue.pauses import get_last_pause, get_pause

_logger = logging.getLogger(__name__)

#: Name of the server option, and in capitals of the environment variable, with a name server for tests: host:port.
NAMESERVER = "marketplace_nameserver"
#: How long a message without proof waits for it before it is shown, and how long its key is asked for.
SHOW_AFTER = timedelta(minutes=5)
ASK_FOR = timedelta(hours=1)
#: Seconds after which somebody else takes over what a killed worker was checking.
LEASE = 60
#: Messages without proof are looked at again, when something new is known, as far back as this.
AGAIN = timedelta(days=30)
#: After so many looks that ended in a fault nobody looks again.
MAX_ATTEMPTS = 12
CRON = "ir_cron_check_signatures"


@functools.lru_cache(maxsize=4)
def _get_resolver(nameserver):
    """Return the process's one resolver, so that all threads know the same keys."""
    return Resolver(nameserver or None)


class MarketplaceMessage(models.Model):
    """How a message is proved to come from the marketplace. The verdict falls at the first reading and stays."""

    _inherit = "marketplace.message"

    signatures = fields.Json(readonly=True, groups="base.group_system")
    proof = fields.Selection(
        [
            ("header", "Your receiving mail server"),
            ("dkim", "The marketplace's signature"),
            ("arc", "A forwarder that you listed"),
            ("decision", "An administrator's decision"),
        ],
        string="Proved By",
        readonly=True,
    )
    rank = fields.Integer(
        readonly=True, default=0, help="What the receiving server does not prove waits.", groups="base.group_system"
    )
    check_next = fields.Datetime(string="Next Look at the Signatures", readonly=True, groups="base.group_system")
    check_attempts = fields.Integer(readonly=True, groups="base.group_system")
    flood_id = fields.Many2one("marketplace.flood", ondelete="restrict", readonly=True, index="btree_not_null")

    _check_index = models.Index("(check_next) WHERE check_next IS NOT NULL")
    _unproved_index = models.Index("(address, create_date) WHERE authentication IN ('none', 'fail')")

    # === WHAT IS KNOWN === #

    def _read_proved(self, raw, read):
        """Return what the marketplaces make of a raw mail with all that is known of its origin (``InboundMail``).

        :param read: ``read_mail`` of this mail, to be called with what is known of its origin.
        """
        self.ensure_one()
        known = self._get_origin()
        mail = read(**known)
        if mail.is_unchecked and not known["signatures"]:
            found = self._check(raw, self._get_key_finder().recall)
            if not found.is_unknown:
                self.signatures = found.to_json()
                if any(one and one.result == "pass" for one in (*found.signatures, found.chain)):
                    return read(**dict(known, signatures=found))
            mail = replace(mail, is_unchecked=found.is_unknown)
        return mail

    def _get_origin(self):
        """Return what ``read_mail`` must know to judge a message; what was judged once stays as it was."""
        if self.authentication in ("pass", "fail"):
            judgement = Judgement(self.authentication, self.proof or "")
            return {"judgement": judgement, "signatures": self._get_signatures()}
        Receiver = self.env["marketplace.receiver"]
        _id, form, is_trusted = Receiver._get_known(self.mailbox_id.id, email_domain_extract(self.address))
        receiver = Receiver._get_form(form)
        return {"receiver": receiver, "signatures": self._get_signatures(), "is_trusted": is_trusted}

    def _get_signatures(self):
        """Return what was found out about the signatures (``Signatures``), None before that."""
        return Signatures.from_json(self.signatures) if self.signatures else None

    @api.model
    def _get_key_finder(self):
        """Return what knows the keys of signers: ``find`` asks for one, ``recall`` only remembers."""
        return _get_resolver(os.environ.get(NAMESERVER.upper()) or config.get(NAMESERVER))

    @api.model
    def _check(self, raw, find_key):
        """Return what a raw mail's signatures are worth (``Signatures``)."""
        sealers = (self.env["marketplace.intake"]._get_param("arc_sealers") or "").lower().replace(",", " ").split()
        return check_signatures(
            raw, find_key, sealers=tuple(sealers), marketplaces=self.env["marketplace.app"]._get_marketplaces()
        )

    @api.model
    def _get_rank(self, raw, mailbox_id, address):
        """Return where a new mail queues: 0 what the receiving server proves, 1 the rest."""
        Receiver = self.env["marketplace.receiver"]
        _id, form, is_trusted = Receiver._get_known(mailbox_id, email_domain_extract(address))
        known = self.env["marketplace.app"]._get_marketplaces()
        try:
            return int(not (is_trusted or is_proved_by_header(raw, Receiver._get_form(form), marketplaces=known)))
        except Exception:
            # Nothing may fail before a mail is safe.
            _logger.exception("The head of a mail of %s bytes could not be judged", len(raw))
            return 1

    def _waits_for_proof(self, mail):
        """Have a message wait for its keys; return whether it does. It is shown without proof after some minutes.

        :param InboundMail mail: as read.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not mail.is_unchecked or now >= self.create_date + ASK_FOR:
            return False
        if not self.check_next:
            self.check_next = now
            self.env["ir.cron"]._marketplace_wake(CRON)
        show_at = self.create_date + SHOW_AFTER
        if now >= show_at:
            return False
        self.next_attempt = show_at
        self._trigger_process(at=show_at)
        return True

    # === ASKING FOR KEYS === #

    @api.model
    def _cron_check_signatures(self):
        """Look at the signatures of messages whose keys are not known, one after the other, with nothing locked."""
        if self.env["marketplace.home"]._is_copy():
            return
        for _turn in itertools.count():
            message = self.env["ir.cron"]._marketplace_settle(self._claim_check)
            if not message:
                return
            raw, found = base64.b64decode(message.raw or b""), message._get_signatures()
            self.env["ir.cron"]._commit_progress()
            if not found or found.is_unknown:
                found = self._check(raw, self._get_key_finder().find)
            message._store_check_safely(found)
            if not self.env["ir.cron"]._commit_progress(1):
                self.env["ir.cron"].browse(self.env.context.get("cron_id")).exists()._trigger()
                return

    @api.model
    def _claim_check(self):
        """Take the next message that is to be looked at, so that nobody else does. The caller commits."""
        now = fields.Datetime.now()
        # What its worker dies of must not kill them all, one after the other.
        due = SQL("check_next <= %s AND COALESCE(check_attempts, 0) < %s", now, 2 * MAX_ATTEMPTS)
        message = self._take(due, SQL("check_next, id"), look_again=False)
        if message:
            message.write({"check_next": now + timedelta(seconds=LEASE), "check_attempts": message.check_attempts + 1})
        return message

    def _store_check_safely(self, found):
        """Keep what was found out in a transaction of its own; a fault holds up no other message."""
        cron = self.env["ir.cron"]
        cron._marketplace_start_over()
        try:
            with expecting_conflicts(UNIQUE_VIOLATION):
                cron._marketplace_settle(functools.partial(self._store_check, found), also=[UNIQUE_VIOLATION])
        except Exception:
            _logger.exception("Message %s: what its signatures prove could not be stored", self.id)
            cron._marketplace_start_over()
            pause = timedelta(seconds=get_last_pause("signature")) if self.check_attempts < MAX_ATTEMPTS else None
            self.check_next = pause and fields.Datetime.now() + pause

    def _store_check(self, found):
        """Keep what was found out; what is not known is asked for again for an hour."""
        self.ensure_one()
        now = fields.Datetime.now()
        if found.is_unknown and now < self.create_date + ASK_FOR:
            pause = get_pause("signature", self.check_attempts)
            self.check_next = now + timedelta(seconds=pause)
            self.env["ir.cron"]._marketplace_wake(CRON, at=self.check_next)
            return
        self.write({"check_next": False, "signatures": found.to_json()})
        if self.state in ("received", "failed"):
            self.next_attempt = now
            self._trigger_process()
        elif self.authentication == "none" and self.raw:
            mail = self.env["marketplace.intake"]._read(self)
            if mail.authentication == "pass":
                self._note_proved(mail)

    @api.model
    def _check_again(self, receiver):
        """Look once more at the messages without proof that arrived at a server of which more is known now."""
        domain = [
            ("site_id", "in", receiver._get_sites().ids),
            ("authentication", "=", "none"),
            ("create_date", ">", fields.Datetime.now() - AGAIN),
        ]
        self.search(domain).write({"check_next": fields.Datetime.now(), "check_attempts": 0})
        self.env["ir.cron"]._marketplace_wake(CRON)

    def _note_proved(self, mail):
        """Have a message that was processed without proof count as proved from now on.

        :param InboundMail mail: as read with the proof.
        """
        self.ensure_one()
        self.write({"authentication": "pass", "proof": mail.proof, "reading": "; ".join(mail.reasons)[:500]})
        if self.state in ("quarantined", "waiting_order"):
            self.write({"state": "received", "next_attempt": fields.Datetime.now(), "flood_id": False})
            self._trigger_process()
        elif self.state == "done" and self.kind in ("buyer_message", "unknown"):
            self.env["marketplace.intake"]._proof_arrived(self)
        elif self.kind in ("notice", "undelivered") and self.create_date > fields.Datetime.now() - 2 * ASK_FOR:
            # An old one has no consequences any more.
            self.env["marketplace.intake"]._process_notice(self, self.site_id, mail)
