from . import test_files
from . import test_rule_fields
from . import test_ticket
from . import test_trust_dialogs
from . import test_trust_notify
from . import test_trust_pointers
from . import test_walmart_ticket
