from . import marketplace_secret_mixin
from . import marketplace_home
from . import marketplace_health_mixin
from . import marketplace_app
from . import marketplace_credential
from . import marketplace_account
from . import marketplace_consent
from . import marketplace_operation
