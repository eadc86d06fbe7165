from . import fetchmail_server
from . import marketplace_mailbox
from . import marketplace_mailbox_position
from . import marketplace_mailbox_mail
