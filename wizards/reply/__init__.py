from . import mail_compose_message
from . import marketplace_message_compose
from . import marketplace_write_first
