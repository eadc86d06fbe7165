from . import marketplace_site_address
from . import marketplace_ticket_policy_mixin
from . import marketplace_site
from . import marketplace_notice_policy
