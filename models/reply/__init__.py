from . import marketplace_reply
from . import helpdesk_ticket
from . import ir_attachment
from . import ir_mail_server
from . import mail_canned_response
from . import marketplace_reply_api
from . import marketplace_reply_sender
from . import res_users
