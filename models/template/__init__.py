from . import texts
from . import helpdesk_ticket
from . import marketplace_ticket_template
from . import marketplace_ticket_turn
