"""Rights that databases of 19.0.1.0.0 have in another form: rules that are never updated, links, mixed companies."""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)

#: Rules of before, which would open orders beside the new ones: rules of groups are alternatives.
FORMER_RULES = [
    *(
        f"{part}_rule_{who}"
        for part in ("order", "order_line", "order_package", "order_ref")
        for who in ("own", "team")
    ),
    *(f"{part}_rule_all" for part in ("order", "order_line", "order_package", "order_ref")),
    *(f"{part}_rule_{who}" for part in ("response", "correction") for who in ("own", "team")),
]


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in FORMER_RULES:
        rule = env.ref(f"helpdesk_mgmt_marketplace.marketplace_{name}", raise_if_not_found=False)
        if rule:
            rule.unlink()
    # A link with a token opens a file to everybody; those to buyers' files were made by showing a ticket on the portal.
    cr.execute(
        """
        UPDATE ir_attachment SET access_token = NULL
         WHERE access_token IS NOT NULL AND id IN (
               SELECT r.attachment_id FROM message_attachment_rel r JOIN mail_message m ON m.id = r.message_id
                WHERE m.marketplace_kind IS NOT NULL AND m.marketplace_kind <> 'not_sent')
        """
    )
    # Their order is not shown; nothing is changed, because nobody knows which of the two is wrong.
    cr.execute(
        """
        SELECT t.number FROM helpdesk_ticket t
     LEFT JOIN marketplace_order o ON o.id = t.marketplace_order_id
     LEFT JOIN marketplace_site s ON s.id = t.marketplace_site_id
         WHERE o.company_id <> t.company_id OR s.company_id <> t.company_id
      ORDER BY t.id
        """
    )
    numbers = [number for (number,) in cr.fetchall()]
    if numbers:
        _logger.warning(
            "%s tickets are of another company than their order or site, which is not shown there: %s",
            len(numbers),
            ", ".join(numbers[:50]),
        )
