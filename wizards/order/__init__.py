from . import marketplace_order_find
from . import marketplace_order_open
