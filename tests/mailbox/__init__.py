from . import test_mailbox
from . import test_mailbox_admin
from . import test_mailbox_odoo
from . import test_mailbox_pop
from . import test_mailbox_tls
from . import test_mailbox_trouble
