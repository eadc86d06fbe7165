from . import marketplace_response
from . import marketplace_account
from . import marketplace_site
from . import marketplace_message
from . import helpdesk_ticket
