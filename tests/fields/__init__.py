from . import test_field_mapping
from . import test_field_permission
from . import test_field_types
from . import test_field_view
