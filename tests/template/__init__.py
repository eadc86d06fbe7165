from . import test_reopen_policy
from . import test_ticket_template
from . import test_ticket_turns
