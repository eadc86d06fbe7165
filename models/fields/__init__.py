from . import attributes
from . import setup
from . import values
from . import view
from . import marketplace_field_mapping
from . import helpdesk_ticket
from . import ir_http
