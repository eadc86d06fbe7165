"""Scheduled actions call the models that have the work, and only administrators run them by hand."""

from odoo.api import SUPERUSER_ID, Environment

#: {model that is gone: model whose method of the same name is called}.
MOVED = {
    "marketplace.mailbox.reader": "marketplace.mailbox",
    "marketplace.order.fetch": "marketplace.order",
    "marketplace.reply.sender": "marketplace.reply",
}


def migrate(cr, version):
    """Have scheduled actions, copies of them and switched-off ones too, call where their methods are now.

    Their records are not updated with the module: intervals and switches are the administrator's.
    """
    env = Environment(cr, SUPERUSER_ID, {})
    crons = env["ir.cron"].with_context(active_test=False)
    for former, model in MOVED.items():
        moved = crons.search([("model_name", "=", former)])
        moved.model_id = env["ir.model"]._get_id(model)
    ours = crons.search([("model_name", "=like", "marketplace.%")])
    ours.group_ids += env.ref("base.group_system")
