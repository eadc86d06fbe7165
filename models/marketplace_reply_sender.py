import logging
import smtplib

from odoo import api, fields, models
from odoo.tools import SQL

from .marketplace_reply import LEASE

_logger = logging.getLogger(__name__)

#: Seconds for which a mail server may be silent.
SILENCE = 20


class OutcomeUnknown(Exception):
    """The connection ended while the mail was being handed over: it may have gone, or not."""


class MarketplaceReplySender(models.AbstractModel):
    """Sends queued replies, one a transaction; what is being sent is committed before it is.

    A reply whose worker was killed is never sent again by itself: nobody knows whether it went.
    """

    _name = "marketplace.reply.sender"
    _description = "Marketplace Reply Sender"

    @api.model
    def _cron_send(self):
        """Send all that is due."""
        self._give_up_lost()
        while reply := self._take_next():
            self._send(reply)
            if not self.env["ir.cron"]._commit_progress(1):
                self.env["ir.cron"].browse(self.env.context.get("cron_id")).exists()._trigger()
                return

    @api.model
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

    @api.model
    def _take_next(self):
        """Return the next due reply, committed as being sent, or an empty recordset."""
        now = fields.Datetime.now()
        query = SQL(
            """
            SELECT id FROM marketplace_reply WHERE state = 'queued' AND next_attempt <= %s
             ORDER BY next_attempt, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
            """,
            now,
        )
        reply = self.env["marketplace.reply"].browse(row[0] for row in self.env.execute_query(query))
        if reply:
            reply._note("sending")
            reply.lease_until = now + LEASE
            self.env["ir.cron"]._commit_progress()
        return reply

    @api.model
    def _send(self, reply):
        """Hand one reply over to the mail server, and note how that went."""
        if reply.kind != "mail":
            self.env["marketplace.reply.api"]._send(reply)
            return
        server = reply.site_id._find_outgoing_server(reply.sender)
        if not server:
            reply._fail(self.env._("No outgoing mail server may send as %s.", reply.sender))
            return
        try:
            self._hand_over(reply, server)
        except OutcomeUnknown as error:
            reply._note("unknown", str(error), next_attempt=False)
        except smtplib.SMTPResponseException as error:
            self._note_refusal(reply, error.smtp_code, error.smtp_error)
        except smtplib.SMTPRecipientsRefused as error:
            self._note_refusal(reply, *next(iter(error.recipients.values())))
        except (OSError, smtplib.SMTPException) as error:
            reply._put_off(str(error)[:300])
        except Exception as error:
            _logger.exception("Reply %s can't be sent", reply.id)
            reply._fail(str(error)[:300])
        else:
            reply._hand_over()

    @api.model
    def _note_refusal(self, reply, code, text):
        """Note a mail server's refusal; one that begins with 4 asks to try again later."""
        words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        reason = f"{code} {words}"[:300]
        if 400 <= code < 500:
            reply._put_off(reason)
        else:
            reply._fail(self.env._("The mail server refused it: %s", reason))

    @api.model
    def _hand_over(self, reply, server):
        """Send the mail over a connection that tells whether the mail itself was begun.

        :raise OutcomeUnknown: the connection ended after that.
        """
        message = self._build(reply, server)
        server = server.with_context(marketplace_reply_id=reply.id)
        smtp = server._connect__(mail_server_id=server.id, smtp_from=reply.sender)
        begun = []
        if smtp:
            smtp.sock.settimeout(SILENCE)
            data = smtp.data
            smtp.data = lambda content: begun.append(True) or data(content)
        try:
            server.send_email(message, mail_server_id=server.id, smtp_session=smtp)
        except Exception as error:
            # Odoo wraps what the mail server said.
            cause = error if isinstance(error, smtplib.SMTPServerDisconnected) else error.__context__ or error
            if begun and not isinstance(cause, smtplib.SMTPResponseException):
                raise OutcomeUnknown(
                    self.env._("The connection to the mail server ended. If it went, the marketplace's copy will tell.")
                ) from cause
            raise cause from None
        finally:
            if smtp:
                smtp.close()

    @api.model
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
            attachments=[(one.name, one.raw, one.mimetype) for one in reply.attachment_ids],
            headers={
                "Return-Path": mail.sender,
                **({"In-Reply-To": mail.in_reply_to} if mail.in_reply_to else {}),
            },
        )
