import re
from dataclasses import asdict
from datetime import timedelta

from lxml import html
from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import email_split_tuples

from ...marketplaces.mail.text import html_to_text
from ...marketplaces.schema import Finding, InboundMail, ReplyFile
from ..intake.marketplace_message import RIGHTFUL
from ..ticket.helpdesk_ticket import AGAIN, TicketRefused, as_html
from ..ticket.kinds import BUYER_KINDS, BUYER_WORDS
from .marketplace_reply import ANSWERED

#: The same words within this time are a second click.
TWICE = timedelta(minutes=2)


_TAG = re.compile(r"</?[a-zA-Z]")


#: Who answers so soon after a colleague may not have seen it.
MEANWHILE = timedelta(minutes=15)


def without_quotes(body):
    """Return the HTML of a message without the mails that it quotes, which Odoo marked when it came in."""
    root = html.fragment_fromstring(body or "", create_parent="div")
    for quote in root.xpath("//*[@data-o-mail-quote]"):
        quote.drop_tree()
    return html.tostring(root, encoding="unicode")


def buyer_words(body):
    """Return the text of a buyer's message without what we say of it."""
    root = html.fragment_fromstring(body or "", create_parent="div")
    for said in root.find_class(AGAIN):
        said.drop_tree()
    return html_to_text(html.tostring(root, encoding="unicode"))


def as_text(body):
    """Return what a composer holds, HTML or plain text, as the buyer is to read it.

    Not by Odoo's ``html2plaintext``, which takes out empty lines and the ends of the composer's paragraphs.
    """
    if not _TAG.search(body):
        return html_to_text(body.replace("\n", "<br/>"))
    root = html.fragment_fromstring(body, create_parent="div")
    for link in root.iter("a"):
        # What stands behind the words of a link is sent and checked too.
        address = (link.get("href") or "").removeprefix("mailto:")
        if address and address.rstrip("/") not in link.text_content():
            link.tail = f" ({address}){link.tail or ''}"
    return html_to_text(html.tostring(root, encoding="unicode"))


COMPOSE = "marketplace.message.compose"


class HelpdeskTicket(models.Model):
    """Answering the buyer from the ticket."""

    _inherit = "helpdesk.ticket"

    marketplace_reply_count = fields.Integer(readonly=True, copy=False)
    marketplace_reply_data = fields.Json(compute="_compute_marketplace_reply_data")

    def _compute_marketplace_reply_data(self):
        for ticket in self:
            stored = ticket._origin
            ticket.marketplace_reply_data = bool(stored) and stored._marketplace_describe_reply()

    def _marketplace_describe_reply(self):
        """Return what the composer shows: the way's name, to whom, from which address, or why not at all."""
        self.ensure_one()
        if not self.marketplace_site_id:
            return False
        ticket_sudo = self.sudo()
        site_sudo = ticket_sudo.marketplace_site_id
        return {
            "label": self.env._("%s reply", ticket_sudo.marketplace_app_id.name),
            "to": " · ".join(
                filter(None, [self._marketplace_name_recipient(), self.marketplace_order_ref, site_sudo.name])
            ),
            "sender": site_sudo.address or "",
            "why_not": self._marketplace_why_not() or "",
            "placeholders": self._marketplace_get_placeholders(),
        }

    def _marketplace_name_recipient(self):
        """Return who gets an answer: the writer of the message that is answered, whoever the ticket is named after."""
        ticket_sudo, answers_sudo = self.sudo(), self._marketplace_get_answerable()
        unproved_sudo = self._marketplace_get_unproved()
        row_sudo = answers_sudo or unproved_sudo
        name = email_split_tuples(row_sudo.mail_message_id.email_from or "")[:1]
        known = ticket_sudo.partner_name or self._marketplace_get_order().buyer_name or self.env._("Buyer")
        buyer = name[0][0] if name and name[0][0] else known
        if unproved_sudo:
            return self.env._("%(name)s <%(address)s>, not verified", name=buyer, address=unproved_sudo.reply_to)
        return buyer

    def _marketplace_get_placeholders(self):
        """Return {name: text} of what templates may hold in braces, as far as the order says it."""
        marketplace, snapshot, storefront = self._marketplace_get_world()
        if not snapshot:
            return {}
        found = {one.name: one.value(snapshot, storefront) for one in marketplace.offered_placeholders()}
        return {name: text for name, text in found.items() if text}

    # === WHETHER === #

    def _marketplace_get_answerable(self):
        """Return the ledger's row of the buyer's last message that can be answered, or an empty recordset.

        Only one of this conversation's buyer is: proved by the mail, or confirmed by a person.
        """
        return self._marketplace_find_addressed(RIGHTFUL)

    def _marketplace_get_unproved(self):
        """Return the row of the last message whose sender nobody proved, when none can be answered; else nothing."""
        answerable_sudo = self._marketplace_get_answerable()
        return answerable_sudo.browse() if answerable_sudo else self._marketplace_find_addressed(Domain.TRUE)

    def _marketplace_find_addressed(self, domain):
        """Return the row of the last message of a buyer, within a domain, that names a relay's address."""
        self.ensure_one()
        domain &= Domain("ticket_id", "=", self.id) & Domain("kind", "in", BUYER_KINDS)
        domain &= Domain("state", "=", "done") & Domain("reply_to", "!=", False)
        messages_sudo = self.env["marketplace.message"].sudo().search(domain, order="date desc, id desc", limit=5)
        is_relay = self.marketplace_app_id.sudo()._get_class_or_gone().is_relay_address
        return messages_sudo.filtered(lambda message: is_relay(message.reply_to))[:1]

    def _marketplace_check_recipient(self):
        """Return what speaks against whom an answer would go to, in a list (``schema.Finding``)."""
        unproved_sudo = self._marketplace_get_unproved()
        if unproved_sudo:
            return [Finding("unproved_recipient", "block", self._marketplace_say_unproved(unproved_sudo.reply_to))]
        answers_sudo = self._marketplace_get_answerable()
        if not (other := answers_sudo and answers_sudo._get_other_buyer(self._marketplace_get_order())):
            return []
        text = self.env._(
            "This would go to %(address)s, who named this order and was joined to it by a person. The address that is "
            "known of the order's buyer is %(known)s. Send it only if you are sure that both are the same buyer.",
            address=answers_sudo.reply_to,
            known=other,
        )
        return [Finding("joined_recipient", "warn", text)]

    def _marketplace_get_known_address(self):
        """Return the address of whom an answer should go to, as far as this user may see it, or None.

        It is that of the order's buyer; of an order that is only named, on whose ticket this user answers too.
        """
        order_sudo, named_ref = self._marketplace_get_order(), self.sudo().marketplace_named_ref
        if order_sudo or not named_ref:
            return order_sudo.relay
        account_sudo = self.sudo().marketplace_site_id.account_id
        named_sudo = self.env["marketplace.order"].sudo()._find(account_sudo, named_ref)
        ticket = named_sudo and self._marketplace_get_first(named_sudo).with_env(self.env)
        if not ticket or not ticket.has_access("write"):
            return None
        return ticket._marketplace_get_answerable().reply_to or named_sudo.relay

    def _marketplace_say_unproved(self, address):
        """Return that an address is not proved to be this ticket's buyer's, with the one that is known."""
        known = self._marketplace_get_known_address() or self.env._("none is known")
        return self.env._(
            "This would go to %(address)s, which is not proved to be this conversation's buyer (known address: "
            "%(known)s). If you are sure, press “This is our buyer” on the ticket.",
            address=address,
            known=known,
        )

    def _marketplace_why_not(self):
        """Return why the buyer can't be answered from here by this user, or False."""
        self.ensure_one()
        site_sudo = self.sudo().marketplace_site_id
        if why_not := self._marketplace_why_barred():
            return why_not
        if not site_sudo.address:
            return self.env._("%s has no address to send from.", site_sudo.name)
        if not site_sudo._find_outgoing_server(site_sudo.address):
            return self.env._("No outgoing mail server may send as %s.", site_sudo.address)
        # Of somebody who is not proved to be the buyer, a finding tells what must be done first.
        has_buyer = self._marketplace_get_answerable() or self._marketplace_get_unproved()
        return False if has_buyer else self._marketplace_why_not_first()

    # === ANSWERING === #

    def action_marketplace_reply(self, body, attachment_ids=None, confirmed=False, then=None):
        """Answer the buyer: queue the answer, or return what speaks against it.

        :param str body: HTML of the composer, or plain text.
        :param list attachment_ids: of files that this user may read.
        :param confirmed: texts of the warnings in spite of which to send, or True for all of them.
        :param str then: ``close`` the ticket, or tell the ``next`` one to answer, or nothing.
        :return: {"findings": [{code, level, text}], "reply_id": id or False, "next_id": id or False}.
        :raise UserError: the buyer can't be answered from here.
        """
        self.ensure_one()
        self.check_access("write")
        self._marketplace_check_agent()
        self._marketplace_take_turn()
        if why_not := self._marketplace_why_not():
            raise UserError(why_not)
        attachments = self.env["ir.attachment"].browse(attachment_ids or []).exists()
        attachments.check_access("read")
        text = self._marketplace_get_reply_text(body)
        reply_sudo = self._marketplace_find_same(text, attachments)
        if not reply_sudo:
            findings = self._marketplace_check_reply(text, attachments)
            passed = {one.text for one in findings} if confirmed is True else set(confirmed or ())
            if any(one.level == "block" or one.text not in passed for one in findings):
                return {"findings": [asdict(one) for one in findings], "reply_id": False, "next_id": False}
            answers_sudo = self._marketplace_get_answerable()
            reply_sudo = self.env["marketplace.reply"]._queue(self, text, attachments, answers_sudo)
        if then == "close":
            self._marketplace_close()
        next_id = then == "next" and self._marketplace_find_next().id
        return {"findings": [], "reply_id": reply_sudo.id, "next_id": next_id}

    def _marketplace_get_reply_text(self, body):
        """Return what a composer holds as the buyer is to read it: plain text, its placeholders filled."""
        marketplace, snapshot, storefront = self._marketplace_get_world()
        return marketplace.fill_placeholders(as_text(body or ""), snapshot, storefront)[0]

    def _marketplace_get_world(self):
        """Return the marketplace's class, the order's snapshot (or None) and the storefront of this ticket.

        Nothing of the order is filled into what would go to somebody who is not proved to be its buyer.
        """
        ticket_sudo, order_sudo = self.sudo(), self._marketplace_get_order()
        return (
            ticket_sudo.marketplace_app_id._get_class_or_gone(),
            order_sudo._as_snapshot() if order_sudo and not self._marketplace_get_unproved() else None,
            ticket_sudo.marketplace_site_id._get_storefront(),
        )

    def _marketplace_find_next(self):
        """Return the ticket of this user's, or of nobody's, that is to be answered first after this one."""
        # One whose answer is on its way comes back by itself if it does not arrive.
        leaving_sudo = self.env["marketplace.reply"].sudo()._search([("state", "in", ("queued", "sending"))])
        domain = Domain("marketplace_deadline", "!=", False) & Domain("user_id", "in", (self.env.uid, False))
        domain &= Domain("id", "!=", self.id) & Domain("id", "not in", leaving_sudo.subselect("ticket_id"))
        return self.search(domain, order="marketplace_deadline, priority desc, id", limit=1)

    def _marketplace_find_same(self, text, attachments):
        """Return the same answer given a moment ago: a second click, not a second answer.

        With other files it's another answer, and so is one to what the buyer wrote since.
        """
        moment = fields.Datetime.now() - TWICE
        domain = [("ticket_id", "=", self.id), ("kind", "=", "mail"), ("text", "=", text), ("create_date", ">", moment)]
        same_sudo = self.env["marketplace.reply"].sudo().search([*domain, ("state", "in", ANSWERED)], limit=1)
        if not same_sudo:
            return same_sudo
        files = [sorted(one.mapped("checksum")) for one in (attachments.sudo(), same_sudo.attachment_ids)]
        is_old = self._marketplace_find_posted(BUYER_WORDS, [("id", ">", same_sudo.mail_message_id.id)])
        return same_sudo.browse() if is_old or files[0] != files[1] else same_sudo

    def _marketplace_check_reply(self, text, attachments):
        """Return what speaks against an answer (``schema.Finding``)."""
        self.ensure_one()
        answers_sudo = self._marketplace_get_answerable()
        marketplace, snapshot, storefront = self._marketplace_get_world()
        findings = marketplace.check_reply(
            text,
            [ReplyFile(one.name, one.mimetype or "", one.file_size) for one in attachments],
            site=storefront,
            order=snapshot,
            is_answer=bool(answers_sudo),
            buyer_text=buyer_words(answers_sudo.mail_message_id.body) or None,
            file_limits=self.sudo().marketplace_app_id._get_file_limits(),
        )
        return [*self._marketplace_check_recipient(), *findings, *self._marketplace_check_meanwhile()]

    def _marketplace_check_meanwhile(self):
        """Return a warning when somebody else answered just now and the buyer has not written since."""
        domain = [("ticket_id", "=", self.id), ("state", "in", ANSWERED), ("user_id", "!=", self.env.uid)]
        domain += [("create_date", ">", fields.Datetime.now() - MEANWHILE)]
        other_sudo = self.env["marketplace.reply"].sudo().search(domain, limit=1)
        if not other_sudo or self._marketplace_find_posted(BUYER_WORDS, [("id", ">", other_sudo.mail_message_id.id)]):
            return []
        text = self.env._("%s has just answered this buyer. Read that answer first.", other_sudo.user_id.name)
        return [Finding("answered_meanwhile", "warn", text)]

    def _marketplace_reply_by_post(self, kwargs):
        """Answer the buyer with what the full composer, or a scheduled message, posts for the outside.

        :param dict kwargs: of ``message_post``.
        :return: the mail.message.
        """
        ticket = self.with_context(marketplace_reply=False)
        files = ticket._process_attachments_for_post(
            kwargs.get("attachments"), kwargs.get("attachment_ids"), {"model": self._name, "res_id": self.id}
        )
        ids = [command[1] for command in files.get("attachment_ids", [])]
        return ticket._marketplace_reply_or_raise(kwargs.get("body"), ids).mail_message_id.with_env(self.env)

    def _marketplace_reply_or_raise(self, body, attachment_ids):
        """Answer the buyer where nobody can be asked again; returns the reply.

        :raise UserError: something speaks against it that nobody has confirmed (context: marketplace_confirmed).
        """
        result = self.action_marketplace_reply(body, attachment_ids, self.env.context.get("marketplace_confirmed"))
        if result["findings"]:
            raise UserError("\n".join(one["text"] for one in result["findings"]))
        return self.env["marketplace.reply"].sudo().browse(result["reply_id"])

    def _marketplace_post_reply(self, text, attachments):
        """Show an answer in the conversation; returns the mail.message. It is not what goes out."""
        return self.sudo().message_post(
            body=as_html(text),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids,
            marketplace_kind="reply",
            email_add_signature=False,
            force_send=False,  # followers' mails: the agent waits for no mail server
        )

    def _marketplace_close(self):
        self.stage_id = self._marketplace_get_stages().filtered("closed")[:1] or self.stage_id

    def action_marketplace_send_message(self, message_id, confirmed=False):
        """Send to the buyer what was written here and marked as not sent, such as an answer from a mail program.

        What it quotes stays behind. Arguments and result as in ``action_marketplace_reply``.
        """
        self.ensure_one()
        self.check_access("write")
        message = self.message_ids.filtered(lambda one: one.id == message_id and one.marketplace_kind == "not_sent")
        if not message:
            raise UserError(self.env._("This message can't be sent to the buyer."))
        result = self.action_marketplace_reply(without_quotes(message.body), message.attachment_ids.ids, confirmed)
        if result["reply_id"]:
            message.sudo().marketplace_kind = False
        return result

    def marketplace_get_reply_states(self):
        """Return {id of the mail.message: state} of this ticket's answers, for open forms."""
        self.ensure_one()
        self.check_access("read")
        posted = [("ticket_id", "=", self.id), ("mail_message_id", "!=", False)]
        replies_sudo = self.env["marketplace.reply"].sudo().search(posted)
        return {str(reply.mail_message_id.id): reply._describe() for reply in replies_sudo}

    def _marketplace_check_agent(self):
        """Check that this user may answer at all.

        :raise AccessError: users from outside may not.
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only agents may answer buyers."))

    # Writing to the buyer in other ways: messages that the marketplace sends for us, and writing first.

    marketplace_has_messages = fields.Boolean(compute="_compute_marketplace_has_messages")

    @api.depends("marketplace_app_id", "marketplace_order_id")
    def _compute_marketplace_has_messages(self):
        known = self.env["marketplace.app"]._get_marketplaces()
        for ticket in self:
            marketplace = known.get(ticket.marketplace_app_id.sudo().code)
            offers = marketplace and (marketplace.message_actions or marketplace.review_action)
            ticket.marketplace_has_messages = bool(ticket.marketplace_order_id and offers)

    # === WHETHER === #

    def _marketplace_why_barred(self):
        """Return why this user may write to this ticket's buyer in no way at all, or False."""
        self.ensure_one()
        if into := self.env["marketplace.correction"]._find_merged_into(self):
            return self.env._("This ticket was merged into %s: answer there.", into.sudo().number)
        ticket_sudo = self.sudo()
        site_sudo, app_sudo = ticket_sudo.marketplace_site_id, ticket_sudo.marketplace_app_id
        if not site_sudo:
            return self.env._("This ticket is not from a marketplace.")
        if app_sudo in self.env.user.sudo().marketplace_barred_app_ids:
            return self.env._("You may not answer on %s. An administrator can change that on your user.", app_sudo.name)
        if site_sudo.state != "active" or site_sudo.account_id.state == "deleted":
            return self.env._("%s was deleted here.", site_sudo.name)
        if self.env["marketplace.home"]._is_copy():
            return self.env._("This is a copy of another database: buyers are not answered from here.")
        return app_sudo._why_gone()

    def _marketplace_why_no_account(self):
        """Return why the marketplace can't be asked for anything about this ticket, or False."""
        self.ensure_one()
        site_sudo = self.sudo().marketplace_site_id
        if not self._marketplace_get_order():
            return self.env._("There is no order yet.")
        if site_sudo.state != "active" or not site_sudo.account_id._is_fetchable():
            return self.env._("%s is not connected at present. An administrator can mend that.", site_sudo.name)
        return False

    def _marketplace_why_not_first(self):
        """Return why the buyer, who wrote nothing that can be answered, can't be written to first, or False."""
        self.ensure_one()
        order_sudo, app_sudo = self._marketplace_get_order(), self.sudo().marketplace_app_id
        if not order_sudo or not app_sudo._get_class().has_write_first:
            return self.env._("There is no message of the buyer's here that can be answered.")
        return self._marketplace_why_not_about(order_sudo)

    @api.model
    def _marketplace_why_not_about(self, order):
        """Return why the buyer of an order can't be written to before writing, or False."""
        if order.state == "pending":
            return self.env._("The order is being fetched: wait a moment.")
        can_reply = order.app_id._get_class().can_reply
        return can_reply(reply_to=order.relay or None, order=order._as_snapshot(), is_answer=False) or False

    # === MESSAGES OF THE MARKETPLACE === #

    def action_marketplace_messages(self):
        """Open the dialog with the messages that the marketplace sends about the order.

        :raise UserError: there can't be any.
        """
        self.ensure_one()
        self._marketplace_check_message()
        return self.env[COMPOSE].create({"ticket_id": self.id})._show()

    def _marketplace_check_message(self):
        """Check that this user may have the marketplace send messages about this ticket's order.

        :raise UserError: says why not.
        """
        self.check_access("write")
        self._marketplace_check_agent()
        if why_not := self._marketplace_why_barred() or self._marketplace_why_no_account():
            raise UserError(why_not)

    def _marketplace_get_api_order(self):
        """Return the order's number and its storefront, as calls of the contract take them."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        order_sudo = self._marketplace_get_order()
        site_sudo = order_sudo.site_id or ticket_sudo.marketplace_site_id
        return order_sudo.order_ref, site_sudo._get_storefront()

    def _marketplace_take_turn(self):
        """Lock what is sent from this ticket: of two clicks, or two agents, the second waits, fails and looks again."""
        self.ensure_one()
        self.sudo().marketplace_reply_count += 1
        self.flush_recordset(["marketplace_reply_count"])

    def _marketplace_adopt_files(self, attachments):
        """Keep files of a dialog, which would go with it, on the ticket."""
        self.ensure_one()
        attachments.check_access("read")
        mine = attachments.filtered(lambda one: one.res_model == COMPOSE)
        mine.sudo().write({"res_model": self._name, "res_id": self.id})

    # === WRITING FIRST === #

    @api.model
    def _marketplace_open_first(self, order, is_to_write=True):
        """Return the current ticket of an order, made for this agent when the buyer never wrote.

        :param bool is_to_write: the buyer is to be written to, which must be possible.
        :raise UserError: the ticket is somebody else's, or can't be made.
        """
        # An update is the lock: of two agents, the second fails and finds the first one's ticket.
        self.env.execute_query(
            SQL("UPDATE marketplace_order SET order_ref = order_ref WHERE id = %s RETURNING id", order.id)
        )
        return self._marketplace_check_first(order) or self._marketplace_create_first(order, is_to_write)

    @api.model
    def _marketplace_check_first(self, order):
        """Return the current ticket of an order, or an empty recordset.

        :raise UserError: it is somebody else's.
        """
        ticket = self._marketplace_get_first(order).with_env(self.env)
        if ticket and not ticket.has_access("read"):
            raise UserError(self.env._("Ticket %s is about this order, but you may not see it.", ticket.sudo().number))
        return ticket

    @api.model
    def _marketplace_get_first(self, order):
        """Return the current ticket of an order, or an empty recordset, whoever may see it."""
        mail = InboundMail(app=order.app_id.sudo().code, kind="buyer_message")
        return self.env["marketplace.conversation"].sudo()._find_for(order.account_id, mail, order).ticket_id

    @api.model
    def _marketplace_create_first(self, order, is_to_write):
        """Return a new ticket on which nobody waits for an answer, so that no clock runs."""
        self.check_access("create")
        why_not = is_to_write and self._marketplace_why_not_about(order)
        if why_not:
            raise UserError(why_not)
        mail = InboundMail(app=order.app_id.sudo().code, kind="buyer_message", buyer_name=order.buyer_name or None)
        try:
            conversation_sudo = self.env["marketplace.conversation"].sudo()._find_or_create(order.site_id, mail, order)
            ticket_sudo = conversation_sudo.ticket_id = self.sudo()._marketplace_create_taken(conversation_sudo, mail)
        except UniqueViolation as error:
            # The buyer wrote at this very moment: Odoo begins again, and finds that ticket.
            raise ConcurrencyError(str(error)) from error
        except TicketRefused as error:
            raise UserError(self.env._("The ticket can't be made: %s", error)) from error
        text = self.env._("The buyer has not written. The order is beside this text.")
        ticket_sudo.with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True).write(
            {"description": ticket_sudo._marketplace_frame(Markup("<p>%s</p>") % text), "user_id": self.env.uid}
        )
        ticket = ticket_sudo.with_env(self.env)
        note = self.env._("Opened to write to the buyer.") if is_to_write else self.env._("Opened by hand.")
        ticket.message_post(body=note, subtype_xmlid="mail.mt_note")
        return ticket

    # What follows on a ticket from what became of an answer.

    def _marketplace_replied(self, reply=None):
        """Stop the clock: the buyer was answered."""
        for ticket in self:
            moment = reply and reply._get_moment()
            posted = reply and reply.mail_message_id
            response = ticket._marketplace_clock_stop("reply", moment, reply and reply.user_id, posted)
            if reply and response:
                reply.response_id = response

    def _marketplace_reply_failed(self, reply):
        """Have a ticket looked at again whose buyer did not get the answer, on its original clock."""
        self.ensure_one()
        if reply.kind != "review":
            self._marketplace_reopen()
        if reply.response_id:
            # A conversation that was split may have left the question on the other ticket.
            (reply.response_id.ticket_id or self)._marketplace_clock_resume(reply.response_id)
        agent = (reply.user_id | self.user_id | self.team_id.user_ids).filtered("active")[:1]
        if agent:
            reply.activity_id = self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=reply._get_failure(),
                note=as_html(reply.reason or ""),
                user_id=agent.id,
            )

    # === WHAT HAS GONE STAYS AS IT WENT === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """Keep tickets with answers to buyers, which say what was sent and what became of it."""
        if self.env["marketplace.reply"].sudo().search_count([("ticket_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A ticket from which a buyer was answered can't be deleted. Archive it."))

    def _message_update_content(self, message, *args, **kwargs):
        """Refuse to change what was said: it is kept as it came or went.

        :raise UserError: for such a message.
        """
        self._marketplace_refuse_change(message)
        return super()._message_update_content(message, *args, **kwargs)

    @api.model
    def _marketplace_refuse_change(self, messages):
        """Refuse to change what a buyer or a marketplace said, and what has gone to them.

        :raise AccessError: says why; not for other messages.
        """
        if messages.filtered(lambda message: message.marketplace_kind == "reply"):
            raise AccessError(
                self.env._("This answer has gone to the buyer: it can't be changed here. Write another one.")
            )
        if messages._marketplace_filter_evidence():
            raise AccessError(
                self.env._("This came from the buyer or the marketplace. It is kept as it came, with its files.")
            )
