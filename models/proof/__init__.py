from . import marketplace_receiver
from . import marketplace_flood
from . import marketplace_message
