"""Mail that could not be verified before signatures were checked may be proved now, and its tickets answered again."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Have the signatures of such mails looked at, as far back as keys are likely to be published still."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """
        UPDATE marketplace_message SET check_next = now() AT TIME ZONE 'UTC'
         WHERE authentication = 'none' AND raw IS NOT NULL
           AND create_date > now() AT TIME ZONE 'UTC' - interval '30 days'
        """
    )
    if cr.rowcount:
        env.ref("helpdesk_mgmt_marketplace.ir_cron_check_signatures")._trigger()
