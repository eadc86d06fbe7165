"""Mailboxes that were read before certificates were verified are read on until a person decides."""


def migrate(cr, version):
    """Mark them; the first reading in which the certificate proves good takes the mark away."""
    cr.execute(
        """
        UPDATE fetchmail_server SET marketplace_is_undecided = TRUE
         WHERE is_ssl AND id IN (SELECT server_id FROM marketplace_mailbox)
        """
    )
