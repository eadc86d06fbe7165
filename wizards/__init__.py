from . import marketplace_answered
from . import marketplace_connect
from . import marketplace_connect_site
from . import marketplace_delete
from . import marketplace_mailbox_connect
from . import marketplace_message_compose
from . import marketplace_order_find
from . import marketplace_write_first
