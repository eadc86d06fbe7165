from . import test_flood
from . import test_trust_unproved
from . import test_trust_walmart
from . import test_verification
from . import test_verification_arc
from . import test_verification_receiver
