"""What must happen around installing and uninstalling."""

from .models.fields.setup import remove_made_fields


def uninstall_hook(env):
    """See to it that no later mail of a buyer becomes an ordinary ticket.

    The addresses of all sites go, and Odoo does not begin to fetch mailboxes whose mail it was not to get.
    Custom fields of tickets stay, unless the setting says that they go.
    """
    mailboxes = env["marketplace.mailbox"].with_context(active_test=False).search([("other_mail", "=", "leave")])
    mailboxes.server_id.set_draft()
    sites = env["marketplace.site"].with_context(active_test=False).search([])
    aliases = sites._get_aliases()
    sites.alias_id = False
    aliases.unlink()
    if env["marketplace.intake"]._get_param("remove_fields"):
        remove_made_fields(env)
