import logging
import math

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import UserError

from ...marketplaces.errors import MarketplaceError, Refused, Throttled, Unavailable, Unconfirmed
from ...marketplaces.mail.mime import harmless_name
from ..ticket.text import as_html
from .answering import Answering
from .outcome import Outcome

_logger = logging.getLogger(__name__)


class ReplyApi:
    """Messages to buyers that go through a marketplace's API: into the queue, and out of it.

    The queue and its workers are those of replies by mail, so that nothing is sent twice unknowingly here either.
    """

    def __init__(self, env):
        self.env = env

    # === INTO THE QUEUE === #

    def queue(self, ticket, kind, action, content, attachments):
        """Put a message into the queue and on its ticket; return it. Nothing is sent before the commit.

        :param str kind: ``message`` or ``review``.
        :param MessageAction action: what the marketplace is to send.
        :param dict content: by the names of the action's fields, but for files; days in ISO form.
        """
        self._adopt_files(ticket, attachments)
        text = "\n\n".join(content[one.name] for one in action.fields if one.kind == "text" and content.get(one.name))
        posted = self._post(ticket, kind, action, content, attachments)
        Reply = self.env["marketplace.reply"]
        reply_sudo = Reply.sudo().create(
            {
                **Reply._prepare_values(ticket, posted),
                "kind": kind,
                "action_code": action.code,
                "action_values": content,
                "subject": action.title,
                "text": text,
                "purge_after": ticket._marketplace_get_order().purge_after,
            }
        )
        Reply._trigger_send()
        ticket._marketplace_changed()
        return reply_sudo

    def _adopt_files(self, ticket, attachments):
        """Keep files of the dialog, which would go with it, on the ticket."""
        attachments.check_access("read")
        mine = attachments.filtered(lambda one: one.res_model == "marketplace.message.compose")
        mine.sudo().write({"res_model": ticket._name, "res_id": ticket.id})

    def _post(self, ticket, kind, action, content, attachments):
        """Show a message in the conversation; returns the mail.message. It is not what goes out."""
        title = self.env._("Asked the buyer for a review") if kind == "review" else action.title
        parts = [Markup("<strong>%s</strong>") % title]
        for one in action.fields:
            value = content.get(one.name)
            if value and one.kind == "html":
                parts.append(Markup(value))  # message_post sanitizes
            elif value and one.kind == "text":
                parts.append(as_html(value))
            elif value:
                parts.append(as_html(f"{one.label}: {fields.Date.to_date(value):%Y-%m-%d}"))
        return ticket.sudo().message_post(
            body=Markup().join(parts),
            message_type="comment",
            subtype_xmlid="mail.mt_note" if kind == "review" else "mail.mt_comment",
            attachment_ids=attachments.ids,
            marketplace_kind="reply",
            email_add_signature=False,
        )

    # === OUT OF THE QUEUE === #

    def send(self, reply):
        """Send a message through the marketplace, committed as being sent before; return what became of it."""
        if why_not := Answering(reply.ticket_id).why_no_account():
            return Outcome("failed", why_not)
        try:
            self._hand_over(reply)
        except _NotYet as error:
            return Outcome("queued", str(error), wait=math.ceil(error.seconds), is_turn=True)
        except Unconfirmed as error:
            return Outcome("unknown", str(error))
        except MarketplaceError as error:
            wait = math.ceil(getattr(error, "retry_after", 0))
            return Outcome("queued" if error.temporary else "failed", str(error), wait=wait)
        return Outcome("accepted")

    def _hand_over(self, reply):
        """Upload the files of a message to the marketplace, then send it.

        :raise MarketplaceError: it was not sent, or nobody knows (``Unconfirmed``).
        """
        ref, site = Answering(reply.ticket_id).get_api_order()
        if reply.kind == "review":
            self._call(reply, "request_review", lambda api_: api_.request_review(ref, site=site))
            return
        action = reply.app_id._get_class().get_message_action(reply.action_code)
        if not action:
            raise Refused(self.env._("The marketplace no longer has messages of this kind."))
        files = tuple(self._upload(reply, one, ref, site) for one in reply.attachment_ids.sorted("id"))
        content = {
            one.name: self._read_value(one, (reply.action_values or {}).get(one.name), files) for one in action.fields
        }
        self._call(reply, "send_message", lambda api_: api_.send_message(ref, action.code, content, site=site))

    def _read_value(self, field, stored, files):
        """Return the value of a field of the form as the contract takes it."""
        if field.kind == "files":
            return files
        return fields.Date.to_date(stored) if field.kind == "date" else stored

    def _upload(self, reply, attachment, ref, site):
        """Upload one file to the marketplace, again at each try of the message: uploads last minutes."""
        content, content_type = attachment.raw, attachment.mimetype
        name = harmless_name(attachment.name) or "file"
        return self._call(
            reply,
            "upload_file",
            lambda api_: api_.upload_file(
                ref, reply.action_code, site=site, name=name, content_type=content_type, content=content
            ),
        )

    def _call(self, reply, name, call):
        """Return the answer of one call, made within the limits of its operation and with nothing locked.

        :raise _NotYet: the operation is busy, paused or at its limit.
        """
        account = reply.account_id
        operation, seconds = self.env["marketplace.operation"]._claim_unattended(account, account.app_id, name)
        if seconds:
            raise _NotYet(operation._get_pause(seconds), operation.error)
        self.env["ir.cron"]._commit_progress()
        answer, error = account._call(operation, name, _unconfirmed(call))
        if error:
            raise error
        return answer

    # === WHAT IS ALLOWED === #

    def ask(self, ticket, name):
        """Ask the marketplace, here and now, something about the order of a ticket. Commits.

        :param str name: method of the contract that takes an order and its site.
        :return: (answer or None, error or None).
        """
        account_sudo = ticket.sudo().marketplace_site_id.account_id
        ref, site = Answering(ticket).get_api_order()
        Operation = self.env["marketplace.operation"].sudo()
        try:
            operation, seconds = Operation._claim(account_sudo, account_sudo.app_id, name)
        except UserError as error:  # this server lacks a key
            return None, Unavailable(str(error))
        if seconds:
            pause = math.ceil(operation._get_pause(seconds))
            words = self.env._(
                "%(name)s may be asked again in %(pause)s seconds.", name=account_sudo.app_id.name, pause=pause
            )
            return None, Throttled(words, retry_after=pause)
        self.env["ir.cron"]._commit_progress()
        return account_sudo._call(operation, name, lambda api_: getattr(api_, name)(ref, site=site))


def _unconfirmed(call):
    """Return a call of which a fault of ours, in the middle of it, leaves open whether it was done."""

    def guarded(marketplace):
        try:
            return call(marketplace)
        except MarketplaceError:
            raise
        except Exception as error:
            _logger.exception("A message to a buyer ended in the middle")
            raise Unconfirmed(str(error)[:300]) from error

    return guarded


class _NotYet(Exception):
    """A call has to wait for so many seconds; the message says what keeps its operation from working, if anything."""

    def __init__(self, seconds, reason):
        super().__init__(reason or "")
        self.seconds = seconds
