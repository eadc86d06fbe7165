from . import silent_log
from . import marketplace_guard_mixin
from . import marketplace_defaults_mixin
from . import marketplace_evidence_mixin
from . import marketplace_log
from . import helpdesk_ticket
from . import ir_config_parameter
from . import marketplace_deletion
