from . import kinds
from . import helpdesk_ticket
from . import ir_attachment
from . import ir_websocket
from . import mail_message
from . import res_company
