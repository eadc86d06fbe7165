from . import marketplace_mailbox_connect
