# In this order: no room needs one further down to be loaded.
from . import parameters
from . import errors
from . import privacy
from . import queue
from . import connection
from . import site
from . import fields
from . import template
from . import mailbox
from . import order
from . import intake
from . import proof
from . import ticket
from . import clock
from . import reply
from . import correction
from . import res_config_settings
