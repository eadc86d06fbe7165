from . import marketplace_correction
from . import marketplace_conversation
from . import helpdesk_ticket
from . import marketplace_intake
from . import move
