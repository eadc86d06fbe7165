from . import fetchmail_server
from . import marketplace_mailbox
from . import marketplace_mailbox_position
from . import marketplace_mailbox_mail
from . import mailbox_reader
from . import marketplace_mailbox_walk
from . import mailbox_imap
from . import mailbox_pop
