"""What goes along with messages to another ticket. Callers check access and hold the locks."""

from odoo.fields import Domain

from ..ticket.kinds import BUYER_KINDS

#: Mails that are read again to see which threads they belong to; more than these say nothing new.
READ_LIMIT = 100


def get_movable(ticket, from_id=0):
    """Return what people and marketplaces wrote on this ticket; the log of the ticket itself is not of it."""
    domain = [("model", "=", ticket._name), ("res_id", "=", ticket.id), ("id", ">=", from_id)]
    posted_sudo = ticket.env["mail.message"].sudo().search(domain, order="id")
    return posted_sudo.filtered(
        lambda one: (
            one.marketplace_kind
            or (
                not one.tracking_value_ids
                and one.message_type != "user_notification"
                and (one.body or one.attachment_ids)
            )
        )
    )


def get_rows(ticket, messages):
    """Return the rows of the ledger that these messages were posted from."""
    rows_sudo = ticket.env["marketplace.message"].sudo()
    return rows_sudo.search([("mail_message_id", "in", messages.ids), ("ticket_id", "=", ticket.id)], order="id")


def move_posted(ticket, messages, target):
    """Move messages with their files and answers to another ticket."""
    messages_sudo, here = messages.sudo(), {"res_model": ticket._name, "res_id": ticket.id}
    # A message never answers one that stands elsewhere.
    answering = messages_sudo.search([("parent_id", "in", messages.ids)]) - messages_sudo
    (answering | messages_sudo.filtered(lambda one: one.parent_id not in messages_sudo)).parent_id = False
    files_sudo = messages_sudo.attachment_ids.filtered(
        lambda one: one.res_model == here["res_model"] and one.res_id == here["res_id"]
    )
    files_sudo.res_id = target.id
    messages_sudo.res_id = target.id
    replies_sudo = ticket.env["marketplace.reply"].sudo()
    replies_sudo.search([("ticket_id", "=", ticket.id), ("mail_message_id", "in", messages.ids)]).ticket_id = target


def move_rest(ticket, target):
    """Move what else is on this ticket: files, activities, answers, rows of the ledger, followers from inside."""
    mine = [("ticket_id", "=", ticket.id)]
    ticket.env["marketplace.reply"].sudo().search(mine).ticket_id = target
    ticket.env["marketplace.message"].sudo().search(mine).ticket_id = target
    files = [("res_model", "=", ticket._name), ("res_id", "=", ticket.id), ("res_field", "=", False)]
    ticket.env["ir.attachment"].sudo().search(files).res_id = target.id
    ticket.sudo().with_context(active_test=False).activity_ids.res_id = target.id
    # Nobody from outside reads along with a marketplace's conversation.
    for follower_sudo in ticket.sudo().message_follower_ids:
        partner_sudo = follower_sudo.partner_id
        if partner_sudo.user_ids.filtered(lambda user: user._is_internal()) and partner_sudo.active:
            target.sudo().message_subscribe(partner_sudo.ids, follower_sudo.subtype_ids.ids)


def get_moving_keys(ticket, rows):
    """Return the keys of these rows of the ledger that lead to the other ticket from now on.

    A thread goes where the newest of its messages is.
    """
    # Of a ticket that goes on in another one, what came later is there.
    domain = Domain("ticket_id", "=", ticket.id) | Domain("conversation_id", "in", rows.conversation_id.ids)
    domain &= Domain("id", ">", min(rows.ids, default=0)) & Domain("kind", "in", BUYER_KINDS)
    staying_sudo = rows.sudo().search(domain, order="id desc", limit=READ_LIMIT) - rows
    newest = {}
    for row_sudo in (rows.sudo()[-READ_LIMIT:] | staying_sudo).sorted("id"):
        for key in _read_keys(row_sudo):
            newest[key] = row_sudo
    return {key for key, row_sudo in newest.items() if row_sudo in rows}


def _read_keys(row):
    """Return the keys of a row of the ledger, as far as its mail is still here."""
    if not row.raw or row.kind not in BUYER_KINDS:
        return []
    intake_sudo = row.env["marketplace.intake"].sudo()
    mail = intake_sudo._read(row)
    facts = intake_sudo._get_facts(row, mail)
    conversation = row.env["marketplace.conversation"]
    keys = conversation._get_movable_keys(facts)
    if facts.authentication != "pass":
        keys.append(("claim", conversation._get_claim(mail)))
    return keys
