from . import test_conversation
from . import test_gateway
from . import test_intake
from . import test_message
from . import test_notices
from . import test_same_words
from . import test_set_aside
from . import test_trust_identity
