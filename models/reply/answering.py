import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mail import email_split_tuples

from ...marketplaces.mail.text import html_to_text
from ...marketplaces.schema import Finding, ReplyFile
from ..intake.marketplace_message import RIGHTFUL
from ..ticket.kinds import BUYER_KINDS, BUYER_WORDS
from ..ticket.text import AGAIN

#: States of a reply in which the buyer was answered as far as anybody knows.
ANSWERED = ("queued", "sending", "handed_over", "accepted", "unknown")
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


def why_not_first(order):
    """Return why the buyer of an order can't be written to who did not write, or False."""
    if order.state == "pending":
        return order.env._("The order is being fetched: wait a moment.")
    can_reply = order.app_id._get_class().can_reply
    return can_reply(reply_to=order.relay or None, order=order._as_snapshot(), is_answer=False) or False


class Answering:
    """Whether this user may answer the buyer of a ticket, to whom that goes, and what speaks against it."""

    def __init__(self, ticket):
        """Look at a ticket with the rights of its environment's user.

        :param ticket: one ``helpdesk.ticket``.
        """
        ticket.ensure_one()
        self.ticket, self.ticket_sudo, self.env = ticket, ticket.sudo(), ticket.env

    # === WHETHER === #

    def why_not(self):
        """Return why the buyer can't be answered from here by this user, or False."""
        site_sudo = self.ticket_sudo.marketplace_site_id
        if why_not := self.why_barred():
            return why_not
        if not site_sudo.app_id._get_class().has_replies:
            return self.env._("Buyers of %s can't be answered from here.", site_sudo.app_id.name)
        if not site_sudo.address:
            return self.env._("%s has no address to send from.", site_sudo.name)
        if not site_sudo._find_outgoing_server(site_sudo.address):
            return self.env._("No outgoing mail server may send as %s.", site_sudo.address)
        # Of somebody who is not proved to be the buyer, a finding tells what must be done first.
        has_buyer = self.get_answerable() or self.get_unproved()
        return False if has_buyer else self._why_not_first()

    def why_barred(self):
        """Return why this user may write to this ticket's buyer in no way at all, or False."""
        if into := self.env["marketplace.correction"]._find_merged_into(self.ticket):
            return self.env._("This ticket was merged into %s: answer there.", into.sudo().number)
        ticket_sudo = self.ticket_sudo
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

    def why_no_account(self):
        """Return why the marketplace can't be asked for anything about this ticket, or False."""
        site_sudo = self.ticket_sudo.marketplace_site_id
        if not self.ticket._marketplace_get_order():
            return self.env._("There is no order yet.")
        if site_sudo.state != "active" or not site_sudo.account_id._is_fetchable():
            return self.env._("%s is not connected at present. An administrator can fix that.", site_sudo.name)
        return False

    def _why_not_first(self):
        """Return why the buyer, who wrote nothing that can be answered, can't be written to first, or False."""
        order_sudo, app_sudo = self.ticket._marketplace_get_order(), self.ticket_sudo.marketplace_app_id
        if not order_sudo or not app_sudo._get_class().has_write_first:
            return self.env._("There is no message of the buyer's here that can be answered.")
        return why_not_first(order_sudo)

    def check_message(self):
        """Check that this user may have the marketplace send messages about this ticket's order.

        :raise UserError: says why not.
        """
        self.ticket.check_access("write")
        self.env.user._marketplace_check_agent()
        if why_not := self.why_barred() or self.why_no_account():
            raise UserError(why_not)

    # === TO WHOM === #

    def get_answerable(self):
        """Return the ledger's row of the buyer's last message that can be answered, or an empty recordset.

        Only one of this conversation's buyer is: proved by the mail, or confirmed by a person.
        """
        return self._find_addressed(RIGHTFUL)

    def get_unproved(self):
        """Return the row of the last message whose sender nobody proved, when none can be answered; else nothing."""
        answerable_sudo = self.get_answerable()
        return answerable_sudo.browse() if answerable_sudo else self._find_addressed(Domain.TRUE)

    def _find_addressed(self, domain):
        """Return the row of the last message of a buyer, within a domain, that names a relay's address."""
        domain &= Domain("ticket_id", "=", self.ticket.id) & Domain("kind", "in", BUYER_KINDS)
        domain &= Domain("state", "=", "done") & Domain("reply_to", "!=", False)
        messages_sudo = self.env["marketplace.message"].sudo().search(domain, order="date desc, id desc", limit=5)
        is_relay = self.ticket.marketplace_app_id.sudo()._get_class_or_gone().is_relay_address
        return messages_sudo.filtered(lambda message: is_relay(message.reply_to))[:1]

    def name_recipient(self):
        """Return who gets an answer: the writer of the message that is answered, whoever the ticket is named after."""
        ticket_sudo, answers_sudo = self.ticket_sudo, self.get_answerable()
        unproved_sudo = self.get_unproved()
        row_sudo = answers_sudo or unproved_sudo
        name = email_split_tuples(row_sudo.mail_message_id.email_from or "")[:1]
        known = ticket_sudo.partner_name or self.ticket._marketplace_get_order().buyer_name or self.env._("Buyer")
        buyer = name[0][0] if name and name[0][0] else known
        if unproved_sudo:
            return self.env._("%(name)s <%(address)s>, not verified", name=buyer, address=unproved_sudo.reply_to)
        return buyer

    def _get_known_address(self):
        """Return the address of whom an answer should go to, as far as this user may see it, or None.

        It is that of the order's buyer; of an order that is only named, on whose ticket this user answers too.
        """
        order_sudo, named_ref = self.ticket._marketplace_get_order(), self.ticket_sudo.marketplace_named_ref
        if order_sudo or not named_ref:
            return order_sudo.relay
        account_sudo = self.ticket_sudo.marketplace_site_id.account_id
        named_sudo = self.env["marketplace.order"].sudo()._find(account_sudo, named_ref)
        ticket = named_sudo and self.env["marketplace.conversation"]._find_ticket(named_sudo).with_env(self.env)
        if not ticket or not ticket.has_access("write"):
            return None
        return Answering(ticket).get_answerable().reply_to or named_sudo.relay

    def say_unproved(self, address):
        """Return that an address is not proved to be this ticket's buyer's, with the one that is known."""
        known = self._get_known_address() or self.env._("none is known")
        return self.env._(
            "This would go to %(address)s, which is not proved to be this conversation's buyer (known address: "
            "%(known)s). If you are sure, press “This is our buyer” on the ticket.",
            address=address,
            known=known,
        )

    # === WHAT === #

    def get_text(self, body):
        """Return what a composer holds as the buyer is to read it: plain text, its placeholders filled."""
        marketplace, snapshot, storefront = self._get_world()
        return marketplace.fill_placeholders(as_text(body or ""), snapshot, storefront)[0]

    def get_placeholders(self):
        """Return {name: text} of what templates may hold in braces, as far as the order says it."""
        marketplace, snapshot, storefront = self._get_world()
        if not snapshot:
            return {}
        found = {one.name: one.value(snapshot, storefront) for one in marketplace.offered_placeholders()}
        return {name: text for name, text in found.items() if text}

    def _get_world(self):
        """Return the marketplace's class, the order's snapshot (or None) and the storefront of this ticket.

        Nothing of the order is filled into what would go to somebody who is not proved to be its buyer.
        """
        ticket_sudo, order_sudo = self.ticket_sudo, self.ticket._marketplace_get_order()
        return (
            ticket_sudo.marketplace_app_id._get_class_or_gone(),
            order_sudo._as_snapshot() if order_sudo and not self.get_unproved() else None,
            ticket_sudo.marketplace_site_id._get_storefront(),
        )

    def get_api_order(self):
        """Return the order's number and its storefront, as calls of the contract take them."""
        ticket_sudo = self.ticket_sudo
        order_sudo = self.ticket._marketplace_get_order()
        site_sudo = order_sudo.site_id or ticket_sudo.marketplace_site_id
        return order_sudo.order_ref, site_sudo._get_storefront()

    def describe(self):
        """Return what the composer shows: the way's name, to whom, from which address, or why not at all."""
        if not self.ticket.marketplace_site_id:
            return False
        ticket_sudo = self.ticket_sudo
        site_sudo = ticket_sudo.marketplace_site_id
        return {
            "label": self.env._("%s reply", ticket_sudo.marketplace_app_id.name),
            "to": " · ".join(filter(None, [self.name_recipient(), self.ticket.marketplace_order_ref, site_sudo.name])),
            "sender": site_sudo.address or "",
            "why_not": self.why_not() or "",
            "placeholders": self.get_placeholders(),
        }

    # === WHAT SPEAKS AGAINST IT === #

    def check(self, text, attachments):
        """Return what speaks against an answer (``schema.Finding``)."""
        answers_sudo = self.get_answerable()
        marketplace, snapshot, storefront = self._get_world()
        findings = marketplace.check_reply(
            text,
            [ReplyFile(one.name, one.mimetype or "", one.file_size) for one in attachments],
            site=storefront,
            order=snapshot,
            is_answer=bool(answers_sudo),
            buyer_text=buyer_words(answers_sudo.mail_message_id.body) or None,
            file_limits=self.ticket_sudo.marketplace_app_id._get_file_limits(),
        )
        return [*self._check_recipient(), *findings, *self._check_meanwhile()]

    def _check_recipient(self):
        """Return what speaks against whom an answer would go to, in a list (``schema.Finding``)."""
        unproved_sudo = self.get_unproved()
        if unproved_sudo:
            return [Finding("unproved_recipient", "block", self.say_unproved(unproved_sudo.reply_to))]
        answers_sudo = self.get_answerable()
        if not (other := answers_sudo and answers_sudo._get_other_buyer(self.ticket._marketplace_get_order())):
            return []
        text = self.env._(
            "This would go to %(address)s, who named this order and was joined to it by a person. The address that is "
            "known of the order's buyer is %(known)s. Send it only if you are sure that both are the same buyer.",
            address=answers_sudo.reply_to,
            known=other,
        )
        return [Finding("joined_recipient", "warn", text)]

    def _check_meanwhile(self):
        """Return a warning when somebody else answered just now and the buyer has not written since."""
        domain = [("ticket_id", "=", self.ticket.id), ("state", "in", ANSWERED), ("user_id", "!=", self.env.uid)]
        domain += [("create_date", ">", fields.Datetime.now() - MEANWHILE)]
        other_sudo = self.env["marketplace.reply"].sudo().search(domain, limit=1)
        if not other_sudo or self._has_buyer_written_since(other_sudo):
            return []
        text = self.env._("%s has just answered this buyer. Read that answer first.", other_sudo.user_id.name)
        return [Finding("answered_meanwhile", "warn", text)]

    def find_same(self, text, attachments):
        """Return the same answer given a moment ago: a second click, not a second answer.

        With other files it's another answer, and so is one to what the buyer wrote since.
        """
        moment = fields.Datetime.now() - TWICE
        domain = [("ticket_id", "=", self.ticket.id), ("kind", "=", "mail"), ("text", "=", text)]
        domain += [("create_date", ">", moment)]
        same_sudo = self.env["marketplace.reply"].sudo().search([*domain, ("state", "in", ANSWERED)], limit=1)
        if not same_sudo:
            return same_sudo
        files = [sorted(one.mapped("checksum")) for one in (attachments.sudo(), same_sudo.attachment_ids)]
        is_old = self._has_buyer_written_since(same_sudo)
        return same_sudo.browse() if is_old or files[0] != files[1] else same_sudo

    def _has_buyer_written_since(self, reply):
        later = [("id", ">", reply.mail_message_id.id)]
        return bool(self.env["mail.message"]._marketplace_find(self.ticket, BUYER_WORDS, later))

    def find_next(self):
        """Return the ticket of this user's, or of nobody's, that is to be answered first after this one."""
        # One whose answer is on its way comes back by itself if it does not arrive.
        leaving_sudo = self.env["marketplace.reply"].sudo()._search([("state", "in", ("queued", "sending"))])
        domain = Domain("marketplace_deadline", "!=", False) & Domain("user_id", "in", (self.env.uid, False))
        domain &= Domain("id", "!=", self.ticket.id) & Domain("id", "not in", leaving_sudo.subselect("ticket_id"))
        return self.ticket.search(domain, order="marketplace_deadline, priority desc, id", limit=1)
