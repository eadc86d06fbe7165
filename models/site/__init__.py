from . import marketplace_site
from . import marketplace_notice_policy
