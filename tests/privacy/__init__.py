from . import test_access
from . import test_access_admin
from . import test_deletion
from . import test_neutralize
from . import test_rights_matrix
from . import test_silent_log
from . import test_trust_access
from . import test_trust_evidence
