"""What is in the way of putting something right. Each check raises UserError, or AccessError, and says why."""

from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo.exceptions import ConcurrencyError, UserError

CORRECTION = "marketplace.correction"


@contextmanager
def look_again(env):
    """Raise ConcurrencyError, on which Odoo begins again, when mail of the same order or thread came meanwhile."""
    try:
        yield
        env.flush_all()
    except UniqueViolation as error:
        raise ConcurrencyError(str(error)) from error


def check_correction(tickets, reason):
    """Check that this user may put these tickets right; return the reason.

    :raise AccessError: the tickets are not this user's to change.
    :raise UserError: there is nothing to put right, or no reason given.
    """
    tickets.check_access("write")
    tickets.env.user._marketplace_check_agent()
    for ticket in tickets:
        if into := tickets.env[CORRECTION]._find_merged_into(ticket):
            raise UserError(
                tickets.env._("%(ticket)s goes on in %(other)s.", ticket=ticket.number, other=into.sudo().number)
            )
    return tickets.env[CORRECTION]._check_reason(reason)


def check_together(tickets, target):
    """Check that what is on these tickets may be on another one.

    :raise UserError: not on that one.
    """
    if not target or target in tickets:
        raise UserError(tickets.env._("Choose another ticket."))
    target.check_access("write")
    if target.duplicate_id:
        raise UserError(tickets.env._("%s is itself a duplicate: choose the ticket that goes on.", target.number))
    if not target.marketplace_site_id:
        raise UserError(tickets.env._("%s is not from a marketplace: it can't take a buyer's messages.", target.number))
    for ticket in tickets:
        if ticket.company_id != target.company_id:
            raise UserError(
                tickets.env._(
                    "%(one)s and %(other)s belong to different companies.", one=ticket.number, other=target.number
                )
            )
        account_sudo = ticket.sudo().marketplace_site_id.account_id
        if account_sudo and account_sudo != target.sudo().marketplace_site_id.account_id:
            raise UserError(
                tickets.env._(
                    "%(one)s and %(other)s belong to different marketplace accounts: an answer could not reach the "
                    "buyer.", one=ticket.number, other=target.number,
                )
            )  # fmt: skip


def check_mergeable(tickets):
    """Check that nobody is left waiting by merging these tickets.

    :raise UserError: names the ticket and the way out.
    """
    for ticket in tickets:
        mails = [("model", "=", tickets._name), ("res_id", "=", ticket.id), ("message_type", "=", "email")]
        if not ticket.marketplace_site_id and tickets.env["mail.message"].sudo().search_count(mails, limit=1):
            raise UserError(
                tickets.env._(
                    "%s is an e-mail conversation: its sender can't be answered from a marketplace's ticket. "
                    "Answer there, or mark it as a duplicate.", ticket.number,
                )
            )  # fmt: skip
    scheduled_sudo = tickets.env["mail.scheduled.message"].sudo()
    found_sudo = scheduled_sudo.search([("model", "=", tickets._name), ("res_id", "in", tickets.ids)], limit=1)
    if found_sudo:
        number = tickets.browse(found_sudo.res_id).number
        raise UserError(tickets.env._("A message is scheduled on %s: send or cancel it first.", number))


def say_elsewhere(ticket, order, other):
    """Return in words that an order goes on in another ticket, and what this user can do about it."""
    values = {"order": order.order_ref, "ticket": other.number}
    if not other.with_env(ticket.env).has_access("write"):
        return ticket.env._("Order %(order)s goes on in ticket %(ticket)s, which you may not change.", **values)
    return ticket.env._("Order %(order)s goes on in ticket %(ticket)s: merge this one into that.", **values)
