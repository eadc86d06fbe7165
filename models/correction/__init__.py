from . import checks
from . import move
from . import marketplace_correction
from . import marketplace_conversation
from . import marketplace_intake
from . import marketplace_response
from . import helpdesk_ticket
