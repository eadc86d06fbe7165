"""Tickets of before say whether their sender is in doubt: no mail on them is proved, nor taken for genuine."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE helpdesk_ticket AS ticket SET marketplace_doubt = 'sender'
         WHERE EXISTS (
                   SELECT 1 FROM marketplace_message AS message
                    WHERE message.ticket_id = ticket.id AND message.state = 'done')
           AND NOT EXISTS (
                   SELECT 1 FROM marketplace_message AS message
                    WHERE message.ticket_id = ticket.id AND message.state = 'done'
                      AND (message.authentication = 'pass' OR message.is_accepted))
        """
    )
