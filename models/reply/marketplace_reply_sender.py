import logging
import time
from datetime import timedelta

from psycopg2 import Error, OperationalError

from odoo import fields
from odoo.tools import SQL

from ...marketplaces.mail.handover import (
    BEGIN_WITHIN,
    CUT_AFTER,
    HandOver,
    MailRefused,
    MailTrouble,
    OutcomeUnknown,
    ServerTrouble,
    explain_connecting,
    explain_sending,
    knock,
)
from ...marketplaces.mail.mime import harmless_name
from .outcome import LEASE, Outcome

_logger = logging.getLogger(__name__)


class ReplySender:
    """Sends queued replies: what is being sent is committed before it is, what became of it after.

    A reply whose worker was killed is never sent again by itself: nobody knows whether it went. The answers on one
    ticket go in the order in which they were given. A mail server that has no time is asked for one reply at a time.
    """

    def __init__(self, env):
        self.env = env

    def send_due(self):
        """Send all that is due."""
        if self.env["marketplace.home"]._why_silent():
            return
        self.env["ir.cron"]._marketplace_settle(self._give_up_lost)
        done = 0
        while reply := self.env["ir.cron"]._marketplace_settle(self._take_next):
            done += 1
            if done == 2:
                # A second reply at once: let the parallel action help.
                self.env["ir.cron"]._marketplace_wake_helpers("ir_cron_send_replies")
            if not self._send(reply):
                self.env["ir.cron"].browse(self.env.context.get("cron_id")).exists()._trigger()
                return

    # === TAKING === #

    def _give_up_lost(self):
        """Note that nobody knows what became of replies whose worker was killed while it sent them."""
        lost = self.env["marketplace.reply"].search(
            [("state", "=", "sending"), ("lease_until", "<", fields.Datetime.now())]
        )
        lost = lost.try_lock_for_update()
        mails = lost.filtered(lambda reply: reply.kind == "mail")
        if mails:
            reason = self.env._("Odoo was stopped while this was sent. If it went, the marketplace's copy will tell.")
            mails._note("unknown", reason, next_attempt=False)
        if lost - mails:
            reason = self.env._("Odoo was stopped while this was sent. Look at the marketplace whether it went.")
            (lost - mails)._note("unknown", reason, next_attempt=False)
        if lost:
            self.env["ir.cron"]._commit_progress()

    def _take_next(self):
        """Return the next due reply, committed as being sent, or an empty recordset."""
        now = fields.Datetime.now()
        query = SQL(
            """
            SELECT id FROM marketplace_reply AS one
             WHERE state = 'queued' AND next_attempt <= %(now)s
               AND NOT EXISTS (
                   SELECT 1 FROM marketplace_reply AS earlier
                    WHERE earlier.ticket_id = one.ticket_id AND earlier.id < one.id
                      AND (earlier.kind = 'mail') = (one.kind = 'mail')
                      AND earlier.state IN ('queued', 'sending'))
               AND NOT EXISTS (
                   SELECT 1 FROM marketplace_reply AS probe
                    WHERE probe.sender = one.sender AND probe.is_server_busy
                      AND (probe.state = 'sending' OR probe.state = 'queued' AND probe.next_attempt > %(now)s))
             ORDER BY next_attempt, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
            """,
            now=now,
        )
        reply = self.env["marketplace.reply"].browse(row[0] for row in self.env.execute_query(query))
        if reply:
            reply._note("sending", is_server_busy=reply.is_server_busy or bool(reply._get_waiting()))
            reply.lease_until = now + LEASE
            self.env["ir.cron"]._commit_progress()
        return reply

    # === SENDING === #

    def _send(self, reply):
        """Hand one reply over and store how that went; return the seconds left for others."""
        lease, Cron = reply.lease_until, self.env["ir.cron"]
        outcome = self._try(reply)
        # Stored in a new transaction: meanwhile an agent may have written on the ticket, or the copy may have come.
        try:
            Cron._commit_progress()  # such as a mail server's new token
        except Error:
            Cron._marketplace_start_over()
        try:
            Cron._marketplace_settle(lambda: self._conclude(reply, lease, outcome))
        except Exception:
            # Whatever is wrong with the ticket: that the mail went must not be forgotten.
            _logger.exception("The outcome of reply %s can't be told to its ticket", reply.id)
            Cron._marketplace_start_over()
            Cron._marketplace_settle(lambda: self._conclude(reply, lease, outcome, tell=False))
        return Cron._commit_progress(1)

    def _conclude(self, reply, lease, outcome, tell=True):
        """Store what became of a reply that was taken until ``lease``.

        :param Outcome outcome: what was tried came to.
        :param bool tell: have the ticket follow.
        """
        state = outcome.state
        is_held = reply.state == "sending" and reply.lease_until == lease
        # Whoever held it too long still knows best that it went: it is not sent once more.
        if not is_held and not (state in ("handed_over", "accepted") and reply.state in ("unknown", "queued")):
            return
        if not tell:
            soon = fields.Datetime.now() + timedelta(minutes=1)
            reply.write({"state": state, "reason": outcome.reason, "lease_until": False, "next_attempt": soon})
        elif state == "handed_over":
            reply._hand_over()
        elif state == "accepted":
            reply._confirm()
        elif state == "queued" and outcome.is_turn:
            reply._wait(outcome.wait, outcome.reason)
        elif state == "queued":
            reply._put_off(outcome.reason, outcome.is_server, outcome.wait)
        elif state == "failed":
            reply._fail(outcome.reason)
        else:
            reply._note(state, outcome.reason, next_attempt=False)

    def _try(self, reply):
        """Hand one reply over; return what became of it."""
        if reply.site_id.state != "active":
            return Outcome("failed", self.env._("%s was deleted here.", reply.site_id.name))
        if why_not := reply._why_not_to():
            return Outcome("failed", why_not)
        if reply.kind != "mail":
            return reply._get_api().send(reply)
        try:
            self._hand_over(reply, time.monotonic())
        except OutcomeUnknown:
            text = self.env._("The connection to the mail server ended. If it went, the marketplace's copy will tell.")
            return Outcome("unknown", text)
        except (ServerTrouble, MailTrouble) as error:
            return Outcome("queued", str(error), is_server=isinstance(error, ServerTrouble))
        except MailRefused as error:
            return Outcome("failed", self.env._("The mail server refused it: %s", error))
        except OperationalError as error:
            return Outcome("queued", str(error)[:300])
        except Exception as error:
            _logger.exception("Reply %s can't be sent", reply.id)
            return Outcome("failed", str(error)[:300])
        return Outcome("handed_over")

    def _hand_over(self, reply, taken):
        """Send the mail.

        :param float taken: when the reply was taken, by ``time.monotonic``.
        :raise OutcomeUnknown, ServerTrouble, MailTrouble, MailRefused: it was not, or perhaps not.
        """
        server = reply.site_id._find_outgoing_server(reply.sender)
        if not server:
            raise MailRefused(self.env._("No outgoing mail server may send as %s.", reply.sender))
        message = self._build(reply, server)
        server = server.with_context(marketplace_reply_id=reply.id)
        try:
            if reply.is_server_busy and server.smtp_host and not server._disable_send():
                knock(server.smtp_host, server.smtp_port, not server.smtp_encryption.startswith("ssl"))
            smtp = server._connect__(mail_server_id=server.id, smtp_from=reply.sender)
        except OSError as error:
            raise explain_connecting(error) from error
        if not smtp:  # Odoo runs tests
            server.send_email(message, mail_server_id=server.id)
            return
        passed = time.monotonic() - taken
        with HandOver(smtp, max(CUT_AFTER - passed, 0)) as handing:
            if passed > BEGIN_WITHIN:
                raise ServerTrouble(self.env._("The mail server needs too long to answer."))
            try:
                server.send_email(message, mail_server_id=server.id, smtp_session=smtp)
            except Exception as error:
                meaning = explain_sending(error, handing.has_left)
                if meaning:
                    raise meaning from error
                raise

    def _build(self, reply, server):
        """Return the mail as the buyer's marketplace expects it, with nothing of Odoo's in it."""
        mail = reply._prepare_mail()
        return server._build_email__(
            mail.from_header,
            [mail.recipient],
            mail.subject,
            mail.html,
            subtype="html",
            body_alternative=mail.text,
            reply_to=mail.sender,
            message_id=reply.message_ref,
            references=mail.references_header,
            attachments=[(harmless_name(one.name) or "file", one.raw, one.mimetype) for one in reply.attachment_ids],
            headers={
                "Return-Path": mail.sender,
                **({"In-Reply-To": mail.in_reply_to} if mail.in_reply_to else {}),
            },
        )
