from . import marketplace_conversation
from . import marketplace_conversation_key
from . import marketplace_message
from . import marketplace_intake
from . import helpdesk_ticket
from . import mail_thread
from . import res_partner
