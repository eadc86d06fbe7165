from . import test_clock
from . import test_response
