from . import test_correct_access
from . import test_correct_link
from . import test_correct_merge
from . import test_correct_move
from . import test_correct_order
