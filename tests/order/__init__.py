from . import test_order
from . import test_order_tab
from . import test_trust_orders
from . import test_walmart_order
