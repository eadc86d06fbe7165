# In this order: no room needs one further down to be loaded.
from . import ticket
from . import connection
from . import mailbox
from . import proof
from . import clock
from . import reply
from . import order
from . import correction
