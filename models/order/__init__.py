from . import marketplace_order
from . import marketplace_order_relay
from . import marketplace_order_line
from . import marketplace_order_package
from . import marketplace_order_ref
